"""Nothing that is written about a patient outlives the answer: not in a cache, nor anywhere else."""

import gc
import json
from typing import Any

from benchmarks.charts import DECISION_DAY, call_of
from cds_service.hooks.answer import load_answer
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import read_call
from cds_service.policy import Policy
from cds_service.record.codes import said
from cds_service.rulebook import load_rulebook

MARK = "Qzx" + " Patientin"  # in two, so that no line of this file holds it
FREE = frozenset({"family", "conclusion", "div", "description", "valueString", "patientInstruction", "title"})
"""Elements of free text; ``text`` is one too, but for that of a code."""
TITLED = frozenset({"code", "category", "medicationCodeableConcept", "type"})


def marked(value: Any, inside: str = "") -> Any:
    """The same JSON with the mark at the beginning of every free text."""
    if isinstance(value, list):
        return [marked(item, inside) for item in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, item in value.items():
        free = name in FREE or (name == "text" and inside not in TITLED)
        found[name] = f"{MARK} {item}" if free and isinstance(item, str) else marked(item, name)
    return found


def written_about_her() -> list[dict[str, Any]]:
    """Resources with words in every place that a reader asks."""
    her = {"reference": "Patient/p"}
    words = {"text": "metastasis of a neuroendocrine tumour in the liver"}
    note = [{"text": "Progressive disease, unresectable. Ki-67 12 %. Splenectomy."}]
    end = {"status": "completed", "effectiveDateTime": "2026-01-01", "performedDateTime": "2026-01-01"}
    observed = {"resourceType": "Observation", "status": "final", "subject": her, "effectiveDateTime": "2026-01-01"}
    code = {"text": "Tumour response"}
    krenning = {"text": "Krenning score"}
    return [
        {**observed, "id": "w1", "code": code, "valueString": "Progressive disease", "note": note},
        {**observed, "id": "w2", "code": code, "valueCodeableConcept": {"text": "Stable disease"}, "bodySite": words},
        {**observed, "id": "w3", "code": krenning, "valueInteger": 3, "bodySite": words, "method": words},
        {**observed, "id": "w4", "code": {"text": "Pregnancy test"}, "valueCodeableConcept": {"text": "negative"}},
        {"resourceType": "Condition", "id": "w5", "subject": her, "code": {"text": "Short of breath"}, "note": note,
         "bodySite": [words], "stage": [{"summary": words, "type": words}], "evidence": [{"code": [words]}]},
        {"resourceType": "Procedure", "id": "w6", "subject": her, **end, "code": {"text": "Resection"}, "note": note,
         "bodySite": [words], "outcome": words, "reasonCode": [words], "complication": [words]},
        {"resourceType": "MedicationRequest", "id": "w7", "status": "active", "intent": "order", "subject": her,
         "medicationCodeableConcept": {"text": "octreotide"}, "note": note, "reasonCode": [words],
         "dosageInstruction": [{"text": "30 mg every 4 weeks", "route": {"text": "intramuscular"}}]},
        {"resourceType": "DocumentReference", "id": "w8", "status": "current", "subject": her, "type": {},
         "description": "Letter on the DOTATATE PET of", "date": "2026-01-01T00:00:00Z",
         "text": {"status": "generated", "div": "<div>Liver metastases, Krenning 3.</div>"}},
        {"resourceType": "AllergyIntolerance", "id": "w9", "patient": her, "code": {"text": "Allergy"}, "note": note,
         "reaction": [{"substance": words, "manifestation": [words], "description": "rash"}]},
        {"resourceType": "FamilyMemberHistory", "id": "w10", "status": "completed", "patient": her, "note": note,
         "relationship": words, "condition": [{"code": {"text": "Diabetes"}, "outcome": words, "note": note}]},
    ]  # fmt: skip


def call_with_marks() -> bytes:
    """A call of which every free text holds the mark."""
    body = json.loads(call_of(200))
    bundles = [value for value in body["prefetch"].values() if value.get("resourceType") == "Bundle"]
    patient = next(value for value in body["prefetch"].values() if value.get("resourceType") == "Patient")
    for resource in written_about_her():
        whose = {"reference": f"Patient/{patient['id']}"}
        own = {name: whose if name in ("subject", "patient") else item for name, item in resource.items()}
        bundles[0].setdefault("entry", []).append({"resource": own, "search": {"mode": "match"}})
    body["prefetch"] = marked(body["prefetch"])
    return json.dumps(body).encode()


def kept(mark: str = MARK) -> set[str]:
    """All strings in the memory of this process that hold the mark."""
    gc.collect()
    return {
        found
        for holder in gc.get_objects()
        for found in gc.get_referents(holder)
        if type(found) is str and mark in found and found != mark
    }


def test_nothing_written_about_a_patient_is_kept() -> None:
    service = SERVICES["prrt-candidacy"]
    answer = load_answer(load_rulebook(), Policy("EU", {}, {}))
    assert MARK.encode() in call_with_marks()
    assert answer(read_call(call_with_marks(), service), DECISION_DAY)["cards"]
    assert kept() == set()


def test_what_is_kept_would_be_seen() -> None:
    """A title of a code is kept, as vocabulary is; one as long as a sentence about the patient is not."""
    mark = MARK.lower()
    said({"text": f"{mark} short title"})
    said({"text": f"{mark} {'long title ' * 30}"})
    assert kept(mark) == {f"{mark} short title"}
