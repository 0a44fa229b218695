"""One pass over a record for all its readers: which Observation says what by its code, which texts were read.

A record repeats few codes many times, so a question is asked once per code and not once per Observation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from cds_service.fhir.elements import objects
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, all_said, said

_T = TypeVar("_T")
_NOTHING = Said((), frozenset(), (), "")


def code_of(part: Mapping[str, Any]) -> Said:
    """What the code of a resource or component says."""
    concept = part.get("code")
    if isinstance(concept, dict):
        return said(concept)
    return next(all_said(part, "code"), _NOTHING)


def once(resources: ResourceSet, name: str, compute: Callable[[], _T]) -> _T:
    """What ``compute`` gives for this record, computed at the first call and kept with the record."""
    if name not in resources.memo:
        resources.memo[name] = compute()
    found: _T = resources.memo[name]
    return found


def speaking(resources: ResourceSet, of: Callable[[Said], object]) -> tuple[Resource, ...]:
    """The Observations whose code, or that of a component, is ``of`` something, in the record's order."""
    observations = resources.of("Observation")
    groups = once(resources, "observations by code", lambda: _by_code(observations))
    places = {place for what, found in groups if of(what) for place in found}
    return tuple(observations[place] for place in sorted(places))


def _by_code(observations: tuple[Resource, ...]) -> list[tuple[Said, list[int]]]:
    groups: dict[int, tuple[Said, list[int]]] = {}  # by identity: equal codes are read into one object
    for place, observation in enumerate(observations):
        data = observation.data
        for part in (data, *objects(data["component"])) if "component" in data else (data,):
            what = code_of(part)
            group = groups.get(id(what))
            if group is None:
                groups[id(what)] = what, [place]
            else:
                group[1].append(place)
    return list(groups.values())
