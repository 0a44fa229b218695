"""Rules of the PRRT course on records written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    Resource,
    assess,
    codes,
    findings,
    observation,
    panel,
    patient,
    respond,
    tumour,
)

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
ATC = "http://www.whocc.no/atc"


def dose(day: str, value: float = 7.4, unit: str = "GBq", **more: Any) -> Resource:
    """One administration of 177Lu-DOTATATE."""
    return {
        "resourceType": "MedicationAdministration",
        "id": f"lu-{day}",
        **ABOUT,
        "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": ATC, "code": "V10XX04"}], "text": "Lutathera"},
        "effectiveDateTime": day,
        "dosage": {"dose": {"value": value, "unit": unit}},
        **more,
    }


def record(*more: Resource, **changed: Resource | None) -> list[Resource]:
    """Everything of 20 May 2026, twelve days before the decision."""
    return [patient(), *tumour(), *panel(**changed), *more]


TWO = (dose("2026-02-09"), dose("2026-04-06"))
BEFORE = observation("crea0", "14682-9", {"value": 78, "unit": "umol/L"}, effectiveDateTime="2026-02-02")


def disease(status: str, day: str) -> Resource:
    code = {"worsened": "271299001", "stable": "359746009"}[status]
    return {
        "resourceType": "Observation",
        "id": f"ds-{day}",
        "status": "final",
        **ABOUT,
        "effectiveDateTime": day,
        "code": {"coding": [{"system": "http://loinc.org", "code": "97509-4"}]},
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": code}]},
    }


def test_the_third_cycle_eight_weeks_after_the_second() -> None:
    found = assess(record(*TWO, BEFORE))
    assert (found["course"], found["outcome"], found["reason"]) == ("in-progress", "criteria-met", "cycle-ready")
    assert "crcl" not in found.get("missing", [])


def test_millicuries_and_a_procedure_are_cycles_too() -> None:
    first = dose("2026-02-09", 200, "mCi")
    second = {
        "resourceType": "Procedure",
        "id": "p",
        **ABOUT,
        "status": "completed",
        "performedDateTime": "2026-04-06",
        "code": {"text": "Peptide receptor radionuclide therapy with 177Lu-DOTATATE"},
        "note": [{"text": "Activity 7400 MBq"}],
    }
    response = respond(record(first, second, BEFORE))
    assert response["extension"]["prrt-cds.assessment"]["reason"] == "cycle-ready"
    assert "14.8 GBq" in response["cards"][0]["detail"]


def test_a_cycle_not_given_and_a_psma_ligand_are_no_cycles() -> None:
    cancelled = dose("2026-05-25", status="not-done")
    psma = dose("2026-05-26", medicationCodeableConcept={"text": "177Lu-PSMA-617"})
    planned = {
        "resourceType": "MedicationRequest",
        "id": "r",
        **ABOUT,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "177Lu-DOTATATE"},
        "authoredOn": "2026-05-27",
    }
    assert assess(record(*TWO, BEFORE, cancelled, psma))["reason"] == "cycle-ready"
    assert assess(record(planned))["course"] == "none"


def test_old_laboratory_values_are_asked_for() -> None:
    old = observation("plt", "777-3", {"value": 212, "unit": "10*9/L"}, effectiveDateTime="2026-05-17")
    found = assess(record(*TWO, BEFORE, plt=old))
    assert found["reason"] == "cycle-labs" and found["missing"][0] == "platelets"
    assert assess(record(dose("2026-03-30"), dose("2026-05-04"), plt=old))["reason"] == "course-running"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("plt", observation("plt", "777-3", {"value": 74000, "unit": "/uL"})),
        ("hb", observation("hb", "718-7", {"value": 4.9, "unit": "mmol/L"})),
        ("crea", observation("crea", "14682-9", {"value": 110, "unit": "umol/L"})),
        ("bili", observation("bili", "14631-6", {"value": 64, "unit": "umol/L"},
                             referenceRange=[{"high": {"value": 21, "unit": "umol/L"}}])),
    ],
)  # fmt: skip
def test_toxicity_in_the_units_of_the_laboratory(name: str, changed: Resource) -> None:
    response = respond(record(*TWO, BEFORE, **{name: changed}))
    assert response["extension"]["prrt-cds.assessment"]["reason"] == "toxicity-hold"
    assert response["cards"][0]["indicator"] == "critical"


def test_toxicity_again_after_half_a_dose() -> None:
    low = observation("plt", "777-3", {"value": 60, "unit": "10*9/L"})
    found = assess(record(dose("2026-02-09"), dose("2026-04-06", 100, "mCi"), plt=low))
    assert (found["outcome"], found["reason"]) == ("not-now", "permanent-stop")
    assert "not-now/toxicity-hold" not in findings(found)


def test_no_count_five_weeks_after_a_cycle() -> None:
    before = dict.fromkeys(("hb", "wbc", "plt", "crea", "bili", "alb", "alt", "ast"))
    found = assess([patient(), *tumour(), *panel(**before), dose("2026-03-02"), dose("2026-04-27")])
    assert (found["outcome"], found["reason"]) == ("needs-data", "cbc-due")


def test_four_cycles_in_one_statement_and_its_follow_up() -> None:
    whole = {
        "resourceType": "MedicationStatement",
        "id": "s",
        **ABOUT,
        "status": "completed",
        "medicationCodeableConcept": {"text": "[177Lu]Lu-DOTA-TATE"},
        "effectivePeriod": {"start": "2025-03-10", "end": "2025-10-02"},
        "note": [{"text": "4 cycles given."}],
    }
    response = respond(record(whole))
    found = response["extension"]["prrt-cds.assessment"]
    assert (found["course"], found["reason"]) == ("completed", "course-complete") and "F-09" in codes(found)
    assert len(response["cards"]) == 1 and response["cards"][0]["indicator"] == "info"


def test_a_second_course_is_counted_by_itself() -> None:
    first = [dose(day) for day in ("2022-01-10", "2022-03-07", "2022-05-02", "2022-06-27")]
    found = assess(record(*first, *TWO, BEFORE))
    assert (found["course"], found["reason"]) == ("in-progress", "cycle-ready")


@pytest.mark.parametrize(
    ("day", "finding", "outcome"),
    [
        ("2025-03-27", "not-now/retreat-early", "not-now"),  # nine months
        ("2025-06-27", "needs-data/retreat-pfs-12-18", "needs-data"),  # twelve
        ("2025-12-27", "criteria-met/all-criteria-in-record", "criteria-met"),  # eighteen
        ("2025-12", "needs-data/retreat-pfs-unknown", "needs-data"),  # seventeen or eighteen
    ],
)
def test_progression_after_a_full_course(day: str, finding: str, outcome: str) -> None:
    first = [dose(each) for each in ("2024-01-08", "2024-03-04", "2024-04-29", "2024-06-27")]
    found = assess(record(*first, disease("worsened", day)))
    assert found["course"] == "retreatment" and finding in findings(found) and "F-06" in codes(found)
    assert found["outcome"] == outcome


def test_growth_two_months_after_the_last_cycle_starts_nothing() -> None:
    four = [dose(each) for each in ("2025-10-06", "2025-12-01", "2026-01-26", "2026-03-23")]
    found = assess(record(*four, disease("worsened", "2026-05-18")))
    assert found["course"] == "completed" and {"F-05", "F-09"} <= codes(found)


def test_counts_that_stay_low_for_months() -> None:
    four = [dose(each) for each in ("2024-10-07", "2024-12-02", "2025-01-27", "2025-03-24")]
    now = observation("plt", "777-3", {"value": 88, "unit": "10*9/L"})
    then = observation("plt0", "777-3", {"value": 91, "unit": "10*3/uL"}, effectiveDateTime="2026-01-12")
    found = respond(record(*four, then, plt=now))
    assert "F-07" in codes(found["extension"]["prrt-cds.assessment"])
    assert any("MDS work-up" in card["detail"] for card in found["cards"])


def test_toxicity_as_an_adverse_event_and_a_long_delay() -> None:
    low = observation("plt", "777-3", {"value": 60, "unit": "10*9/L"})
    toxic = {
        "resourceType": "Condition",
        "id": "t",
        **ABOUT,
        "onsetDateTime": "2026-01-15",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": "Thrombocytopenia grade 2"},
        "note": [{"text": "after PRRT, dose withheld"}],
    }
    late = (dose("2025-10-13"), dose("2025-12-08"))  # 175 days
    assert assess(record(*late, toxic, plt=low))["reason"] == "permanent-stop"
    assert assess(record(*late, toxic, plt=observation("plt", "777-3", {"value": 150, "unit": "10*9/L"})))[
        "reason"] == "cycle-ready"  # fmt: skip
