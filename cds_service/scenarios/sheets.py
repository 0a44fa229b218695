"""Reads a page's scenario file: [patient] and the rows that differ from it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from cds_service.scenarios.checks import Check, Entry, ScenarioError, did_you_mean, fail, many, one_of, text, whole
from cds_service.scenarios.vocabulary import EVENTS, SHORT, WORDS, normalise

Section = Literal["fires", "silent", "boundary", "unknown"]
SECTIONS: tuple[Section, ...] = ("fires", "silent", "boundary", "unknown")
SECTION_MEANING: dict[Section, str] = {
    "fires": "patients for whom the rule speaks",
    "silent": "patients for whom it is silent",
    "boundary": "both sides of every number",
    "unknown": "what it does when a fact is not recorded",
}

EQUIVALENT = "equivalent"

_STATUS = one_of(("met", "not-met", "unknown", "absent"))


def _criteria(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise fail(place, f"{value!r} is not a table", 'Write criteria = { krenning = "unknown" }')
    return {key: _STATUS(item, f"{place}.{key}") for key, item in value.items()}


_EXPECTATIONS: dict[str, Check] = {
    "name": text,
    "expect": one_of(("fires", "silent")),
    "branch": text,
    "primary": text,
    "finding": many(text),
    "no_finding": many(text),
    "card_says": many(text),
    "card_never_says": many(text),
    "cards": whole(0, 3),
    "missing": many(text),
    "not_missing": many(text),
    "ignored": many(text),
    "criteria": _criteria,
    "without": many(text),
}
"""The keys of a row that are not about the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario: the whole patient (vocabulary, as written) and what is expected."""

    section: Section
    name: str
    fires: bool
    patient: Mapping[str, Any] = field(repr=False)
    branch: str = ""
    primary: str = ""
    finding: tuple[str, ...] = ()
    no_finding: tuple[str, ...] = ()
    card_says: tuple[str, ...] = ()
    card_never_says: tuple[str, ...] = ()
    cards: int | None = None
    missing: tuple[str, ...] = ()
    not_missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    criteria: Mapping[str, str] = field(default_factory=dict)


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = tomllib.load(file, parse_float=Decimal)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path.name}: not readable as TOML ({error}).") from None
    known = ("patient", *SECTIONS, EQUIVALENT)
    for key in content:
        if key not in known:
            raise ScenarioError(f"{path.name}: [{key}] is not known. {did_you_mean(key, known)}.")
    return content


def read_equivalents(path: Path) -> dict[str, str]:
    """Changes of the page that no scenario can notice -> why they are the same rule. Raises ScenarioError."""
    entry = Entry({"mutant": text, "why": text}, ("mutant", "why"))
    listed = many(entry)(_content(path).get(EQUIVALENT, []), f"{path.name}, [[{EQUIVALENT}]]")
    return {item["mutant"]: item["why"] for item in listed}


def read_rows(path: Path) -> tuple[list[Row], list[ScenarioError]]:
    """The rows of one file in its order, and what is wrong with the others. Raises ScenarioError for a bad file."""
    content = _content(path)
    patient = content.get("patient")
    if not isinstance(patient, dict):
        raise ScenarioError(f"{path.name}: [patient] is missing. Add where every row starts: [patient] on = ...")
    try:
        normalise(patient)
    except ScenarioError as error:
        raise ScenarioError(f"{path.name}, [patient]: {error}") from None
    missing = [section for section in SECTIONS if not content.get(section)]
    errors = [
        ScenarioError(f"{path.name}: no [[{section}]] row. Add {SECTION_MEANING[section]}.") for section in missing
    ]
    rows: list[Row] = []
    for section in SECTIONS:
        listed = content.get(section, [])
        if not isinstance(listed, list):
            raise ScenarioError(f"{path.name}: [{section}] is one table. Write [[{section}]] in double brackets.")
        for number, raw in enumerate(listed, 1):
            try:
                rows.append(_row(section, raw, patient))
            except ScenarioError as error:
                name = raw.get("name", f"number {number}")
                errors.append(ScenarioError(f"{path.name}, [[{section}]] {name!r}: {error}"))
    names = [(row.section, row.name) for row in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    errors += [ScenarioError(f"{path.name}: two [[{kind}]] rows named {name!r}. Rename one.") for kind, name in twice]
    return rows, errors


def _row(section: Section, raw: Mapping[str, Any], base: Mapping[str, Any]) -> Row:
    said = Entry(_EXPECTATIONS, ("name",))({key: raw[key] for key in raw if key in _EXPECTATIONS}, "")
    expect = said.pop("expect", None)
    if section in ("boundary", "unknown"):
        if expect is None:
            raise ScenarioError('expect is missing. Add expect = "fires" or expect = "silent".')
    elif expect is not None:
        raise ScenarioError(f"a [[{section}]] row needs no expect. Remove it.")
    fires = (expect or section) == "fires"
    if "branch" in said and not fires:
        raise ScenarioError("a silent row names a branch. Remove branch, or expect that it fires.")
    patient = apply(base, {key: raw[key] for key in raw if key not in _EXPECTATIONS}, said.pop("without", []))
    normalise(patient)
    details: dict[str, Any] = {key: tuple(item) if isinstance(item, list) else item for key, item in said.items()}
    return Row(section=section, fires=fires, patient=patient, **details)


def apply(base: Mapping[str, Any], changes: Mapping[str, Any], without: list[str]) -> dict[str, Any]:
    """The patient of a row: what ``without`` names is taken away, then the changes are laid over [patient]."""
    patient = deepcopy(dict(base))
    for path in without:
        _remove(patient, path)
    for key, value in changes.items():
        event = key.removeprefix("add_")
        if key.startswith("add_") and event in EVENTS:
            present = patient.get(event, [])
            more = value if isinstance(value, list) else [value]
            patient[event] = [*(present if isinstance(present, list) else [present]), *deepcopy(more)]
        elif key not in WORDS:
            known = (*WORDS, *_EXPECTATIONS, *(f"add_{event}" for event in EVENTS))
            raise fail(key, "this key is not known", did_you_mean(key, known))
        else:
            patient[key] = _laid_over(patient.get(key), value, key)
    return patient


def _laid_over(old: Any, new: Any, key: str) -> Any:
    """Tables merge; a table laid over a list changes its only entry; anything else replaces."""
    if not isinstance(new, Mapping) or old is None:
        return deepcopy(new)
    if isinstance(old, list):
        if len(old) != 1:
            raise fail(key, f"[patient] lists {len(old)} of them, so one table does not say which to change",
                       "Write the whole list in [ ]")  # fmt: skip
        return [_laid_over(old[0], new, key)]
    if not isinstance(old, Mapping):
        if key not in SHORT:
            return deepcopy(new)
        old = {SHORT[key]: old}
    changed = dict(old)
    for inner, value in new.items():
        changed[inner] = _laid_over(changed.get(inner), value, inner)
    return _one_date(changed, new)


_DATES = ("days_ago", "weeks_ago", "months_ago", "on", "undated")


def _one_date(merged: dict[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """A row that says when in another way (months_ago over days_ago) replaces the old way."""
    for prefix in ("", "first_", "last_", "ended_"):
        if any(f"{prefix}{key}" in new for key in _DATES):
            for key in _DATES:
                if f"{prefix}{key}" not in new:
                    merged.pop(f"{prefix}{key}", None)
    return merged


def _remove(patient: dict[str, Any], path: str) -> None:
    """Takes "labs.hb" or "scans" away; "scans.tracer" from the only entry of the list."""
    place: Any = patient
    *parents, last = path.split(".")
    for part in parents:
        place = place.get(part) if isinstance(place, dict) else None
        if isinstance(place, list) and len(place) == 1:
            place = place[0]
    if not isinstance(place, dict) or last not in place:
        raise fail("without", f"{path!r} is not in [patient]", "Name what stands there, for example labs.hb")
    del place[last]
