"""Short builders of scans and treatments for the tests of imaging facts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from cds_service.dates import Span, on_day, parse_date
from cds_service.record.model import (
    DiseaseStatement,
    Group,
    Lesion,
    Modality,
    Order,
    Pathology,
    Procedure,
    Range,
    Scan,
    Score,
    Treatment,
)
from tests.facts.charts import TODAY, days_ago


def when(value: int | str) -> Span:
    """Days before the decision date, or a date as written."""
    if isinstance(value, int):
        return days_ago(value)
    span = parse_date(value)
    assert span is not None
    return span


def lesion(site: str = "liver", score: int | Score | None = None, size: str | None = "40", **more: Any) -> Lesion:
    interval = (score, score) if isinstance(score, int) else score
    if "suvmax" in more:
        more["suvmax"] = Decimal(more["suvmax"])
    return Lesion(site=site, score=interval, size_mm=None if size is None else Decimal(size), **more)


def scan(ago: int | str, *lesions: Lesion, modality: Modality = "sstr-pet", **more: Any) -> Scan:
    more = {"source": f"DiagnosticReport/{modality}-{ago}", **more}
    return Scan(when=when(ago), modality=modality, lesions=lesions, **more)


def fdg(ago: int | str, *lesions: Lesion, **more: Any) -> Scan:
    return scan(ago, *lesions, modality="fdg-pet", **more)


def dose(drug: str, ago: int | str, group: Group = "cytotoxic", **more: Any) -> Treatment:
    """One administration."""
    more = {"source": f"MedicationAdministration/{drug}-{ago}", **more}
    return Treatment(drug=drug, group=group, given=True, kind="administration", when=when(ago), **more)


def taken(drug: str, first: int | str, last: int | str | None, group: Group = "cytotoxic", **more: Any) -> Treatment:
    """A statement of treatment taken; ``last`` None: still running."""
    end = None if last is None else when(last)
    more = {"source": f"MedicationStatement/{drug}-{first}", "open_ended": last is None, **more}
    return Treatment(drug=drug, group=group, given=True, kind="statement", when=when(first), end=end, **more)


def cycles(drug: str, number: int, last: int, every: int = 28, **more: Any) -> list[Treatment]:
    """One administration a cycle, the last one ``last`` days ago."""
    return [dose(drug, last + every * n, **more) for n in range(number)]


def said(status: Any, ago: int | str, **more: Any) -> DiseaseStatement:
    return DiseaseStatement(**{"source": f"Observation/{status}-{ago}", "status": status, "when": when(ago), **more})


def done(kind: Any, ago: int | str | None = None) -> Procedure:
    return Procedure(source=f"Procedure/{kind}", kind=kind, when=None if ago is None else when(ago))


def ordered(ago: int | None, *, planned: int | None = None, draft: bool = False, kind: Any = "sstr-pet") -> Order:
    day = None if planned is None else on_day(TODAY + timedelta(days=planned))
    return Order(
        source=f"ServiceRequest/{kind}", kind=kind, when=None if ago is None else when(ago), planned=day, draft=draft
    )


def ki67(percent: str) -> Pathology:
    value = Decimal(percent)
    return Pathology(source="Observation/ki67", ki67_percent=Range(low=value, high=value))
