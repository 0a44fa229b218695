"""What several readers share: when something was, and which of its words may be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from operator import attrgetter
from typing import Any, TypeVar

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import dated, effective
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import all_said
from cds_service.record.model import Item, Lesion

_Found = TypeVar("_Found", bound=Item | Lesion)


def by_source(found: Collection[_Found], within: Callable[[_Found], Any] = repr) -> list[_Found]:
    """What was found in the order of its sources; what came of one source in that of all it says, or of ``within``."""
    if len({item.source for item in found}) == len(found):  # as mostly, and then the rest need not be worked out
        return sorted(found, key=attrgetter("source"))
    return sorted(found, key=lambda item: (item.source, within(item)))


def when_observed(resource: Resource, resources: ResourceSet, *fallbacks: str) -> Span | None:
    """The days a result holds for: its own effective date, its specimen's collection, the elements named in
    ``fallbacks``, or the same of the report it is contained in."""
    data = resource.data
    if span := effective(data):
        return span
    specimen = resources.resolve(data.get("specimen"), resource)
    collection = specimen.data.get("collection") if specimen else None
    if isinstance(collection, Mapping):
        start, end = dated(collection, "collected")
        if start or end:
            return start or end
    if span := effective(data, *fallbacks):
        return span
    return when_observed(resource.parent, resources, *fallbacks) if resource.parent else None


def first_date(data: Mapping[str, Any], *names: str) -> Span | None:
    """The first readable date among these elements."""
    return next((span for name in names if (span := parse_date(data.get(name)))), None)


def free_texts(data: object, *path: str) -> Iterator[str]:
    """The texts and displays at ``path``, one by one, of CodeableConcepts none of whose codes is known."""
    return (words for item in all_said(data, *path) for words in item.texts)
