"""P-04 to P-07 on records written by hand: a German and an American one, whole, and what is changed in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
    UCUM,
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
ICD_O = "http://terminology.hl7.org/CodeSystem/icd-o-3"
CHECKLIST = [
    "net-confirmed", "well-differentiated", "active-disease", "age", "ki67", "sstr-pet-current", "krenning",
    "sstr-consistent", "fdg", "hb", "wbc", "platelets", "crcl", "bilirubin", "albumin", "alt", "ast", "ecog",
    "pregnancy", "washout", "label", "breast-feeding", "hypersensitivity", "heart", "marrow", "resectability",
]  # fmt: skip
SILENT = {"breast-feeding", "hypersensitivity", "heart", "marrow", "resectability"}


def report(name: str, text: str, day: str, conclusion: str, **more: Any) -> Resource:
    return {"resourceType": "DiagnosticReport", "id": name, **ABOUT, "status": "final", "effectiveDateTime": day,
            "code": {"text": text}, "conclusion": conclusion, **more}  # fmt: skip


def ct(conclusion: str, day: str = "2026-04-14") -> Resource:
    return report(f"ct-{day}", "CT Thorax/Abdomen/Becken", day, conclusion)


def german(*more: Resource, ki67: str = "7-8 %", **person: Any) -> list[Resource]:
    """ICD-10-GM and ICD-O-3, SI units, ECOG as an answer, the PET per lesion in contained ones."""
    lesions = [
        {"resourceType": "Observation", "id": f"l{number}", "status": "final",
         "code": {"coding": [{"system": "urn:prrt-cds:sstr-imaging", "code": "krenning-score"}]},
         "valueInteger": score, "bodySite": {"text": site},
         "component": [{"code": {"coding": [{"system": LOINC, "code": "33728-7"}]},
                        "valueQuantity": {"value": size, "unit": "cm", "system": UCUM, "code": "cm"}}]}
        for number, (site, score, size) in enumerate([("Leber Segment VII", 4, 3.1), ("Pankreas", 3, 2.4)])
    ]  # fmt: skip
    return [
        patient(**person),
        {"resourceType": "Condition", "id": "dx", **ABOUT, "recordedDate": "2025-01",
         "clinicalStatus": {"coding": [{"code": "active"}]},
         "code": {"coding": [{"system": "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "code": "C25.4"},
                             {"system": ICD_O, "code": "8150/3"}]}},
        observation("ki67", "29593-1", valueString=ki67, effectiveDateTime="2025-01-05"),
        {"resourceType": "Observation", "id": "ecog", "status": "final", **ABOUT, "effectiveDateTime": "2026-05",
         "code": {"coding": [{"system": SNOMED, "code": "423740007"}]},
         "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "425389002"}]}},
        {"resourceType": "DiagnosticReport", "id": "pet", **ABOUT, "status": "final",
         "effectiveDateTime": "2026-04-30T10:15:00+02:00", "code": {"text": "68Ga-DOTATOC-PET/CT"},
         "contained": lesions, "result": [{"reference": "#l0"}, {"reference": "#l1"}]},
        *panel(),
        *more,
    ]  # fmt: skip


PROGRESS = ct("Progressive disease according to RECIST 1.1.")


def test_the_whole_checklist_of_a_german_record() -> None:
    response = respond(german(PROGRESS), jurisdiction="EU")
    found = assessment(response)
    assert (found["outcome"], found["reason"]) == ("criteria-met", "all-criteria-in-record")
    ids = [line["id"] for line in found["criteria"]]
    assert [name for name in ids if name in CHECKLIST] == [n for n in CHECKLIST if n not in ("pregnancy", "fdg")]
    assert {line["id"] for line in found["criteria"] if line["status"] == "unknown"} == SILENT
    assert criterion(found, "ki67")["value"] == "7-8" and "missing" not in found
    assert set(criterion(found, "krenning")["sources"]) <= {"DiagnosticReport/pet", "DiagnosticReport/pet#l0",
                                                            "DiagnosticReport/pet#l1"}  # fmt: skip
    card = response["cards"][0]
    assert "discuss at NET tumour board" in card["summary"] and card["indicator"] == "info"
    assert len(card["suggestions"]) >= 2
    for word in ("eligible", "safe ", "give ", "start "):
        assert word not in words(response).lower()


def disease(day: str, **value: Any) -> Resource:
    return {"resourceType": "Observation", "id": f"ds-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "97509-4"}]}, **value}  # fmt: skip


def judged(code: str) -> Resource:
    return {"valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code}]}}


SHOWN = {
    "mcode": [disease("2026-03-02", **judged("271299001"))],
    "mcode in words": [disease("2026-03", valueCodeableConcept={"text": "Patient's condition worsened"})],
    "recist": [PROGRESS],
    "pd": [ct("Overall response: PD.")],
    "new lesions": [ct("New liver metastases in segments II and IV.")],
    "growth": [ct("Disease progression with increase in size of the liver metastases.")],
    "newest wins": [disease("2025-09-01", **judged("359746009")), PROGRESS],
    "clinic letter": [report("letter", "Oncology clinic report", "2026-04-15", "Progressive disease on lanreotide.")],
    "coded conclusion": [report("mr", "MRI of the liver", "2026-04-15", "See images.",
                                conclusionCode=[{"coding": [{"system": SNOMED, "code": "271299001"}]}])],
}  # fmt: skip


@pytest.mark.parametrize("statements", SHOWN.values(), ids=SHOWN)
def test_progression_is_shown(statements: list[Resource]) -> None:
    found = assess(german(*statements), jurisdiction="EU")
    assert (found["outcome"], found["reason"]) == ("criteria-met", "all-criteria-in-record")
    assert criterion(found, "label")["status"] == "met"


NOT_SHOWN = {
    "nothing": [],
    "coded conclusion": [report("mr", "MRI of the liver", "2026-04-15", "See images.",
                                conclusionCode=[{"coding": [{"system": SNOMED, "code": "359746009"}]}])],
    "stable": [disease("2026-03-02", **judged("359746009"))],
    "no progression": [ct("No progression. Stable disease.")],
    "un-shown": [disease("2026-01-10", **judged("271299001")), ct("Stable disease.")],
    "improved since": [ct("Progressive disease.", "2025-11-02"), disease("2026-03-02", **judged("268910001"))],
    "hedged": [ct("Progression cannot be excluded.")],
    "of another time": [ct("Known progression in 2021 under lanreotide. Current: partial response.")],
    "erroneous": [{**disease("2026-03-02", **judged("271299001")), "status": "entered-in-error"}],
}  # fmt: skip


@pytest.mark.parametrize("statements", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_progression_is_not_shown(statements: list[Resource]) -> None:
    europe, america = assess(german(*statements), jurisdiction="EU"), assess(german(*statements))
    assert (europe["outcome"], europe["reason"]) == ("needs-data", "eu-progression-not-shown")
    assert "P-04" in codes(europe)
    assert "progression" in europe.get("missing", []) or statements[-1]["status"] == "final"
    assert america["outcome"] == "criteria-met" and criterion(america, "label")["status"] == "met"


def test_progression_after_a_sufficient_scan_asks_for_a_new_one() -> None:
    found = assess(german(disease("2026-05-11", **judged("271299001"))), jurisdiction="EU")
    assert (found["outcome"], found["reason"]) == ("re-image", "sstr-stale")


FDG = report("fdg", "18F-FDG PET/CT", "2026-04-20", "No FDG-avid lesion.")


def test_grade_3_is_off_label_in_the_eu_and_asks_for_an_fdg_pet_in_both() -> None:
    for jurisdiction in ("US", "EU"):
        found = assess(german(PROGRESS, ki67="25 %"), jurisdiction=jurisdiction)
        assert "needs-data/fdg-for-g3" in findings(found) and criterion(found, "fdg")["status"] == "unknown"
        assert ("needs-data/off-label-eu-g3" in findings(found)) == (jurisdiction == "EU")
    europe = respond(german(PROGRESS, FDG, ki67="25 %"), jurisdiction="EU")
    assert findings(assessment(europe)) == {"needs-data/off-label-eu-g3"}
    assert "EU label" in words(europe)
    assert assess(german(PROGRESS, FDG, ki67="25 %"))["outcome"] == "criteria-met"


@pytest.mark.parametrize(
    ("born", "europe", "america"),
    [
        ("2014-06-02", "not-now/age-lt-12", "not-now/age-lt-12"),
        ("2014-06-01", "needs-data/off-label-eu-age", "criteria-met/all-criteria-in-record"),
        ("2008-06-02", "needs-data/off-label-eu-age", "criteria-met/all-criteria-in-record"),
        ("2008-06-01", "criteria-met/all-criteria-in-record", "criteria-met/all-criteria-in-record"),
    ],
)
def test_the_labelled_ages(born: str, europe: str, america: str) -> None:
    height = observation("height", "8302-2", {"value": 63, "unit": "[in_i]", "system": UCUM, "code": "[in_i]"})
    record = german(PROGRESS, height, birthDate=born)
    for jurisdiction, finding in (("EU", europe), ("US", america)):
        found = assess(record, jurisdiction=jurisdiction)
        assert f"{found['outcome']}/{found['reason']}" == finding


def test_a_minor_without_a_height_has_no_clearance() -> None:
    found = assess(german(PROGRESS, birthDate="2010-01-01"))
    assert found["outcome"] == "needs-data" and "height" in found["missing"]
    assert criterion(found, "crcl")["status"] == "unknown"


@pytest.mark.parametrize("jurisdiction", ["US", "EU"])
@pytest.mark.parametrize(
    "coding",
    [
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7A.090"},
        {"system": SNOMED, "code": "123661000119106"},
        {"system": ICD_O, "code": "8700/3"},
        {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7A.091"},
    ],
    ids=["lung", "lung by snomed", "phaeochromocytoma", "thymus"],
)
def test_another_primary_is_off_label_everywhere(coding: Resource, jurisdiction: str) -> None:
    record = german(PROGRESS)
    record[1] = {**record[1], "code": {"coding": [coding]}}
    found = assess(record, jurisdiction=jurisdiction)
    assert "needs-data/off-label-primary" in findings(found) and found["outcome"] == "needs-data"
    assert criterion(found, "label")["status"] == "not-met"


def test_an_unknown_primary_is_asked_for() -> None:
    record = german(PROGRESS)
    record[1] = {**record[1], "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C7B.02"}]}}
    found = assess(record)
    assert "primary-site" in found["missing"] and "needs-data/off-label-primary" not in findings(found)
    assert criterion(found, "label")["status"] == "unknown" and found["outcome"] != "criteria-met"


def test_a_syndrome_alone_is_a_suspicion_and_says_so() -> None:
    record = german(PROGRESS)
    record[1] = {**record[1], "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E34.00"}]}}
    response = respond(record)
    assert assessment(response)["reason"] == "histology-unconfirmed"
    assert "carcinoid syndrome" in words(response) and "CARCINOID" not in words(response)


def test_missing_ki67_and_performance_are_two_findings_and_one_card() -> None:
    record = [each for each in [patient(), *tumour(), *panel()] if each["id"] not in ("ki67", "ecog")]
    response = respond(record)
    found = assessment(response)
    assert findings(found) >= {"needs-data/ki67-missing", "needs-data/ecog-missing"}
    assert (found["reason"], found["missing"][0]) == ("ki67-missing", "ki67") and "ecog" in found["missing"]
    assert "P-05" in codes(found) and len(response["cards"]) == 1


def test_what_did_not_come_makes_the_criteria_impossible_to_meet() -> None:
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [],
              "link": [{"relation": "next", "url": "https://ehr.example/fhir?page=2"}]}  # fmt: skip
    found = assess([patient(), *tumour(), *panel(), bundle])
    assert found["outcome"] == "needs-data" and "needs-data/record-incomplete" in findings(found)


CAPTEM = {"coding": [{"system": "http://www.whocc.no/atc", "code": "L01BC06"}], "text": "Capecitabin"}


def drug(kind: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": "cape", **ABOUT, "medicationCodeableConcept": CAPTEM, **more}


WASHOUT = {
    "given 28 days ago": (drug("MedicationAdministration", status="completed", effectiveDateTime=ago(28)), True),
    "given 27 days ago": (drug("MedicationAdministration", status="completed", effectiveDateTime=ago(27)), False),
    "given in a month": (drug("MedicationAdministration", status="completed", effectiveDateTime="2026-05"), False),
    "taken until": (drug("MedicationStatement", status="completed",
                         effectivePeriod={"start": "2025-12", "end": ago(30)}), True),
    "no end": (drug("MedicationStatement", status="active", effectivePeriod={"start": "2025-12-01"}), False),
    "ordered": (drug("MedicationRequest", status="active", intent="order", authoredOn=ago(90)), False),
    "order drafted": (drug("MedicationRequest", status="draft", intent="order", authoredOn=ago(9)), True),
    "not taken": (drug("MedicationStatement", status="not-taken", effectiveDateTime=ago(3)), True),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "met"), WASHOUT.values(), ids=WASHOUT)
def test_washout(resource: Resource, met: bool) -> None:
    found = assess(german(resource))
    assert criterion(found, "washout")["status"] == ("met" if met else "not-met")
    assert (found["outcome"], found["reason"]) == (
        ("criteria-met", "all-criteria-in-record") if met else ("not-now", "washout")
    )


def test_the_findings_stand_in_the_order_of_the_ranks() -> None:
    pregnant = observation("preg", "82810-3", effectiveDateTime=ago(20), **judged("77386006"))
    low = [observation("hb", "718-7", {"value": 7.1, "unit": "g/dL"}),
           observation("plt", "777-3", {"value": 60, "unit": "10*9/L"})]  # fmt: skip
    bare = [each for each in german(gender="female", birthDate="1992-02-02") if each["id"] not in ("hb", "plt", "ki67")]
    found = assess([*bare, pregnant, *low], jurisdiction="EU")
    order = [f"{each['outcome']}/{each['reason']}" for each in found["findings"]]
    assert order[:3] == ["contraindicated/pregnancy", "not-now/lab-hb", "not-now/lab-plt"]
    assert order[-1] == "needs-data/eu-progression-not-shown"
    assert "needs-data/ki67-missing" not in order and "ki67" in found["missing"]  # P-05 asks only where nothing stops


@pytest.mark.parametrize(("day", "finding"), [(ago(180), "criteria-met"), (ago(181), "re-image")])
def test_a_scan_of_180_days_is_current(day: str, finding: str) -> None:
    record = german()
    record[4] = {**record[4], "effectiveDateTime": day}
    found = assess(record)
    assert found["outcome"] == finding
    assert criterion(found, "sstr-pet-current")["status"] == ("met" if finding == "criteria-met" else "not-met")


def test_das_items_without_a_total_while_one_is_unknown() -> None:
    response = respond(german())
    assert "P-07" in codes(assessment(response))
    assert "Das clinical score" in words(response) and "/9" not in words(response)


def test_an_order_signed_for_someone_out_of_scope_is_not_met_with_silence() -> None:
    breast = {"resourceType": "Condition", "id": "b", **ABOUT, "code": {"text": "Breast cancer"}}
    draft = {"resourceType": "ServiceRequest", "id": "d", **ABOUT, "status": "draft", "intent": "order",
             "code": {"coding": [{"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                                  "code": "A9513"}]}}  # fmt: skip
    response = ordering([patient(), breast], draft)
    assert assessment(response)["outcome"] == "no-advice"
    (card,) = response["cards"]
    assert card["indicator"] == "info" and "not assessed" in (card["summary"] + card["detail"]).lower()
