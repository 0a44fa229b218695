"""``prrt-cds check``: which resources of a Bundle are used, for what, and which are not, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from cds_service.assess import Assessor
from cds_service.fhir.bundle import harvest
from cds_service.hooks.answer import chart_of
from cds_service.hooks.request import HookCall
from cds_service.policy import Policy
from cds_service.record.model import Chart, Item, LabResult
from cds_service.rulebook import Rulebook
from cds_service.rulebook.library import Wording
from cds_service.terminal import table


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a Bundle. ``used``: source -> what was read from it; ``criteria``: source -> criteria it decides;
    ``ignored``: (source, why); ``unneeded``: resource type -> how many no rule could use."""

    used: dict[str, list[str]]
    criteria: dict[str, list[str]]
    ignored: list[tuple[str, str]]
    unneeded: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {
            "used": [
                {"source": source, "as": parts, "criteria": self.criteria.get(source, [])}
                for source, parts in self.used.items()
            ],
            "ignored": [{"source": source, "why": why} for source, why in self.ignored],
            "not_needed": self.unneeded,
        }

    def as_text(self, wording: Wording) -> str:
        """The same as tables."""
        used = [
            (source, ", ".join(parts), ", ".join(wording.say("item", c) for c in self.criteria.get(source, [])))
            for source, parts in self.used.items()
        ]
        ignored = [(source, wording.say("why", why)) for source, why in self.ignored]
        blocks = [
            table([("used", "read as", "decides"), *used]),
            table([("not used", "why"), *ignored]) if ignored else "Nothing was left out.",
        ]
        if self.unneeded:
            blocks.append("Not needed by any rule: " + ", ".join(f"{n} {kind}" for kind, n in self.unneeded.items()))
        return "\n\n".join(blocks)


def check(call: HookCall, book: Rulebook, policy: Policy, on: date) -> Checked:
    """Reads and assesses the call's record. Raises RequiredDataMissing, EngineError."""
    chart = chart_of(call, book, on)
    used: dict[str, list[str]] = defaultdict(list)
    for source, what in sorted(set(_read_as(chart))):
        used[source].append(what)
    assessor = Assessor(book, policy)
    assessment = assessor.assess(chart, today=on, hook=call.hook, hook_instance=call.hook_instance).to_json()
    criteria: dict[str, list[str]] = defaultdict(list)
    for line in assessment.get("criteria", []):
        for source in line.get("sources", []):
            criteria[source].append(line["id"])
    ignored = [(row["source"], row["why"]) for row in assessment.get("ignored", [])]
    named = {source.partition("#")[0] for source in (*used, *criteria, *(source for source, _ in ignored))}
    return Checked(dict(used), dict(criteria), ignored, _unneeded(call, named))


def _read_as(chart: Chart) -> Iterator[tuple[str, str]]:
    """(source, what was read from it) for everything in the chart."""
    yield chart.person.source, "patient"
    for field in fields(chart):
        items = getattr(chart, field.name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, Item):
                yield item.source, item.analyte if isinstance(item, LabResult) else field.name.replace("_", " ")


def _unneeded(call: HookCall, named: set[str]) -> dict[str, int]:
    found = {
        f"{item.data['resourceType']}/{item.data['id']}" if item.data.get("id") else item.full_url: item.data
        for item in harvest(call.prefetch).found
    }
    counts: dict[str, int] = defaultdict(int)
    for source, data in found.items():
        if source not in named:
            counts[data["resourceType"]] += 1
    return dict(sorted(counts.items()))
