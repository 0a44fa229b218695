"""Walks whatever a prefetch holds (Bundles of every type, bare resources, bare arrays) to single resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cds_service.fhir.elements import objects, text
from cds_service.fhir.ignored import Ignored

MAX_NESTING = 8
"""Bundles inside Bundles deeper than this are not opened; no real system nests more than two."""

UNREAD: dict[str, Any] = {"resource": {"resourceType": "Basic"}}
"""The entry that stands for one with a resource no rule can use; such a resource is not decoded."""


@dataclass(slots=True)
class Found:
    """One resource as found: its JSON, the entry's fullUrl and the prefetch key."""

    data: dict[str, Any]
    full_url: str
    key: str


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
        match value["resourceType"]:
            case "Bundle":
                self._bundle(value, depth)
            case "OperationOutcome":
                self.outcomes += 1
                severities = {text(issue.get("severity")) for issue in objects(value.get("issue"))}
                self.failed |= bool(severities & {"error", "fatal"})
            case "Parameters":
                for part in objects(value.get("parameter")):
                    if "resource" in part:
                        self._value(part["resource"], "", depth + 1)
            case _:
                self.resources += 1
                self.result.found.append(Found(value, full_url, self.key))

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
            full_url = text(entry.get("fullUrl"))
            for content in _contents(entry):
                self._value(content, full_url, depth + 1)

    def _unreadable(self, full_url: str, detail: str = "not a FHIR resource") -> None:
        self.broken += 1
        self.result.ignored.append(Ignored(full_url or f"prefetch.{self.key}", "unreadable", detail))


def _contents(entry: dict[str, Any]) -> Iterator[object]:
    """What an entry holds: its resource and, in a batch-response, the outcome of a failed request."""
    request, response = entry.get("request"), entry.get("response")
    if isinstance(request, dict) and text(request.get("method")).upper() == "DELETE":
        return
    if entry.get("resource") is not None:
        yield entry["resource"]
    elif isinstance(response, dict) and response.get("outcome") is not None:
        yield response["outcome"]
    elif isinstance(response, dict) and text(response.get("status"))[:1] in ("4", "5"):
        yield {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
