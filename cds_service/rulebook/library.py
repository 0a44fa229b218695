"""The tables rule pages draw on: numbers, sources, draft orders and the fixed words of a card."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")


class LibraryError(ValueError):
    """A table that cannot be used: which file, which entry, what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of ``parameters.toml``. ``policy``: a site may change it within ``min`` and ``max``."""

    name: str
    value: float
    meaning: str
    sources: tuple[str, ...]
    verified: str  # V, P, S, M or EXP
    unit: str = ""
    min: float | None = None
    max: float | None = None
    integer: bool = False
    policy: bool = False
    disagree: str = ""

    @property
    def own_default(self) -> bool:
        """True when nobody has checked the number against its source: print "default of this rule set"."""
        return self.verified in ("M", "EXP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One source of ``citations.toml``."""

    id: str
    text: str
    quality: str
    verified: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTemplate:
    """A draft ServiceRequest a suggestion may offer: ``coding`` may be empty (text only)."""

    key: str
    text: str
    category: str
    system: str = ""
    code: str = ""
    display: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The fixed words of a card and of the assessment, by group and id."""

    groups: Mapping[str, Mapping[str, str]]
    banned: tuple[str, ...]

    def say(self, group: str, key: str) -> str:
        """The words for ``key``; the key itself when the table has none (tests keep the table complete)."""
        return self.groups.get(group, {}).get(key, key)


def load_parameters(path: Path) -> dict[str, Parameter]:
    """All numbers by name. Raises LibraryError."""
    found = {name: _entry(Parameter, path, name, {"name": name, **table}) for name, table in _tables(path).items()}
    for parameter in found.values():
        _check_number(path, parameter)
    return found


def load_citations(path: Path) -> dict[str, Citation]:
    """All sources by id. Raises LibraryError."""
    return {name: _entry(Citation, path, name, {"id": name, **table}) for name, table in _tables(path).items()}


def load_orders(path: Path) -> dict[str, OrderTemplate]:
    """All draft orders by key. Raises LibraryError."""
    return {name: _entry(OrderTemplate, path, name, {"key": name, **table}) for name, table in _tables(path).items()}


def load_wording(path: Path) -> Wording:
    """The words of ``wording.toml``. Raises LibraryError."""
    tables = _tables(path)
    banned = tables.pop("banned", {}).get("words", [])
    groups = {name: {key: str(words) for key, words in table.items()} for name, table in tables.items()}
    return Wording(groups=groups, banned=tuple(str(word) for word in banned))


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LibraryError(f"{path.name}: cannot be read ({error}); mend the file") from None
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise LibraryError(f"{path.name}: {name} must be a table, written [{name}]")
    return tables


def _entry(kind: type[_T], path: Path, name: str, table: dict[str, Any]) -> _T:
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise LibraryError(f"{path.name}: [{name}] has an unknown key {key!r}; known: {', '.join(known)}")
    for key, f in known.items():
        if key not in table and f.default is MISSING:
            raise LibraryError(f"{path.name}: [{name}] lacks {key}; add it")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    return kind(**values)


def _check_number(path: Path, p: Parameter) -> None:
    if isinstance(p.value, bool) or not isinstance(p.value, (int, float)):
        raise LibraryError(f"{path.name}: [{p.name}] value must be a number")
    if p.policy and (p.min is None or p.max is None or not p.min <= p.value <= p.max):
        raise LibraryError(f"{path.name}: [{p.name}] is site policy, so it needs min <= value <= max")
    if p.verified not in ("V", "P", "S", "M", "EXP"):
        raise LibraryError(f"{path.name}: [{p.name}] verified must be V, P, S, M or EXP")
    if not p.sources:
        raise LibraryError(f"{path.name}: [{p.name}] needs at least one source")
