"""Resources whose code says nothing: nobody can tell what they are of, so those that no reader used are listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import ResourceSet
from cds_service.record.index import candidates, code_of
from cds_service.record.model import Chart, Item

_CODED = ("AllergyIntolerance", "Condition", "DiagnosticReport", "Observation", "Procedure", "ServiceRequest")


def unsaid(resources: ResourceSet, chart: Chart) -> Iterator[Ignored]:
    """The resources of no code, text or display that the chart neither uses nor lists."""
    found = {
        resource.source
        for resource in candidates(resources, lambda code: False, *_CODED)
        if resource.parent is None and not ((code := code_of(resource.data)).first or code.words)
    }
    if found:
        yield from (Ignored(source, "unreadable", "code") for source in found - _named(chart))


def _named(chart: Chart) -> set[str]:
    """What the chart was read from, and what it lists."""
    lists = [value for field in fields(chart) if isinstance(value := getattr(chart, field.name), list)]
    lesions = {lesion.source for scan in chart.scans for lesion in scan.lesions}
    return lesions | {item.source for items in lists for item in items if isinstance(item, Item | Ignored)}
