"""Months from the last cycle to progression, and what leaves them open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.retreatment import compute
from cds_service.record.model import DiseaseStatement, Problem, Procedure, Treatment
from tests.facts.charts import view
from tests.facts.test_course import dose, said

LAST = dose(on_day(date(2024, 4, 10)))
PD = said("worsened", on_day(date(2025, 10, 10)))


def facts(*statements: DiseaseStatement, last: Treatment = LAST, **chart: Any) -> Any:
    treatments = [last, *chart.pop("treatments", [])]
    return compute(view(treatments=treatments, statements=list(statements), **chart))


def months(*statements: DiseaseStatement, **chart: Any) -> Any:
    found = facts(*statements, **chart)
    return found["pfs_months"].value if "pfs_months" in found else None


def other_line(**chart: Any) -> Any:
    found = facts(PD, **chart)
    return found["pfs_other_line"].value if "pfs_other_line" in found else None


def test_whole_calendar_months() -> None:
    assert months(PD) == 18
    assert months(said("worsened", on_day(date(2025, 10, 9)))) == 17
    assert months(said("stable", on_day(date(2025, 10, 10)), new_lesions=True)) == 18
    assert months(said("stable", on_day(date(2025, 10, 10)))) is None
    assert months(PD, said("worsened", on_day(date(2025, 4, 10)))) == 12  # the first


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (Span(date(2025, 6, 1), date(2025, 6, 30)), 13),  # 13 or 14: between the limits either way
        (Span(date(2025, 4, 1), date(2025, 4, 30)), None),  # 11 or 12
        (Span(date(2025, 10, 1), date(2025, 10, 31)), None),  # 17 or 18
        (Span(date(2026, 1, 1), date(2026, 12, 31)), 20),
    ],
)
def test_partial_dates(when: Span, expected: int | None) -> None:
    assert months(said("worsened", when)) == expected


def test_pseudo_progression_is_passed_over_only_when_refuted() -> None:
    early = said("worsened", on_day(date(2024, 6, 10)))
    better = said("stable", on_day(date(2024, 9, 10)))
    assert months(early, PD) == 2
    assert months(early, better, PD) == 18
    assert months(early, PD, said("stable", on_day(date(2025, 12, 1)))) == 2  # said too late to refute the first


@pytest.mark.parametrize(
    ("item", "between"),
    [
        (dose(on_day(date(2025, 1, 1)), None, group="mtor", drug="everolimus"), "yes"),
        (dose(on_day(date(2025, 1, 1)), None, group="cytotoxic", drug="temozolomide"), "yes"),
        (dose(on_day(date(2025, 1, 1)), None, group="ssa-long", drug="lanreotide"), "no"),
        (dose(on_day(date(2025, 1, 1)), None, group="mtor", drug="everolimus", given=False), "no"),
        (dose(on_day(date(2024, 4, 10)), None, group="mtor", drug="everolimus"), "no"),  # begun by then
        (dose(on_day(date(2025, 10, 10)), None, group="mtor", drug="everolimus"), "no"),  # for that progression
        (dose(Span(date(2024, 1, 1), date(2024, 12, 31)), None, group="mtor", drug="everolimus"), "yes"),
        (dose(None, None, group="mtor", drug="everolimus"), "yes"),  # nobody knows when
    ],
)
def test_another_line_in_between(item: Treatment, between: str) -> None:
    assert other_line(treatments=[item]) == between


def test_local_treatment_in_between() -> None:
    embolised = Procedure(source="Procedure/1", kind="embolisation", when=on_day(date(2025, 1, 1)))
    assert other_line(procedures=[embolised]) == "yes"
    stent = Procedure(source="Procedure/1", kind="biliary-stent", when=on_day(date(2025, 1, 1)))
    assert other_line(procedures=[stent]) == "no"
    status = Procedure(source="Condition/1", kind="pancreatectomy")
    assert other_line(procedures=[status]) == "no"
    assert other_line(not_provided=frozenset({"Procedure"})) is None


def test_cut_short() -> None:
    toxic = Problem(source="Condition/1", kind="toxicity", when=on_day(date(2024, 5, 1)))
    full = [dose(on_day(date(2024, month, 10))) for month in (1, 2, 3)]
    stopped = dose(on_day(date(2024, 4, 10)), stopped=True)

    def short(**chart: Any) -> Any:
        return facts(PD, **chart)["course_cut_short"].value

    assert short() == "yes"  # one cycle
    assert short(treatments=full) == "no"
    assert short(treatments=full, problems=[toxic]) == "no"
    assert short(treatments=full, last=stopped) == "no"
    assert short(treatments=full, last=stopped, problems=[toxic]) == "yes"
