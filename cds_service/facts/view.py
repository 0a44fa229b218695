"""What every fact is computed from: the chart, the decision date, the numbers in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, TypeVar

from cds_service.dates import Span
from cds_service.record.model import Analyte, Chart, LabResult, Problem, ProblemKind


@lru_cache(maxsize=1024, typed=True)
def exact(number: float) -> Decimal:
    """A number of the rule book as it is written there: 0.85, not the nearest binary fraction."""
    return Decimal(str(number))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The chart on one day, under one site's numbers. ``params`` holds every number of ``rules/parameters.toml``."""

    chart: Chart
    today: date
    jurisdiction: str
    params: Mapping[str, float]
    hook: str = "patient-view"
    memo: dict[object, Any] = field(default_factory=dict, init=False, repr=False)  # what was computed from it already

    def labs(self, analyte: Analyte) -> Sequence[LabResult]:
        """The results of one analyte, in the chart's order."""
        return _by_analyte(self).get(analyte, ())

    def problems(self, kind: ProblemKind) -> Sequence[Problem]:
        """The problems of one kind, active or not, in the chart's order."""
        return _by_kind(self).get(kind, ())

    def exact(self, parameter: str) -> Decimal:
        """A number of the rule book as it is written there."""
        return exact(self.params[parameter])

    def days_since(self, when: Span | None) -> int | None:
        """Whole days since ``when``, counted from its latest day: the cautious distance for a wash-out."""
        return None if when is None else (self.today - when.last).days

    def provided(self, *resource_types: str) -> bool:
        """Whether the record of every one of these FHIR types came, and came whole."""
        return self.chart.not_provided.isdisjoint(resource_types) and self.chart.incomplete.isdisjoint(resource_types)


_Said = TypeVar("_Said")


def once(say: Callable[[View], _Said]) -> Callable[[View], _Said]:
    """``say``, worked out once for each view; whoever asks gets the same object, so nobody may change it."""

    @wraps(say)
    def said(view: View) -> _Said:
        if say not in view.memo:
            view.memo[say] = say(view)
        found: _Said = view.memo[say]
        return found

    return said


@once
def _by_analyte(view: View) -> Mapping[Analyte, Sequence[LabResult]]:
    found: dict[Analyte, list[LabResult]] = defaultdict(list)
    for result in view.chart.labs:
        found[result.analyte].append(result)
    return found


@once
def _by_kind(view: View) -> Mapping[ProblemKind, Sequence[Problem]]:
    found: dict[ProblemKind, list[Problem]] = defaultdict(list)
    for problem in view.chart.problems:
        found[problem.kind].append(problem)
    return found


def surely_before(first: Span | None, second: Span | None) -> bool | None:
    """Whether ``first`` lies before ``second``: None when a date is missing or the intervals overlap."""
    if first is None or second is None:
        return None
    if first.last < second.first:
        return True
    return False if first.first > second.last or (first.exact and first == second) else None
