"""An ordered cycle against the course so far."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.dates import on_day
from cds_service.facts.cycle_order import compute
from cds_service.record.model import Order
from tests.facts.charts import TODAY, days_ago, view
from tests.facts.test_course import dose

COURSE = [dose(112), dose(56)]


def order(ahead: int | None = None, gbq: str | None = "7.4", **more: Any) -> Order:
    planned = None if ahead is None else days_ago(-ahead)
    defaults = {"source": f"MedicationRequest/{ahead}-{gbq}", "kind": "prrt", "planned": planned,
                "activity_gbq": Decimal(gbq) if gbq else None}  # fmt: skip
    return Order(**{**defaults, **more})


def values(*orders: Order, course: Any = COURSE) -> Any:
    facts = compute(view(treatments=course, orders=list(orders)))
    return {name: known.value for name, known in facts.items()}


def test_a_draft_without_a_day_is_for_today() -> None:
    found = values(order(draft=True))
    assert (found["order_cycle_days"], found["order_cycle_weeks"], found["order_cycle_number"]) == (56, 8, 3)
    assert found["order_total_gbq"] == 22.2
    assert values(order(7, draft=True))["order_cycle_days"] == 63
    past = order(draft=True, planned=days_ago(3))
    assert values(past)["order_cycle_days"] == 56


def test_drafts_go_before_bookings_and_bookings_need_a_day() -> None:
    assert values(order(3), order(10, draft=True))["order_cycle_days"] == 66
    assert values(order(3), order(10))["order_cycle_days"] == 59  # the next one
    assert values(order()) == {}
    assert values(order(planned=on_day(TODAY)))["order_cycle_days"] == 56
    assert values(order(draft=True), course=[]) == {}
    four = [dose(224), dose(168), *COURSE]
    assert values(order(3), course=four) == {}  # the course is complete
    assert values(order(draft=True), course=four)["order_cycle_number"] == 5


@pytest.mark.parametrize(
    ("gbq", "outside"),
    [("3.33", "no"), ("3.32", "yes"), ("8.14", "no"), ("8.15", "yes"), ("7.4", "no"), ("5", "no"), ("74", "yes")],
)
def test_activity(gbq: str, outside: str) -> None:
    assert values(order(draft=True, gbq=gbq))["order_dose_outside"] == outside


def test_of_several_activities_the_one_farthest_out() -> None:
    found = values(order(draft=True, gbq="7.4"), order(draft=True, gbq="0.2"))
    assert (found["order_gbq"], found["order_dose_outside"]) == (0.2, "yes")


def test_another_isotope_is_left_alone() -> None:
    assert values(order(draft=True, text="[90Y]Y-DOTATOC")) == {}
    assert values(order(draft=True, text="[177Lu]Lu-DOTATATE"))["order_cycle_number"] == 3
    assert "order_total_gbq" not in values(order(draft=True), course=[dose(56, isotope="90Y")])
