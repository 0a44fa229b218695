"""A call read and assessed in process, with the chart beside the assessment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from cds_service.hooks.answer import chart_of
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import read_call
from cds_service.record.model import Chart, Item
from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import bench_of
from tests.fuzz.target import TODAY

INTEGRITY = {"D-01", "D-02"}
"""Rules that speak of what was left out: the only ones foreign and erroneous resources may change."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a call."""

    chart: Chart
    assessment: dict[str, Any]
    fact_sources: frozenset[str]

    @property
    def essence(self) -> dict[str, Any]:
        """What may not change: findings, rules, criteria with status and value, what is missing."""
        said = self.assessment
        return {
            "findings": said["findings"],
            "rules": {rule["code"] for rule in said.get("rules", ())} - INTEGRITY,
            "criteria": [(c["id"], c["status"], c.get("value"), c.get("date")) for c in said.get("criteria", ())],
            "missing": said.get("missing"),
        }

    @property
    def ignored(self) -> dict[str, set[str]]:
        """Source -> why."""
        found: dict[str, set[str]] = {}
        for row in self.assessment.get("ignored", ()):
            found.setdefault(row["source"], set()).add(row["why"])
        return found

    @property
    def cited(self) -> set[str]:
        """Every source a chart item, a fact or a criterion names."""
        criteria = {source for line in self.assessment.get("criteria", ()) for source in line.get("sources", ())}
        return criteria | self.fact_sources | {item.source for item in _items(self.chart)}


def read(call: dict[str, Any], today: date = TODAY, jurisdiction: str = "US") -> Read:
    """Reads and assesses a call. Raises RequiredDataMissing."""
    service = next(service for service in SERVICES.values() if service.hook == call["hook"])
    bench = bench_of(rules_folder())
    asked = read_call(json.dumps(call).encode(), service)
    chart = chart_of(asked, bench.book, today)
    assessor = bench.assessor(bench.policy_of({"jurisdiction": jurisdiction}))
    found = assessor.assess(chart, today=today, hook=asked.hook, hook_instance=asked.hook_instance)
    sources = frozenset(source for known in found.facts.values() for source in known.sources)
    return Read(chart, found.to_json(), sources)


def _items(chart: Chart) -> Iterator[Item]:
    for field in fields(chart):
        found = getattr(chart, field.name)
        yield from (item for item in found if isinstance(item, Item)) if isinstance(found, list) else ()


def resources(call: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources of a call whose prefetch holds searchsets, as they stand in it."""
    return [
        entry["resource"]
        for value in call["prefetch"].values()
        if isinstance(value, dict) and value.get("resourceType") == "Bundle"
        for entry in value.get("entry", ())
    ]


def name_of(item: dict[str, Any]) -> str:
    """What an assessment calls a resource that has an id."""
    return f"{item['resourceType']}/{item['id']}"


def mentions(sources: Iterable[str], name: str) -> bool:
    """Whether a resource or something contained in it is among the sources."""
    return any(source == name or source.startswith(f"{name}#") for source in sources)
