"""A prefetch as readable R4 resources of one patient, and the list of what could not be used and why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from cds_service.fhir.bundle import Found, Harvest, harvest
from cds_service.fhir.elements import objects, reference, text
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.revisions import canonical, version_of
from cds_service.fhir.status import is_read, unusable
from cds_service.fhir.subject import Identity, identifiers, patient_name
from cds_service.fhir.validation import problems

PATIENT_KEY, CONDITIONS_KEY = "patient", "conditions"
"""The prefetch keys of the data no assessment can do without."""
_ID = re.compile(r"[A-Za-z0-9\-._:|=~+@]{1,128}")


class RequiredDataMissing(LookupError):
    """The Patient or the Conditions were not provided (412). ``keys`` names which, never any content."""

    def __init__(self, *keys: str) -> None:
        super().__init__("required data not provided: " + ", ".join(keys))
        self.keys = keys


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One usable resource. ``source`` is what an assessment cites: "Observation/1", contained
    "DiagnosticReport/1#a", without an id the fullUrl; ``parent`` the resource it is contained in."""

    type: str
    id: str
    source: str
    data: dict[str, Any]
    key: str
    parent: Resource | None = None

    @property
    def status(self) -> str:
        return text(self.data.get("status"))

    @property
    def valid(self) -> bool:
        """Whether it passes strict R4 validation; one that does not is used as far as it is readable."""
        return not problems(self.data)


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
        """What a Reference element names: contained, relative, absolute, urn or by logical identifier.

        None if it is not there, or was left out.
        """
        literal = reference(target)
        if literal.startswith("#"):
            owner = within.parent or within if within else None
            return self.by_reference.get(f"{owner.source}{literal}") if owner else None
        if literal:
            literal = literal.split("/_history/", 1)[0]
            return self.by_reference.get(literal) or self.by_reference.get("/".join(literal.rsplit("/", 2)[-2:]))
        named = identifiers({"identifier": target.get("identifier")}) if isinstance(target, Mapping) else ()
        return next((found for name in named if (found := self.by_identifier.get(name))), None)


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
    _require(prefetch, found, declared)
    patients = [(item.data, item.full_url) for item in found.found if item.data["resourceType"] == "Patient"]
    identity = Identity(patient_id, patients)
    reader = _Reader(identity, found)
    usable = reader.read(useful)
    first, right = _patient(usable, found, patient_id)
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
    patients = [(record.patient.data, url) for url, item in record.by_reference.items() if item.type == "Patient"]
    reader = _Reader(Identity(record.patient.id, patients), found)
    usable = reader.read(lambda data: True)
    drafts = _indexed(ResourceSet(patient=record.patient, ignored=sorted(set(reader.ignored))), usable, reader.urls)
    drafts.by_reference = record.by_reference | drafts.by_reference
    drafts.by_identifier = record.by_identifier | drafts.by_identifier
    return drafts


def _require(prefetch: Mapping[str, Any], found: Harvest, declared: Collection[str]) -> None:
    """Patient and Conditions must have come: under their own keys, or the record came as one Bundle."""
    missing = []
    own = PATIENT_KEY in prefetch or PATIENT_KEY in declared
    if not any(item.data["resourceType"] == "Patient" and (not own or item.key == PATIENT_KEY) for item in found.found):
        missing.append(PATIENT_KEY)
    if (own or CONDITIONS_KEY in prefetch) and CONDITIONS_KEY not in found.answered:
        missing.append(CONDITIONS_KEY)
    if missing:
        raise RequiredDataMissing(*missing)


def _patient(usable: Iterable[Resource], found: Harvest, patient_id: str) -> tuple[Resource, bool]:
    """The Patient and whether it is the one of the request; if another one was prefetched, that one."""
    own = [item for item in found.found if item.data["resourceType"] == "Patient" and item.key == PATIENT_KEY]
    right = [resource for resource in usable if resource.type == "Patient"]
    if right and all(patient_name(item.data, item.full_url) == patient_id for item in own):
        return replace(min(right, key=lambda resource: canonical(resource.data)), id=patient_id), True
    pool = own or [item for item in found.found if item.data["resourceType"] == "Patient"]
    others = [item for item in pool if patient_name(item.data, item.full_url) != patient_id]
    other = min(others or pool, key=lambda item: canonical(item.data))
    kind, identity, source = name_of(other)
    return Resource(kind, identity, source, other.data, other.key), False


class _Reader:
    """Drops what may not be used, merges versions and duplicates, and lifts contained observations."""

    def __init__(self, identity: Identity, found: Harvest) -> None:
        self.identity, self.found = identity, found.found
        self.ignored = list(found.ignored)
        self.urls: dict[str, str] = {}
        self.conditions: list[bool] = []

    @property
    def all_conditions_foreign(self) -> bool:
        return bool(self.conditions) and all(self.conditions)

    def read(self, useful: Callable[[Mapping[str, Any]], bool]) -> list[Resource]:
        groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
        for item in self.found:
            if is_read(item.data["resourceType"]) and useful(item.data) and self._is_patients(item):
                kind, identity, source = name_of(item)
                groups[kind, identity or source].append(item)
        usable: list[Resource] = []
        for group in groups.values():
            for item in self._current(group):
                usable += self._usable(item)
        return usable

    def _is_patients(self, item: Found) -> bool:
        data = item.data
        if data["resourceType"] == "Patient":
            if patient_name(data, item.full_url) == self.identity.id:
                return True
            self.ignored.append(Ignored(name_of(item)[2], "other-patient"))
            return False
        whose = self.identity.whose(data)
        if data["resourceType"] == "Condition":
            self.conditions.append(whose in ("other", "unknown"))
        if whose in ("patient", "not-said"):
            return True
        detail = "" if whose == "other" else "the subject could not be matched to the patient"
        self.ignored.append(Ignored(name_of(item)[2], "other-patient", detail))
        return False

    def _current(self, group: list[Found]) -> list[Found]:
        """The newest of several versions of one resource; versions nothing tells apart are all kept."""
        if len(group) == 1:
            return group
        ordered = sorted(group, key=lambda item: (version_of(item.data), item.key, item.full_url))
        # Where it came from and when it was stored is no difference in what it says.
        distinct = {canonical({**item.data, "meta": None}): item for item in ordered}
        if len(distinct) == 1 or not name_of(group[0])[1]:
            return list(distinct.values())
        newest = max(version_of(item.data) for item in distinct.values())
        kept = [item for item in distinct.values() if version_of(item.data) == newest]
        if len(kept) < len(distinct):
            self.ignored.append(Ignored(name_of(group[0])[2], "superseded", "an older version of the same resource"))
        return kept

    def _usable(self, item: Found) -> list[Resource]:
        kind, identity, source = name_of(item)
        reason = unusable(item.data)
        if reason is not None:
            self.ignored.append(Ignored(source, *reason))
            return []
        resource = Resource(kind, identity, source, item.data, item.key)
        if item.full_url:
            self.urls[item.full_url] = source
        return [resource, *self._contained(resource)] if "contained" in item.data else [resource]

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
    usable.sort(key=lambda resource: resource.source)
    ordered = [
        resource for _, same in groupby(usable, key=lambda resource: resource.source) for resource in _stable(same)
    ]
    by_type: dict[str, list[Resource]] = defaultdict(list)
    for resource in ordered:
        by_type[resource.type].append(resource)
        result.by_reference.setdefault(resource.source, resource)
        for name in identifiers(resource.data) if "identifier" in resource.data else ():
            result.by_identifier.setdefault(name, resource)
    for url, source in urls.items():
        if source in result.by_reference:
            result.by_reference.setdefault(url, result.by_reference[source])
    result.by_type = {kind: tuple(found) for kind, found in by_type.items()}
    return result


def _stable(same: Iterable[Resource]) -> list[Resource]:
    """Resources one name stands for, in an order of their own."""
    found = list(same)
    return sorted(found, key=lambda resource: canonical(resource.data)) if len(found) > 1 else found


def name_of(item: Found) -> tuple[str, str, str]:
    """Type, id ("" if none is usable) and the name an assessment cites."""
    kind, identity = str(item.data["resourceType"]), item.data.get("id")
    identity = str(identity) if isinstance(identity, str | int) and not isinstance(identity, bool) else ""
    if not _ID.fullmatch(identity):
        identity = ""
    return kind, identity, f"{kind}/{identity}" if identity else item.full_url or kind
