"""C-01 to C-03 on records written by hand: tests, states and dates as laboratories and clinics send them."""

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
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
LUTATHERA: Resource = {
    "resourceType": "MedicationRequest", "id": "lu", **ABOUT, "status": "draft", "intent": "order",
    "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                                              "code": "1999682"}]},
}  # fmt: skip


def woman(*more: Resource, born: str = "1994-07-21", **changed: Any) -> list[Resource]:
    """Complete but for what is asked of women."""
    return [patient(gender="female", birthDate=born, **changed), *tumour(), *panel(), *more]


def coded(system: str, code: str, text: str) -> Resource:
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code}], "text": text}}


def urine_test(result: Resource, day: str) -> Resource:
    return {"resourceType": "Observation", "id": f"hcg-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "2106-3"}]}, **result}  # fmt: skip


POSITIVE, NEGATIVE = coded(SNOMED, "10828004", "Positive"), coded(SNOMED, "260385009", "Negative")


def problem(text: str, *coding: tuple[str, str], **more: Any) -> Resource:
    code = {"text": text, "coding": [{"system": system, "code": code} for system, code in coding]}
    return {"resourceType": "Condition", "id": "problem", **ABOUT, "code": code,
            "clinicalStatus": {"coding": [{"code": "active"}]}, **more}  # fmt: skip


def ordered(day: str) -> Resource:
    return {"resourceType": "ServiceRequest", "id": "order", **ABOUT, "status": "active", "intent": "order",
            "authoredOn": ago(3), "occurrenceDateTime": day, "code": {"text": "PRRT with 177Lu-DOTATATE"}}  # fmt: skip


@pytest.mark.parametrize("jurisdiction", ["US", "EU"])
def test_a_pregnancy_by_snomed_stands_before_everything_and_proposes_no_scan(jurisdiction: str) -> None:
    pregnant = problem("Pregnant", (SNOMED, "77386006"), onsetDateTime="2026-03")
    old_scan = {**tumour()[3], "effectiveDateTime": "2025-10-01"}
    response = respond([*woman(pregnant)[:4], old_scan, *panel(), pregnant], jurisdiction=jurisdiction)
    found = assessment(response)
    assert (found["outcome"], found["reason"]) == ("contraindicated", "pregnancy")
    assert "re-image/sstr-stale" not in findings(found) and "I-08" not in codes(found)
    card = response["cards"][0]
    assert card["indicator"] == "critical" and "EU" in card["summary"] and "US" in card["summary"]
    assert "order SSTR PET" not in words(response)


def test_an_ended_pregnancy_leaves_the_question_of_a_test() -> None:
    ended = problem("Pregnancy", (SNOMED, "77386006"), onsetDateTime="2025-05", abatementDateTime="2026-02-03",
                    clinicalStatus={"coding": [{"code": "resolved"}]})  # fmt: skip
    found = assess(woman(ended))
    assert (found["outcome"], found["reason"]) == ("needs-data", "pregnancy-test")
    assert "pregnancy" in found["missing"] and criterion(found, "pregnancy")["status"] == "unknown"


@pytest.mark.parametrize(("days", "outcome"), [(45, "contraindicated"), (46, "needs-data")])
def test_a_positive_urine_test_counts_for_45_days(days: int, outcome: str) -> None:
    found = assess(woman(urine_test(POSITIVE, ago(days))))
    assert found["outcome"] == outcome and ("C-02" in codes(found)) == (outcome == "needs-data")


def test_an_older_positive_test_counts_inside_a_recorded_due_date() -> None:
    due = observation("edd", "11778-8", effectiveDateTime=ago(100), valueDateTime="2026-11-20")
    assert assess(woman(urine_test(POSITIVE, ago(100)), due))["outcome"] == "contraindicated"


def test_a_delivery_or_a_loss_after_the_positive_test_ends_it() -> None:
    born = {"resourceType": "Procedure", "id": "sectio", **ABOUT, "status": "completed",
            "performedDateTime": ago(10), "code": {"text": "Caesarean section"}}  # fmt: skip
    for end in (born, problem("Miscarriage", recordedDate=ago(10))):
        found = assess(woman(urine_test(POSITIVE, ago(40)), end))
        assert (found["outcome"], found["reason"]) == ("needs-data", "pregnancy-test")
    for no_end in ("Threatened miscarriage", "History of miscarriage"):
        record = woman(urine_test(POSITIVE, ago(40)), problem(no_end, recordedDate=ago(10)))
        assert assess(record)["outcome"] == "contraindicated"


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (coded(LOINC, "LA6576-8", ""), "contraindicated"),
        (coded(LOINC, "LA6577-6", ""), "criteria-met"),
        (coded(SNOMED, "260373001", "Detected"), "contraindicated"),
        (coded(SNOMED, "260415000", ""), "criteria-met"),
        ({"valueBoolean": True}, "contraindicated"),
        ({"valueString": "negativ"}, "criteria-met"),
        ({"valueString": "indeterminate"}, "needs-data"),
        ({"interpretation": [{"coding": [{"code": "POS"}]}]}, "contraindicated"),
    ],
)
def test_a_result_in_the_words_and_codes_of_the_laboratory(result: Resource, outcome: str) -> None:
    assert assess(woman(urine_test(result, ago(3))))["outcome"] == outcome


@pytest.mark.parametrize(("days", "reason"), [(30, "all-criteria-in-record"), (31, "pregnancy-test")])
def test_with_nothing_planned_a_negative_test_counts_for_30_days(days: int, reason: str) -> None:
    found = assess(woman(urine_test(NEGATIVE, ago(days))))
    assert found["reason"] == reason
    if reason == "all-criteria-in-record":
        line = criterion(found, "pregnancy")
        assert (line["status"], line["date"]) == ("met", ago(30))


@pytest.mark.parametrize(("days", "reason"), [(3, "all-criteria-in-record"), (4, "pregnancy-test")])
def test_before_a_planned_dose_a_negative_test_counts_for_7_days(days: int, reason: str) -> None:
    planned = ordered("2026-06-05T08:00:00+02:00")
    assert assess(woman(urine_test(NEGATIVE, ago(days)), planned))["reason"] == reason


def test_an_appointment_is_a_planned_dose_too_and_a_cancelled_one_is_not() -> None:
    booked = {"resourceType": "Appointment", "id": "slot", "status": "booked", "start": "2026-06-20T07:00:00Z",
              "end": "2026-06-20T15:00:00Z", "description": "Lutathera cycle 1",
              "participant": [{"actor": {"reference": "Patient/pat"}, "status": "accepted"}]}  # fmt: skip
    test = urine_test(NEGATIVE, ago(12))
    assert assess(woman(test, booked))["reason"] == "pregnancy-test"
    assert assess(woman(test, {**booked, "status": "cancelled"}))["reason"] == "all-criteria-in-record"


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
@pytest.mark.parametrize(("days", "asked"), [(7, False), (8, True)])
def test_a_drafted_dose_without_a_date_is_planned_for_today(hook: str, days: int, asked: bool) -> None:
    found = assessment(ordering(woman(urine_test(NEGATIVE, ago(days))), LUTATHERA, hook=hook))
    assert ("needs-data/pregnancy-test" in findings(found)) == asked
    assert ("C-02" in codes(found)) == asked


def test_a_quantity_without_its_range_says_nothing() -> None:
    bare = observation("bhcg", "21198-7", {"value": 3, "unit": "mIU/mL"}, effectiveDateTime=ago(2))
    found = assess(woman(bare))
    assert (found["outcome"], found["reason"]) == ("needs-data", "pregnancy-test")


def test_a_raised_quantity_stands_first_before_a_cycle_and_makes_ready_impossible() -> None:
    given = {"resourceType": "MedicationAdministration", "id": "c1", **ABOUT, "status": "completed",
             "effectiveDateTime": ago(56), "medicationCodeableConcept": {"text": "Lutathera 7.4 GBq"},
             "dosage": {"dose": {"value": 7400, "unit": "MBq"}}}  # fmt: skip
    raised = observation("bhcg", "21198-7", {"value": 40, "unit": "IU/L"}, effectiveDateTime=ago(1),
                         referenceRange=[{"high": {"value": 5, "unit": "IU/L"}}])  # fmt: skip
    response = respond(woman(given, raised, urine_test(NEGATIVE, ago(3))))
    found = assessment(response)
    assert found["course"] == "in-progress"
    assert (found["outcome"], found["reason"]) == ("needs-data", "pregnancy-test")
    assert response["cards"][0]["indicator"] == "warning" and "criteria-met/cycle-ready" not in findings(found)


@pytest.mark.parametrize(
    "suspicion",
    [
        problem("Missed period", recordedDate=ago(20)),
        problem("Pregnancy not excluded", recordedDate=ago(45)),
        problem("Suspected pregnancy", recordedDate=ago(5)),
        observation("preg", "82810-3", effectiveDateTime=ago(9), **coded(SNOMED, "146799005", "Possible pregnancy")),
    ],
    ids=lambda each: each["resourceType"] + str(each["code"].get("text")),
)
def test_a_suspicion_contraindicates_in_the_eu_and_asks_in_the_us(suspicion: Resource) -> None:
    record = woman(urine_test(NEGATIVE, ago(60)), suspicion)
    europe, america = assess(record, jurisdiction="EU"), respond(record)
    assert (europe["outcome"], europe["reason"]) == ("contraindicated", "pregnancy")
    found = assessment(america)
    assert (found["outcome"], found["reason"]) == ("needs-data", "pregnancy-test")
    assert "C-01" not in codes(found) and america["cards"][0]["extension"]["prrt-cds.card"]["rules"][0] == "C-02"


def test_a_suspicion_of_46_days_is_over() -> None:
    found = assess(woman(problem("Missed period", recordedDate=ago(46))), jurisdiction="EU")
    assert "C-01" not in codes(found) and "needs-data/pregnancy-test" in findings(found)


@pytest.mark.parametrize(
    ("born", "asked"),
    [("1970-06-02", True), ("1970-06-01", False), ("1970-06", True), ("2014-06-01", True)],  # 55, 56, either, 12
)
def test_the_question_is_for_women_of_12_to_55(born: str, asked: bool) -> None:
    found = assess(woman(born=born))
    assert ("C-02" in codes(found)) == asked and (criterion(found, "pregnancy") != {}) == asked


def test_where_the_sex_is_not_known_the_question_is_asked() -> None:
    unknown = patient(birthDate="1990-05-05")
    del unknown["gender"]
    found = assess([unknown, *tumour(), *panel()])
    assert found["outcome"] == "needs-data" and "C-02" in codes(found)
    assert {"sex", "pregnancy"} <= set(found["missing"])


def test_a_hysterectomy_done_answers_one_not_done_and_a_partners_vasectomy_do_not() -> None:
    done = {"resourceType": "Procedure", "id": "hyst", **ABOUT, "status": "completed", "performedDateTime": "2019",
            "code": {"coding": [{"system": SNOMED, "code": "236886002", "display": "Hysterectomy"}],
                     "text": "Total abdominal hysterectomy"}}  # fmt: skip
    assert assess(woman(done))["outcome"] == "criteria-met"
    not_done = assess(woman({**done, "status": "not-done"}))
    assert not_done["reason"] == "pregnancy-test"
    assert {"source": "Procedure/hyst", "why": "not-done"} in not_done["ignored"]
    assert assess(woman({**done, "code": {"text": "Partner has had a vasectomy"}}))["reason"] == "pregnancy-test"


@pytest.mark.parametrize(
    "nursing",
    [
        problem("Lactating mother", (ICD10, "Z39.1"), recordedDate=ago(20)),
        problem("Breast feeding", (SNOMED, "169745008"), onsetDateTime="2026-04"),
        problem("Currently breast-feeding", recordedDate=ago(3)),
    ],
    ids=["icd", "snomed", "text"],
)
@pytest.mark.parametrize("jurisdiction", ["US", "EU"])
def test_breast_feeding_now(nursing: Resource, jurisdiction: str) -> None:
    response = respond(woman(urine_test(NEGATIVE, ago(2)), nursing), jurisdiction=jurisdiction)
    found = assessment(response)
    assert (found["outcome"], found["reason"]) == ("contraindicated", "breastfeeding")
    assert response["cards"][0]["indicator"] == "critical"
    assert criterion(found, "breast-feeding")["status"] == "not-met"


@pytest.mark.parametrize(("weaned", "stops"), [("2026-03-25", True), ("2026-03-18", False)])
def test_weaned_less_than_two_and_a_half_months_before_a_planned_dose(weaned: str, stops: bool) -> None:
    nursed = problem("Breast feeding", (SNOMED, "169745008"), onsetDateTime="2025-09", abatementDateTime=weaned,
                     clinicalStatus={"coding": [{"code": "resolved"}]})  # fmt: skip
    record = woman(urine_test(NEGATIVE, ago(2)), nursed, ordered("2026-06-05"))
    america, europe = assess(record), assess(record, jurisdiction="EU")
    assert ("contraindicated/breastfeeding" in findings(america)) == stops
    assert "contraindicated/breastfeeding" not in findings(europe)


def test_weaned_with_no_dose_planned_stops_nothing() -> None:
    nursed = problem("Breast feeding", onsetDateTime="2025-09", abatementDateTime="2026-05-01",
                     clinicalStatus={"coding": [{"code": "resolved"}]})  # fmt: skip
    assert "C-03" not in codes(assess(woman(urine_test(NEGATIVE, ago(2)), nursed)))


def test_a_man_is_never_asked_and_a_mothers_pregnancy_is_not_his() -> None:
    family = {"resourceType": "FamilyMemberHistory", "id": "f", "patient": {"reference": "Patient/pat"},
              "status": "completed", "relationship": {"text": "sister"},
              "condition": [{"code": {"coding": [{"system": SNOMED, "code": "77386006"}]}}]}  # fmt: skip
    found = assess([patient(), *tumour(), *panel(), family])
    assert found["outcome"] == "criteria-met" and criterion(found, "pregnancy") == {}
