"""What surrounds a planned PRRT dose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.around_dose import compute, planned_day
from cds_service.record.model import Order, Problem, Treatment
from tests.facts.charts import TODAY, days_ago, view


def prrt_order(planned_in: int | None = 10, **more: Any) -> Order:
    planned = None if planned_in is None else days_ago(-planned_in)
    return Order(**{"source": "ServiceRequest/prrt", "kind": "prrt", "planned": planned, **more})


def item(group: Any, ago: int | None = 5, **more: Any) -> Treatment:
    defaults = {"source": f"MedicationAdministration/{group}", "given": True, "kind": "administration", "drug": group}
    return Treatment(group=group, when=None if ago is None else days_ago(ago), **{**defaults, **more})


def values(**chart: Any) -> dict[str, Any]:
    return {name: known.value for name, known in compute(view(**chart)).items()}


def test_the_draft_names_the_day_before_any_booking() -> None:
    booked, draft = prrt_order(2), prrt_order(9, source="MedicationRequest/d", draft=True)
    assert planned_day(view(orders=[booked, draft])) == date(2026, 6, 10)
    assert planned_day(view(orders=[booked])) == date(2026, 6, 3)
    assert planned_day(view(orders=[prrt_order(-5)])) is None  # a past plan is no plan
    assert planned_day(view(orders=[prrt_order(0)])) == TODAY


def test_ordered_and_being_ordered() -> None:
    found = values(orders=[prrt_order()])
    assert (found["prrt_ordered"], found["prrt_drafted"]) == ("yes", "no")
    assert values(orders=[prrt_order(draft=True)])["prrt_drafted"] == "yes"
    assert values()["prrt_ordered"] == "no"
    assert "prrt_ordered" not in values(not_provided=frozenset({"ServiceRequest"}))


def test_analogues_are_counted_to_the_planned_day_or_today() -> None:
    long, short = item("ssa-long", 7), item("ssa-short", 1)
    found = values(orders=[prrt_order(10)], treatments=[long, short])
    assert (found["ssa_long_days"], found["ssa_long_until"], found["ssa_short_hours"]) == (17, "2026-06-22", 264)
    found = values(treatments=[long, short])
    assert (found["ssa_long_days"], found["ssa_short_hours"]) == (7, 24)


def test_the_newest_dose_of_each_form_counts() -> None:
    assert values(treatments=[item("ssa-long", 90), item("ssa-long", 20)])["ssa_long_days"] == 20


def test_a_running_order_counts_as_taken_today() -> None:
    running = item("ssa-long", 200, given=False, kind="request", open_ended=True)
    assert values(treatments=[running])["ssa_long_days"] == 0


def test_an_analogue_without_date_or_form_is_asked_for() -> None:
    assert values(treatments=[item("ssa-unknown")])["ssa_date_missing"] == "yes"
    assert values(treatments=[item("ssa-long", None)])["ssa_date_missing"] == "yes"
    assert "ssa_date_missing" not in values(treatments=[item("ssa-long")])


def test_a_hormone_syndrome_is_named() -> None:
    problems = [Problem(source="Condition/1", kind="vipoma"), Problem(source="Condition/2", kind="diabetes")]
    assert values(problems=problems)["ssa_symptoms"] == "VIPoma"
    assert "ssa_symptoms" not in values(problems=[Problem(source="Condition/1", kind="vipoma", active=False)])


@pytest.mark.parametrize(
    ("composition", "outside"),
    [
        ({"lysine_g": "18", "arginine_g": "25", "volume_l": "2.2"}, "no"),
        ({"lysine_g": "17.9"}, "yes"),
        ({"lysine_g": "25.1"}, "yes"),
        ({"arginine_g": "17.9"}, "yes"),
        ({"arginine_g": "25.1"}, "yes"),
        ({"volume_l": "2.21"}, "yes"),
        ({"lysine_g": "25"}, "no"),
    ],
)
def test_the_amino_acid_window(composition: dict[str, str], outside: str) -> None:
    parts = {name: Decimal(amount) for name, amount in composition.items()}
    order = Order(source="MedicationRequest/a", kind="amino-acids", **parts)
    assert values(orders=[order])["amino_acids_outside"] == outside


def test_an_order_without_composition_is_recorded_but_not_judged() -> None:
    found = values(orders=[Order(source="MedicationRequest/a", kind="amino-acids")])
    assert found["amino_acids_recorded"] == "yes" and "amino_acids_outside" not in found


def test_amino_acids_of_the_last_dose_do_for_the_course_not_for_the_next_order() -> None:
    dose, infusion = item("prrt", 20), item("amino-acids", 20, volume_l=Decimal("2.5"))
    found = values(treatments=[dose, infusion])
    assert (found["amino_acids_recorded"], found["amino_acids_outside"]) == ("yes", "yes")
    assert values(treatments=[dose, infusion], orders=[prrt_order()])["amino_acids_recorded"] == "no"
    assert values(treatments=[dose, item("amino-acids", 80)])["amino_acids_recorded"] == "no"


def test_missing_amino_acids_are_known_only_if_medication_came() -> None:
    assert "amino_acids_recorded" not in values(not_provided=frozenset({"MedicationRequest"}))


@pytest.mark.parametrize(
    ("reason", "read"),
    [("prevention of nausea", "preventive"), ("antiemetic", "preventive"), ("", "unclear"), ("cerebral oedema", None)],
)
def test_dexamethasone_beside_prrt(reason: str, read: str | None) -> None:
    steroid = Order(source="MedicationRequest/x", kind="dexamethasone", indication=reason)
    assert values(orders=[prrt_order(), steroid]).get("antiemetic_dexamethasone") == read
    assert "antiemetic_dexamethasone" not in values(orders=[steroid])
