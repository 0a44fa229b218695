"""Which resources may be used at all, by their status (D-02), and look-alikes of other FHIR versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cds_service.fhir.elements import as_list, codings, extensions, objects, states, text, walk
from cds_service.fhir.ignored import Why

_RESULT: dict[str, Why | None] = {
    "final": None, "amended": None, "corrected": None, "appended": None,
    "registered": "preliminary", "preliminary": "preliminary", "partial": "preliminary",
    "cancelled": "cancelled",
}  # fmt: skip
_DOCUMENT: dict[str, Why | None] = {
    "current": None, "final": None, "amended": None, "corrected": None, "appended": None,
    "preliminary": "preliminary", "registered": "preliminary", "partial": "preliminary",
    "superseded": "superseded", "cancelled": "cancelled", "deprecated": "superseded",
}  # fmt: skip
STATUSES: dict[str, dict[str, Why | None]] = {
    "Observation": _RESULT,
    # Unfinished reports reach the imaging reader, which lists them: "preliminary" is a finding of its own.
    "DiagnosticReport": _RESULT | {"registered": None, "preliminary": None, "partial": None},
    "Composition": _DOCUMENT,
    "DocumentReference": _DOCUMENT,
    "MedicationAdministration": {"in-progress": None, "completed": None, "stopped": None, "on-hold": None,
                                 "not-done": "not-done"},
    "MedicationStatement": {"active": None, "completed": None, "stopped": None, "on-hold": None, "intended": None,
                            "not-taken": "not-done"},
    # What a cancelled order or a draft means for a wash-out is the therapy reader's question.
    "MedicationRequest": {"active": None, "completed": None, "stopped": None, "on-hold": None, "draft": None,
                          "cancelled": None},
    "Procedure": {"completed": None, "in-progress": None, "stopped": None, "on-hold": None,
                  "preparation": "not-done", "not-done": "not-done"},
    "ServiceRequest": {"active": None, "completed": None, "on-hold": None, "draft": None, "revoked": "cancelled"},
    "Appointment": {"proposed": None, "pending": None, "booked": None, "arrived": None, "fulfilled": None,
                    "checked-in": None, "waitlist": None, "cancelled": "cancelled", "noshow": "not-done"},
    "QuestionnaireResponse": {"completed": None, "amended": None, "in-progress": "preliminary", "stopped": "cancelled"},
    "FamilyMemberHistory": {"partial": None, "completed": None, "health-unknown": "status-unknown"},
    "ClinicalImpression": {"completed": None, "in-progress": "preliminary"},
}  # fmt: skip
"""Per resource type the statuses that are understood: None is used, else why it is not."""

KEPT = frozenset(STATUSES) | {
    "Patient", "Condition", "AllergyIntolerance", "Medication", "Specimen", "ImagingStudy", "BodyStructure", "Binary",
    "AdverseEvent", "Practitioner", "RelatedPerson",
}  # fmt: skip
"""The types some reader uses, or needs to resolve a reference; others are passed over unread."""

_OLDER_TYPES = frozenset({
    "MedicationOrder", "DiagnosticOrder", "ProcedureRequest", "ReferralRequest", "MedicationUsage",
})  # fmt: skip
_NAMED = KEPT | _OLDER_TYPES
_NOT_IN_R4: dict[str, frozenset[str]] = {
    "Observation": frozenset({"comment", "context", "triggeredBy", "related", "bodyStructure"}),
    "DiagnosticReport": frozenset({"context", "image", "codedDiagnosis", "supportingInfo", "request"}),
    "Condition": frozenset({"context", "dateAsserted", "participant", "assertedDate", "dateRecorded"}),
    "MedicationAdministration": frozenset({
        "notGiven", "prescription", "medication", "occurenceDateTime", "occurencePeriod", "occurrenceDateTime",
        "reasonNotGiven"}),
    "MedicationStatement": frozenset({"taken", "medication", "wasNotTaken", "reasonNotTaken"}),
    "MedicationRequest": frozenset({"medication", "context", "definition"}),
    "Procedure": frozenset({"notDone", "occurrenceDateTime", "occurrencePeriod", "definition", "context", "reported",
                  "notPerformed"}),
    "ServiceRequest": frozenset({"context", "definition"}),
    "AllergyIntolerance": frozenset({"substance"}),
    "Appointment": frozenset({"reason"}),
    "FamilyMemberHistory": frozenset({"notDone", "definition"}),
}  # fmt: skip
"""Elements that R4 does not have and STU3, DSTU2 or R5 do, with another meaning or place."""


_CODED = frozenset({"Observation", "Condition", "Procedure", "DiagnosticReport", "ServiceRequest", "Medication",
                    "AllergyIntolerance"})  # fmt: skip
_VALUES = frozenset(f"value{kind}" for kind in (
    "Quantity", "CodeableConcept", "String", "Boolean", "Integer", "Range", "Ratio", "SampledData", "Time", "DateTime",
    "Period", "Decimal",
))  # fmt: skip


def unusable(data: Mapping[str, Any]) -> tuple[Why, str] | None:
    """Why a resource may not be used, with a word of detail; None when it may."""
    kind = data["resourceType"]
    if detail := _foreign_version(kind, data):
        return "unsupported", detail
    if "modifierExtension" in data and any(True for _ in objects(data["modifierExtension"])):
        return "unsupported", "modifier extension"
    if "implicitRules" in data and data["implicitRules"] not in (None, "", [], {}):
        return "unsupported", "implicit rules"  # to be read only by who knows them
    if kind == "Condition" or "verificationStatus" in data:
        said = verification(data)
        if "entered-in-error" in said:
            return "entered-in-error", ""
        if "refuted" in said:
            return "refuted", ""
    status, document = text(data.get("status")), text(data["docStatus"]) if "docStatus" in data else ""
    if status == "entered-in-error" or document == "entered-in-error":
        return "entered-in-error", ""
    if kind in ("MedicationRequest", "ServiceRequest") and data.get("doNotPerform") in (True, "true"):
        return "not-done", "do not perform"
    understood = STATUSES.get(kind)
    if understood is None:
        return ("unreadable", "code") if kind in _CODED and _code_unreadable(data.get("code")) else None
    if status not in understood:
        return "status-unknown", ""
    why = understood[status]
    if why is None and kind == "DocumentReference" and document == "preliminary":
        why = "preliminary"
    if why:
        return why, status
    if kind in _CODED and _code_unreadable(data.get("code")):
        return "unreadable", "code"
    if kind == "Observation" and (_torn(data) or ("component" in data and any(map(_torn, objects(data["component"]))))):
        return "unreadable", "value contradicts itself"
    return None


def _code_unreadable(code: object) -> bool:
    """Whether a code is there that is no CodeableConcept: what the resource is of cannot be told."""
    if not isinstance(code, dict):
        return isinstance(code, str | int | float)
    for coding in as_list(code.get("coding")):
        if not isinstance(coding, dict):
            return not code.get("text")
    return False


UNSURE = frozenset({"provisional", "differential", "unconfirmed"})
_CERTAINTY = {"A": "refuted", "V": "provisional", "G": "confirmed"}  # German: ausgeschlossen, Verdacht, gesichert


def verification(data: Mapping[str, Any]) -> frozenset[str]:
    """How sure a Condition is: ``verificationStatus``, and what German records say beside the ICD-10-GM code."""
    said = states(data, "verificationStatus")
    beside = (
        coding.code
        for item in walk(data, "code", "coding")
        if "extension" in item
        for extension in extensions(item, "icd-10-gm-diagnosesicherheit")
        for coding in codings(extension, "valueCoding")
    )
    return said | {_CERTAINTY[code] for code in beside if code in _CERTAINTY}


def _torn(part: Mapping[str, Any]) -> bool:
    """Whether an Observation or component has two values, or one that is declared absent: nobody knows which holds."""
    given = _VALUES.intersection(part)
    if len(given) + ("dataAbsentReason" in part) < 2:
        return False
    values = sum(part[name] not in (None, "", {}, []) for name in given)
    return values > 1 or (values == 1 and bool(part.get("dataAbsentReason")))


def _foreign_version(kind: str, data: Mapping[str, Any]) -> str:
    """What shows that a resource is not R4, or ""."""
    if kind in _OLDER_TYPES:
        return "resource type of another FHIR version"
    if isinstance(status := data.get("clinicalStatus"), str) and status:
        return "clinicalStatus is a code, as in STU3"
    if isinstance(status := data.get("verificationStatus"), str) and status:
        return "verificationStatus is a code, as in STU3"
    named = "serviceType" if kind == "Appointment" else "code"
    for code in objects(data.get(named)):
        if "concept" in code or "reference" in code:
            return f"{named} is a CodeableReference, as in R5"
    foreign = _NOT_IN_R4.get(kind, ())
    return "" if data.keys().isdisjoint(foreign) else f"element {min(data.keys() & foreign)} is not R4"


def is_read(kind: str) -> bool:
    """Whether a resource type is of use (or is a look-alike that must be named)."""
    return kind in _NAMED
