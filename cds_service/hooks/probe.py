"""The smallest call there is, to see whether this process can assess at all."""

from __future__ import annotations

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.resources import PATIENT_KEY
from cds_service.hooks.request import HookCall

PROBE = HookCall(
    hook="patient-view",
    hook_instance="00000000-0000-4000-8000-000000000000",
    patient_id="probe",
    prefetch=dict.fromkeys(TEMPLATES) | {PATIENT_KEY: {"resourceType": "Patient", "id": "probe"}},
)
