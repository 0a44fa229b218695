"""Which versions of a resource stand: not those deleted later, and of several the newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from cds_service.fhir.bundle import Deletion, Found, Harvest
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.places import place_of
from cds_service.fhir.revisions import canonical, is_older, told_older, version_of

Groups = dict[tuple[str, str], list[Found]]
"""Resources by type and id (or, without an id, by the name they are cited by)."""


def take_deleted(groups: Groups, harvest: Harvest) -> Iterator[Ignored]:
    """Takes away the versions of deleted resources, but those surely stored after the deletion; lists them."""
    if not harvest.deletions:
        return
    index = {id(item): n for n, item in enumerate(harvest.found)}
    for deletion in harvest.deletions:
        group = groups.pop((deletion.type, deletion.id), [])
        standing = [item for item in group if _outlives(item, index[id(item)], deletion)]
        if len(standing) < len(group):
            yield Ignored(group[0].source, "superseded", "deleted")
        if standing:
            groups[deletion.type, deletion.id] = standing


def _outlives(item: Found, index: int, deletion: Deletion) -> bool:
    """Whether a version was stored after the deletion, or on another server."""
    if deletion.base and _base(item) not in ("", deletion.base):
        return True
    told = told_older(deletion.version, version_of(item.data, item.response))
    return index in deletion.newer if told is None else told


def _base(item: Found) -> str:
    """The server a resource came from by its fullUrl; "" if that does not tell."""
    place = place_of(item.full_url)
    return place.base if place and (place.type, place.id) == (item.type, item.id) else ""


def current(group: list[Found], ignored: list[Ignored]) -> list[Found]:
    """The newest of several versions of one resource; versions nothing tells apart are all kept.

    Ids are a server's own: those of several servers are different resources, and are cited by their fullUrls.
    """
    ordered = sorted(group, key=lambda item: (version_of(item.data, item.response), item.key, item.full_url))
    # Where it came from and when it was stored is no difference in what it says.
    distinct = {canonical({**item.data, "meta": None}): item for item in ordered}
    if len(distinct) == 1 or not group[0].id:
        return list(distinct.values())
    servers: dict[str, list[Found]] = defaultdict(list)
    for item in distinct.values():
        servers[_base(item)].append(item)
    if len(servers.keys() - {""}) < 2:
        return _newest(list(distinct.values()), ignored)
    named = ([replace(item, source=item.full_url) if base else item for item in some] for base, some in servers.items())
    return [item for some in named for item in _newest(some, ignored)]


def _newest(distinct: list[Found], ignored: list[Ignored]) -> list[Found]:
    versions = [(item, version_of(item.data, item.response)) for item in distinct]
    kept = [item for item, mine in versions if not any(is_older(mine, other) for _, other in versions)]
    kept = kept or distinct  # each older than another one: numbers, times and statuses disagree
    if len(kept) < len(distinct):
        ignored.append(Ignored(distinct[0].source, "superseded", "an older version of the same resource"))
    return kept
