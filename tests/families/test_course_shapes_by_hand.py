"""F-01 to F-05, F-07 and F-09 on records written by hand: shapes of a PRRT dose, and every limit on both sides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    SNOMED,
    Resource,
    ago,
    assess,
    assessment,
    codes,
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
ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def concept(text: str | None, *coding: tuple[str, str]) -> Resource:
    found: Resource = {"coding": [{"system": system, "code": code} for system, code in coding]}
    return found if text is None else {**found, "text": text}


def given(day: str, medication: Resource, value: float | None = 7.4, unit: str | None = "GBq", **more: Any) -> Resource:
    dose = {name: each for name, each in (("value", value), ("unit", unit)) if each is not None}
    found = {"resourceType": "MedicationAdministration", "id": f"ma-{day}", **ABOUT, "status": "completed",
             "effectiveDateTime": day, "dosage": {"dose": dose}, **medication, **more}  # fmt: skip
    return found if dose else {name: each for name, each in found.items() if name != "dosage"}


def by_code(*coding: tuple[str, str], text: str | None = None) -> Resource:
    return {"medicationCodeableConcept": concept(text, *coding)}


LU = by_code((ATC, "V10XX04"))


def procedure(day: str, code: Resource, **more: Any) -> Resource:
    return {"resourceType": "Procedure", "id": f"p-{day}", **ABOUT, "status": "completed", "performedDateTime": day,
            "code": code, **more}  # fmt: skip


def medication(name: str) -> Resource:
    return {"resourceType": "Medication", "id": name, "code": concept(None, (SNOMED, "781259000"))}


def record(*more: Resource, **changed: Resource | None) -> list[Resource]:
    """All of 20 May 2026, and a creatinine before the first cycle."""
    before = observation("crea0", "14682-9", {"value": 78, "unit": "umol/L"}, effectiveDateTime="2025-01-10")
    return [patient(), *tumour(), *panel(**changed), before, *more]


MPRRT = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-strahlentherapie-applikationsart"
SHAPES: dict[str, Any] = {
    "rxnorm in mCi": lambda day: [given(day, by_code((RXNORM, "1999682")), 200, "mCi")],
    "hcpcs, one unit per mCi": lambda day: [given(day, by_code((HCPCS, "A9513")), 200, None)],
    "atc in MBq": lambda day: [given(day, LU, 7400, "MBq")],
    "contained": lambda day: [given(day, {"medicationReference": {"reference": "#m"}, "contained": [medication("m")]})],
    "referenced": lambda day: [given(day, {"medicationReference": {"reference": "Medication/m"}}), medication("m")],
    "text": lambda day: [given(day, by_code(text="lutetium (177Lu) oxodotreotide"))],
    "edotreotide": lambda day: [given(day, by_code(text="n.c.a. 177Lu-edotreotide"), 7.5)],
    "a period": lambda day: [{**given(day, LU), "effectiveDateTime": None,
                              "effectivePeriod": {"start": f"{day}T08:00:00Z", "end": f"{day}T12:30:00Z"}}],
    "procedure in words": lambda day: [procedure(day, concept("PRRT with 177Lu-DOTATOC"),
                                                 note=[{"text": "7.4 GBq administered."}])],
    "german registry": lambda day: [procedure(day, concept("Peptid-Radio-Rezeptor-Therapie", (MPRRT, "MPRRT")),
                                              note=[{"text": "Aktivität 7,4 GBq"}])],
    "agent in usedCode": lambda day: [procedure(day, concept(None, (SNOMED, "399315003")),
                                                usedCode=[concept(None, (SNOMED, "781259000"))],
                                                note=[{"text": "Activity: 7400 MBq"}])],
}  # fmt: skip


def strip(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if value is not None}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_dose_in_many_shapes(shape: Any) -> None:
    doses = {str(each.get("id")): strip(each) for day in (ago(112), ago(56)) for each in shape(day)}
    response = respond(record(*doses.values()))
    found = assessment(response)
    assert (found["course"], found["outcome"], found["reason"]) == ("in-progress", "criteria-met", "cycle-ready")
    assert "Cycle 3" in response["cards"][0]["summary"]
    assert "15 GBq" in words(response) or "14.8 GBq" in words(response)


NO_DOSE: dict[str, Resource] = {
    "psma procedure": procedure(ago(56), concept(None, (SNOMED, "1263784000"))),
    "psma drug": given(ago(56), by_code((ATC, "V10XX05"), text="177Lu vipivotide tetraxetan")),
    "psma in words": given(ago(56), by_code(text="[177Lu]Lu-PSMA-I&T")),
    "not done": given(ago(56), LU, status="not-done"),
    "erroneous": given(ago(56), LU, status="entered-in-error"),
    "planned": {"resourceType": "ServiceRequest", "id": "s", **ABOUT, "status": "active", "intent": "order",
                "code": concept("177Lu-DOTATATE"), "authoredOn": ago(56)},
    "any radionuclide": procedure(ago(56), concept("Radioiodine therapy", (SNOMED, "399315003"))),
    "another patient's": {**given(ago(56), LU), "subject": {"reference": "Patient/other"}},
    "diagnostic": procedure(ago(56), concept("68Ga-DOTATATE PET/CT", (SNOMED, "764695006"))),
}  # fmt: skip


@pytest.mark.parametrize("resource", NO_DOSE.values(), ids=NO_DOSE)
def test_what_is_no_dose(resource: Resource) -> None:
    found = assess(record(resource))
    assert found["course"] == "none" and not {code for code in codes(found) if code.startswith("F-")}


def test_days_less_than_21_apart_are_one_cycle() -> None:
    split = respond(record(given(ago(70), LU, 3.7), given(ago(50), LU, 3.7)))
    apart = respond(record(given(ago(71), LU, 3.7), given(ago(50), LU, 3.7)))
    assert "Cycle 2" in split["cards"][0]["summary"] and "Cycle 3" in apart["cards"][0]["summary"]


@pytest.mark.parametrize(("day", "course"), [("2025-12-02", "in-progress"), ("2025-12-01", "completed")])
def test_fewer_than_four_cycles_are_over_after_six_months(day: str, course: str) -> None:
    found = respond(record(given(day, LU)))
    assert assessment(found)["course"] == course
    assert course == "in-progress" or "1 of 4 cycles" in words(found)


@pytest.mark.parametrize(
    ("since", "labs", "reason"),
    [(49, 14, "cycle-ready"), (48, 14, "course-running"), (49, 15, "cycle-labs"), (48, 15, "course-running")],
)
def test_seven_weeks_and_fourteen_days(since: int, labs: int, reason: str) -> None:
    fresh = [{**each, "effectiveDateTime": ago(labs)} for each in panel()]
    before = observation("crea0", "14682-9", {"value": 78, "unit": "umol/L"}, effectiveDateTime=ago(200))
    assert assess([patient(), *tumour(), *fresh, before, given(ago(since), LU)])["reason"] == reason


@pytest.mark.parametrize(("day", "reason"), [("2026-06-03", "cycle-ready"), ("2026-06-04", "cycle-labs")])
def test_the_planned_date_decides_when_an_order_is_signed(day: str, reason: str) -> None:
    draft = {"resourceType": "MedicationRequest", "id": "d", **ABOUT, "status": "draft", "intent": "order", **LU,
             "dosageInstruction": [{"timing": {"event": [f"{day}T09:00:00+02:00"]},
                                    "doseAndRate": [{"doseQuantity": {"value": 7.4, "unit": "GBq"}}]}]}  # fmt: skip
    assert assessment(ordering(record(given("2026-04-15", LU)), draft))["reason"] == reason  # 47 days before today


def test_a_woman_needs_a_test_of_the_last_seven_days_before_a_cycle() -> None:
    for days, reason in ((7, "cycle-ready"), (8, "pregnancy-test")):
        test = observation("hcg", "2106-3", valueCodeableConcept=concept("negative"), effectiveDateTime=ago(days))
        her = [patient(gender="female", birthDate="1990-03-03"), *record(given(ago(56), LU), test)[1:]]
        assert assess(her)["reason"] == reason


def value(name: str, code: str, number: float, unit: str, **more: Any) -> Resource:
    return observation(name, code, {"value": number, "unit": unit}, **more)


ULN: Resource = {"referenceRange": [{"high": {"value": 1.2, "unit": "mg/dL"}}]}


@pytest.mark.parametrize(
    ("name", "holds", "passes"),
    [
        ("plt", [value("plt", "777-3", 74.9, "10*9/L")], [value("plt", "777-3", 75, "10*9/L")]),
        ("hb", [value("hb", "718-7", 79, "g/L")], [value("hb", "718-7", 80, "g/L")]),
        (None, [value("anc", "751-8", 990, "/uL")], [value("anc", "751-8", 1000, "/uL")]),
        ("crea", [value("crea", "14682-9", 109.2, "umol/L")], [value("crea", "14682-9", 109, "umol/L")]),  # 1.4 x 78
        ("bili", [value("bili", "1975-2", 3.61, "mg/dL", **ULN)], [value("bili", "1975-2", 3.6, "mg/dL", **ULN)]),
        ("alb", [value("alb", "1751-7", 2.9, "g/dL"), value("pt", "5894-1", 69, "%")],
         [value("alb", "1751-7", 2.9, "g/dL"), value("pt", "5894-1", 70, "%")]),
    ],
    ids=["platelets", "haemoglobin", "neutrophils", "creatinine", "bilirubin", "albumin"],
)  # fmt: skip
def test_every_toxicity_on_both_sides_of_its_limit(name: str | None, holds: Any, passes: Any) -> None:
    gone: dict[str, Resource | None] = {} if name is None else {name: None}
    held = respond(record(given(ago(56), LU), *holds, **gone))
    assert (assessment(held)["outcome"], assessment(held)["reason"]) == ("not-now", "toxicity-hold")
    assert held["cards"][0]["indicator"] == "critical"
    assert assess(record(given(ago(56), LU), *passes, **gone))["reason"] == "cycle-ready"


def test_low_albumin_without_prothrombin_is_not_ready() -> None:
    found = assess(record(given(ago(56), LU), alb=value("alb", "1751-7", 28, "g/L")))
    assert found["outcome"] == "needs-data" and "prothrombin" in found["missing"]


def test_clearance_that_fell_by_40_percent_with_the_weight() -> None:
    before = [value("w0", "29463-7", 100, "kg", effectiveDateTime="2025-01-10")]
    for kilograms, reason in ((58.4, "toxicity-hold"), (64, "cycle-ready")):  # creatinine 78 then, 76 now: 0.6 at 58.46
        now = {"crea": value("crea", "14682-9", 76, "umol/L"), "weight": value("weight", "29463-7", kilograms, "kg")}
        assert assess(record(given(ago(56), LU), *before, **now))["reason"] == reason


def test_without_a_value_before_the_first_cycle_the_baseline_is_asked_for() -> None:
    bare = [each for each in record(given(ago(56), LU)) if each["id"] != "crea0"]
    response = respond(bare)
    assert assessment(response)["reason"] == "cycle-ready" and "baseline unknown" in words(response).lower()
    assert "crcl" in assessment(response)["missing"]


LOW = {"plt": value("plt", "777-3", 60, "10*9/L")}
TOXIC: Resource = {"resourceType": "Condition", "id": "tox", **ABOUT, "onsetDateTime": "2026-01-15",
                   "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "Thrombocytopenia grade 3"},
                   "note": [{"text": "Attributed to PRRT; next cycle postponed."}]}  # fmt: skip


@pytest.mark.parametrize(("activity", "reason"), [(4500, "permanent-stop"), (4600, "toxicity-hold")])
def test_toxicity_after_a_reduced_dose(activity: int, reason: str) -> None:
    response = respond(record(given(ago(56), LU, activity, "MBq"), **LOW))
    assert assessment(response)["reason"] == reason and response["cards"][0]["indicator"] == "critical"
    both = findings(assessment(response)) & {"not-now/toxicity-hold", "not-now/permanent-stop"}
    assert both == {f"not-now/{reason}"}


@pytest.mark.parametrize(
    ("jurisdiction", "days", "reason"),
    [
        ("US", 168, "toxicity-hold"), ("US", 169, "permanent-stop"),
        ("EU", 112, "toxicity-hold"), ("EU", 113, "permanent-stop"),
    ],
)  # fmt: skip
def test_how_long_toxicity_may_delay(jurisdiction: str, days: int, reason: str) -> None:
    assert assess(record(given(ago(days), LU), TOXIC, **LOW), jurisdiction=jurisdiction)["reason"] == reason
    today = {"plt": {**LOW["plt"], "effectiveDateTime": ago(0)}}  # low only now: no cause of the delay is on record
    assert assess(record(given(ago(days), LU), **today), jurisdiction=jurisdiction)["reason"] == "toxicity-hold"


@pytest.mark.parametrize(("days", "due"), [(27, False), (28, True), (42, True), (43, False)])
def test_a_count_is_due_four_to_six_weeks_after_a_cycle(days: int, due: bool) -> None:
    for cycles in (1, 4):
        doses = [given(ago(days + 56 * number), LU) for number in range(cycles)]
        found = assess([patient(), *tumour(), *doses])
        assert ("needs-data/cbc-due" in findings(found)) == due
        if not due:
            assert found["outcome"] == "no-advice"
            assert found["reason"] == ("course-running" if cycles == 1 else "course-complete")


FOUR = [given(day, LU) for day in ("2025-04-17", "2025-06-12", "2025-08-07", "2025-10-02")]


def test_follow_up_says_when_and_the_ct_at_three_months_is_enough() -> None:
    response = respond(record(*FOUR))
    found = assessment(response)
    assert (found["course"], found["reason"]) == ("completed", "course-complete") and "F-09" in codes(found)
    assert "29.6 GBq" in words(response) and "1, 3, 6, 12 months" in response["cards"][0]["summary"]
    scan = {"resourceType": "DiagnosticReport", "id": "ct", **ABOUT, "status": "final",
            "effectiveDateTime": "2026-01-08", "code": {"text": "CT"}, "conclusion": "Stable disease."}  # fmt: skip
    assert "F-09" not in codes(assess(record(*FOUR, scan)))


@pytest.mark.parametrize(
    ("last", "first_count", "speaks"),
    [
        ("2025-11-03", "2026-02-20", True),  # three months apart, to the day
        ("2025-11-03", "2026-02-21", False),
        ("2025-12-01", "2026-02-20", False),  # six months are not more than six months
    ],
)
def test_counts_low_for_three_months_more_than_six_months_after(last: str, first_count: str, speaks: bool) -> None:
    doses = [given(day, LU) for day in ("2025-06-02", "2025-07-28", "2025-09-08", last)]
    counts = [value("plt", "777-3", 99, "G/L"), value("plt0", "777-3", 99000, "/mm3", effectiveDateTime=first_count)]
    assert ("F-07" in codes(assess(record(*doses, *counts, plt=None)))) == speaks


def test_a_large_cell_with_one_low_count_is_enough() -> None:
    low, large = value("hb", "718-7", 9.9, "g/dL"), value("mcv", "787-2", 101, "fL")
    response = respond(record(*FOUR, large, hb=low))
    assert "F-07" in codes(assessment(response)) and "MDS" in words(response)
    assert "F-07" not in codes(assess(record(*FOUR, value("mcv", "787-2", 100, "fL"), hb=low)))
