"""Charts made by hand for the tests of facts: one decision date, the numbers of the rule book, short builders."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds_service.dates import Span, on_day
from cds_service.facts.view import View
from cds_service.record.model import Analyte, Chart, LabResult, Person

TODAY = date(2026, 6, 1)
PARAMETERS = Path(__file__).parents[2] / "rules" / "parameters.toml"


def days_ago(days: int) -> Span:
    return on_day(TODAY - timedelta(days=days))


def lab(analyte: Analyte, value: str | None, ago: int | Span = 3, **more: Any) -> LabResult:
    """One result, ``ago`` days before the decision date or on the given days."""
    when = ago if isinstance(ago, Span) else days_ago(ago)
    more = {"source": f"Observation/{analyte}-{value}-{when}", "unit": "", **more}
    return LabResult(analyte=analyte, value=None if value is None else Decimal(value), when=when, **more)


def person(**more: Any) -> Person:
    """A woman of 58."""
    defaults = {"source": "Patient/p", "id": "p", "sex": "female", "birth": on_day(date(1968, 2, 1))}
    return Person(**{**defaults, **more})


def view(*, jurisdiction: str = "US", hook: str = "patient-view", numbers: dict[str, float] | None = None,
         **chart: Any) -> View:  # fmt: skip
    """What facts are computed from; ``chart`` are the members of Chart."""
    params = {name: float(entry["value"]) for name, entry in tomllib.loads(PARAMETERS.read_text()).items()}
    chart = {"person": person(), **chart}
    return View(Chart(**chart), TODAY, jurisdiction, {**params, **(numbers or {})}, hook)
