"""C-04 to C-11 on records written by hand, in the shapes and at the limits that differ between hospitals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
    Resource,
    ago,
    assess,
    assessment,
    codes,
    criterion,
    findings,
    observation,
    ordering,
    panel,
    patient,
    respond,
    tumour,
    words,
)

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
ACTIVE: Resource = {"clinicalStatus": {"coding": [{"code": "active"}]}}


def man(*more: Resource, **changed: Resource | None) -> list[Resource]:
    return [patient(), *tumour(), *panel(**changed), *more]


def problem(text: str, *coding: tuple[str, str], name: str = "problem", **more: Any) -> Resource:
    code = {"text": text, "coding": [{"system": system, "code": code} for system, code in coding]}
    return {"resourceType": "Condition", "id": name, **ABOUT, **ACTIVE, "code": code, **more}


def given(text: str, day: str, *coding: tuple[str, str], **more: Any) -> Resource:
    what = {"text": text, "coding": [{"system": system, "code": code} for system, code in coding]}
    return {"resourceType": "MedicationAdministration", "id": f"given-{day}", **ABOUT, "status": "completed",
            "medicationCodeableConcept": what, "effectiveDateTime": day, **more}  # fmt: skip


def done(text: str, day: str, *coding: tuple[str, str], **more: Any) -> Resource:
    code = {"text": text, "coding": [{"system": system, "code": code} for system, code in coding]}
    return {"resourceType": "Procedure", "id": f"done-{day}", **ABOUT, "status": "completed", "code": code,
            "performedDateTime": day, **more}  # fmt: skip


def kidneys(creatinine: float, kilograms: float) -> list[Resource]:
    return man(crea=observation("crea", "2160-0", {"value": creatinine, "unit": "mg/dL"}),
               weight=observation("weight", "3141-9", {"value": kilograms, "unit": "kg"}))  # fmt: skip


@pytest.mark.parametrize(
    ("kilograms", "jurisdiction", "finding"),
    [
        (67.5, "EU", "not-now/lab-renal"),  # (140-60) x 67.5 / (72 x 2.5) = 30 exactly
        (67.4, "EU", "contraindicated/crcl-lt-30-eu"),
        (67.4, "US", "not-now/lab-renal"),
    ],
)
def test_thirty_millilitres_a_minute(kilograms: float, jurisdiction: str, finding: str) -> None:
    response = respond(kidneys(2.5, kilograms), jurisdiction=jurisdiction)
    found = assessment(response)
    assert f"{found['outcome']}/{found['reason']}" == finding
    assert criterion(found, "crcl")["status"] == "not-met"
    assert response["cards"][0]["indicator"] == "warning"


def allergy(code: Resource, **more: Any) -> Resource:
    return {"resourceType": "AllergyIntolerance", "id": "allergy", "patient": {"reference": "Patient/pat"},
            **ACTIVE, "code": code, **more}  # fmt: skip


@pytest.mark.parametrize(
    "stops",
    [
        allergy({"coding": [{"system": RXNORM, "code": "1999682"}]}, criticality="high"),
        allergy({"coding": [{"system": ATC, "code": "V10XX04"}]}, reaction=[{"severity": "severe"}]),
        allergy({"coding": [{"system": SNOMED, "code": "781259000"}]}, criticality="high"),
        allergy({"text": "177Lu-DOTATATE"}, note=[{"text": "Grade 3 reaction during cycle 1"}]),
        allergy({"text": "Lysine hydrochloride"}, reaction=[{"severity": "severe", "manifestation": [{"text": "?"}]}]),
    ],
    ids=["rxnorm", "atc", "snomed", "grade in a note", "lysine"],
)
def test_severe_hypersensitivity(stops: Resource) -> None:
    response = respond(man(stops))
    found = assessment(response)
    assert (found["outcome"], found["reason"]) == ("contraindicated", "hypersensitivity")
    assert response["cards"][0]["indicator"] == "critical"
    assert criterion(found, "hypersensitivity")["status"] == "not-met"


@pytest.mark.parametrize(
    "harmless",
    [
        allergy({"text": "Lutathera"}, criticality="high", verificationStatus={"coding": [{"code": "refuted"}]}),
        allergy({"text": "Lutathera"}, criticality="high", clinicalStatus={"coding": [{"code": "resolved"}]}),
        allergy({"text": "Argipressin (arginine vasopressin)"}, criticality="high"),
        allergy({"text": "Perindopril arginine 5 mg"}, criticality="high"),
        allergy({"text": "Lysine acetylsalicylate"}, reaction=[{"severity": "severe"}]),
        allergy({"text": "177Lu-PSMA-617"}, criticality="high"),
        allergy({"text": "Iodinated contrast"}, criticality="high"),
        allergy({"text": "No known drug allergy"}, criticality="high"),
    ],
    ids=["refuted", "resolved", "vasopressin", "perindopril", "aspirin", "psma", "contrast", "none known"],
)
def test_what_is_no_hypersensitivity_to_the_agent(harmless: Resource) -> None:
    found = assess(man(harmless))
    assert found["outcome"] == "criteria-met"
    assert criterion(found, "hypersensitivity").get("status") != "not-met"


def nyha(code: str, day: str, system: str = SNOMED) -> Resource:
    return observation(f"nyha-{day}", "88020-3", effectiveDateTime=day,
                       valueCodeableConcept={"coding": [{"system": system, "code": code}]})  # fmt: skip


def test_the_newest_nyha_class_counts_whatever_its_age() -> None:
    assert assess(man(nyha("422293003", "2023-02")))["reason"] == "cardiac"
    better = assess(man(nyha("420913000", "2023-02"), nyha("421704003", "2025-11-03")))
    assert better["outcome"] == "criteria-met" and criterion(better, "heart")["status"] == "met"


@pytest.mark.parametrize(
    ("what", "stops"),
    [
        (problem("Carcinoid heart disease", (SNOMED, "36222008")), False),
        (problem("Severe carcinoid heart disease"), True),
        (problem("Carcinoid heart disease", (SNOMED, "36222008"),
                 severity={"coding": [{"system": SNOMED, "code": "24484000", "display": "Severe"}]}), True),
        (problem("Decompensated heart failure"), True),
        (problem("Uncontrolled congestive heart failure"), True),
        (problem("Heart failure, NYHA class II"), False),
        (problem("Chronic heart failure NYHA IV"), True),
    ],
    ids=lambda each: "" if isinstance(each, bool) else each["code"]["text"] + str("severity" in each),
)  # fmt: skip
def test_heart_failure_in_words(what: Resource, stops: bool) -> None:
    found = assess(man(what))
    assert (found["reason"] == "cardiac") == stops
    if not stops and "arcinoid" in what["code"]["text"]:
        assert {"C-06", "C-09"} <= codes(found)


ANSWERS = {"3": "LA9625-0", "2": "LA9624-3", "1": "LA9623-5"}


def german_ecog(score: str, day: str) -> Resource:
    return {"resourceType": "Observation", "id": f"ecog-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"coding": [{"system": SNOMED, "code": "423740007"}, {"system": LOINC, "code": "89262-0"}]},
            "valueCodeableConcept": {"coding": [{"system": LOINC, "code": ANSWERS[score]}]}}  # fmt: skip


def karnofsky(value: int, day: str) -> Resource:
    return {"resourceType": "Observation", "id": f"kps-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "89243-0"}]},
            "valueQuantity": {"value": value, "unit": "%"}}  # fmt: skip


def without_ecog(*more: Resource) -> list[Resource]:
    return [each for each in man(*more) if each.get("id") != "ecog"]


@pytest.mark.parametrize(
    ("results", "reason", "value"),
    [
        ([german_ecog("3", "2026-05-28")], "ecog-ge-3", 3),
        ([german_ecog("1", "2026-05-28"), karnofsky(50, "2026-05-28")], "ecog-ge-3", 3),  # one day: the worse
        ([german_ecog("3", "2026-03-01"), karnofsky(80, "2026-05-28")], "all-criteria-in-record", 1),
        ([karnofsky(60, "2026-05-28")], "all-criteria-in-record", 2),
        ([karnofsky(30, "2024-01")], "ecog-ge-3", 4),
    ],
)
def test_ecog_and_karnofsky(results: list[Resource], reason: str, value: Any) -> None:
    found = assess(without_ecog(*results))
    assert found["reason"] == reason and criterion(found, "ecog")["value"] == value
    assert ("C-07" in codes(found)) == (value != 1)


TEMOZOLOMIDE = (RXNORM, "37776")


@pytest.mark.parametrize(("days", "finding"), [(90, "needs-data/haematology-opinion"), (91, "not-now/marrow-risk")])
def test_a_pancytopenia_is_explained_by_treatment_of_the_last_90_days(days: int, finding: str) -> None:
    low = problem("Pancytopenia", ("http://hl7.org/fhir/sid/icd-10-cm", "D61.818"), recordedDate=ago(10))
    assert finding in findings(assess(man(low, given("temozolomide", ago(days), TEMOZOLOMIDE))))


def test_one_caution_is_printed_two_ask_for_haematology() -> None:
    alkylator = given("Temozolomide 250 mg", "2024-03-10", TEMOZOLOMIDE)
    one = respond(man(alkylator))
    assert assessment(one)["outcome"] == "criteria-met" and "C-08" in codes(assessment(one))
    assert "alkylator" in words(one)
    sirt = done("Selective internal radiation therapy with Y-90 microspheres", "2023-09-01")
    two = assess(man(alkylator, sirt))
    assert (two["outcome"], two["reason"]) == ("needs-data", "haematology-opinion") and two["course"] == "none"


@pytest.mark.parametrize(
    "agent",
    [
        done("Radioligand therapy", "2024-02-01", (SNOMED, "1263784000")),
        given("Pluvicto", "2024-02-01", (ATC, "V10XX05")),
        given("Radium-223 dichloride (Xofigo)", "2024-02-01"),
        given("131I-MIBG therapy 7.4 GBq", "2024-02-01"),
    ],
    ids=["psma procedure", "psma drug", "radium", "mibg"],
)
@pytest.mark.parametrize(("platelets", "asked"), [(99, True), (100, False)])
def test_another_radionuclide_is_a_caution_and_no_course(agent: Resource, platelets: int, asked: bool) -> None:
    found = assess(man(agent, plt=observation("plt", "26515-7", {"value": platelets, "unit": "10*3/uL"})))
    assert found["course"] == "none" and "C-08" in codes(found)
    assert ("needs-data/haematology-opinion" in findings(found)) == asked


def test_myelodysplasia_that_is_over_and_the_share_of_marrow_in_a_field() -> None:
    was = problem("Myelodysplastic syndrome", (SNOMED, "109995007"), clinicalStatus={"coding": [{"code": "remission"}]})
    assert assess(man(was))["reason"] == "marrow-risk"
    for share, stops in (("25 %", False), ("30%", True), ("40 percent", True)):
        field = done("EBRT", "2020-05", note=[{"text": f"External beam radiotherapy to {share} of the bone marrow"}])
        assert (assess(man(field))["reason"] == "marrow-risk") == stops


def ct(text: str) -> Resource:
    return {"resourceType": "DiagnosticReport", "id": "ct", **ABOUT, "status": "final", "effectiveDateTime": ago(20),
            "code": {"coding": [{"system": LOINC, "code": "24627-2"}], "text": "CT chest abdomen pelvis"},
            "conclusion": text}  # fmt: skip


def test_a_skeleton_full_of_metastases_is_a_marrow_caution() -> None:
    low = {"plt": observation("plt", "777-3", {"value": 95, "unit": "G/L"})}
    assert "needs-data/haematology-opinion" in findings(assess(man(ct("Innumerable bone metastases."), **low)))
    assert "C-08" not in codes(assess(man(ct("Two bone metastases in the pelvis."), **low)))


def hiaa(value: float) -> Resource:
    return observation("hiaa", "1695-6", {"value": value, "unit": "mg/(24.h)"},
                       referenceRange=[{"high": {"value": 8, "unit": "mg/(24.h)"}}])  # fmt: skip


def test_who_needs_an_echocardiogram() -> None:
    assert "C-09" in codes(assess(man(hiaa(40.8)))) and "C-09" not in codes(assess(man(hiaa(40))))
    peptide = observation("bnp", "33762-6", {"value": 412, "unit": "pg/mL"},
                          referenceRange=[{"high": {"value": 125, "unit": "pg/mL"}}])  # fmt: skip
    assert "C-09" in codes(assess(man(peptide)))


@pytest.mark.parametrize(("day", "asked"), [("2025-12-01", False), ("2025-11-30", True)])
def test_an_echocardiogram_counts_for_six_months(day: str, asked: bool) -> None:
    echo = {"resourceType": "DiagnosticReport", "id": "echo", **ABOUT, "status": "final", "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "34552-0"}], "text": "Echocardiogram"},
            "conclusion": "Normal valves."}  # fmt: skip
    assert ("C-09" in codes(assess(man(problem("Carcinoid syndrome", (SNOMED, "35868009")), echo)))) == asked


@pytest.mark.parametrize(
    "hormone",
    [
        problem("VIPoma of pancreas"),
        problem("Gastrinoma", ("http://hl7.org/fhir/sid/icd-10-cm", "E16.4")),
        problem("Ectopic Cushing syndrome"),
        problem("Glucagonoma"),
        problem("Carcinoid crisis", (SNOMED, "237833006"), clinicalStatus={"coding": [{"code": "resolved"}]}),
    ],
    ids=lambda each: each["code"]["text"],
)
def test_a_hormone_asks_for_a_crisis_plan_and_stops_nothing(hormone: Resource) -> None:
    response = respond(man(hormone))
    found = assessment(response)
    assert found["outcome"] == "criteria-met" and "C-10" in codes(found)
    assert "crisis plan" in words(response)


def test_the_crisis_plan_is_recalled_up_to_the_second_cycle() -> None:
    syndrome = problem("Carcinoid syndrome", (SNOMED, "35868009"))
    draft = {"resourceType": "ServiceRequest", "id": "next", **ABOUT, "status": "draft", "intent": "order",
             "code": {"text": "177Lu-DOTATATE therapy"}}  # fmt: skip
    first, second = given("177Lu-DOTATATE", ago(112)), given("177Lu-DOTATATE", ago(56))
    assert "C-10" in codes(assessment(ordering(man(syndrome, second), draft)))
    assert "C-10" not in codes(assessment(ordering(man(syndrome, first, second), draft)))


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Known orbital metastasis with proptosis.", True),
        ("Mesenteric mass with small bowel obstruction.", True),
        ("Pericardial metastasis.", True),
        ("Epidural tumour in the spinal canal at T8.", True),
        ("No brain metastases. No pericardial effusion.", False),
        ("Mesenteric mass without obstruction.", False),
    ],
)
def test_a_critical_site_is_pointed_at(text: str, speaks: bool) -> None:
    found = assess(man(ct(text)))
    assert ("C-11" in codes(found)) == speaks and found["outcome"] == "criteria-met"
