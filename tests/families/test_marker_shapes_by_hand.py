"""B-01 to B-04 on records written by hand: assays, units, acid blockers and questionnaires, at their limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    Resource,
    ago,
    assess,
    assessment,
    codes,
    observation,
    panel,
    patient,
    respond,
    tumour,
    words,
)

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
ATC = "http://www.whocc.no/atc"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"


def record(*more: Resource) -> list[Resource]:
    return [patient(), *tumour(), *panel(), *more]


def cga(day: str, value: float, unit: str = "ug/L", limit: float | None = 100, code: str = "9811-1",
        **more: Any) -> Resource:  # fmt: skip
    ranges = [] if limit is None else [{"low": {"value": 0, "unit": unit}, "high": {"value": limit, "unit": unit}}]
    return observation(f"cga-{day}", code, {"value": value, "unit": unit}, effectiveDateTime=day,
                       **({"referenceRange": ranges} if ranges else {}), **more)  # fmt: skip


def spoken(*more: Resource) -> set[str]:
    return {code for code in codes(assess(record(*more))) if code.startswith("B-")}


@pytest.mark.parametrize(
    ("now", "speaks"), [(250, False), (251, True), (150, False), (149, True), (200, False), (2000, True)]
)
def test_a_change_of_more_than_25_percent(now: float, speaks: bool) -> None:
    response = respond(record(cga("2026-02-03", 200), cga("2026-05-20", now)))
    assert ("B-01" in codes(assessment(response))) == speaks
    if speaks:
        assert ("rose" if now > 200 else "fell") in words(response) and f"{now / 100:g} x ULN" in words(response)
        assert assessment(response)["outcome"] == "criteria-met"


def test_the_newest_two_are_compared_not_the_extremes() -> None:
    assert spoken(cga("2025-03", 900), cga("2026-02-03", 200), cga("2026-05-20", 210)) == set()


@pytest.mark.parametrize(
    "other",
    [
        cga("2026-05-20", 400, "U/L", 100, "30169-7"),
        cga("2026-05-20", 400, "nmol/L", 4, "25587-7"),
        cga("2026-05-20", 400, limit=85),
    ],
    ids=["arbitrary units", "moles", "range"],
)
def test_two_laboratories_are_not_compared(other: Resource) -> None:
    response = respond(record(cga("2026-02-03", 200), other))
    assert "B-03" in codes(assessment(response)) and "B-01" not in codes(assessment(response))
    assert "trend not calculated" in words(response)


@pytest.mark.parametrize(
    "unusable",
    [
        cga("2026-05-20", 900, status="entered-in-error"),
        cga("2026-05-20", 900, status="preliminary"),
        cga("2026-05-20", 900, code="53047-7"),
        cga("2026-07-20", 900),
        {**cga("2026-05-20", 900), "subject": {"reference": "Patient/other"}},
        {**cga("2026-05-20", 900), "valueQuantity": {"value": 900}},
    ],
    ids=["erroneous", "preliminary", "body fluid", "future", "another patient's", "no unit"],
)
def test_a_result_that_may_not_be_used(unusable: Resource) -> None:
    assert spoken(cga("2026-02-03", 200), unusable) <= {"B-02"}
    assert "B-01" not in spoken(cga("2026-02-03", 200), unusable)


def statement(text: str, code: str | None = None, status: str = "completed", **when: Any) -> Resource:
    coding = [{"system": ATC, "code": code}] if code else []
    return {"resourceType": "MedicationStatement", "id": "acid", **ABOUT, "status": status,
            "medicationCodeableConcept": {"text": text, "coding": coding}, **when}  # fmt: skip


HIGH = cga("2026-05-20", 300)


@pytest.mark.parametrize(
    ("end", "speaks"), [("2026-05-19", True), ("2026-05-07", True), ("2026-05-05", False), ("2025-12", False)]
)
def test_an_acid_blocker_counts_within_two_weeks_before_the_test(end: str, speaks: bool) -> None:
    taken = statement("Omeprazol 20 mg", "A02BC01", effectivePeriod={"start": "2025-06-01", "end": end})
    assert ("B-02" in spoken(HIGH, taken)) == speaks


def test_what_else_raises_it_and_what_does_not() -> None:
    running = statement("esomeprazole", status="active", effectivePeriod={"start": "2026-04-01"})
    later = statement("esomeprazole", status="active", effectivePeriod={"start": "2026-05-25"})
    blocker = statement("Famotidine 40 mg", "A02BA03", status="active", effectivePeriod={"start": "2026-04-01"})
    gastritis = {"resourceType": "Condition", "id": "g", **ABOUT, "code": {"text": "Chronic atrophic gastritis"}}
    kidney = {"resourceType": "Condition", "id": "k", **ABOUT,
              "code": {"coding": [{"system": ICD10, "code": "N18.6"}], "text": "End stage renal disease"}}  # fmt: skip
    for cause in (running, gastritis, kidney):
        assert "B-02" in spoken(HIGH, cause), cause["id"]
    for innocent in (later, blocker):
        assert "B-02" not in spoken(HIGH, innocent)
    assert "B-02" not in spoken(cga("2026-05-20", 100), running)  # on the upper limit is not above it


def cycle(day: str) -> Resource:
    return {"resourceType": "Procedure", "id": f"p-{day}", **ABOUT, "status": "completed", "performedDateTime": day,
            "code": {"text": "PRRT with 177Lu-DOTATATE"}, "note": [{"text": "7.4 GBq"}]}  # fmt: skip


FOUR = [cycle(day) for day in ("2025-10-06", "2025-12-01", "2026-01-26", "2026-03-23")]


def panelled(day: str, value: float, title: str = "EORTC QLQ-C30 version 3") -> Resource:
    """A questionnaire as one Observation with its scales as components."""
    return {"resourceType": "Observation", "id": f"q-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"text": title},
            "component": [{"code": {"text": "Physical functioning"}, "valueQuantity": {"value": 90, "unit": "1"}},
                          {"code": {"text": "Global health status/QoL"},
                           "valueQuantity": {"value": value, "unit": "1"}}]}  # fmt: skip


@pytest.mark.parametrize(("now", "meaningful"), [(60, True), (59, False), (40, True), (41, False)])
def test_ten_points_are_called_meaningful(now: float, meaningful: bool) -> None:
    response = respond(record(*FOUR, panelled("2025-10-01", 50), panelled("2026-04-20", now)))
    assert "B-04" in codes(assessment(response))
    assert f"global health 50 to {now}" in words(response)
    assert ("meaningful" in words(response)) == meaningful


def test_one_date_or_two_instruments_are_no_trend() -> None:
    first = panelled("2025-10-01", 50)
    other = panelled("2026-04-20", 80, "EQ-5D-5L")
    assert "B-04" not in spoken(*FOUR, first) and "B-04" not in spoken(*FOUR, first, other)


def test_a_marker_speaks_in_every_course_and_decides_in_none() -> None:
    rise = [cga("2026-02-03", 200), cga("2026-05-20", 900)]
    progress = observation("ds", "97509-4", effectiveDateTime="2026-04-25", valueCodeableConcept={"text": "worsened"})
    courses = {"none": [], "in-progress": [cycle(ago(56))], "completed": FOUR,
               "retreatment": [cycle("2024-01-11"), cycle("2024-03-07"), progress]}  # fmt: skip
    for course, resources in courses.items():
        without, beside = assess(record(*resources)), assess(record(*resources, *rise))
        assert beside["course"] == course and "B-01" in codes(beside)
        assert (without["outcome"], without["findings"]) == (beside["outcome"], beside["findings"])


def test_a_marker_alone_opens_nothing() -> None:
    breast = {"resourceType": "Condition", "id": "b", **ABOUT, "code": {"text": "Breast cancer"}}
    response = respond([patient(), breast, cga("2026-02-03", 200), cga("2026-05-20", 900)])
    assert assessment(response)["reason"] == "out-of-scope" and response["cards"] == []
    remission = {**tumour()[0], "clinicalStatus": {"coding": [{"code": "remission"}]}}
    silent = respond([patient(), remission, cga("2026-02-03", 200), cga("2026-05-20", 900)])
    assert assessment(silent)["reason"] == "no-active-disease" and silent["cards"] == []


def test_all_five_das_items_make_a_total() -> None:
    symptom = {"resourceType": "Condition", "id": "s", **ABOUT, "recordedDate": ago(20),
               "code": {"text": "Carcinoid syndrome, CTCAE grade 1"}}  # fmt: skip
    ct = {"resourceType": "DiagnosticReport", "id": "ct", **ABOUT, "status": "final", "effectiveDateTime": ago(40),
          "code": {"coding": [{"system": LOINC, "code": "24627-2"}]},
          "conclusion": "Liver involvement 30 %. Peritoneal carcinomatosis."}  # fmt: skip
    response = respond(record(symptom, ct))
    assert "P-07" in codes(assessment(response))
    assert "Das clinical score items: 4/9" in words(response)  # GI 1, no treatment 0, symptoms 1, liver 1, peritoneum 1
