"""Heart: which class is the newest, what is severe, markers against their own limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts import heart
from cds_service.facts.heart import compute
from cds_service.facts.view import surely_before
from cds_service.record.model import Diagnosis, Problem, Procedure
from tests.facts.charts import days_ago, lab, view


def problem(kind: Any, **more: Any) -> Problem:
    return Problem(**{"source": f"Condition/{kind}-{more.get('when')}", "kind": kind, **more})


def nyha(grade: int, when: Span | None) -> Problem:
    return problem("nyha", grade=grade, when=when, source=f"Observation/{grade}-{when}")


@pytest.mark.parametrize(
    ("problems", "severe"),
    [
        ([nyha(3, days_ago(10))], "yes"),
        ([nyha(2, days_ago(10))], "no"),
        ([nyha(3, days_ago(90)), nyha(2, days_ago(10))], "no"),
        ([nyha(2, days_ago(90)), nyha(3, days_ago(10))], "yes"),
        ([nyha(2, days_ago(10)), nyha(3, days_ago(10))], "yes"),  # one day: the worse
        ([nyha(2, days_ago(10)), nyha(3, None)], "yes"),  # perhaps the newer
        ([nyha(2, days_ago(10)), nyha(3, Span(date(2026, 5, 1), date(2026, 5, 31)))], "yes"),
        ([problem("heart-failure")], None),
        ([problem("heart-failure", severe=True)], "yes"),
        ([problem("heart-failure", severe=True, active=False)], None),
        ([problem("carcinoid-heart-disease", severe=True)], "yes"),
        ([problem("carcinoid-heart-disease")], None),
        ([problem("heart-failure", severe=True), nyha(1, days_ago(5))], "yes"),
        ([], None),
    ],
)
def test_severe_heart_disease(problems: list[Problem], severe: str | None) -> None:
    for order in permutations(problems):
        facts = compute(view(problems=list(order)))
        assert (facts["severe_heart_disease"].value if "severe_heart_disease" in facts else None) == severe


def test_what_is_named() -> None:
    facts = compute(view(problems=[nyha(4, days_ago(5)), problem("carcinoid-heart-disease", severe=True)]))
    assert facts["heart_disease"].value == "NYHA class IV, severe carcinoid heart disease"
    assert facts["carcinoid_heart_disease"].value == "yes"
    syndrome = Diagnosis(source="Condition/1", entity="carcinoid-syndrome", suspected=True)
    assert compute(view(diagnoses=[syndrome]))["carcinoid_syndrome"].value == "yes"


def test_markers_against_their_own_limits() -> None:
    limit: dict[str, Any] = {"upper_limit": Decimal("10")}

    def raised(*labs: Any) -> Any:
        facts = compute(view(labs=list(labs)))
        return facts["hiaa_raised"].value if "hiaa_raised" in facts else None

    assert raised(lab("5-hiaa", "10.1", **limit)) == "yes"
    assert raised(lab("5-hiaa", "10", **limit)) == "no"
    assert raised(lab("5-hiaa", "60")) is None
    assert raised(lab("5-hiaa", "60", 900, **limit), lab("5-hiaa", "5", 3, **limit)) == "no"
    assert raised(lab("5-hiaa", "5", 3, **limit), lab("5-hiaa", "60", 3, **limit, source="x")) == "yes"
    assert raised(lab("5-hiaa", "5", 3, **limit), lab("5-hiaa", "60", 3, source="x")) is None  # the other may be
    assert raised(lab("5-hiaa", "12", comparator="<", **limit)) is None
    assert raised(lab("5-hiaa", "12", comparator=">", **limit)) == "yes"
    assert compute(view(labs=[lab("5-hiaa", "60", **limit)]))["hiaa_uln"].value == 6


def test_echocardiogram() -> None:
    def recent(when: Span | None, **chart: Any) -> Any:
        done = [Procedure(source="Procedure/1", kind="echocardiography", when=when)]
        facts = compute(view(procedures=done, **chart))
        return facts["echo_recent"].value if "echo_recent" in facts else None

    assert recent(on_day(date(2025, 12, 1))) == "yes"
    assert recent(on_day(date(2025, 11, 30))) == "no"
    assert recent(Span(date(2025, 11, 1), date(2025, 12, 31))) == "no"  # from its earliest day
    assert recent(None) == "no"
    assert recent(None, not_provided=frozenset({"Procedure"})) is None


def test_the_newest_classes_are_those_no_other_is_surely_after() -> None:
    spans = [None, *(Span(date(2026, 1, first), date(2026, 1, last)) for first in (1, 5, 9) for last in (1, 5, 9, 20)
                     if first <= last)]  # fmt: skip
    for when in permutations(spans, 3):
        graded = [nyha(2, one) for one in when]
        pairwise = [p for p in graded if not any(surely_before(p.when, other.when) for other in graded)]
        assert heart._newest_nyha(graded) == pairwise
