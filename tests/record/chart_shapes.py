"""Small FHIR shapes, written by hand, for laboratory, treatment, problems and orders."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

from cds_service.record import read_chart
from cds_service.record.model import Chart

TODAY = date(2026, 1, 1)
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10CM, ATC, RXNORM = (
    "http://hl7.org/fhir/sid/icd-10-cm",
    "http://www.whocc.no/atc",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
MINE = {"reference": "Patient/p"}
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970-05-01"}
LIMITS = {name: (Decimal(low), Decimal(high)) for name, low, high in (
    ("hb", 3, 25), ("platelets", 1, 2000), ("wbc", "0.1", 500), ("creatinine", "0.2", 20), ("bilirubin", "0.1", 60),
    ("albumin", 5, 70), ("weight", 5, 400), ("cycle", "0.5", 12))}  # fmt: skip


def concept(text: str | None = None, *codes: tuple[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"coding": [{"system": system, "code": code} for system, code in codes]} if codes else {}
    return found | ({"text": text} if text else {})


def chart(*resources: dict[str, Any], drafts: list[dict[str, Any]] | None = None, **more: Any) -> Chart:
    """The chart of one patient with these resources; subjects are filled in."""
    mine = [_mine(resource) for resource in resources]
    draft_orders = {"resourceType": "Bundle", "entry": [{"resource": _mine(item)} for item in drafts or []]}
    return read_chart(
        {"patient": PATIENT, "conditions": None, "all": mine, **more.pop("prefetch", {})},
        patient_id="p", today=TODAY, plausible=LIMITS,
        draft_orders=draft_orders if drafts else None,
        **more,
    )  # fmt: skip


def _mine(resource: dict[str, Any]) -> dict[str, Any]:
    patient = resource["resourceType"] in ("AllergyIntolerance", "FamilyMemberHistory")
    if resource["resourceType"] == "Appointment":
        return {"participant": [{"actor": MINE, "status": "accepted"}], **resource}
    return {"patient" if patient else "subject": MINE, **resource}


def observation(code: dict[str, Any], identity: str = "o", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": identity, "status": "final", "code": code,
            "effectiveDateTime": "2025-12-20T08:00:00Z", **more}  # fmt: skip


def loinc(code: str, identity: str = "o", **more: Any) -> dict[str, Any]:
    return observation(concept(None, (LOINC, code)), identity, **more)


def amount(value: Any, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"value": value, **({"unit": unit} if unit else {}), **more}


def condition(code: dict[str, Any], identity: str = "c", status: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": identity,
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": code,
        **more,
    }


def administration(
    code: dict[str, Any] | None, day: str | None = "2025-11-01", identity: str = "m", **more: Any
) -> dict[str, Any]:
    when = {} if "effectivePeriod" in more else {"effectiveDateTime": day}
    named = {"medicationCodeableConcept": code} if code else {}
    return {"resourceType": "MedicationAdministration", "id": identity, "status": "completed", **named, **when, **more}


def statement(code: dict[str, Any], identity: str = "s", status: str = "active", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": identity,
        "status": status,
        "medicationCodeableConcept": code,
        **more,
    }


def request(code: dict[str, Any], identity: str = "r", status: str = "active", **more: Any) -> dict[str, Any]:
    return {"resourceType": "MedicationRequest", "id": identity, "status": status, "intent": "order",
            "medicationCodeableConcept": code, "authoredOn": "2025-10-01", **more}  # fmt: skip


def listed(found: Chart) -> set[tuple[str, str]]:
    return {(item.source, item.why) for item in found.ignored}


def mixed(resources: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """The same resources in another order, some of them twice."""
    more = resources + chance.choices(resources, k=4)
    chance.shuffle(more)
    return more


def treatments(*resources):
    return chart(*resources).treatments


def only(*resources):
    found = treatments(*resources)
    assert len(found) == 1, found
    return found[0]
