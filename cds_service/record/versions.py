"""Versions of one report: which replaces which (an amended report replaces its earlier self, a final its draft)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence

from cds_service.dates import Span
from cds_service.fhir.elements import codings, effective, objects, reference, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource
from cds_service.fhir.subject import identifiers

UNFINISHED = frozenset({"registered", "partial", "preliminary"})
_RANK = {"registered": 0, "partial": 1, "preliminary": 2, "final": 3, "appended": 4, "amended": 5, "corrected": 6}
_TELLS_APART = ("basedOn", "specimen", "imagingStudy", "bodySite", "focus")
Kind = Callable[[Resource], Hashable]


def current(reports: Sequence[Resource], ignored: list[Ignored], same_kind: Kind) -> list[Resource]:
    """The newest version of every report; the older ones are listed as superseded.

    Two resources of the ``same_kind`` are versions of one report if they share an identifier, or if neither says it
    is another one (no differing order, specimen, study or site), they are of one day, and one is by its status the
    correction or the final of the other.
    """
    kept: list[Resource] = []
    for group in _by_identifier(reports, same_kind):
        newest = max(group, key=_newness) if len(group) > 1 else group[0]
        kept.append(newest)
        ignored += [Ignored(item.source, "superseded") for item in group if item.source != newest.source]
    if all(item.status == "final" for item in kept):  # as nearly always: none finishes or corrects another
        return sorted(kept, key=lambda item: item.source)
    days: dict[Hashable, list[Resource]] = defaultdict(list)
    for item in kept:
        if (day := _day(item)) is not None:
            days[same_kind(item), day].append(item)
    replaced = {source for group in days.values() for source in _replaced(group)}
    ignored += [Ignored(source, "superseded") for source in sorted(replaced)]
    return sorted((item for item in kept if item.source not in replaced), key=lambda item: item.source)


def corrected(results: Sequence[Resource]) -> set[str]:
    """The results that another of the same code, identifier and day corrects by its status.

    Without a shared identifier a corrected result may as well be another sample of the day; and results that merely
    share one (an order's number, say) are no corrections of each other.
    """
    groups: dict[Hashable, list[Resource]] = defaultdict(list)
    for item in results:
        for name in identifiers(item.data) if "identifier" in item.data else ():
            groups[same_code(item), _day(item), name].append(item)
    corrections = {key: max(group, key=_newness) for key, group in groups.items() if len(group) > 1}
    return {
        item.source
        for key, newest in corrections.items()
        for item in groups[key]
        if newest.status in ("amended", "corrected") and item.source != newest.source
    }


def same_code(resource: Resource) -> Hashable:
    """What tells kinds of result apart by their code: the codes themselves, else the words."""
    return frozenset(c.code for c in codings(resource.data, "code") if c.code) or words_at(resource.data, "code")


def _by_identifier(reports: Sequence[Resource], same_kind: Kind) -> list[list[Resource]]:
    """Reports of one kind joined by a shared identifier, directly or through a third."""
    groups: list[list[Resource]] = []
    place: dict[Hashable, int] = {}
    for report in sorted(reports, key=lambda item: item.source):
        if "identifier" not in report.data:
            groups.append([report])
            continue
        kind = same_kind(report)
        names = [(kind, name) for name in identifiers(report.data)]
        known = sorted({place[name] for name in names if name in place})
        at = known[0] if known else len(groups)
        if not known:
            groups.append([])
        groups[at].append(report)
        for other in known[1:]:  # this report joins groups that were apart so far
            groups[at] += groups[other]
            groups[other] = []
            place |= {name: at for name, group in place.items() if group == other}
        place |= dict.fromkeys(names, at)
    return [group for group in groups if group]


def _newness(report: Resource) -> tuple[bool, int, str, str, str]:
    meta = report.data.get("meta")
    changed = text(meta.get("lastUpdated")) if isinstance(meta, dict) else ""
    finished = report.status not in UNFINISHED
    return finished, _RANK.get(report.status, -1), text(report.data.get("issued")), changed, report.source


def _replaced(group: Sequence[Resource]) -> Iterator[str]:
    """Of the reports of one kind and day, those another one finishes or corrects."""
    finals = [item for item in group if item.status not in UNFINISHED]
    corrections = [item for item in finals if item.status != "final"]
    for older in group:
        newer = finals if older.status in UNFINISHED else corrections if older.status == "final" else []
        if any(item.source != older.source and not _tells_apart(item, older) for item in newer):
            yield older.source


def _day(report: Resource) -> Span | None:
    return effective(report.data, "issued")


def _tells_apart(first: Resource, second: Resource) -> bool:
    """Whether both say something at one of these elements and share nothing of it."""
    return any(
        (one := _said(first, name)) and (other := _said(second, name)) and not one & other for name in _TELLS_APART
    )


def _said(report: Resource, name: str) -> set[str]:
    return {
        reference(item) or text(item.get("text")) or "|".join(text(c.get("code")) for c in objects(item.get("coding")))
        for item in objects(report.data.get(name))
    } - {""}
