"""A prefetch as readable R4 resources of one patient, and the list of what could not be used and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import structs
from msgspec.structs import replace

from cds_service.fhir.bundle import Found, Harvest, harvest
from cds_service.fhir.elements import objects, reference, text
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.revisions import canonical
from cds_service.fhir.standing import current, take_deleted
from cds_service.fhir.status import is_read, unusable
from cds_service.fhir.subject import Identity, identifiers, patient_name, searched

_ORDERS = frozenset({"MedicationRequest", "ServiceRequest"})
PATIENT_KEY, CONDITIONS_KEY = "patient", "conditions"
"""The prefetch keys of the data no assessment can do without."""
_SOURCE = attrgetter("source")


class RequiredDataMissing(LookupError):
    """The Patient or the Conditions were not provided (412). ``keys`` names which, never any content."""

    def __init__(self, *keys: str) -> None:
        super().__init__("required data not provided: " + ", ".join(keys))
        self.keys = keys


class Resource(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One usable resource. ``source`` is what an assessment cites: "Observation/1", contained
    "DiagnosticReport/1#a", without an id the fullUrl; ``parent`` the resource it is contained in. ``full_url`` is ""
    of a contained one."""

    type: str
    id: str
    source: str
    data: dict[str, Any]
    key: str
    parent: Resource | None = None
    full_url: str = ""

    @property
    def status(self) -> str:
        return text(self.data.get("status"))


@dataclass(slots=True)
class ResourceSet:
    """The patient's usable resources, whatever order they came in, and what was left out."""

    patient: Resource
    ignored: list[Ignored] = field(default_factory=list)
    not_provided: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()  # of these, the keys that came with an error instead of data
    incomplete: frozenset[str] = frozenset()
    wrong_patient: bool = False
    by_type: dict[str, tuple[Resource, ...]] = field(default_factory=dict)
    by_reference: dict[str, Resource] = field(default_factory=dict)
    by_identifier: dict[tuple[str, str], Resource] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)  # what readers work out once and share

    def of(self, *types: str) -> tuple[Resource, ...]:
        """The resources of these types, contained ones included, in an order that does not depend on the input's."""
        return tuple(resource for kind in types for resource in self.by_type.get(kind, ()))

    def resolve(self, target: object, within: Resource | None = None) -> Resource | None:
        """What a Reference element names: contained, relative, absolute, urn, conditional or by logical identifier.

        None if it is not there, or was left out.
        """
        literal = reference(target)
        if literal.startswith("#"):
            owner = within.parent or within if within else None
            return self.by_reference.get(f"{owner.source}{literal}") if owner else None
        if "?" in literal:
            kind = literal.partition("?")[0]
            asked = (found for name in searched(literal) if (found := self.by_identifier.get(name)))
            return next((found for found in asked if found.type == kind), None)
        if literal:
            literal = literal.split("/_history/", 1)[0]
            return (
                self._beside(literal, within)
                or self.by_reference.get(literal)
                or self.by_reference.get("/".join(literal.rsplit("/", 2)[-2:]))
            )
        named = identifiers({"identifier": target.get("identifier")}) if isinstance(target, Mapping) else ()
        return next((found for name in named if (found := self.by_identifier.get(name))), None)

    def _beside(self, literal: str, within: Resource | None) -> Resource | None:
        """What a relative reference names on the server its owner came from."""
        owner = within.parent or within if within else None
        if owner is None or not owner.full_url.endswith(name := f"{owner.type}/{owner.id}"):
            return None
        return self.by_reference.get(owner.full_url.removesuffix(name) + literal)


def read_resources(
    prefetch: Mapping[str, Any],
    *,
    patient_id: str,
    declared: Collection[str] = (),
    useful: Callable[[Mapping[str, Any]], bool] = lambda data: True,
) -> ResourceSet:
    """The usable resources of ``patient_id`` in a decoded prefetch.

    ``declared`` are the keys the service asked for: those absent or failed become ``not_provided``. What is not
    ``useful`` is passed over unread.
    Raises RequiredDataMissing; nothing else, whatever the prefetch holds.
    """
    found = harvest(prefetch)
    patients = [item for item in found.found if item.type == "Patient"]
    _require(prefetch, found, patients, declared)
    record = (item.data for item in found.found if is_read(item.type) and useful(item.data))
    reader = _Reader(Identity(patient_id, [(item.data, item.full_url) for item in patients], record), found)
    usable = reader.read(useful)
    first, right = _patient(usable, patients, patient_id)
    named = {key for key in (*declared, *prefetch) if key not in found.answered}
    return _indexed(
        ResourceSet(
            patient=first,
            ignored=sorted(set(reader.ignored)),
            not_provided=frozenset(named),
            failed=frozenset(named.intersection(prefetch)),
            incomplete=frozenset(found.incomplete),
            wrong_patient=not right or reader.all_conditions_foreign,
        ),
        usable,
        reader.urls,
    )


def read_drafts(draft_orders: Mapping[str, Any], record: ResourceSet) -> ResourceSet:
    """The usable resources of ``context.draftOrders``; their references also reach into the ``record``. Never fails."""
    found = harvest({"draftOrders": draft_orders})
    found.found = [
        structs.replace(item, data={**item.data, "status": "draft"})  # what the call says of them
        if item.type in _ORDERS and not item.data.get("status") else item
        for item in found.found
    ]  # fmt: skip
    patients = [(record.patient.data, url) for url, item in record.by_reference.items() if item.type == "Patient"]
    reader = _Reader(Identity(record.patient.id, patients, (item.data for item in found.found)), found)
    usable = reader.read(lambda data: True)
    drafts = _indexed(ResourceSet(patient=record.patient, ignored=sorted(set(reader.ignored))), usable, reader.urls)
    drafts.by_reference = record.by_reference | drafts.by_reference
    drafts.by_identifier = record.by_identifier | drafts.by_identifier
    return drafts


def _require(prefetch: Mapping[str, Any], found: Harvest, patients: Iterable[Found], declared: Collection[str]) -> None:
    """Patient and Conditions must have come: under their own keys, or the record came as one Bundle."""
    missing = []
    own = PATIENT_KEY in prefetch or PATIENT_KEY in declared
    if not any(not own or item.key == PATIENT_KEY for item in patients):
        missing.append(PATIENT_KEY)
    if (own or CONDITIONS_KEY in prefetch) and CONDITIONS_KEY not in found.answered:
        missing.append(CONDITIONS_KEY)
    if missing:
        raise RequiredDataMissing(*missing)


def _patient(usable: Iterable[Resource], patients: list[Found], patient_id: str) -> tuple[Resource, bool]:
    """The Patient and whether it is the one of the request; if another one was prefetched, that one."""
    own = [item for item in patients if item.key == PATIENT_KEY]
    right = [resource for resource in usable if resource.type == "Patient"]
    if right and all(patient_name(item.data, item.full_url) == patient_id for item in own):
        first = min(right, key=lambda resource: canonical(resource.data)) if len(right) > 1 else right[0]
        return replace(first, id=patient_id), True
    pool = own or patients
    others = [item for item in pool if patient_name(item.data, item.full_url) != patient_id]
    other = min(others or pool, key=lambda item: canonical(item.data))
    return Resource(other.type, other.id, other.source, other.data, other.key), False


class _Reader:
    """Drops what may not be used, merges versions and duplicates, and lifts contained observations."""

    def __init__(self, identity: Identity, found: Harvest) -> None:
        self.identity, self.harvest = identity, found
        self.ignored = list(found.ignored)
        self.urls: dict[str, str] = {}
        self.conditions: list[bool] = []

    @property
    def all_conditions_foreign(self) -> bool:
        return bool(self.conditions) and all(self.conditions)

    def read(self, useful: Callable[[Mapping[str, Any]], bool]) -> list[Resource]:
        groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
        for item in self.harvest.found:
            if is_read(item.type) and useful(item.data) and self._is_patients(item):
                groups[item.type, item.id or item.source].append(item)
        self.ignored += take_deleted(groups, self.harvest)
        usable: list[Resource] = []
        for group in groups.values():
            for item in group if len(group) == 1 else current(group, self.ignored):
                self._use(item, usable)
        return usable

    def _is_patients(self, item: Found) -> bool:
        if item.type == "Patient":
            if patient_name(item.data, item.full_url) == self.identity.id:
                return True
            self.ignored.append(Ignored(item.source, "other-patient"))
            return False
        whose = self.identity.whose(item.data)
        if item.type == "Condition":
            self.conditions.append(whose in ("other", "unknown"))
        if whose in ("patient", "not-said"):
            return True
        detail = "" if whose == "other" else "the subject could not be matched to the patient"
        self.ignored.append(Ignored(item.source, "other-patient", detail))
        return False

    def _use(self, item: Found, usable: list[Resource]) -> None:
        reason = unusable(item.data)
        if reason is not None:
            self.ignored.append(Ignored(item.source, *reason))
            return
        resource = Resource(item.type, item.id, item.source, item.data, item.key, None, item.full_url)
        usable.append(resource)
        if item.full_url:
            self.urls[item.full_url] = item.source
        if "contained" in item.data:
            usable += self._contained(resource)

    def _contained(self, parent: Resource) -> list[Resource]:
        found = []
        for data in objects(parent.data.get("contained")):
            kind, local = text(data.get("resourceType")), text(data.get("id"))
            if not kind or not local or kind == "Patient":
                continue
            source = f"{parent.source}#{local}"
            if self.identity.whose(data) == "other":
                self.ignored.append(Ignored(source, "other-patient"))
            elif is_read(kind) and (reason := unusable(data)):
                self.ignored.append(Ignored(source, *reason))
            else:
                found.append(Resource(kind, local, source, data, parent.key, parent))
        return found


def _indexed(result: ResourceSet, usable: list[Resource], urls: Mapping[str, str]) -> ResourceSet:
    by_type: dict[str, list[Resource]] = defaultdict(list)
    for resource in _ordered(usable):
        by_type[resource.type].append(resource)
        result.by_reference.setdefault(resource.source, resource)
        if "identifier" in resource.data:
            for name in identifiers(resource.data):
                result.by_identifier.setdefault(name, resource)
    for url, source in urls.items():
        if source in result.by_reference:
            result.by_reference.setdefault(url, result.by_reference[source])
    result.by_type = {kind: tuple(found) for kind, found in by_type.items()}
    return result


def _ordered(usable: list[Resource]) -> list[Resource]:
    """By name; those that one name stands for in an order of their own."""
    ordered = sorted(usable, key=_SOURCE)
    if len({resource.source for resource in ordered}) == len(ordered):  # as nearly always
        return ordered
    return [resource for _, same in groupby(ordered, key=_SOURCE) for resource in _stable(list(same))]


def _stable(same: list[Resource]) -> list[Resource]:
    return sorted(same, key=lambda resource: canonical(resource.data)) if len(same) > 1 else same
