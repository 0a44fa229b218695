"""A stand-in for the assessment, and a right call."""

from __future__ import annotations

from datetime import date
from typing import Any

from cds_service.hooks.request import HookCall

TODAY = date(2024, 6, 1)


class FakeAnswer:
    """Stands for the whole way of a call. ``fault`` is raised instead of answering."""

    def __init__(self) -> None:
        self.calls: list[tuple[HookCall, date]] = []
        self.fault: BaseException | None = None
        self.cards: list[dict[str, Any]] = []

    def __call__(self, call: HookCall, today: date) -> dict[str, Any]:
        self.calls.append((call, today))
        if self.fault:
            raise self.fault
        return {"cards": self.cards, "extension": {"prrt-cds.assessment": {"outcome": "no-advice", "reason": "x"}}}


def call_body(hook: str = "patient-view", **changes: Any) -> dict[str, Any]:
    """A right call; a change to ``...`` leaves the member out."""
    context: dict[str, Any] = {"userId": "Practitioner/1", "patientId": "p1"}
    if hook != "patient-view":
        context["draftOrders"] = {"resourceType": "Bundle", "type": "collection", "entry": []}
    if hook == "order-select":
        context["selections"] = []
    body = {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": None},
        **changes,
    }
    return {name: value for name, value in body.items() if value is not ...}


PATIENT = {"resourceType": "Patient", "id": "p1"}
NET = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7A.092"}]},
}
HB = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2024-05-30",
    "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
    "valueQuantity": {"value": 13.1, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"},
}
