"""Walks whatever a prefetch holds (Bundles of every type, bare resources, bare arrays) to single resources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.fhir.elements import objects, text
from cds_service.fhir.ignored import Ignored

MAX_NESTING = 8
"""Bundles inside Bundles deeper than this are not opened; no real system nests more than two."""

UNREAD: dict[str, Any] = {"resource": {"resourceType": "Basic"}}
"""The entry that stands for one with a resource no rule can use; such a resource is not decoded."""

_ID = re.compile(r"[A-Za-z0-9\-._:|=~+@]{1,128}")


class Found(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One resource as found: its JSON, the entry's fullUrl and the prefetch key; type, id ("" if none is usable) and
    the name an assessment cites."""

    data: dict[str, Any]
    full_url: str
    key: str
    type: str
    id: str
    source: str


@dataclass(slots=True)
class Harvest:
    """Everything found under the prefetch keys. ``answered`` are keys with a usable answer, also an empty one."""

    found: list[Found] = field(default_factory=list)
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

    def _value(self, value: object, full_url: str, depth: int) -> None:
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
            self.result.found.append(_found(value, full_url, self.key))

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
        for entry in entries or ():
            if entry is UNREAD:
                self.resources += 1
                continue
            if not isinstance(entry, dict):
                self._unreadable("")
                continue
            self._value(_content(entry), text(entry.get("fullUrl")), depth + 1)

    def _unreadable(self, full_url: str, detail: str = "not a FHIR resource") -> None:
        self.broken += 1
        self.result.ignored.append(Ignored(full_url or f"prefetch.{self.key}", "unreadable", detail))


def _found(data: dict[str, Any], full_url: str, key: str) -> Found:
    kind, identity = data["resourceType"], data.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if isinstance(identity, str) and _ID.fullmatch(identity):
        return Found(data, full_url, key, kind, identity, f"{kind}/{identity}")
    return Found(data, full_url, key, kind, "", full_url or kind)


def _content(entry: dict[str, Any]) -> object:
    """What an entry holds: its resource or, in a batch-response, the outcome of a failed request; None if nothing."""
    if "request" in entry and _is_deletion(entry["request"]):
        return None
    resource = entry.get("resource")
    if resource is not None or not isinstance(response := entry.get("response"), dict):
        return resource
    if response.get("outcome") is not None:
        return response["outcome"]
    failed = text(response.get("status"))[:1] in ("4", "5")
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]} if failed else None


def _is_deletion(request: object) -> bool:
    return isinstance(request, dict) and text(request.get("method")).upper() == "DELETE"
