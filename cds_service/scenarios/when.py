"""When things happened, counted back from the decision date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from cds_service.dates import add_months
from cds_service.scenarios.checks import Check, day, flag, whole

_UNITS = {"days_ago": 1, "weeks_ago": 7}
_COUNT = whole(-20_000, 40_000)

WHEN: dict[str, Check] = {"days_ago": _COUNT, "weeks_ago": _COUNT, "months_ago": _COUNT, "on": day, "undated": flag}
"""The ways to say when; at most one an entry. A negative count lies after the decision date."""
WHEN_ONE_OF = tuple(WHEN)


def prefixed(prefix: str) -> dict[str, Check]:
    """The same words for another event of the entry: first_days_ago, first_on, ..."""
    return {f"{prefix}_{key}": check for key, check in WHEN.items() if key != "undated"}


def stated(entry: Mapping[str, Any], prefix: str = "") -> bool:
    """Whether the entry says when (including that nobody knows)."""
    return any(f"{prefix}{key}" in entry for key in WHEN)


def written(entry: Mapping[str, Any], today: date, default_days_ago: int | None = None, prefix: str = "") -> str | None:
    """The FHIR date of the entry, None if undated or (without a default) not said."""
    for key, days in _UNITS.items():
        if f"{prefix}{key}" in entry:
            return (today - timedelta(days=days * entry[f"{prefix}{key}"])).isoformat()
    if f"{prefix}months_ago" in entry:
        return add_months(today, -entry[f"{prefix}months_ago"]).isoformat()
    if f"{prefix}on" in entry:
        return str(entry[f"{prefix}on"])
    if entry.get("undated") or default_days_ago is None:
        return None
    return (today - timedelta(days=default_days_ago)).isoformat()


def exact(entry: Mapping[str, Any], today: date, prefix: str = "") -> date | None:
    """The calendar day of the entry if it says one; None for a partial or missing date."""
    text = written(entry, today, prefix=prefix)
    return date.fromisoformat(text) if text is not None and len(text) == 10 else None


def planned_day(entry: Mapping[str, Any], today: date, prefix: str = "planned") -> str | None:
    """A day to come: ``planned_on``, or ``planned_in_days`` counted from the decision date."""
    if f"{prefix}_in_days" in entry:
        return (today + timedelta(days=entry[f"{prefix}_in_days"])).isoformat()
    said = entry.get(f"{prefix}_on")
    return None if said is None else str(said)
