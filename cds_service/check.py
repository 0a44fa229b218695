"""``prrt-cds check``: which resources of a Bundle are used, for what, and which are not, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from cds_service.assess import Assessor
from cds_service.fhir.bundle import harvest
from cds_service.fhir.elements import data_absent, objects, reference
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.revisions import canonical
from cds_service.fhir.status import is_read
from cds_service.fhir.validation import problems
from cds_service.hooks.answer import chart_of
from cds_service.hooks.request import HookCall
from cds_service.policy import Policy
from cds_service.record.codes import all_said
from cds_service.record.model import Chart, Item, LabResult
from cds_service.rulebook import Rulebook
from cds_service.rulebook.library import Wording
from cds_service.terminal import table

_HELPERS = frozenset({"Medication", "Specimen", "ImagingStudy", "BodyStructure", "Binary"})
"""Types that are read only where another resource names them."""
_HOLDING = ("value", "component", "hasMember")  # elements in which an Observation says something
_MOST_NAMED = 5  # names of resources in one line


@dataclass(frozen=True, slots=True)
class Used:
    """One resource that was read: what as, the facts that rest on it, the criteria it decides, and where it is not
    valid R4 (element path and kind of fault)."""

    source: str
    read_as: tuple[str, ...]
    facts: tuple[str, ...]
    criteria: tuple[str, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of every resource of a Bundle. ``ambiguous``: source -> what could be meant in two ways, used or not;
    ``unneeded``: source -> why no rule could use it; ``wrong_patient``: nothing else was read."""

    used: tuple[Used, ...]
    ignored: tuple[Ignored, ...]
    ambiguous: Mapping[str, tuple[str, ...]]
    unneeded: Mapping[str, str]
    wrong_patient: bool = False

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON; empty members of a row are left out."""
        return {
            "used": [_row(source=row.source, **{"as": row.read_as}, facts=row.facts, criteria=row.criteria,
                          not_valid_r4=row.faults) for row in self.used],
            "ignored": [_row(source=row.source, why=row.why, detail=row.detail) for row in self.ignored],
            "ambiguous": [{"source": source, "why": list(why)} for source, why in self.ambiguous.items()],
            "not_needed": [{"source": source, "why": why} for source, why in self.unneeded.items()],
            **({"wrong_patient": True} if self.wrong_patient else {}),
        }  # fmt: skip

    def as_text(self, wording: Wording) -> str:
        """The same as tables."""
        used = [(row.source, ", ".join(row.read_as), _for(row, wording)) for row in self.used]
        blocks = [table([("used", "read as", "for"), *used])]
        if self.wrong_patient:
            blocks.append("The Patient of the record is another one: nothing else was read.")
        ignored = [
            (row.source, wording.say("why", row.why) + (f" ({row.detail})" if row.detail else ""))
            for row in self.ignored
        ]
        blocks.append(table([("not used", "why"), *ignored]) if ignored else "Nothing was left out.")
        if self.ambiguous:
            rows = [(source, "; ".join(why)) for source, why in self.ambiguous.items()]
            blocks.append(table([("ambiguous", "why"), *rows]))
        if faults := [(row.source, ", ".join(row.faults)) for row in self.used if row.faults]:
            blocks.append(table([("used although not valid R4", "where"), *faults]))
        if self.unneeded:
            blocks.append(table([("not needed", "why", "which"), *_grouped(self.unneeded)]))
        return "\n\n".join(blocks)


def check(call: HookCall, book: Rulebook, policy: Policy, on: date) -> Checked:
    """Reads and assesses the call's record. Raises RequiredDataMissing, EngineError."""
    chart = chart_of(call, book, on)
    assessor = Assessor(book, policy)
    assessment = assessor.assess(chart, today=on, hook=call.hook, hook_instance=call.hook_instance)
    read_as = _collected(_read_as(chart))
    facts = _collected((source, name) for name, known in assessment.facts.items() for source in known.sources)
    criteria = _collected(
        (source, line["id"]) for line in assessment.to_json().get("criteria", ()) for source in line.get("sources", ())
    )
    ignored = tuple(sorted(set(assessment.ignored)))
    resources = _resources(call, {*read_as, *facts, *(row.source for row in ignored)})
    for source in {row.source for row in ignored} - read_as.keys() - criteria.keys():
        facts.pop(source, None)  # facts that say only that it was not used
    for name, helper in _helpers(read_as.keys() | facts.keys(), resources):
        read_as.setdefault(helper, (f"named by {name}",))
    used = tuple(
        Used(source, read_as.get(source, ()), facts.get(source, ()), criteria.get(source, ()),
             _faults(resources.get(source, ())))
        for source in sorted(read_as.keys() | facts.keys() | criteria.keys())
    )  # fmt: skip
    named = {source.partition("#")[0] for source in (*(row.source for row in used), *(row.source for row in ignored))}
    unneeded = {source: _unneeded(found[0]) for source, found in sorted(resources.items()) if source not in named}
    return Checked(
        used, ignored, _ambiguous(resources, named, chart), {} if chart.wrong_patient else unneeded, chart.wrong_patient
    )


def _resources(call: HookCall, cited: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Every resource as sent, by the name an assessment cites; several where a name stands for several contents."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for item in harvest({**call.prefetch, "draftOrders": call.draft_orders}).found:
        name = item.full_url if item.full_url in cited else item.source  # two servers' resources of one id
        found[name][canonical({**item.data, "meta": None})] = item.data
    return {source: list(contents.values()) for source, contents in found.items()}


def _collected(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for source, what in pairs:
        found[source].add(what)
    return {source: tuple(sorted(what)) for source, what in found.items()}


def _read_as(chart: Chart) -> Iterator[tuple[str, str]]:
    """(source, what was read from it) for everything in the chart."""
    yield chart.person.source, "patient"
    for field in fields(chart):
        items = getattr(chart, field.name)
        for item in items if isinstance(items, list) else ():
            if isinstance(item, LabResult):
                if item.problem is None:
                    yield item.source, item.analyte
            elif isinstance(item, Item):
                yield item.source, field.name.replace("_", " ")
    yield from ((lesion.source, "lesion") for scan in chart.scans for lesion in scan.lesions if lesion.source)


def _helpers(read: Iterable[str], resources: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """(resource that was read, one it names and is read with)."""
    for source in sorted(read):
        for data in resources.get(source.partition("#")[0], ()):
            for value in data.values():
                for target in objects(value):
                    name = "/".join(reference(target).rsplit("/", 2)[-2:])
                    if name in resources and name.partition("/")[0] in _HELPERS:
                        yield source, name


def _faults(contents: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({fault for data in contents for fault in problems(data)}))


def _ambiguous(
    resources: Mapping[str, list[dict[str, Any]]], named: set[str], chart: Chart
) -> dict[str, tuple[str, ...]]:
    """What a reader of the record should look at: it could be meant in two ways."""
    superseded = {row.source for row in chart.ignored if row.why == "superseded"}
    found: dict[str, list[str]] = defaultdict(list)
    for source, contents in resources.items():
        if len(contents) > 1 and source not in superseded and source in named:
            found[source].append("several contents under this name, and nothing says which is newer")
        data = contents[0]
        if source in named and _names_no_patient(data):
            found[source].append("names no patient; taken as this patient's")
        names = {concept.name for said in all_said(data, "code") for concept in said.concepts if not concept.refused}
        if data["resourceType"] == "Observation" and len(names) > 1 and not chart.wrong_patient:
            found[source].append("its codes say different things")
    for source, why in _same_day(chart):
        found[source].append(why)
    return {source: tuple(why) for source, why in sorted(found.items())}


def _names_no_patient(data: Mapping[str, Any]) -> bool:
    kind = data["resourceType"]
    return kind not in ("Patient", "Appointment", "Practitioner", *_HELPERS) and not (
        data.get("subject") or data.get("patient")
    )


def _same_day(chart: Chart) -> Iterator[tuple[str, str]]:
    """Results of one test and day that are not the same."""
    days: dict[tuple[str, object], list[LabResult]] = defaultdict(list)
    for result in chart.labs:
        if result.value is not None:
            days[result.analyte, result.when].append(result)
    for (analyte, _), same in days.items():
        if len({(result.value, result.unit) for result in same}) > 1:
            why = f"another {analyte} of the same day differs"
            yield from ((source, why) for source in {result.source for result in same})


def _unneeded(data: Mapping[str, Any]) -> str:
    kind = data["resourceType"]
    if not is_read(kind):
        return "no rule reads this type"
    if any(concept.refused for said in all_said(data, "code") for concept in said.concepts):
        return "its code is known and means something else"
    if kind == "Observation" and (data_absent(data) or not any(name.startswith(_HOLDING) for name in data)):
        return "it holds no value"
    return "no rule asks for what it says"


def _for(row: Used, wording: Wording) -> str:
    """What rests on a resource, in words."""
    decides = ", ".join(wording.say("item", name) for name in row.criteria)
    facts = ", ".join(row.facts)
    return "; ".join(part for part in (decides, facts and f"facts: {facts}") if part) or "nothing rests on it now"


def _grouped(unneeded: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(how many of which type, why, the first names)."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, why in unneeded.items():
        groups[source.partition("/")[0] if "/" in source else "resource", why].append(source)
    for (kind, why), sources in sorted(groups.items()):
        more = f" and {len(sources) - _MOST_NAMED} more" if len(sources) > _MOST_NAMED else ""
        yield f"{len(sources)} {kind}", why, ", ".join(sources[:_MOST_NAMED]) + more


def _row(**members: Any) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in members.items()
        if value not in ("", ())
    }
