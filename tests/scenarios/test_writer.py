"""What the writer writes is valid FHIR R4, the same every time, and says what the scenario says."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import read_call
from cds_service.scenarios import drugs, terms
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.vocabulary import STATEMENTS, TRACERS
from cds_service.scenarios.writer import call_of, write, write_bundle, write_prefetch

BASE: dict[str, Any] = {"on": "2026-06-01", "sex": "female", "age": 58, "diagnosis": "gastric NET"}

PATIENTS: dict[str, dict[str, Any]] = {
    "every tumour": {"diagnosis": [*terms.TUMOURS, {"text": "NET of the ileum", "clinical": "not stated"}]},
    "every problem": {"problems": [*terms.PROBLEMS, "mds-aml-relative", {"kind": "nyha", "grade": 3}]},
    "every procedure": {"procedures": [*terms.PROCEDURES, {"kind": "sirt", "months_ago": 3, "report": "done"}]},
    "every analyte in every unit": {
        "labs": {name: [f"12.5 {unit}".strip() for unit in lab.units] for name, lab in terms.LABS.items()},
        "weight": ["70 kg", "154 lb"], "height": ["165 cm", "1.65 m"],
    },
    "odd results": {"labs": {"hb": [
        {"value": Decimal("12.1"), "unit": "none"}, {"value": 12, "unit": "furlong"}, "<3 g/dL",
        {"value": "haemolysed", "unit": "none"}, {"value": "9 g/dL", "undated": True, "status": "preliminary"},
    ]}},
    "every drug": {"treatments": [{"drug": name, "cycles": 3, "last_days_ago": 9, "days_per_cycle": 5}
                                  for name in (*drugs.DRUGS, *drugs.REGIMENS)]},
    "treatments told otherwise": {"treatments": [
        {"drug": "CAPTEM", "given_as": "statement", "cycles": 6, "last_days_ago": 30},
        {"drug": "everolimus", "ongoing": True, "first_on": "2025-01", "dose": "10 mg/d"},
        {"drug": "everolimus", "given_as": "order", "days_ago": 80, "last_on": "2026-05-01", "status": "stopped"},
        {"drug": "prednisolone", "weeks": 2, "last_days_ago": 10, "dose": "40 mg/d"},
        {"as_written": "lutetium diet", "days_ago": 3}, {"code": "atc#L01EX07", "ongoing": True},
        {"drug": "amino acids", "days_ago": 3, "lysine": "25 g", "arginine": "25 g", "volume": "2.5 L"},
        {"drug": "sunitinib", "given_as": "statement", "status": "intended", "first_days_ago": -7},
    ]},
    "every radioligand": {"prrt": [
        *({"agent": name, "days_ago": 70, "gbq": Decimal("7.4")} for name in drugs.RADIOLIGANDS),
        {"cycles": 4, "last_days_ago": 60, "activity": "200 mCi", "given_as": "hcpcs"},
        {"months_ago": 9, "gbq": 7, "given_as": "procedure", "note": "well tolerated"},
    ]},
    "every tracer": {"scans": [
        {"kind": "sstr-pet", "tracer": name, "days_ago": 9, "lesions": [{"site": "liver", "krenning": 3}]}
        for name in TRACERS
    ]},
    "scans told otherwise": {"scans": [
        {"kind": "sstr-pet", "days_ago": 9, "contained": True, "scanner": "A", "report": "R1", "lesions": [
            {"krenning": "<=1", "size": "2.8 cm", "suvmax": Decimal("9.09")}, {"krenning": [2, 3]}, {"site": "bone"},
            {"krenning": "low-grade", "site": "stomach", "physiological": True}, {"suvmax": 7, "status": "preliminary"},
        ]},
        {"kind": "fdg-pet", "days_ago": 8, "netpet": "P3", "discordant": False,
         "lesions": [{"fdg": "positive", "suvmax": 5}, {"fdg": "negative"}, {"site": "liver"}]},
        *({"kind": "ct", "days_ago": 7, "text": "Liver < 5 cm & stable.", "written_as": kind}
          for kind in ("conclusion", "impression", "div", "plain-attachment", "html-attachment")),
        {"kind": "mri", "issued_days_ago": 4}, {"kind": "sstr-scintigraphy", "undated": True},
        {"kind": "ct", "days_ago": 7, "lesions": {"site": "liver"}},
    ]},
    "every statement": {"statements": [*STATEMENTS, {"status": "PD", "new_lesions": True, "text": "Growth."}]},
    "the rest": {
        "ki67": "7-8 %", "mitoses": "5/10 HPF", "grade": "G2", "differentiation": "well",
        "specimens": [{"ki67": "<3 %", "breast": True}, {"ki67": 12, "differentiation": "poor", "report": "P1"}],
        "operability": ["resectable", {"verdict": "unresectable", "written_in": "condition-note", "days_ago": 3},
                        {"verdict": "localised", "written_in": "procedure-note"}],
        "allergies": ["lysine", {"agent": "177Lu-DOTATATE", "grade": 4, "severity": "severe", "criticality": "high"}],
        "ecog": [0, {"score": 3, "code": "snomed"}, {"score": 2, "code": "89262-0"}], "karnofsky": 80, "nyha": 4,
        "pregnancy_tests": ["positive", "pregnant", "possible", {"hcg": "30 IU/L", "uln": "5 IU/L", "days_ago": 3}],
        "orders": ["sstr-pet", "prrt", "other", "cytotoxic", "mtor", "dexamethasone", "fdg-pet",
                   {"kind": "amino-acids", "lysine": "25 g", "volume": "1 L"},
                   {"kind": "sstr-pet", "as": "appointment", "planned_in_days": 9},
                   {"kind": "prrt", "as": "appointment", "planned_on": "2026-06"}],
        "drafts": [{"kind": "prrt", "gbq": Decimal("7.4"), "planned_in_days": 3}],
        "hook": "order-sign", "quality_of_life": [{"instrument": "EORTC QLQ-C30", "global_health": 50, "days_ago": 4},
                            {"instrument": "EORTC QLQ-C30", "global_health": 17, "written_as": "questionnaire"}],
        "notes": ["Well.", {"text": "Seen again.", "days_ago": 5, "own_date": False}],
        "family_history": [{"text": "NET", "relative": "mother"}], "deceased": "2026-05",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PATIENTS)
def test_every_word_becomes_valid_r4(name: str) -> None:
    written = write(BASE | PATIENTS[name])
    for resource in (*written.resources, *written.drafts):
        as_sent = json.loads(json.dumps(resource))
        get_fhir_model_class(resource["resourceType"]).model_validate(as_sent)
        assert not [key for key, value in resource.items() if value in (None, "", [], {})], resource
    get_fhir_model_class("Bundle").model_validate(write_bundle(BASE | PATIENTS[name]))


def test_the_same_patient_is_written_the_same_with_ids_of_their_own() -> None:
    patient = BASE | PATIENTS["the rest"] | PATIENTS["every drug"]
    first, second = write(patient), write(patient)
    assert first.resources == second.resources
    ids = [(resource["resourceType"], resource["id"]) for resource in (*first.resources, *first.drafts)]
    assert len(ids) == len(set(ids))
    assert ("Observation", "ki67-1") in ids


def only(patient: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [item for item in write(BASE | patient).resources if item["resourceType"] == kind]
    assert len(found) == 1, found
    return found[0]


def days(patient: dict[str, Any], kind: str = "MedicationAdministration") -> list[str]:
    return [r["effectiveDateTime"] for r in write(BASE | patient).resources if r["resourceType"] == kind]


def test_cycles_are_counted_back_from_the_last_day() -> None:
    treatment = {"drug": "temozolomide", "cycles": 3, "cycle_days": 28, "last_days_ago": 1}
    assert days({"treatments": treatment}) == ["2026-04-05", "2026-05-03", "2026-05-31"]
    assert days({"treatments": treatment | {"days_per_cycle": 2}})[-2:] == ["2026-05-30", "2026-05-31"]


def test_prrt_cycles_lie_eight_weeks_apart_unless_said() -> None:
    assert days({"prrt": {"cycles": 2, "last_days_ago": 0, "gbq": 7}}) == ["2026-04-06", "2026-06-01"]


def test_the_ways_to_say_when() -> None:
    said = [{"days_ago": 1}, {"weeks_ago": 2}, {"months_ago": 3}, {"on": "2024-05"}, {"days_ago": -2}]
    labs = {"labs": {"hb": [{"value": "12 g/dL", **when} for when in said]}}
    written = ["2026-05-31", "2026-05-18", "2026-03-01", "2024-05", "2026-06-03"]
    assert days(labs, "Observation") == written
    assert "effectiveDateTime" not in only({"labs": {"hb": {"value": "12 g/dL", "undated": True}}}, "Observation")


def test_a_result_keeps_its_value_unit_and_limits_as_said() -> None:
    result = only({"labs": {"bilirubin": "0.60 mg/dL"}}, "Observation")
    assert json.dumps(result["valueQuantity"]["value"]) == "0.6"
    assert result["valueQuantity"]["code"] == "mg/dL"
    assert result["referenceRange"] == [{"high": {"value": 1.2, "unit": "mg/dL", "code": "mg/dL",
                                                  "system": "http://unitsofmeasure.org"}}]  # fmt: skip
    bare = only({"labs": {"bilirubin": {"value": "0.6 mg/dL", "uln": "none"}}}, "Observation")
    assert "referenceRange" not in bare
    no_unit = only({"labs": {"hb": {"value": 12, "unit": "none"}}}, "Observation")
    assert no_unit["valueQuantity"] == {"value": 12}


def test_age_is_in_completed_years_whatever_the_day() -> None:
    assert only({"age": 12}, "Patient")["birthDate"] == "2013-12-01"


def test_another_patients_resources() -> None:
    foreign = write(BASE | {"other_patient": ["Condition"], "labs": {"hb": {"value": "9 g/dL", "other_patient": True}}})
    subjects = {r["id"]: r["subject"]["reference"] for r in foreign.resources if "subject" in r}
    assert subjects == {"diagnosis-1": "Patient/patient-2", "hb-1": "Patient/patient-2"}


def test_the_prefetch_has_every_key_and_what_was_not_sent_is_absent() -> None:
    patient = BASE | {"labs": {"hb": "12 g/dL"}, "not_provided": ["Procedure"], "failed": ["Appointment"]}
    prefetch = write_prefetch(patient | {"incomplete": ["Observation"]})
    assert set(TEMPLATES) - set(prefetch) == {"procedures"}
    assert prefetch["appointments"]["resourceType"] == "OperationOutcome"
    assert [link["relation"] for link in prefetch["observations"]["link"]] == ["next"]
    assert [entry["resource"]["id"] for entry in prefetch["observations"]["entry"]] == ["hb-1"]
    assert prefetch["allergies"] == {"resourceType": "Bundle", "type": "searchset", "total": 0}
    own = write_prefetch(patient, prefetch_templates={"p": "Patient/{{context.patientId}}", "o": "Observation?x=1"})
    assert set(own) == {"p", "o"}


@pytest.mark.parametrize(
    ("patient", "says"),
    [
        ({"treatments": {"drug": "CAPTEM", "cycles": 3}}, "cycles without a day"),
        ({"treatments": {"days_ago": 3}}, "no drug"),
        ({"treatments": {"drug": "prednisolone", "dose": "forty", "days_ago": 3}}, "is not a dose"),
        ({"prrt": {"cycles": 2, "gbq": 7}}, "several cycles without a day"),
    ],
)
def test_what_cannot_be_written_says_what_to_add(patient: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        write(BASE | patient)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.hook)
@pytest.mark.parametrize("drafts", [[], ["sstr-pet"]])
def test_the_call_is_one_the_service_reads(service: Any, drafts: list[str]) -> None:
    patient = BASE | {"hook": service.hook} | ({"drafts": drafts} if service.orders else {})
    body = call_of(write(patient), "00000000-0000-0000-0000-000000000001")
    call = read_call(json.dumps(body).encode(), service)
    assert call.patient_id == "patient-1" and set(call.prefetch) == set(TEMPLATES)
    assert len((call.draft_orders or {}).get("entry", [])) == (len(drafts) if service.orders else 0)
