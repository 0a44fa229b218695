"""Checking what a scenario file says: small checks with errors a clinician can act on."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cds_service.dates import parse_date


class ScenarioError(ValueError):
    """A scenario file that cannot be used; ``args[0]`` says where, what is wrong and what to do."""


Check = Callable[[Any, str], Any]
"""Takes the value and its dotted place in the file; returns the value in its one internal form."""


def fail(place: str, problem: str, remedy: str) -> ScenarioError:
    """The error for one place: ``labs.hb: 12.1 has no unit. Write ...``."""
    return ScenarioError(f"{place}: {problem}. {remedy}.")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The advice for an unknown word: the nearest known one, else the whole list."""
    names = sorted(known)
    near = difflib.get_close_matches(word.lower(), names, n=1)
    return f"Did you mean {near[0]!r}? Known: {', '.join(names)}" if near else f"Known: {', '.join(names)}"


def text(value: Any, place: str) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise fail(place, f"{value!r} is not a text", 'Write it in quotes, for example "liver"')


def flag(value: Any, place: str) -> bool:
    if isinstance(value, bool):
        return value
    raise fail(place, f"{value!r} is neither true nor false", "Write true or false")


def whole(low: int, high: int) -> Check:
    """A whole number from ``low`` to ``high``."""

    def check(value: Any, place: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise fail(place, f"{value!r} is not a whole number from {low} to {high}", "Write it without quotes")

    return check


def number(value: Any, place: str) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise fail(place, f"{value!r} is not a number", "Write it without quotes, for example 7.4")


def one_of(words: Iterable[str]) -> Check:
    """One of a fixed list of words."""
    known = tuple(words)

    def check(value: Any, place: str) -> str:
        if isinstance(value, str) and value in known:
            return value
        raise fail(place, f"{value!r} is not known here", did_you_mean(str(value), known))

    return check


def day(value: Any, place: str) -> str:
    """A date as written: "2026-05-02", "2026-05" or "2026"."""
    if isinstance(value, str) and parse_date(value) is not None:
        return value
    raise fail(place, f"{value!r} is not a date", 'Write "2026-05-02"; or "2026-05" or "2026" if no more is known')


_QUANTITY = re.compile(r"(?P<comparator><=|>=|<|>)?\s*(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>\S.*)?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit as it shall be written (None: without unit) and a comparator or ""."""

    value: Decimal
    unit: str | None
    comparator: str = ""


def quantity(units: Iterable[str]) -> Check:
    """A text such as "12.1 g/dL" in one of ``units`` (a unit "" may be left out)."""
    known = tuple(units)

    def check(value: Any, place: str) -> Quantity:
        match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
        example = f'Write number and unit in quotes, for example "1 {known[0]}"'
        if match is None:
            raise fail(place, f"{value!r} is not a number with a unit", example)
        unit = match["unit"] or ""
        if unit not in known:
            problem = f"the unit {unit!r} is not known here" if unit else f"{value!r} has no unit"
            known_units = ", ".join(unit for unit in known if unit)
            raise fail(place, problem, f"Known: {known_units}. For a wrong unit on purpose use value = and unit =")
        return Quantity(Decimal(match["value"]), unit or None, match["comparator"] or "")

    return check


_CODE_SYSTEMS = {
    "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "snomed": "http://snomed.info/sct",
    "icd-o-3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "loinc": "http://loinc.org",
    "atc": "http://www.whocc.no/atc",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "dicom": "http://dicom.nema.org/resources/ontology/DCM",
    "sstr": "urn:prrt-cds:sstr-imaging",
    "absent": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
}


def split_code(code: str) -> dict[str, str]:
    """FHIR Coding of "snomed#77386006"; KeyError for an unknown system."""
    system, _, value = code.partition("#")
    return {"system": _CODE_SYSTEMS[system], "code": value}


def code(value: Any, place: str) -> str:
    """A code as "system#code", for example "snomed#77386006"."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9-]+#\S+", value):
        if value.partition("#")[0] in _CODE_SYSTEMS:
            return value
        raise fail(place, f"the code system of {value!r} is not known", f"Known: {', '.join(_CODE_SYSTEMS)}")
    raise fail(place, f"{value!r} is not a code", 'Write system and code, for example "snomed#77386006"')


@dataclass(frozen=True, slots=True)
class Entry:
    """A table of the file. ``short`` is the key a bare value stands for ("splenectomy" = {kind = "splenectomy"})."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    short: str = ""
    exclusive: tuple[str, ...] = field(default=())

    def __call__(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            if not self.short:
                raise fail(place, f"{value!r} is not a table", "Write { key = value, ... }")
            return {self.short: self.fields[self.short](value, place)}
        for key in value:
            if key not in self.fields:
                raise fail(f"{place}.{key}".lstrip("."), "this key is not known", did_you_mean(key, self.fields))
        for key in self.required:
            if key not in value:
                raise fail(place, f"{key!r} is missing", f"Add {key} = ...")
        stated = [key for key in self.exclusive if key in value]
        if len(stated) > 1:
            raise fail(place, f"{' and '.join(stated)} contradict each other", "Keep one of them")
        return {key: self.fields[key](item, f"{place}.{key}".lstrip(".")) for key, item in value.items()}


def many(entry: Check) -> Check:
    """One entry or a list of them; always a list inside."""

    def check(value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            return [entry(value, place)]
        return [entry(item, f"{place}[{index + 1}]") for index, item in enumerate(value)]

    return check
