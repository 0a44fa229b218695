"""Scope and data-quality rules on records written by hand."""

from __future__ import annotations

from typing import Any

from tests.families.by_hand import (
    Resource,
    assess,
    codes,
    criterion,
    findings,
    observation,
    panel,
    patient,
    respond,
    tumour,
)

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def condition(name: str, code: str, text: str, **more: Any) -> Resource:
    return {"resourceType": "Condition", "id": name, "subject": {"reference": "Patient/pat"},
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "code": {"coding": [{"system": ICD10, "code": code}], "text": text}, **more}  # fmt: skip


def without_tumour(*more: Resource) -> list[Resource]:
    return [patient(), *panel(), *more]


def record(*more: Resource, changed: Resource | None = None) -> list[Resource]:
    return [changed or patient(), *tumour(), *panel(), *more]


def test_another_patients_result_is_listed_and_changes_nothing() -> None:
    foreign = observation("x", "718-7", {"value": 5, "unit": "g/dL"}, subject={"reference": "Patient/other"})
    found = assess(record(foreign))
    assert found["outcome"] == "criteria-met" and criterion(found, "hb")["value"] == 12.1
    assert {"source": "Observation/x", "why": "other-patient"} in found["ignored"] and "D-01" in codes(found)


def test_a_poorly_differentiated_carcinoma_by_its_code() -> None:
    found = assess(without_tumour(condition("c", "C7A.1", "Neuroendocrine carcinoma of the rectum")))
    assert (found["outcome"], found["reason"]) == ("not-now", "histology-nec") and "G-05" in codes(found)


def test_look_alikes_and_a_relatives_tumour_are_out_of_scope() -> None:
    merkel = condition("c", "C4A.9", "Merkel cell carcinoma")
    relative = {"resourceType": "FamilyMemberHistory", "id": "f", "status": "completed",
                "patient": {"reference": "Patient/pat"}, "relationship": {"text": "mother"},
                "condition": [{"code": {"text": "pancreatic neuroendocrine tumour"}}]}  # fmt: skip
    for only in ([merkel], [condition("d", "E11.9", "Type 2 diabetes"), relative]):
        response = respond(without_tumour(*only))
        assert response["cards"] == []
        assert response["extension"]["prrt-cds.assessment"]["reason"] == "out-of-scope"


def test_a_refuted_diagnosis_is_no_diagnosis() -> None:
    refuted = condition("c", "C7A.012", "NET of the ileum", verificationStatus={"coding": [{"code": "refuted"}]})
    found = assess(without_tumour(refuted, condition("d", "E11.9", "Type 2 diabetes")))
    assert found["reason"] == "out-of-scope"
    assert {"source": "Condition/c", "why": "refuted"} in found["ignored"]


def test_a_resolved_tumour_is_silent() -> None:
    resolved = condition("c", "C7A.012", "NET of the ileum", clinicalStatus={"coding": [{"code": "resolved"}]})
    response = respond(without_tumour(resolved))
    assert response["cards"] == []
    assert response["extension"]["prrt-cds.assessment"]["reason"] == "no-active-disease"


def test_a_patient_who_has_died() -> None:
    found = respond(record(changed=patient(deceasedDateTime="2026-05-01")))
    assert found["cards"] == [] and found["extension"]["prrt-cds.assessment"]["reason"] == "deceased"


def test_a_suspected_tumour_without_histology() -> None:
    suspected = condition(
        "c", "C7A.8", "neuroendocrine tumor", verificationStatus={"coding": [{"code": "provisional"}]}
    )
    found = assess(without_tumour(suspected))
    assert "needs-data/histology-unconfirmed" in findings(found) and "G-03" in codes(found)


def test_the_highest_specimen_decides_and_the_difference_is_said() -> None:
    second = observation("ki67-2", "29593-1", valueString="20-25 %", effectiveDateTime="2022-03")
    found = assess(record(second))
    assert criterion(found, "ki67")["value"] in (25, "20-25") and {"G-04", "G-06"} <= codes(found)


def test_well_differentiated_but_above_the_range_studied() -> None:
    second = observation("ki67-2", "29593-1", {"value": 60, "unit": "%"})
    found = assess(record(second))
    assert (found["outcome"], found["reason"]) == ("not-now", "ki67-over-55")


def test_a_newer_preliminary_scan_makes_everyone_wait() -> None:
    newer = {"resourceType": "DiagnosticReport", "id": "pet2", "status": "preliminary",
             "subject": {"reference": "Patient/pat"}, "effectiveDateTime": "2026-05-28",
             "code": {"text": "68Ga-DOTATATE PET/CT"}, "conclusion": "No uptake in any lesion."}  # fmt: skip
    found = assess(record(newer))
    assert (found["outcome"], found["reason"]) == ("needs-data", "sstr-preliminary")
    assert not {"I-01", "I-02", "I-08", "R-01"} & codes(found)


def test_two_haemoglobins_of_one_day_in_two_shapes() -> None:
    early = observation("hb", "718-7", {"value": 121, "unit": "g/L"}, effectiveDateTime="2026-05-20T06:00:00Z")
    late = observation("hb2", "718-7", valueString="7.4 g/dL", effectiveDateTime="2026-05-20T21:00:00Z")
    found = assess([patient(), *tumour(), *panel(hb=early), late])
    assert (found["outcome"], found["reason"]) == ("not-now", "lab-hb") and "D-06" in codes(found)


def test_a_birth_year_in_which_the_eighteenth_birthday_lies() -> None:
    found = assess(record(changed=patient(birthDate="2008")), jurisdiction="EU")
    assert criterion(found, "age")["status"] == "unknown" and "birth-date" in found["missing"]
    assert "needs-data/age-or-sex-missing" in findings(found)
