"""Bundles written by hand, in the shapes hospitals send: the scenario writer has no part in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.answer import load_answer
from cds_service.hooks.bundle import call_from_bundle
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import Answer, read_call
from cds_service.policy import make_policy
from cds_service.rulebook.loader import load_rulebook

Resource = dict[str, Any]

ON = date(2026, 6, 1)
INSTANCE = "5d0bfd1e-6a3f-4a55-9d3a-6c1f3f4a7b10"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"


@cache
def _answer(jurisdiction: str) -> Answer:
    book = load_rulebook()
    return load_answer(book, make_policy({}, parameters=book.parameters, jurisdiction=jurisdiction))


def respond(resources: list[Resource], *, jurisdiction: str = "US") -> dict[str, Any]:
    """The answer to ``prrt-candidacy`` for these resources on 1 June 2026."""
    entries = [{"fullUrl": f"urn:test:{number}", "resource": each} for number, each in enumerate(resources)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return _answer(jurisdiction)(call_from_bundle(json.dumps(bundle).encode()), ON)


def assess(resources: list[Resource], *, jurisdiction: str = "US") -> dict[str, Any]:
    """The machine-readable assessment alone."""
    found: dict[str, Any] = respond(resources, jurisdiction=jurisdiction)["extension"]["prrt-cds.assessment"]
    return found


def ago(days: int) -> str:
    """The day that many days before the decision."""
    return (ON - timedelta(days=days)).isoformat()


def ordering(
    resources: list[Resource], *drafts: Resource, hook: str = "order-sign", jurisdiction: str = "US"
) -> dict[str, Any]:
    """The answer to an order hook with these drafts; the record comes under a key of its own."""
    context = {"patientId": "pat", "userId": "Practitioner/p", "draftOrders": _bundle(drafts)}
    if hook == "order-select":
        context["selections"] = [f"{each['resourceType']}/{each['id']}" for each in drafts]
    prefetch = {
        **dict.fromkeys(TEMPLATES),
        "patient": next(each for each in resources if each["resourceType"] == "Patient"),
        "record": _bundle([each for each in resources if each["resourceType"] != "Patient"]),
    }
    body = {"hook": hook, "hookInstance": INSTANCE, "context": context, "prefetch": prefetch}
    return _answer(jurisdiction)(read_call(json.dumps(body).encode(), SERVICES[f"prrt-{hook}"]), ON)


def assessment(response: dict[str, Any]) -> dict[str, Any]:
    """The machine-readable part of an answer."""
    found: dict[str, Any] = response["extension"]["prrt-cds.assessment"]
    return found


def words(response: dict[str, Any]) -> str:
    """All that the cards say."""
    return "\n".join(card["summary"] + "\n" + card.get("detail", "") for card in response["cards"])


def _bundle(resources: Sequence[Resource]) -> Resource:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}


def codes(assessment: dict[str, Any]) -> set[str]:
    """Codes of the rules that speak."""
    return {rule["code"] for rule in assessment.get("rules", ())}


def findings(assessment: dict[str, Any]) -> set[str]:
    return {f"{f['outcome']}/{f['reason']}" for f in assessment["findings"]}


def criterion(assessment: dict[str, Any], name: str) -> dict[str, Any]:
    """One line of the checklist; {} if it does not apply."""
    return next((line for line in assessment["criteria"] if line["id"] == name), {})


def observation(name: str, code: str, quantity: Resource | None = None, **more: Any) -> Resource:
    """A final laboratory Observation of 20 May 2026 with a LOINC code."""
    found = {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/pat"},
        "effectiveDateTime": "2026-05-20T09:30:00+02:00",
        **more,
    }
    return found if quantity is None else {**found, "valueQuantity": quantity}


def patient(**more: Any) -> Resource:
    """A man of 60."""
    return {"resourceType": "Patient", "id": "pat", "gender": "male", "birthDate": "1966-02-11", **more}


def tumour() -> list[Resource]:
    """Ileal NET, Ki-67 6 %, all lesions at Krenning 3, ECOG 1: nothing but the laboratory is left to ask."""
    about = {"subject": {"reference": "Patient/pat"}}
    return [
        {"resourceType": "Condition", "id": "net", **about, "recordedDate": "2025-01-10",
         "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
         "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7A.012"}],
                  "text": "well-differentiated neuroendocrine tumor of the ileum"}},
        observation("ki67", "29593-1", {"value": 6, "unit": "%", "system": UCUM, "code": "%"},
                    effectiveDateTime="2025-01-05"),
        observation("ecog", "89247-1", valueInteger=1),
        {"resourceType": "DiagnosticReport", "id": "pet", **about, "status": "final", "effectiveDateTime": "2026-04-30",
         "code": {"text": "68Ga-DOTATATE PET/CT"},
         "conclusion": "All lesions show uptake above the liver (Krenning score 3). No lesion without uptake."},
    ]  # fmt: skip


def panel(**changed: Resource | None) -> list[Resource]:
    """A complete panel in SI units; a keyword replaces one Observation, None takes it out."""
    usual: dict[str, Resource | None] = {
        "hb": observation("hb", "718-7", {"value": 121, "unit": "g/L", "system": UCUM, "code": "g/L"}),
        "wbc": observation("wbc", "6690-2", {"value": 5.4, "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}),
        "plt": observation("plt", "777-3", {"value": 212, "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}),
        "crea": observation("crea", "14682-9", {"value": 80, "unit": "umol/L", "system": UCUM, "code": "umol/L"}),
        "bili": observation("bili", "14631-6", {"value": 9, "unit": "umol/L", "system": UCUM, "code": "umol/L"},
                            referenceRange=[{"high": {"value": 21, "unit": "umol/L"}}]),
        "alb": observation("alb", "1751-7", {"value": 40, "unit": "g/L", "system": UCUM, "code": "g/L"}),
        "alt": observation("alt", "1742-6", {"value": 25, "unit": "U/L", "system": UCUM, "code": "U/L"}),
        "ast": observation("ast", "1920-8", {"value": 27, "unit": "U/L", "system": UCUM, "code": "U/L"}),
        "weight": observation("weight", "29463-7", {"value": 72, "unit": "kg", "system": UCUM, "code": "kg"},
                              category=[{"coding": [{"code": "vital-signs"}]}]),
    }  # fmt: skip
    return [each for each in {**usual, **changed}.values() if each is not None]
