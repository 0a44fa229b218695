"""F-06 and what ends or starts a course, on records written by hand: progression of every kind after PRRT."""

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
    findings,
    observation,
    panel,
    patient,
    respond,
    tumour,
    words,
)

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
ATC = "http://www.whocc.no/atc"


def cycle(day: str, text: str = "177Lu-DOTATATE", gbq: float | None = 7.4, **more: Any) -> Resource:
    dose = {} if gbq is None else {"dosage": {"dose": {"value": gbq, "unit": "GBq"}}}
    return {"resourceType": "MedicationAdministration", "id": f"c-{day}", **ABOUT, "status": "completed",
            "medicationCodeableConcept": {"text": text}, "effectiveDateTime": day, **dose, **more}  # fmt: skip


def course(last: str = "2024-06-27", number: int = 4, **more: Any) -> list[Resource]:
    return [cycle(day, **more) for day in ("2024-01-11", "2024-03-07", "2024-05-02", last)[-number:]]


def disease(day: str, code: str = "271299001", **more: Any) -> Resource:
    return {"resourceType": "Observation", "id": f"ds-{day}", "status": "final", **ABOUT, "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "97509-4"}]},
            "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": code}]}, **more}  # fmt: skip


def ct(day: str, conclusion: str) -> Resource:
    return {"resourceType": "DiagnosticReport", "id": f"ct-{day}", **ABOUT, "status": "final", "effectiveDateTime": day,
            "code": {"coding": [{"system": LOINC, "code": "24627-2"}]}, "conclusion": conclusion}  # fmt: skip


def drug(kind: str, code: str, text: str, **when: Any) -> Resource:
    return {"resourceType": kind, "id": f"drug-{code}", **ABOUT, "status": "completed",
            "medicationCodeableConcept": {"coding": [{"system": ATC, "code": code}], "text": text}, **when}  # fmt: skip


def record(*more: Resource) -> list[Resource]:
    return [patient(), *tumour(), *panel(), *more]


@pytest.mark.parametrize(
    ("day", "finding"),
    [
        ("2025-06-26", "not-now/retreat-early"),  # a day short of twelve months
        ("2025-06-27", "needs-data/retreat-pfs-12-18"),
        ("2025-12-26", "needs-data/retreat-pfs-12-18"),
        ("2025-12-27", None),
    ],
)
@pytest.mark.parametrize("kind", ["coded", "recist", "new lesions"])
def test_whole_months_to_the_first_progression(day: str, finding: str | None, kind: str) -> None:
    said = {"coded": disease(day), "recist": ct(day, "Progressive disease (RECIST 1.1)."),
            "new lesions": ct(day, "Two new liver metastases.")}[kind]  # fmt: skip
    response = respond(record(*course(), said))
    found = assessment(response)
    assert found["course"] == "retreatment" and "F-06" in codes(found)
    assert {each for each in findings(found) if "retreat" in each} == (set() if finding is None else {finding})
    assert "outside label" in words(response) and "29.6 GBq" in words(response)


def test_only_the_first_progression_counts() -> None:
    found = assess(record(*course(), disease("2025-03-01"), disease("2026-02-01")))
    assert (found["outcome"], found["reason"]) == ("not-now", "retreat-early")


@pytest.mark.parametrize(
    "said",
    [
        [disease("2025-12-30", "359746009")],
        [disease("2025-12-30", "268910001")],
        [ct("2025-12-30", "No progression.")],
        [disease("2025-12-30", status="entered-in-error")],
        [disease("2023-11-05")],
        [],
    ],
    ids=["stable", "improved", "denied", "erroneous", "before the course", "nothing"],
)
def test_without_a_progression_after_it_a_course_is_complete(said: list[Resource]) -> None:
    found = assess(record(*course(), *said))
    assert (found["course"], found["outcome"], found["reason"]) == ("completed", "no-advice", "course-complete")
    assert "F-06" not in codes(found)


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (drug("MedicationAdministration", "L01EG02", "Everolimus 10 mg", effectiveDateTime="2025-02-03"), False),
        (drug("MedicationStatement", "L01BC06", "Capecitabine",
              effectivePeriod={"start": "2025-02-03", "end": "2025-08-01"}), False),
        (drug("MedicationAdministration", "H01CB03", "Lanreotide 120 mg", effectiveDateTime="2025-02-03"), True),
        (drug("MedicationAdministration", "L01EG02", "Everolimus 10 mg", effectiveDateTime="2023-02-03"), True),
        (drug("MedicationRequest", "L01EG02", "Everolimus", authoredOn="2025-02-03", intent="plan"), True),
    ],
    ids=["everolimus", "capecitabine", "lanreotide", "before the course", "planned"],
)  # fmt: skip
def test_another_line_in_between_hides_the_interval(line: Resource, known: bool) -> None:
    found = assess(record(*course(), line, disease("2025-12-29")))
    assert found["course"] == "retreatment"
    assert ("needs-data/retreat-pfs-unknown" in findings(found)) != known


def test_a_course_of_three_cycles_is_asked_about() -> None:
    found = assess(record(*course(number=3), disease("2025-12-29")))
    assert (found["course"], found["outcome"]) == ("retreatment", "needs-data")
    assert "needs-data/retreat-course-incomplete" in findings(found)


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-05-20", "completed"), ("2026-05-21", "retreatment")],  # three months after 21 February, and a day less
)
def test_growth_within_three_months_may_be_pseudoprogression(day: str, state: str) -> None:
    doses = [cycle(each) for each in ("2025-09-04", "2025-10-30", "2025-12-25", "2026-02-21")]
    found = assess(record(*doses, disease(day)))
    assert found["course"] == state and ("F-09" in codes(found)) == (state == "completed")
    assert ("not-now/retreat-early" in findings(found)) == (state == "retreatment")


def test_progression_after_the_last_scan_asks_for_a_new_one_first() -> None:
    found = assess(record(*course(), disease("2026-05-11")))
    assert (found["course"], found["outcome"], found["reason"]) == ("retreatment", "re-image", "sstr-stale")
    assert "F-06" in codes(found)


@pytest.mark.parametrize("agent", ["90Y-DOTATOC", "225Ac-DOTATATE", "212Pb-DOTAMTATE"])
def test_other_radioligands_are_courses_and_marrow_cautions(agent: str) -> None:
    found = assess(record(*course(text=agent, gbq=None), disease("2025-12-29")))
    assert found["course"] == "retreatment" and {"F-06", "C-08"} <= codes(found)


@pytest.mark.parametrize("agent", ["177Lu-PSMA-617", "131I-MIBG", "Radium-223", "I-131 sodium iodide"])
def test_other_radionuclides_are_no_course(agent: str) -> None:
    found = assess(record(*course(text=agent), disease("2025-12-29")))
    assert found["course"] == "none" and "F-06" not in codes(found)


def test_the_second_course_runs_once_it_has_begun() -> None:
    found = assess(record(*course(), disease("2025-12-29"), cycle(ago(30))))
    assert (found["course"], found["outcome"]) == ("in-progress", "no-advice")


def test_progression_during_a_course_is_retreatment() -> None:
    found = assess(record(cycle("2025-11-20"), cycle("2026-01-15"), disease("2026-04-20")))
    assert found["course"] == "retreatment"
    assert {"needs-data/retreat-course-incomplete", "not-now/retreat-early"} <= findings(found)


def test_a_partial_date_on_a_limit_leaves_the_months_unknown() -> None:
    assert assess(record(*course(), disease("2025-06")))["reason"] == "retreat-pfs-unknown"
    assert "needs-data/retreat-pfs-12-18" in findings(assess(record(*course(), disease("2025-09"))))


@pytest.mark.parametrize("where", ["condition", "status reason"])
def test_a_course_stopped_for_toxicity_is_asked_about(where: str) -> None:
    toxic = {"resourceType": "Condition", "id": "tox", **ABOUT, "onsetDateTime": "2024-07-20",
             "clinicalStatus": {"coding": [{"code": "resolved"}]}, "code": {"text": "Thrombocytopenia grade 4"},
             "note": [{"text": "PRRT stopped because of thrombocytopenia after 177Lu-DOTATATE."}]}  # fmt: skip
    reason = {"statusReason": [{"text": "Grade 4 thrombocytopenia"}]} if where == "status reason" else {}
    *three, last = course()
    found = assess(record(*three, {**last, "status": "stopped", **reason}, disease("2025-12-29"),
                          *([] if reason else [toxic])))  # fmt: skip
    assert "needs-data/retreat-course-incomplete" in findings(found)


def test_the_first_cycle_starts_the_clock_of_the_course_not_of_the_months() -> None:
    gap = [cycle("2023-01-10"), cycle("2023-03-07"), *course()]  # ten months between: two courses
    response = respond(record(*gap, observation("hb0", "718-7", {"value": 12, "unit": "g/dL"}), disease("2025-12-29")))
    assert assessment(response)["course"] == "retreatment"
    assert "needs-data/retreat-course-incomplete" not in findings(assessment(response))
