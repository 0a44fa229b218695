"""Versions of one report: which replaces which (an amended report replaces its earlier self, a final its draft)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from cds_service.dates import Span
from cds_service.fhir.elements import effective, objects, reference, text
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource
from cds_service.fhir.subject import identifiers

UNFINISHED = frozenset({"registered", "partial", "preliminary"})
_RANK = {"registered": 0, "partial": 1, "preliminary": 2, "final": 3, "appended": 4, "amended": 5, "corrected": 6}


def current(
    reports: Sequence[Resource], ignored: list[Ignored], same_kind: Callable[[Resource], object]
) -> list[Resource]:
    """The newest version of every report; the older ones are listed as superseded.

    Two resources are versions of one report if they share an identifier, or if neither says it is another one (no
    differing identifier, order, specimen or encounter), they are of the ``same_kind`` and day, and one is a
    correction or the final of the other.
    """
    groups = _by_identifier(reports, same_kind)
    kept: list[Resource] = []
    for group in groups:
        newest = max(group, key=_newness)
        kept.append(newest)
        ignored += [Ignored(item.source, "superseded") for item in group if item.source != newest.source]
    alike: dict[object, list[Resource]] = defaultdict(list)
    for item in kept:
        alike[same_kind(item), _day(item)].append(item)
    replaced = {
        item.source for same in alike.values() for item in same for other in same if _replaces(other, item, same_kind)
    }
    ignored += [Ignored(source, "superseded") for source in sorted(replaced)]
    return sorted((item for item in kept if item.source not in replaced), key=lambda item: item.source)


def _by_identifier(reports: Sequence[Resource], same_kind: Callable[[Resource], object]) -> list[list[Resource]]:
    """Reports of one kind joined by a shared identifier, directly or through a third."""
    groups: list[tuple[set[object], list[Resource]]] = []
    for report in sorted(reports, key=lambda item: item.source):
        kind = same_kind(report)
        names: set[object] = {(kind, name) for name in identifiers(report.data)}
        joined = [group for group in groups if group[0] & names]
        merged = (names.union(*(g[0] for g in joined)), [*(r for g in joined for r in g[1]), report])
        groups = [group for group in groups if group not in joined] + [merged]
    return [group[1] for group in groups]


def _newness(report: Resource) -> tuple[int, int, str, str, str]:
    meta = report.data.get("meta")
    changed = text(meta.get("lastUpdated")) if isinstance(meta, dict) else ""
    rank = _RANK.get(report.status, -1)
    finished = 0 if report.status in UNFINISHED else 1
    return finished, rank if not finished or rank > 3 else 3, text(report.data.get("issued")), changed, report.source


def _replaces(newer: Resource, older: Resource, same_kind: Callable[[Resource], object]) -> bool:
    """Whether ``newer`` by its status is the finished or corrected form of ``older``."""
    if newer.source == older.source or _RANK.get(newer.status, -1) <= _RANK.get(older.status, -1):
        return False
    if newer.status in UNFINISHED or (newer.status == "final" and older.status not in UNFINISHED):
        return False
    if same_kind(newer) != same_kind(older) or (day := _day(newer)) is None or day != _day(older):
        return False
    return not any(_differ(newer, older, name) for name in ("basedOn", "specimen", "imagingStudy", "bodySite", "focus"))


def _day(report: Resource) -> Span | None:
    return effective(report.data, "issued")


def _differ(first: Resource, second: Resource, name: str) -> bool:
    """Whether both say something at ``name`` and share nothing of it."""
    one, other = _said(first, name), _said(second, name)
    return bool(one and other and not one & other)


def _said(report: Resource, name: str) -> set[str]:
    return {
        reference(item) or text(item.get("text")) or "|".join(text(c.get("code")) for c in objects(item.get("coding")))
        for item in objects(report.data.get(name))
    } - {""}
