"""The data the services ask for: prefetch key -> FHIR read or search.

Only what the CDS Hooks specification recommends (instance read, search by reference, ``_count``), no parameter
twice, and every search names the patient. Whole resource types are asked for because a category, a code or a date
that a system left out would hide the very result that decides.
"""

from __future__ import annotations

from cds_service.fhir.resources import CONDITIONS_KEY, PATIENT_KEY

_SEARCHES = {
    CONDITIONS_KEY: "Condition",
    "observations": "Observation",
    "reports": "DiagnosticReport",
    "medicationAdministrations": "MedicationAdministration",
    "medicationStatements": "MedicationStatement",
    "medicationRequests": "MedicationRequest",
    "procedures": "Procedure",
    "allergies": "AllergyIntolerance",
    "serviceRequests": "ServiceRequest",
    "appointments": "Appointment",
    "questionnaireResponses": "QuestionnaireResponse",
    "documents": "DocumentReference",
    "familyHistory": "FamilyMemberHistory",
}

TEMPLATES: dict[str, str] = {
    PATIENT_KEY: "Patient/{{context.patientId}}",
    # A large page, because what does not come with the first page is missing.
    **{key: f"{kind}?patient={{{{context.patientId}}}}&_count=1000" for key, kind in _SEARCHES.items()},
}
