"""Walks whatever a prefetch holds (Bundles of every type, bare resources, bare arrays) to single resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.fhir.elements import objects, text
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.places import place_of
from cds_service.fhir.revisions import Version, version_of
from cds_service.fhir.status import is_read

MAX_NESTING = 8
"""Bundles inside Bundles deeper than this are not opened; no real system nests more than two."""

UNREAD: dict[str, Any] = {"resource": {"resourceType": "Basic"}}
"""The entry that stands for one with a resource no rule can use; such a resource is not decoded."""

_ID = re.compile(r"[A-Za-z0-9\-._:|=~+@]{1,128}")


class Found(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One resource as found: its JSON, the entry's fullUrl and the prefetch key; type, id ("" if none is usable), the
    name an assessment cites and the entry's ``response``."""

    data: dict[str, Any]
    full_url: str
    key: str
    type: str
    id: str
    source: str
    response: Any = None


class Deletion(msgspec.Struct, frozen=True, eq=False, gc=False):
    """That a resource was deleted on a server ("" if not said which), and when. ``newer`` are the indices in
    ``Harvest.found`` of what the same history lists before it."""

    type: str
    id: str
    base: str
    version: Version
    newer: range


@dataclass(slots=True)
class Harvest:
    """Everything found under the prefetch keys. ``answered`` are keys with a usable answer, also an empty one."""

    found: list[Found] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    incomplete: set[str] = field(default_factory=set)


def harvest(prefetch: Mapping[str, Any]) -> Harvest:
    """All resources of a prefetch, entry by entry; never fails."""
    result = Harvest()
    for key in sorted(prefetch, key=str):
        _Key(str(key), result).take(prefetch[key])
    return result


class _Key:
    """The walk below one prefetch key."""

    def __init__(self, key: str, result: Harvest) -> None:
        self.key, self.result = key, result
        self.outcomes = self.resources = self.broken = 0
        self.failed = False

    def take(self, value: object) -> None:
        self._value(value, "", 0)
        if self.resources or not (self.outcomes or self.broken):
            self.result.answered.add(self.key)
            if self.failed:  # an answer with an error beside it may lack something
                self.result.incomplete.add(self.key)

    def _value(self, value: object, full_url: str, depth: int, response: object = None) -> None:
        if value is None:
            return
        if isinstance(value, list):
            for item in value if depth <= MAX_NESTING else ():
                self._value(item, "", depth + 1)
            return
        if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
            self._unreadable(full_url)
            return
        kind = value["resourceType"]
        if kind == "Bundle":
            self._bundle(value, depth)
        elif kind == "OperationOutcome":
            self.outcomes += 1
            severities = {text(issue.get("severity")) for issue in objects(value.get("issue"))}
            self.failed |= bool(severities & {"error", "fatal"})
        elif kind == "Parameters":
            for part in objects(value.get("parameter")):
                if "resource" in part:
                    self._value(part["resource"], "", depth + 1)
        else:
            self.resources += 1
            self.result.found.append(_found(value, full_url, self.key, response))

    def _bundle(self, bundle: dict[str, Any], depth: int) -> None:
        if depth > MAX_NESTING:
            self._unreadable("", "Bundle nested too deeply")
            return
        if any(text(link.get("relation")) == "next" for link in objects(bundle.get("link"))):
            self.result.incomplete.add(self.key)
        entries = bundle.get("entry")
        if entries is not None and not isinstance(entries, list):
            self._unreadable("", "Bundle without readable entries")
            return
        start = len(self.result.found) if bundle.get("type") == "history" else None  # its newest comes first
        for entry in entries or ():
            if entry is UNREAD:
                self.resources += 1
                continue
            if not isinstance(entry, dict):
                self._unreadable("")
                continue
            if "request" in entry and _is_deletion(entry["request"]):
                self._deletion(entry, start)
                continue
            self._value(_content(entry), text(entry.get("fullUrl")), depth + 1, entry.get("response"))

    def _deletion(self, entry: dict[str, Any], start: int | None) -> None:
        """Notes what an entry deletes; what it holds besides is deleted too."""
        full_url, response, data = text(entry.get("fullUrl")), entry.get("response"), entry.get("resource")
        here = len(self.result.found)
        own, full = place_of(text(entry["request"].get("url"))), place_of(full_url)
        place = own or full
        if place is not None and place.type != "Patient":  # the call itself speaks of the patient
            base = place.base or (full.base if full and full[1:3] == place[1:3] else "")
            version = version_of({"meta": {"versionId": place.version}}, response)
            newer = range(here if start is None else start, here)
            self.result.deletions.append(Deletion(place.type, place.id, base, version, newer))
        if isinstance(data, dict) and isinstance(data.get("resourceType"), str) and is_read(data["resourceType"]):
            source = _found(data, full_url, self.key, response).source
            self.result.ignored.append(Ignored(source, "superseded", "deleted"))

    def _unreadable(self, full_url: str, detail: str = "not a FHIR resource") -> None:
        self.broken += 1
        self.result.ignored.append(Ignored(full_url or f"prefetch.{self.key}", "unreadable", detail))


def _found(data: dict[str, Any], full_url: str, key: str, response: object) -> Found:
    kind, identity = data["resourceType"], data.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if isinstance(identity, str) and _ID.fullmatch(identity):
        return Found(data, full_url, key, kind, identity, f"{kind}/{identity}", response)
    return Found(data, full_url, key, kind, "", full_url or kind, response)


def _content(entry: dict[str, Any]) -> object:
    """What an entry holds: its resource or, in a batch-response, the outcome of a failed request; None if nothing."""
    resource = entry.get("resource")
    if resource is not None or not isinstance(response := entry.get("response"), dict):
        return resource
    if response.get("outcome") is not None:
        return response["outcome"]
    failed = text(response.get("status"))[:1] in ("4", "5")
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]} if failed else None


def _is_deletion(request: object) -> bool:
    return isinstance(request, dict) and text(request.get("method")).upper() == "DELETE"
