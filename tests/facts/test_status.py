"""Age, sex, weight, performance status."""

from __future__ import annotations

from datetime import date

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.status import compute
from cds_service.record.model import Performance, Problem
from tests.facts.charts import days_ago, lab, person, view


def score(ecog: int, ago: int | Span | None) -> Performance:
    when = days_ago(ago) if isinstance(ago, int) else ago
    return Performance(source=f"Observation/e{ecog}-{when}", ecog=ecog, when=when)


@pytest.mark.parametrize(
    ("birth", "age"), [(date(2014, 6, 1), 12), (date(2014, 6, 2), 11), (date(2008, 6, 1), 18), (date(2008, 6, 2), 17)]
)
def test_age_is_completed_years(birth: date, age: int) -> None:
    assert compute(view(person=person(birth=on_day(birth))))["age_years"].value == age


def test_a_birth_year_is_enough_where_no_limit_lies_between() -> None:
    known = compute(view(person=person(birth=Span(date(1971, 1, 1), date(1971, 12, 31)))))["age_years"]
    assert (known.value, known.shown) == (54, "54-55")  # the younger one: she is still asked for a test
    for year in (2014, 2008):
        assert "age_years" not in compute(view(person=person(birth=Span(date(year, 1, 1), date(year, 12, 31)))))


def test_age_or_sex_missing() -> None:
    assert compute(view())["age_or_sex_missing"].value == "no"
    assert compute(view(person=person(sex=None)))["age_or_sex_missing"].value == "yes"
    assert compute(view(person=person(birth=None)))["age_or_sex_missing"].value == "yes"
    assert compute(view(person=person(birth=on_day(date(2026, 6, 2)))))["age_or_sex_missing"].value == "yes"


def test_weight_is_fresh_height_may_be_old() -> None:
    facts = compute(view(labs=[lab("weight", "70", 29), lab("height", "170", 900)]))
    assert "weight_kg" not in facts and facts["height_cm"].value == 170


@pytest.mark.parametrize(
    ("scores", "ecog"),
    [
        ([score(3, 10), score(1, 2)], 1),  # the newest
        ([score(1, 2), score(2, 2)], 2),  # one day: the worse
        ([score(1, None)], 1),  # undated is used
        ([score(1, None), score(3, 2)], None),  # which is newer?
        ([score(1, None), score(2, 2)], 2),  # whichever it is, not above 2
        ([score(3, None), score(4, 2)], 4),
        ([score(3, -1), score(1, 5)], 1),  # not from the future
        ([score(9, 1), score(1, 5)], 1),  # no such score
        ([], None),
    ],
)
def test_ecog(scores: list[Performance], ecog: int | None) -> None:
    for order in (scores, scores[::-1]):
        known = compute(view(performance=order)).get("ecog")
        assert (None if known is None else known.value) == ecog


def test_a_short_life_expectancy_is_yes_or_unknown() -> None:
    assert "short_life_expectancy" not in compute(view())
    problem = Problem(source="Condition/1", kind="short-life-expectancy")
    assert compute(view(problems=[problem]))["short_life_expectancy"].value == "yes"
