"""Safety rules on records written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
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
ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
ACTIVE: Resource = {"clinicalStatus": {"coding": [{"code": "active"}]}}


def woman(*more: Resource, born: str = "1994-07-21") -> list[Resource]:
    return [patient(gender="female", birthDate=born), *tumour(), *panel(), *more]


def man(*more: Resource, **changed: Resource | None) -> list[Resource]:
    return [patient(), *tumour(), *panel(**changed), *more]


def condition(name: str, text: str, *coding: tuple[str, str], **more: Any) -> Resource:
    found = {"resourceType": "Condition", "id": name, **ABOUT, **ACTIVE, "code": {"text": text}, **more}
    if coding:
        found["code"]["coding"] = [{"system": system, "code": code} for system, code in coding]
    return found


def answer(text: str, code: str | None = None) -> Resource:
    coding = [{"system": LOINC, "code": code}] if code else []
    return {"valueCodeableConcept": {"text": text, "coding": coding}}


def test_pregnant_by_status_in_july_with_a_due_date() -> None:
    status = observation("preg", "82810-3", effectiveDateTime="2026-03-02", **answer("Pregnant", "LA15173-0"))
    due = observation("edd", "11778-8", effectiveDateTime="2026-03-02", valueDateTime="2026-10-04")
    found = assess(woman(status, due))
    assert (found["outcome"], found["reason"]) == ("contraindicated", "pregnancy")
    assert criterion(found, "pregnancy")["status"] == "not-met" and not {"C-02", "I-08", "R-01"} & codes(found)


def test_a_serum_test_in_words() -> None:
    positive = observation("hcg", "2118-8", valueString="POSITIVE", effectiveDateTime="2026-05-25")
    response = respond(woman(positive))
    assert response["cards"][0]["indicator"] == "critical"
    assert "tumour hCG possible" in response["cards"][0]["summary"]
    later = observation("hcg2", "2118-8", valueString="Negative", effectiveDateTime="2026-05-28")
    assert assess(woman(positive, later))["outcome"] == "criteria-met"


def test_a_quantitative_hcg_in_its_own_units() -> None:
    def measured(value: float) -> list[Resource]:
        return woman(observation("bhcg", "21198-7", {"value": value, "unit": "mIU/mL"},
                                 referenceRange=[{"high": {"value": 5, "unit": "mIU/mL"}}]))  # fmt: skip

    raised, normal = respond(measured(212)), assess(measured(2))
    assert raised["extension"]["prrt-cds.assessment"]["reason"] == "pregnancy-test"
    assert "hCG above its range" in raised["cards"][0]["summary"] and raised["cards"][0]["indicator"] == "warning"
    assert normal["outcome"] == "criteria-met" and criterion(normal, "pregnancy")["status"] == "met"


def test_tubal_ligation_and_the_years_after_menopause_answer_the_question() -> None:
    for code in ("Z98.51", "Z78.0", "Z90.710"):
        found = assess(woman(condition("status", "status", (ICD10, code))))
        assert found["outcome"] == "criteria-met" and criterion(found, "pregnancy") == {}
    asked = assess(woman())
    assert (asked["reason"], "pregnancy" in asked["missing"]) == ("pregnancy-test", True)
    assert assess(woman(born="1969"))["outcome"] == "criteria-met"  # 56 or 57


@pytest.mark.parametrize(("jurisdiction", "outcome"), [("US", "needs-data"), ("EU", "contraindicated")])
def test_a_provisional_pregnancy(jurisdiction: str, outcome: str) -> None:
    perhaps = condition("p", "Pregnancy", (SNOMED, "77386006"), recordedDate="2026-05-20",
                        verificationStatus={"coding": [{"code": "provisional"}]})  # fmt: skip
    assert assess(woman(perhaps), jurisdiction=jurisdiction)["outcome"] == outcome


def test_breast_feeding_by_snomed() -> None:
    nursing = condition("l", "Mother currently breastfeeding", (SNOMED, "866041003"), onsetDateTime="2026-02")
    found = assess(woman(nursing))
    assert (found["outcome"], found["reason"]) == ("contraindicated", "breastfeeding")


def allergy(text: str, **more: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": "Patient/pat"},
        "code": {"text": text},
        **more,
    }


def test_allergies() -> None:
    severe = allergy(
        "lutetium Lu 177 dotatate", reaction=[{"severity": "severe", "manifestation": [{"text": "shock"}]}]
    )
    assert assess(man(severe))["reason"] == "hypersensitivity"
    assert assess(man(allergy("L-arginine", criticality="high")))["reason"] == "hypersensitivity"
    other = assess(man(allergy("penicillin", criticality="high")))
    assert other["outcome"] == "criteria-met" and "C-05" not in codes(other)
    ungraded = assess(man(allergy("Lysine")))
    assert ungraded["outcome"] == "criteria-met" and "C-05" in codes(ungraded)


def test_nyha_as_observation_and_as_words() -> None:
    coded = observation("nyha", "88020-3", **answer("NYHA Class III"), effectiveDateTime="2021-03-01")
    assert assess(man(coded))["reason"] == "cardiac"
    worded = condition("hf", "Chronic heart failure, NYHA III")
    found = assess(man(worded))
    assert found["reason"] == "cardiac" and criterion(found, "heart")["status"] == "not-met"
    resolved = {**worded, "clinicalStatus": {"coding": [{"code": "resolved"}]}}
    assert assess(man(resolved))["outcome"] == "criteria-met"


def test_marrow_from_a_procedure_a_condition_and_a_family_history() -> None:
    field = {
        "resourceType": "Procedure",
        "id": "rt",
        **ABOUT,
        "status": "completed",
        "performedDateTime": "2019",
        "code": {"text": "External beam radiotherapy of the spine and pelvis"},
        "note": [{"text": "About 35 % of the bone marrow in the field."}],
    }
    assert assess(man(field))["reason"] == "marrow-risk"
    assert assess(man(condition("mds", "MDS", (ICD10, "D46.9"))))["reason"] == "marrow-risk"
    mother = {
        "resourceType": "FamilyMemberHistory",
        "id": "f",
        "patient": {"reference": "Patient/pat"},
        "status": "completed",
        "relationship": {"coding": [{"code": "MTH"}]},
        "condition": [{"code": {"text": "acute myeloid leukaemia"}}],
    }
    one = assess(man(mother))
    assert one["outcome"] == "criteria-met" and "C-08" in codes(one)
    few = observation("plt", "777-3", {"value": 90, "unit": "10*9/L"})
    assert "needs-data/haematology-opinion" in findings(assess(man(mother, plt=few)))


def test_a_relative_of_the_second_degree_and_a_refuted_leukaemia_count_for_nothing() -> None:
    uncle = {
        "resourceType": "FamilyMemberHistory",
        "id": "f",
        "patient": {"reference": "Patient/pat"},
        "status": "completed",
        "relationship": {"text": "maternal uncle"},
        "condition": [{"code": {"text": "acute myeloid leukaemia"}}],
    }
    refuted = condition("aml", "AML", (ICD10, "C92.00"), verificationStatus={"coding": [{"code": "refuted"}]})
    assert "C-08" not in codes(assess(man(uncle, refuted)))


def test_a_functional_tumour_with_a_heart_nobody_has_looked_at() -> None:
    syndrome = condition("cs", "Carcinoid syndrome", (ICD10, "E34.00"))
    found = assess(man(syndrome))
    assert found["outcome"] == "criteria-met" and {"C-09", "C-10"} <= codes(found)
    echo = {
        "resourceType": "Procedure",
        "id": "e",
        **ABOUT,
        "status": "completed",
        "performedDateTime": "2026-02-10",
        "code": {"text": "Transthoracic echocardiography"},
    }
    assert "C-09" not in codes(assess(man(syndrome, echo)))
    insulinoma = condition(
        "i",
        "Malignant neoplasm of endocrine pancreas",
        (ICD10, "C25.4"),
        extension=[
            {
                "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
                "valueCodeableConcept": {
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8151/3"}]
                },
            }
        ],
    )
    assert "C-10" in codes(assess(man(insulinoma)))


def test_a_brain_metastasis_is_pointed_at() -> None:
    found = respond(man(condition("b", "Brain metastasis", (ICD10, "C79.31"))))
    assert "C-11" in codes(found["extension"]["prrt-cds.assessment"])
    assert any("swelling after PRRT" in card["detail"] for card in found["cards"])
