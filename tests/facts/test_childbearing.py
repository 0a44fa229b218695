"""Pregnancy and breast-feeding: partial dates, order, sex, what ends what."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.childbearing import compute
from cds_service.record.model import Order, PregnancyResult, Problem, Procedure
from tests.facts.charts import TODAY, days_ago, person, view

YOUNG = person(birth=on_day(date(1996, 2, 1)))
MAY = Span(date(2026, 5, 1), date(2026, 5, 31))


def result(kind: Any, ago: int | Span) -> Any:
    when = ago if isinstance(ago, Span) else days_ago(ago)
    return PregnancyResult(source=f"Observation/{kind}-{when}", result=kind, when=when)


def value(facts: Any, name: str) -> Any:
    return facts[name].value if name in facts else None


def pregnancy(ago: int | None = 30, **more: Any) -> Problem:
    when = None if ago is None else days_ago(ago)
    return Problem(**{"source": "Condition/p", "kind": "pregnancy", "when": when, **more})


@pytest.mark.parametrize(
    ("birth", "applies"),
    [
        (on_day(date(1970, 6, 2)), "yes"),  # 55
        (on_day(date(1970, 6, 1)), "no"),  # 56 today
        (Span(date(1970, 1, 1), date(1970, 12, 31)), "yes"),  # 55 or 56: asked
        (on_day(date(2014, 6, 1)), "yes"),  # 12 today
        (on_day(date(2014, 6, 2)), "no"),
        (Span(date(2014, 1, 1), date(2014, 12, 31)), "yes"),  # 11 or 12: asked
        (None, None),
    ],
)
def test_the_question_by_age(birth: Span | None, applies: str | None) -> None:
    assert value(compute(view(person=person(birth=birth))), "pregnancy_question_applies") == applies


def test_the_question_by_sex_and_record() -> None:
    assert value(compute(view(person=person(sex=None, birth=YOUNG.birth))), "pregnancy_question_applies") == "yes"
    man = view(person=person(sex="male", birth=None), pregnancy=[result("positive", 3)], problems=[pregnancy()])
    assert value(compute(man), "pregnancy_question_applies") == "no"
    assert value(compute(man), "pregnancy_recorded") == "yes"  # by the Condition; a test may be the tumour's
    tested = view(person=person(sex="male", birth=None), pregnancy=[result("positive", 3)])
    assert "pregnancy_recorded" not in compute(tested)
    for kind in ("menopause", "sterilised", "hysterectomy", "infertility"):
        facts = compute(view(person=YOUNG, problems=[Problem(source="Condition/1", kind=kind)]))
        assert value(facts, "pregnancy_question_applies") == "no"
    operated = Procedure(source="Procedure/1", kind="sterilisation")
    assert value(compute(view(person=YOUNG, procedures=[operated])), "pregnancy_question_applies") == "no"


@pytest.mark.parametrize(
    ("evidence", "recorded"),
    [
        ([result("positive", 45)], True),
        ([result("positive", 46)], False),
        ([result("positive", 20), result("negative", 19)], False),
        ([result("positive", 20), result("negative", 20)], True),  # not later
        ([result("positive", 20), result("negative", MAY)], True),  # perhaps not later
        ([result("positive", 20), result("not-pregnant", 10)], False),
        ([result("pregnant", 200)], True),
        ([result("pregnant", 300)], False),
        ([result("above-range", 3)], False),
        ([result("possible", 3)], False),
    ],
)
def test_tests_and_status(evidence: list[PregnancyResult], recorded: bool) -> None:
    for order in permutations(evidence):
        facts = compute(view(person=YOUNG, pregnancy=list(order)))
        assert ("pregnancy_recorded" in facts) is recorded
        assert (value(facts, "pregnancy_excluded") == "no") is recorded


@pytest.mark.parametrize(
    ("problem", "recorded"),
    [
        (pregnancy(900), True),  # still called active
        (pregnancy(None), True),
        (pregnancy(30, active=False), False),
        (pregnancy(200, due=on_day(TODAY)), True),
        (pregnancy(200, due=days_ago(1)), False),
        (pregnancy(200, due=Span(date(2026, 5, 15), date(2026, 6, 15))), True),
    ],
)
def test_conditions_and_due_dates(problem: Problem, recorded: bool) -> None:
    assert ("pregnancy_recorded" in compute(view(person=YOUNG, problems=[problem]))) is recorded


def test_what_ends_a_pregnancy() -> None:
    delivered = Procedure(source="Procedure/1", kind="delivery", when=days_ago(5))
    assert "pregnancy_recorded" not in compute(view(person=YOUNG, problems=[pregnancy(30)], procedures=[delivered]))
    ended = pregnancy(300, source="Condition/old", active=False, end=days_ago(2))
    assert "pregnancy_recorded" not in compute(view(person=YOUNG, problems=[pregnancy(30), ended]))
    # an undated Condition cannot be shown to be older than the test
    facts = compute(view(person=YOUNG, problems=[pregnancy(None)], pregnancy=[result("negative", 1)]))
    assert value(facts, "pregnancy_recorded") == "yes"


def test_a_test_alone_is_told_from_a_record() -> None:
    alone = compute(view(person=YOUNG, pregnancy=[result("positive", 3)]))
    assert value(alone, "pregnancy_by_test") == "yes"
    both = compute(view(person=YOUNG, pregnancy=[result("positive", 3)], problems=[pregnancy()]))
    assert "pregnancy_by_test" not in both


@pytest.mark.parametrize(
    ("results", "excluded"),
    [
        ([result("negative", 30)], "yes"),
        ([result("negative", 31)], None),
        ([result("negative", Span(date(2026, 5, 2), date(2026, 5, 31)))], "yes"),  # at most 30 days
        ([result("negative", MAY)], None),  # perhaps 31 days
        ([result("not-pregnant", 3)], None),  # said, not tested
        ([result("negative", 10), result("uninterpretable", 3)], None),
        ([result("uninterpretable", 10), result("negative", 3)], "yes"),
        ([result("negative", 10), result("above-range", 3)], None),
        ([result("above-range", 10), result("negative", 3)], "yes"),
        ([result("negative", 10), result("possible", 3)], None),
        ([result("negative", 10), result("positive", 3)], "no"),
        ([], None),
    ],
)
def test_excluded(results: list[PregnancyResult], excluded: str | None) -> None:
    for order in permutations(results):
        assert value(compute(view(person=YOUNG, pregnancy=list(order))), "pregnancy_excluded") == excluded


def test_the_window_runs_to_the_planned_day() -> None:
    for ahead, excluded in ((3, "yes"), (4, None)):
        planned = Order(source="Appointment/1", kind="prrt", planned=on_day(TODAY + timedelta(days=ahead)))
        facts = compute(view(person=YOUNG, orders=[planned], pregnancy=[result("negative", 4)]))
        assert value(facts, "pregnancy_excluded") == excluded
        assert value(facts, "pregnancy_test_window") == 7


def test_breast_feeding() -> None:
    nursing = Problem(source="Condition/1", kind="lactation", when=days_ago(90))
    weaned = Problem(source="Condition/1", kind="lactation", active=False, end=on_day(date(2026, 3, 20)))
    assert value(compute(view(problems=[nursing])), "breast_feeding") == "yes"
    assert value(compute(view(problems=[weaned])), "breast_feeding") == "no"
    assert "breast_feeding" not in compute(view())
    for day, recent in ((date(2026, 6, 3), "yes"), (date(2026, 6, 4), None)):
        planned = Order(source="Appointment/1", kind="prrt", planned=on_day(day))
        assert value(compute(view(problems=[weaned], orders=[planned])), "breast_feeding_recent") == recent
