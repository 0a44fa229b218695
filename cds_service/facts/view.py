"""What every fact is computed from: the chart, the decision date, the numbers in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cds_service.dates import Span
from cds_service.record.model import Analyte, Chart, LabResult


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The chart on one day, under one site's numbers. ``params`` holds every number of ``rules/parameters.toml``."""

    chart: Chart
    today: date
    jurisdiction: str
    params: Mapping[str, float]
    hook: str = "patient-view"
    memo: dict[object, Any] = field(default_factory=dict, init=False, repr=False)  # what was computed from it already

    def labs(self, analyte: Analyte) -> list[LabResult]:
        """The results of one analyte, in the chart's order."""
        if "labs" not in self.memo:
            by_analyte: dict[str, list[LabResult]] = {}
            for result in self.chart.labs:
                by_analyte.setdefault(result.analyte, []).append(result)
            self.memo["labs"] = by_analyte
        found: list[LabResult] = self.memo["labs"].get(analyte, [])
        return found

    def days_old(self, when: Span | None) -> int | None:
        """Whole days since ``when``, counted from its earliest day: the cautious age for freshness."""
        return None if when is None else (self.today - when.first).days

    def days_since(self, when: Span | None) -> int | None:
        """Whole days since ``when``, counted from its latest day: the cautious distance for a wash-out."""
        return None if when is None else (self.today - when.last).days

    def provided(self, *resource_types: str) -> bool:
        """Whether the record of every one of these FHIR types came, and came whole."""
        lacking = self.chart.not_provided | self.chart.incomplete
        return not lacking.intersection(resource_types)


def surely_before(first: Span | None, second: Span | None) -> bool | None:
    """Whether ``first`` lies before ``second``: None when a date is missing or the intervals overlap."""
    if first is None or second is None:
        return None
    if first.last < second.first:
        return True
    return False if first.first > second.last or (first.exact and first == second) else None
