"""PRRT courses: cycles, gaps, summaries, partial and repeated entries, the state of the course."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.course import compute
from cds_service.facts.prrt import courses, days_since_cycle, next_cycle_due
from cds_service.record.model import DiseaseStatement, Order, Treatment
from tests.facts.charts import TODAY, days_ago, lab, view


def dose(when: int | Span | None, gbq: str | None = "7.4", **more: Any) -> Treatment:
    span = days_ago(when) if isinstance(when, int) else when
    defaults = {
        "source": f"MedicationAdministration/{span}", "when": span, "drug": "177Lu-DOTATATE", "group": "prrt",
        "given": True, "kind": "administration", "isotope": "177Lu", "activity_gbq": Decimal(gbq) if gbq else None,
    }  # fmt: skip
    return Treatment(**{**defaults, **more})


def summary(first: Span, last: Span | None, cycles: int | None, **more: Any) -> Treatment:
    return dose(first, None, kind="statement", end=last, cycles_written=cycles, source=f"MedicationStatement/{first}",
                **more)  # fmt: skip


def counts(*doses: Treatment) -> list[int]:
    """The number of cycles of each course, the same in every order of the record."""
    found = {tuple(course.count for course in courses(view(treatments=list(p)))) for p in permutations(doses)}
    assert len(found) == 1
    return list(found.pop())


def said(status: Any, when: int | Span, **more: Any) -> DiseaseStatement:
    span = days_ago(when) if isinstance(when, int) else when
    return DiseaseStatement(source=f"Observation/{span}", when=span, status=status, **more)


def state(*doses: Treatment, statements: tuple[DiseaseStatement, ...] = ()) -> Any:
    return compute(view(treatments=list(doses), statements=list(statements)))["course"].value


def month(year: int, number: int) -> Span:
    last = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30}[number]
    return Span(date(year, number, 1), date(year, number, last))


def test_doses_make_cycles_and_courses() -> None:
    assert counts() == []
    assert counts(dose(100), dose(80)) == [1]  # 20 days apart
    assert counts(dose(100), dose(79)) == [2]  # 21 days apart
    assert counts(dose(on_day(date(2025, 11, 1))), dose(on_day(date(2026, 5, 1)))) == [1, 1]  # six months
    assert counts(dose(on_day(date(2025, 11, 1))), dose(on_day(date(2026, 4, 30)))) == [2]


def test_what_is_not_given_does_not_count() -> None:
    assert counts(dose(100, given=False)) == []
    assert counts(dose(100, group="lu-psma")) == []
    assert counts(dose(-5)) == []


def test_one_cycle_told_several_times_is_one() -> None:
    assert counts(dose(100), dose(100, source="Procedure/1", kind="procedure", activity_gbq=None)) == [1]
    assert counts(dose(on_day(date(2026, 3, 10))), dose(month(2026, 3))) == [1]
    assert counts(dose(month(2026, 3)), dose(month(2026, 3), source="x")) == [1]
    assert counts(dose(month(2026, 3)), dose(month(2026, 5))) == [2]


def test_a_dose_of_this_month_counts_and_never_lies_ahead() -> None:
    view_ = view(treatments=[dose(month(2026, 6))])
    assert days_since_cycle(view_) == 0
    assert days_since_cycle(view(treatments=[dose(month(2026, 3))])) == (TODAY - date(2026, 3, 31)).days


def test_summaries() -> None:
    whole = summary(days_ago(400), days_ago(230), 4)
    assert counts(whole) == [4]
    assert counts(whole, summary(days_ago(400), days_ago(230), 3, drug="PRRT")) == [3]  # told twice: the lower
    assert counts(summary(days_ago(400), days_ago(230), None)) == [2]  # at least its first and last day
    assert counts(summary(days_ago(100), None, 3)) == [3]
    assert counts(whole, dose(400), dose(344)) == [2]  # cycles by their days decide
    assert counts(whole, dose(100)) == [5]  # the summary and one cycle after it
    assert counts(summary(days_ago(100), days_ago(98), None)) == [1]
    # "second of 4 cycles" on a day of its own, beside another, is one cycle
    assert counts(summary(days_ago(100), None, 4), summary(days_ago(44), None, 4)) == [2]
    assert counts(dose(44, kind="procedure", cycles_written=4)) == [1]


def test_the_state_by_cycles_and_time() -> None:
    assert state() == "none"
    assert state(*(dose(n) for n in (250, 194, 138))) == "in-progress"
    assert state(*(dose(n) for n in (250, 194, 138, 82))) == "completed"
    assert state(dose(on_day(date(2025, 12, 1)))) == "completed"  # six months ago
    assert state(dose(on_day(date(2025, 12, 2)))) == "in-progress"
    assert state(dose(800), dose(744), dose(60)) == "in-progress"  # the latest course
    assert state(dose(None)) == "retreatment"  # undated: most rules speak


def test_undated_doses_beside_dated_ones_change_nothing() -> None:
    assert state(dose(60), dose(None, source="x")) == "in-progress"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (said("worsened", 10), "retreatment"),
        (said("PD", 10), "retreatment"),
        (said("stable", 10, new_lesions=True), "retreatment"),
        (said("stable", 10), "completed"),
        (said("worsened", 400), "completed"),  # before the first cycle
        (said("worsened", on_day(date(2026, 4, 30))), "retreatment"),  # three months after 30 January
        (said("worsened", on_day(date(2026, 4, 29))), "completed"),  # perhaps pseudo-progression
        (said("worsened", month(2026, 3)), "completed"),
        (said("worsened", month(2026, 4)), "retreatment"),  # perhaps late enough: not silenced
    ],
)
def test_progression(statement: DiseaseStatement, expected: str) -> None:
    doses = [dose(on_day(day)) for day in (
        date(2025, 8, 15), date(2025, 10, 10), date(2025, 12, 5), date(2026, 1, 30),
    )]  # fmt: skip
    assert state(*doses, statements=(statement,)) == expected


def test_activity() -> None:
    facts = compute(view(treatments=[dose(112), dose(56)]))
    assert (facts["last_cycle_gbq"].value, facts["course_gbq"].value) == (7.4, 14.8)
    split = [dose(112), dose(60, "3.7"), dose(56, "3.7")]
    assert compute(view(treatments=split))["last_cycle_gbq"].value == 7.4
    twice = [dose(56), dose(56, source="Procedure/1"), dose(56, None, source="Procedure/2")]
    assert compute(view(treatments=twice))["last_cycle_gbq"].value == 7.4
    for other in (dose(112, None), dose(112, isotope="90Y"), summary(days_ago(200), days_ago(110), 3)):
        assert "course_gbq" not in compute(view(treatments=[other, dose(56)]))
    both = compute(view(treatments=[dose(900), dose(56)]))
    assert (both["course_gbq"].value, both["prrt_gbq"].value) == (7.4, 14.8)


def test_days_count_to_the_planned_day_only_when_an_order_is_signed() -> None:
    order = Order(source="ServiceRequest/1", kind="prrt", planned=days_ago(-9), draft=True)
    chart: dict[str, Any] = {"treatments": [dose(40)], "orders": [order]}
    assert compute(view(hook="order-sign", **chart))["cycle_due_days"].value == 49
    assert compute(view(hook="order-select", **chart))["cycle_due_days"].value == 40
    facts = compute(view(**chart))
    assert [facts[name].value for name in ("cycle_due_days", "cycle_days", "cycle_weeks")] == [40, 40, 5]


def test_a_cycle_is_due_from_49_days() -> None:
    assert next_cycle_due(view(treatments=[dose(49)]))
    assert not next_cycle_due(view(treatments=[dose(48)]))
    assert not next_cycle_due(view(treatments=[dose(n) for n in (217, 161, 105, 49)]))


def test_blood_count_since_the_cycle() -> None:
    def counted(*labs: Any, **chart: Any) -> Any:
        facts = compute(view(treatments=[dose(35)], labs=list(labs), **chart))
        return facts["blood_count_since_cycle"].value if "blood_count_since_cycle" in facts else None

    assert counted() == "no"
    assert counted(lab("platelets", "150", 34)) == "yes"
    assert counted(lab("wbc", "5", 5)) == "yes"
    assert counted(lab("platelets", "150", 35)) == "no"
    assert counted(lab("hb", "12", 5)) == "no"
    assert counted(lab("platelets", None, 5, problem="no-unit")) == "no"
    assert counted(not_provided=frozenset({"Observation"})) is None
