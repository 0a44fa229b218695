"""Versions of one resource: which is newer, and whether two say the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cds_service.fhir.elements import text

_RANK = ("registered", "preliminary", "partial", "final", "appended", "amended", "corrected", "entered-in-error")


def version_of(data: Mapping[str, Any]) -> tuple[int, float, int]:
    """What orders the versions of one resource: version number, time of change, then how final it is."""
    meta = data.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    number = text(meta.get("versionId"))
    try:
        changed = datetime.fromisoformat(text(meta.get("lastUpdated"))).timestamp()
    except (ValueError, OverflowError, OSError):
        changed = 0.0
    status = text(data.get("status"))
    return (
        int(number) if number.isascii() and number.isdigit() and len(number) < 12 else 0,
        changed,
        _RANK.index(status) if status in _RANK else -1,
    )


def is_older(one: tuple[int, float, int], other: tuple[int, float, int]) -> bool:
    """Whether a version is surely older than another: by number, time or status, whichever both of them say first."""
    return next((mine < its for mine, its in zip(one[:2], other[:2], strict=True) if mine and its and mine != its),
                one[2] < other[2])  # fmt: skip


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
