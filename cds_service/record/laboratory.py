"""Laboratory values, weight and height: every Observation (or component) of an analyte the rules read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple, cast, get_args

from cds_service.dates import Span
from cds_service.fhir.elements import (
    SIGNS,
    Quantity,
    codings,
    data_absent,
    number,
    objects,
    quantity,
    text,
    text_of,
    words_at,
)
from cds_service.fhir.ignored import Ignored, Why
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.analyte_names import NOT_BLOOD, URINE_TOO, named_analyte
from cds_service.record.codes import Said, asked_once, concepts_at
from cds_service.record.common import when_observed
from cds_service.record.index import parts_speaking, speaking
from cds_service.record.model import Analyte, LabResult, ReadAs
from cds_service.record.units import UNITS, convert, normalised
from cds_service.record.versions import corrected

Plausible = Mapping[str, tuple[Decimal, Decimal]]

_ANALYTES: frozenset[str] = frozenset(get_args(Analyte))
_SECONDS = frozenset({"s", "sec", "secs", "second", "seconds", "sek"})
_COUNTS = frozenset({"wbc", "anc", "lymphocytes", "platelets"})
_WRITTEN = re.compile(
    r"(?P<sign><=|>=|=<|=>|<|>|≤|≥)?\s*(?P<number>[+-]?\d+(?:[.,]\d+)?)\s*(?P<unit>[^\d\s(].{0,30}"
    r"|10\s?[*^E].{0,20})?"
)
_FLAG = re.compile(r"(?:\s+(?:HH?|LL?|\*+|!+)|\s*[(\[](?:H+|L+|N|A|high|low|normal|abnormal)[)\]])$", re.IGNORECASE)
"""What laboratories print behind a value out of range."""
_RANGE = re.compile(r"(?P<low>\d+(?:[.,]\d+)?)?\s*(?:-|–|to|bis|<|<=|≤|up to)\s*(?P<high>\d+(?:[.,]\d+)?)\s*"
                    r"(?P<unit>[^\d\s(].{0,30}?|10\s?[*^E].{0,20}?)?\s*(?:\([^()]*\))?", re.IGNORECASE)  # fmt: skip
_USUAL = re.compile(r"\bnormal|\breference", re.IGNORECASE)


class _Part(NamedTuple):
    """An Observation or one of its components."""

    source: str
    when: Span | None
    data: Mapping[str, Any]
    code: Said


def read(resources: ResourceSet, plausible: Plausible, ignored: list[Ignored]) -> list[LabResult]:
    """Every result of a known analyte in its own unit (``units.UNITS``); what cannot be used carries a ``problem``.

    ``plausible`` are the limits per analyte, both allowed. Undated results go to ``ignored``.
    """
    found: list[LabResult] = []
    parts = parts_speaking(resources, _analyte_said)
    replaced = corrected(list(dict.fromkeys([part.resource for part in parts])))
    ignored += [Ignored(source, "superseded") for source in sorted(replaced)]
    for _, resource, data, code in parts:
        analyte = _analyte_of(code, data)
        if analyte is None or resource.source in replaced or _of_other_specimen(analyte, data, resource, resources):
            continue
        part = _Part(resource.source, when_observed(resource, resources, "issued"), data, code)
        result = _result(part, analyte, plausible)
        if result is None:
            continue
        if result.problem:
            ignored.append(Ignored(part.source, result.problem, analyte))
        if part.when is None:
            ignored.append(Ignored(part.source, "no-date", analyte))
        else:
            found.append(result)
    torn = {resource.source for resource in speaking(resources, _contradictory)}
    ignored += [Ignored(source, "unreadable", "codes of different tests") for source in sorted(torn)]
    return found


def _contradictory(code: Said) -> bool:
    return len(code.names & _ANALYTES) > 1


def _analyte_of(code: Said, data: Mapping[str, Any]) -> Analyte | None:
    """Which analyte an Observation or component measures: by its codes, by text only if none of them is known."""
    name = _analyte_said(code)
    if name in _COUNTS and not code.concepts:
        unit = (quantity(data.get("valueQuantity")) or Quantity(Decimal(0))).units
        if any("%" in spelling for spelling in unit):
            return None  # a share of the cells, not a count
    return name


@asked_once
def _analyte_said(code: Said) -> Analyte | None:
    names = code.names & _ANALYTES if code.concepts else {named_analyte(words) for words in code.texts} - {None}
    return cast(Analyte, next(iter(names))) if len(names) == 1 else None


def _of_other_specimen(analyte: Analyte, data: Mapping[str, Any], resource: Resource, resources: ResourceSet) -> bool:
    """Whether a test known by its name only was done on urine or another fluid."""
    target = resource.data.get("specimen")
    if not target or analyte in URINE_TOO or concepts_at(data, "code"):
        return False
    found = resources.resolve(target, within=resource)
    words = [words_at(found.data, "type") if found else "", *(text(item.get("display")) for item in objects(target))]
    return bool(NOT_BLOOD.search(" ".join(words)))


def _result(part: _Part, analyte: Analyte, plausible: Plausible) -> LabResult | None:
    data = part.data
    amount = _amount(data)
    if amount is None:
        if not _has_value(data):
            return None  # a panel's heading, or a value declared absent
        return _problem(part, analyte, "unreadable", text(data.get("valueString")))
    converted = convert(analyte, amount.value, amount.units)
    raw = f"{amount.comparator or ''}{amount.value} {amount.unit or amount.code}".strip()
    if isinstance(converted, str):
        if analyte == "prothrombin" and _SECONDS.intersection(normalised(unit) for unit in amount.units):
            return None  # the time in seconds: another quantity
        return _problem(part, analyte, converted, raw)
    value, unit = converted
    low, high = plausible.get(analyte, (None, None))
    if value < 0 or (low is not None and value < low) or (high is not None and value > high):
        return _problem(part, analyte, "implausible", raw)
    lower, upper = _reference(data, analyte, unit, amount)
    return LabResult(
        source=part.source,
        when=part.when,
        analyte=analyte,
        value=value,
        unit=unit,
        comparator=amount.comparator,
        lower_limit=lower,
        upper_limit=upper,
        raw=raw[:60],
        code=part.code.first,
        assay=text_of(data.get("method"))[:120],
        read_as=_read_as(part),
    )


def _problem(part: _Part, analyte: Analyte, why: Why, raw: str) -> LabResult:
    return LabResult(
        source=part.source, when=part.when, analyte=analyte, value=None, unit=UNITS[analyte], problem=why, raw=raw[:60],
        read_as=_read_as(part),
    )  # fmt: skip


def _read_as(part: _Part) -> ReadAs:
    return "coded" if part.code.concepts else "narrative"


def _has_value(data: Mapping[str, Any]) -> bool:
    return not data_absent(data) and any(name.startswith("value") and data[name] is not None for name in data)


def _amount(data: Mapping[str, Any]) -> Quantity | None:
    """The value: a Quantity, a whole number, or one number (with sign and unit) written as text."""
    if found := quantity(data.get("valueQuantity")):
        return found
    for name in ("valueInteger", "valueDecimal"):
        if (value := number(data.get(name))) is not None:
            return Quantity(value)
    match = _WRITTEN.fullmatch(_FLAG.sub("", text(data.get("valueString"))))
    value = number(match["number"]) if match else None
    if match is None or value is None:
        return None
    return Quantity(value, SIGNS[match["sign"] or ""], unit=(match["unit"] or "").strip())


def _reference(
    data: Mapping[str, Any], analyte: Analyte, unit: str, amount: Quantity
) -> tuple[Decimal | None, Decimal | None]:
    """Reference limits in the result's unit. Of several upper limits the lowest counts: the cautious reading."""
    lows: list[Decimal] = []
    highs: list[Decimal] = []
    for entry in objects(data.get("referenceRange")):
        if "type" in entry and not _is_usual(entry):
            continue
        low, high = _limit(entry.get("low"), analyte, unit, amount), _limit(entry.get("high"), analyte, unit, amount)
        match = _RANGE.fullmatch(text(entry.get("text"))) if low is None and high is None else None
        if match:
            low, high = (
                _limit({"value": match[name], "unit": match["unit"]} if match[name] else None, analyte, unit, amount)
                for name in ("low", "high")
            )
        if low is not None:
            lows.append(low)
        if high:
            highs.append(high)
    lower, upper = max(lows) if lows else None, min(highs) if highs else None
    # Ends the wrong way round: one of them is wrong, and nobody knows which.
    return (None, None) if lower is not None and upper is not None and lower > upper else (lower, upper)


def _is_usual(entry: Mapping[str, Any]) -> bool:
    """Whether a range with a type is that of the healthy, not a critical or therapeutic one."""
    coded = {coding.code for coding in codings(entry, "type")} - {""}
    words = words_at(entry, "type")
    return coded == {"normal"} if coded else not words or bool(_USUAL.search(words))


def _limit(entry: object, analyte: Analyte, unit: str, amount: Quantity) -> Decimal | None:
    """One limit in the result's unit; a limit without a unit of its own has the result's."""
    limit = quantity(entry)
    if limit is None:
        return None
    converted = convert(analyte, limit.value, limit.units or amount.units)
    return converted[0] if not isinstance(converted, str) and converted[1] == unit else None
