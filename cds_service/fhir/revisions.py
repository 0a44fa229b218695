"""Versions of one resource: which is newer, and whether two say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cds_service.fhir.elements import text

_RANK = ("registered", "preliminary", "partial", "final", "appended", "amended", "corrected", "entered-in-error")


Version = tuple[int, float, int]
"""Version number, time of change (0 each if not said) and how final it is."""


def version_of(data: Mapping[str, Any], response: object = None) -> Version:
    """What orders the versions of one resource; what it does not say itself may stand in its entry's ``response``."""
    meta = data.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    entry = response if isinstance(response, dict) else {}
    number = text(meta.get("versionId")) or text(entry.get("etag")).removeprefix("W/").strip('"')
    try:
        changed = datetime.fromisoformat(text(meta.get("lastUpdated")) or text(entry.get("lastModified"))).timestamp()
    except (ValueError, OverflowError, OSError):
        changed = 0.0
    status = text(data.get("status"))
    return (
        int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0,
        changed,
        _RANK.index(status) if status in _RANK else -1,
    )


def told_older(one: Version, other: Version) -> bool | None:
    """Whether a version is older than another by number or time, whichever both of them say first; None untold."""
    return next((mine < its for mine, its in zip(one[:2], other[:2], strict=True) if mine and its and mine != its),
                None)  # fmt: skip


def is_older(one: Version, other: Version) -> bool:
    """Whether a version is surely older than another: by number, time or, where they do not tell, status."""
    told = told_older(one, other)
    return one[2] < other[2] if told is None else told


MAX_DEPTH = 60
"""Levels of JSON two versions are compared on; below, no element any reader knows."""


def canonical(value: object, depth: int = 0) -> str:
    """A text that is equal for equal JSON, whatever the order of its members."""
    if depth > MAX_DEPTH:
        return "..."
    if isinstance(value, dict):
        members = (f"{name}:{canonical(value[name], depth + 1)}" for name in sorted(value, key=str))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, depth + 1) for item in value) + "]"
    return repr(value) if isinstance(value, str | bool) else str(value)
