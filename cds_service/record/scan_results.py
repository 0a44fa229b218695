"""Which Observations belong to which scan: listed or contained ones, and loose ones by study, order or day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cds_service.dates import Span
from cds_service.fhir.elements import codings, effective, notes, objects, reference, text, words_at
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record import lesions
from cds_service.record.codes import Said
from cds_service.record.index import code_of, speaking
from cds_service.record.tracers import SSTR_PET_TRACERS, Study, tracers_in

_PAIRED = frozenset({"netpet", "fdg-discordant"})
_PET_WORDS = re.compile(r"\bpet\b|positron", re.I)


def is_pairing(data: Mapping[str, Any]) -> bool:
    """Whether an Observation speaks of FDG and SSTR PET together (NETPET grade, discordance)."""
    return bool(code_of(data).names & _PAIRED)


def of_scan(data: dict[str, Any]) -> bool:
    """Whether an Observation says something of a scan."""
    return lesions.is_lesion(data) or is_pairing(data)


def _scan_said(code: Said) -> bool:
    return lesions.kind_said(code) is not None or bool(code.names & _PAIRED)


def measures(data: dict[str, Any], what: str) -> bool:
    """Whether an Observation or one of its components is of this kind ("krenning", "suv")."""
    return any(lesions.kind_of(part) == what for part in (data, *objects(data.get("component"))))


def listed(report: Resource, resources: ResourceSet) -> tuple[Resource, ...]:
    """The Observations of a report that say something of the scan, members of panels included, each once."""
    found: dict[str, Resource] = {}
    queue = [(report, "result")]
    while queue and len(found) < 2000:
        owner, name = queue.pop()
        for target in objects(owner.data.get(name)):
            item = resources.resolve(target, within=owner)
            if item is not None and item.type == "Observation" and item.source not in found:
                found[item.source] = item
                queue.append((item, "hasMember"))
    if report.data.get("contained"):
        for item in resources.of("Observation"):  # contained, but not listed as a result
            if item.parent is not None and item.parent.source == report.source:
                found.setdefault(item.source, item)
    return tuple(found[source] for source in sorted(found) if of_scan(found[source].data))


class Loose:
    """The scores and uptake values that no report lists."""

    def __init__(self, resources: ResourceSet, studies: Sequence[tuple[Resource, Study]]) -> None:
        self.resources, self.studies = resources, studies
        self.left = {item.source: item for item in speaking(resources, _scan_said) if item.parent is None}
        for report in (*(report for report, _ in studies), *resources.of("DiagnosticReport")):
            if not self.left:
                break
            for item in listed(report, resources):
                self.left.pop(item.source, None)
        self.owned: dict[str, list[Resource]] = {}
        for item in list(self.left.values()):
            if not is_pairing(item.data) and (owner := self._owner(item)) is not None:
                self.owned.setdefault(owner.source, []).append(self.left.pop(item.source))

    def of(self, report: Resource) -> tuple[Resource, ...]:
        """The loose Observations that belong to a report."""
        return tuple(self.owned.get(report.source, ()))

    def _owner(self, item: Resource) -> Resource | None:
        """The one report of the same imaging study or order, else the only fitting PET of the day."""
        links = _links(item, "partOf", "derivedFrom", "basedOn")
        linked = [report for report, _ in self.studies if links & _links(report, "imagingStudy", "basedOn")]
        if linked:
            return linked[0] if len(linked) == 1 else None
        score = measures(item.data, "krenning")
        if not score and not measures(item.data, "suv"):
            return None
        day = effective(item.data, "issued")
        same_day = [
            report
            for report, study in self.studies
            if _fits(study, score) and day is not None and effective(report.data, "issued") == day
        ]
        return same_day[0] if len(same_day) == 1 else None

    def alone(self) -> Iterator[tuple[Span | None, tuple[Resource, ...], Study | None]]:
        """Scores without any report, by day and study; the study is None when nothing says which scan it was."""
        groups: dict[tuple[Span | None, frozenset[str]], list[Resource]] = {}
        for item in self.left.values():
            if measures(item.data, "krenning"):
                key = effective(item.data, "issued"), frozenset(_links(item, "partOf", "derivedFrom", "basedOn"))
                groups.setdefault(key, []).append(item)
        for (day, _), items in sorted(groups.items(), key=lambda group: group[1][0].source):
            yield day, tuple(items), self._study(items)

    def _study(self, items: Sequence[Resource]) -> Study | None:
        words = " ".join(self._words(item) for item in items)
        tracers = tracers_in(words)
        modalities = {
            coding.code
            for item in items
            for other in self._sources(item)
            if other.type == "ImagingStudy"
            for coding in codings(other.data, "modality")
        }
        if len(tracers) > 1 or not (_PET_WORDS.search(words) or "PT" in modalities):
            return None
        tracer = next(iter(tracers), None)
        return Study("sstr-pet", tracer) if tracer is None or tracer in SSTR_PET_TRACERS else None

    def _words(self, item: Resource) -> str:
        said = [words_at(item.data, "code"), words_at(item.data, "method"), notes(item.data)]
        for other in self._sources(item):
            said.append(text(other.data.get("description")))
            said += [words_at(other.data, name) for name in ("procedureCode", "code")]
        return " ".join(part for part in said if part)

    def _sources(self, item: Resource) -> Iterator[Resource]:
        for name in ("partOf", "derivedFrom", "basedOn"):
            for target in objects(item.data.get(name)):
                if (other := self.resources.resolve(target, within=item)) is not None:
                    yield other


def _fits(study: Study, score: bool) -> bool:
    """Whether a score (SSTR scans only) or an SUV (any PET) can be of this study."""
    if study.pet:
        return True
    return study.modality in (("sstr-pet", "sstr-scintigraphy") if score else ("sstr-pet", "fdg-pet"))


def _links(item: Resource, *names: str) -> set[str]:
    return {found for name in names for target in objects(item.data.get(name)) if (found := reference(target))}
