"""Readers that ask only candidates read what they would read of all resources: the first question is never narrower."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from cds_service.fhir.resources import read_resources
from cds_service.hooks.decode import decode
from cds_service.record import allergy, diagnosis, orders, problems, prrt, read_chart, status, surgery, therapy
from cds_service.record.index import candidates, parts_speaking, speaking
from tests.record.chart_shapes import ATC, ICD10CM, LOINC, PATIENT, SNOMED, chart, concept, condition, observation

READERS = (allergy, diagnosis, orders, problems, prrt, status, surgery, therapy)
SAMPLES = sorted(Path("fhir_samples").glob("*/request.json"))
MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
NET_MORPHOLOGY = {"url": MORPHOLOGY, "valueCodeableConcept": concept("Neuroendocrine tumour")}


def procedure(code, **more):
    return {"resourceType": "Procedure", "id": "x", "status": "completed", "code": code, **more}


def request(**more):
    return {"resourceType": "MedicationRequest", "id": "x", "status": "active", "intent": "order",
            "authoredOn": "2025-12-01", **more}  # fmt: skip


UNUSUAL = {
    "two codes": condition([concept("Myopia"), concept("Heart failure")], "x"),
    "a display out of its place": condition({"coding": [{"code": "1"}], "display": "Anaemia after PRRT"}, "x"),
    "a class in the stage": condition(concept("Congestive disease"), "x", stage=[{"summary": concept("NYHA III")}]),
    "a class begun in the code": condition(concept("NYHA"), "x", stage=[{"summary": concept("class IV")}]),
    "a tumour in the extension": condition(concept("Mass of ileum"), "x", extension=[NET_MORPHOLOGY]),
    "a tumour in two parts": condition([concept("Neuroendocrine"), concept("carcinoma of lung")], "x"),
    "an allergy by name": condition(concept("Allergy to lysine, severe"), "x"),
    "an organ in the body site": procedure(concept("Resection of metastasis"), bodySite=[concept("liver")]),
    "an operation in two codes": procedure([concept("Colonoscopy"), concept("Splenectomy")]),
    "an agent used": procedure(concept("Infusion"), usedCode=[concept(None, (ATC, "V10XX04"))]),
    "a method in an extension": procedure(
        concept("Nuclear medicine"),
        extension=[{"url": "method", "valueCodeableConcept": concept(None, (ATC, "V10XX04"))}]),
    "a drug by name": procedure(concept("CAPTEM, cycle 3")),
    "a drug elsewhere": request(contained=[{"resourceType": "Medication", "id": "m", "code": concept("Everolimus")}],
                                medicationReference={"reference": "#m"}),
    "a drug only shown": request(medicationReference={"display": "Temozolomide 100 mg"}),
    "an answer": observation(concept("Patient status"), "x",
                             valueCodeableConcept=concept(None, (SNOMED, "169745008"))),
    "a score in a component": observation(
        concept("EORTC QLQ-C30"), "x",
        component=[{"code": [concept("x"), concept("Global health")], "valueInteger": 60}]),
    "an instrument by its method": observation(
        concept("Global health"), "x", method=concept("QLQ-C30"), valueInteger=60),
}  # fmt: skip


def ask_all(resources, of, *kinds):
    return iter(resources.of(*kinds))


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_stands_beside_the_code_is_read(name, monkeypatch):
    found = chart(UNUSUAL[name])
    for module in READERS:
        monkeypatch.setattr(module, "candidates", ask_all)
    assert repr(found) == repr(chart(UNUSUAL[name]))
    assert repr(found) != repr(chart())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_the_samples_are_read_alike(path, monkeypatch):
    call = decode(path.read_bytes())
    patient = call["context"]["patientId"]

    def read():
        return repr(read_chart(call["prefetch"], patient_id=patient, today=date(2026, 1, 1)))

    found = read()
    for module in READERS:
        monkeypatch.setattr(module, "candidates", ask_all)
    assert found == read()


def test_a_question_is_asked_once_per_code():
    same = [observation(concept("Glucose", (LOINC, "2345-7")), f"o{n}") for n in range(5)]
    record = read_resources(
        {
            "patient": PATIENT,
            "conditions": [condition(concept(None, (ICD10CM, "I10")), "c")],
            "all": json.loads(json.dumps(same)),
        },
        patient_id="p",
    )
    asked = []
    assert [item.id for item in speaking(record, lambda code: asked.append(code) or code.texts)] == [
        f"o{n}" for n in range(5)
    ]
    assert len(asked) == 1
    assert list(candidates(record, lambda code: False, "Observation", "Condition")) == []


def test_components_speak_for_themselves():
    panel = observation(concept("Panel"), "p", component=[{"code": concept("Hb")}, {"code": concept("Plt")}])
    record = read_resources({"patient": PATIENT, "conditions": None, "all": [panel]}, patient_id="p")
    found = parts_speaking(record, lambda code: code.words != "Panel")
    assert [(part.resource.id, part.code.words) for part in found] == [("p", "Hb"), ("p", "Plt")]
    assert [item.id for item in speaking(record, lambda code: True)] == ["p"]
