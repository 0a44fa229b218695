"""Which result counts: fresh, plausible, newest, the worse of one day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.results import candidates, decided, disagreement, in_upper_limits, newest
from tests.facts.charts import lab, view

JUNE = Span(date(2026, 6, 1), date(2026, 6, 30))
MAY = Span(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(("days", "there"), [(0, True), (28, True), (29, False), (-1, False)])
def test_a_value_is_fresh_up_to_the_limit_and_never_from_the_future(days: int, there: bool) -> None:
    assert (newest(view(labs=[lab("hb", "9", days)]), "hb") is not None) is there


def test_a_partial_date_counts_from_its_earliest_day() -> None:
    assert newest(view(labs=[lab("hb", "9", MAY)]), "hb") is None  # 1 May is 31 days before 1 June
    assert newest(view(labs=[lab("hb", "9", JUNE)]), "hb") is not None


@pytest.mark.parametrize(
    ("analyte", "values", "worse"),
    [("hb", ("9", "8"), "8"), ("bilirubin", ("1", "4"), "4"), ("potassium", ("4.6", "3.1"), "3.1")],
)
def test_the_worse_of_one_day_counts_in_any_order(analyte: Any, values: tuple[str, ...], worse: str) -> None:
    for order in permutations(values):
        reading = newest(view(labs=[lab(analyte, v) for v in order]), analyte)
        assert reading is not None and reading.worst == reading.best == Decimal(worse)


def test_the_newest_day_counts_not_the_worst_value() -> None:
    reading = newest(view(labs=[lab("hb", "7", 9), lab("hb", "10", 2)]), "hb")
    assert reading is not None and reading.worst == Decimal(10)


def test_an_implausible_newest_value_makes_the_reading_unknown() -> None:
    assert newest(view(labs=[lab("hb", "10", 9), lab("hb", "80", 2)]), "hb") is None
    assert newest(view(labs=[lab("hb", "10", 9), lab("hb", None, 2, problem="implausible")]), "hb") is None


def test_an_older_implausible_value_does_not_matter() -> None:
    assert newest(view(labs=[lab("hb", "10", 2), lab("hb", "80", 9)]), "hb") is not None


@pytest.mark.parametrize("problem", ["no-unit", "unknown-unit", "unreadable"])
def test_a_value_without_a_unit_is_as_if_it_were_not_there(problem: str) -> None:
    reading = newest(view(labs=[lab("hb", "10", 9), lab("hb", None, 2, problem=problem)]), "hb")
    assert reading is not None and reading.worst == Decimal(10)


@pytest.mark.parametrize(("low", "high"), [("2.9", "3"), ("25", "25.1")])
def test_the_plausible_range_includes_its_ends(low: str, high: str) -> None:
    inside = high if high == "3" else low
    outside = low if inside == high else high
    assert newest(view(labs=[lab("hb", inside)]), "hb") is not None
    assert newest(view(labs=[lab("hb", outside)]), "hb") is None


def test_results_of_unknown_order_are_an_interval() -> None:
    reading = newest(view(labs=[lab("hb", "7", JUNE), lab("hb", "10", 0)]), "hb")
    assert reading is not None and (reading.worst, reading.best) == (Decimal(7), Decimal(10))
    assert decided(reading, "low", 8) is None
    assert decided(reading, "low", 6) == Decimal(7)
    assert decided(reading, "low", 11) == Decimal(10)


@pytest.mark.parametrize(
    ("sign", "value", "limit", "decision"),
    [
        ("<", "8", 8, True),  # surely below
        ("<=", "8", 8, None),
        ("<", "9", 8, None),  # may be 8.5 or 4
        (">", "9", 8, False),
        (">=", "8", 8, False),
        (">", "7", 8, None),
    ],
)
def test_a_value_with_a_sign_decides_only_what_it_decides(
    sign: str, value: str, limit: int, decision: bool | None
) -> None:
    reading = newest(view(labs=[lab("hb", value, comparator=sign)]), "hb")
    assert reading is not None
    number = decided(reading, "low", limit)
    assert (None if number is None else number < limit) is decision


def test_a_sign_on_a_value_that_is_worse_when_high() -> None:
    low = newest(view(labs=[lab("alt", "5", comparator="<")]), "alt")
    high = newest(view(labs=[lab("alt", "1000", comparator=">")]), "alt")
    assert low is not None and high is not None
    assert float(decided(low, "high") or 0) == pytest.approx(5)
    assert float(decided(high, "high") or 0) == pytest.approx(1000)


def test_since_a_day_means_after_it() -> None:
    labs = [lab("hb", "9", 10)]
    when = labs[0].when
    assert when is not None
    assert candidates(view(labs=labs), "hb", after=when) == []
    assert candidates(view(labs=labs), "hb", after=on_day(date(2026, 5, 21))) == labs


@pytest.mark.parametrize(("high", "flagged"), [("10", False), ("10.1", True)])
def test_more_than_a_fifth_of_the_higher_value_is_flagged(high: str, flagged: bool) -> None:
    assert (disagreement(view(labs=[lab("hb", "8"), lab("hb", high)]), "hb") is not None) is flagged


def test_results_of_two_days_do_not_disagree() -> None:
    assert disagreement(view(labs=[lab("hb", "8", 2), lab("hb", "12", 3)]), "hb") is None


def test_multiples_of_the_upper_limit_are_each_results_own() -> None:
    labs = [lab("bilirubin", "2.0", upper_limit=Decimal("1.2")), lab("bilirubin", "1.9", upper_limit=Decimal("0.5"))]
    reading = in_upper_limits(view(labs=labs), "bilirubin")
    assert reading is not None and reading.worst == Decimal("3.8")


def test_no_limit_no_multiple() -> None:
    assert in_upper_limits(view(labs=[lab("bilirubin", "2")]), "bilirubin") is None
    both = [lab("bilirubin", "2"), lab("bilirubin", "1", upper_limit=Decimal(1))]
    assert in_upper_limits(view(labs=both), "bilirubin") is None  # the worse one has no limit


@pytest.mark.parametrize(("value", "there"), [("0", True), ("-1", False), ("1e400", False)])
def test_without_a_range_a_value_must_still_be_a_measurement(value: str, there: bool) -> None:
    assert (newest(view(labs=[lab("potassium", value)]), "potassium") is not None) is there
