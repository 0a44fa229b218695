"""One pass over a record for all its readers: which resource says what by its code, which texts were read.

A record repeats few codes many times, so a question is asked once per code and not once per resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from cds_service.fhir.elements import objects
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, all_said, said

_T = TypeVar("_T")
_NOTHING = Said((), frozenset(), (), "")
_DRUGS = frozenset({"MedicationAdministration", "MedicationStatement", "MedicationRequest"})
"""The types whose code is that of the drug."""
_BESIDE: dict[str, frozenset[str]] = {
    "Condition": frozenset({"extension", "stage"}),
    "Procedure": frozenset({"bodySite", "extension", "usedCode", "usedReference"}),
    "Observation": frozenset({"valueCodeableConcept"}),
}
"""Elements that may say, or complete, what the code of a resource leaves open."""


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


class Part(NamedTuple):
    """A resource or a component of it, its place in the record's order, and what its code says."""

    place: int
    resource: Resource
    data: Mapping[str, Any]
    code: Said


class _Index(NamedTuple):
    """The resources of one type: by code, and those of which the code alone cannot tell what they say."""

    by_code: list[list[Part]]
    untold: list[Part]


def parts_speaking(resources: ResourceSet, of: Callable[[Said], object]) -> list[Part]:
    """The Observations and components whose code is ``of`` something, in the record's order."""
    index = _index(resources, "Observation")
    return _ordered([parts for parts in index.by_code if of(parts[0].code)])


def speaking(resources: ResourceSet, of: Callable[[Said], object]) -> tuple[Resource, ...]:
    """The Observations whose code, or that of a component, is ``of`` something, in the record's order."""
    return tuple(dict.fromkeys([part.resource for part in parts_speaking(resources, of)]))


def candidates(resources: ResourceSet, of: Callable[[Said], object], *kinds: str) -> Iterator[Resource]:
    """The resources of these types whose code is ``of`` something, or that may say it beside their code.

    For a reader that asks each of them again by all it says; the others need not be asked.
    """
    for kind in kinds:
        index = _index(resources, kind)
        chosen = _ordered([index.untold, *(parts for parts in index.by_code if of(parts[0].code))])
        yield from dict.fromkeys([part.resource for part in chosen])


def _ordered(groups: list[list[Part]]) -> list[Part]:
    return sorted([part for parts in groups for part in parts], key=itemgetter(0))


def _index(resources: ResourceSet, kind: str) -> _Index:
    return once(resources, f"{kind} by code", lambda: _by_code(resources.of(kind), kind))


def _by_code(found: tuple[Resource, ...], kind: str) -> _Index:
    groups: dict[int, list[Part]] = {}  # by identity: equal codes are read into one object
    untold: list[Part] = []
    name, beside = ("medicationCodeableConcept" if kind in _DRUGS else "code"), _BESIDE.get(kind, frozenset())
    place = 0
    for resource in found:
        data = resource.data
        for part in (data, *objects(data["component"])) if "component" in data else (data,):
            place += 1
            concept = part.get(name)
            what = said(concept) if isinstance(concept, dict) else next(all_said(part, name), _NOTHING)
            entry = Part(place, resource, part, what)
            group = groups.get(id(what))
            if group is None:
                groups[id(what)] = [entry]
            else:
                group.append(entry)
            if not isinstance(concept, dict) or not (what.first or what.words) or not beside.isdisjoint(part):
                untold.append(entry)
    return _Index(list(groups.values()), untold)
