"""One Bundle instead of a call: the command line's way into the same assessment."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from cds_service.fhir.bundle import harvest
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.resources import PATIENT_KEY
from cds_service.fhir.subject import patient_name
from cds_service.hooks.decode import decode
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import HookCall


class BundleError(ValueError):
    """The input cannot be assessed; one line that quotes nothing of it."""


def call_from_bundle(body: bytes, patient_id: str | None = None) -> HookCall:
    """The ``prrt-candidacy`` call whose whole record is this Bundle (or a bare array of resources or pages):
    what it does not hold is not on record.

    ``patient_id`` may be left out when the Bundle holds one Patient. The hookInstance is made from the content, so
    that the same Bundle gets the same answer. Raises BundleError, JsonError.
    """
    bundle = decode(body)
    if not _is_bundle(bundle):
        raise BundleError("the input is not a FHIR Bundle")
    patients: dict[str, list[dict[str, Any]]] = {}
    for item in harvest({"bundle": bundle}).found:
        if item.data["resourceType"] == "Patient":
            entry = {"fullUrl": item.full_url, "resource": item.data}
            patients.setdefault(patient_name(item.data, item.full_url), []).append(entry)
    if not patients:
        raise BundleError("the Bundle holds no Patient")
    if patient_id is None:
        if len(patients) > 1:
            raise BundleError(f"the Bundle holds {len(patients)} Patients; say which with --patient")
        (patient_id,) = patients
        if not patient_id:
            raise BundleError("the Patient of the Bundle has no id")
    own = patients.get(patient_id) or [entry for group in patients.values() for entry in group]
    return HookCall(
        hook=SERVICES["prrt-candidacy"].hook,
        hook_instance=str(uuid5(NAMESPACE_OID, f"{patient_id} {sha256(body).hexdigest()}")),
        patient_id=patient_id,
        prefetch={**dict.fromkeys(TEMPLATES), PATIENT_KEY: {"resourceType": "Bundle", "entry": own}, "bundle": bundle},
    )


def _is_bundle(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) and item.get("resourceType") for item in value)
    return isinstance(value, dict) and value.get("resourceType") == "Bundle"
