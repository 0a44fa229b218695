"""What medication resources have in common: the product, its composition, the dose and what is written beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from cds_service.dates import Span
from cds_service.fhir.elements import (
    Coding,
    Quantity,
    codings,
    notes,
    number,
    objects,
    period,
    quantity,
    text,
    timing_days,
    walk,
    words_at,
)
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Concept, Said, concepts, said
from cds_service.record.index import once
from cds_service.record.units import convert

_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_ACTIVITY = re.compile(rf"(?<![\d.,]){_NUMBER}\s*(GBq|MBq|mCi)\b", re.I)
_SUM = re.compile(r"(?:cumulative|total|kumulativ|gesamt|overall|sum)[^.;]{0,40}$", re.I)
_DOSE = re.compile(rf"(?<![\d.,]){_NUMBER}\s*(mg|g|mcg|ug|µg|micrograms?)(?!\s*/\s*(?:m2|kg))\b", re.I)
_TIMES = ((re.compile(r"\b(?:bid|b\.i\.d|twice|2 ?x|2 times|1-0-1)\b", re.I), 2),
          (re.compile(r"\b(?:tid|t\.i\.d|three times|3 ?x|3 times|1-1-1)\b", re.I), 3),
          (re.compile(r"(?:/ ?(?:d|day|24 ?h)\b|\b(?:daily|od|qd|q\.d|per day|a day|täglich|every day|1-0-0)\b)",
                      re.I), 1))  # fmt: skip
_MAX_BESIDE = 20_000
_DURATION = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 31, "month": 31, "months": 31}
_PER_DAY = {"d": Decimal(1), "h": Decimal(24), "wk": Decimal(1) / 7}
_AMINO = re.compile(
    rf"{_NUMBER}\s*g\s*(?:of\s*)?(?:l-)?(lysine?|arginine?)"
    rf"|(?:l-)?(lysine?|arginine?)(?:\s*hcl|\s*hydrochloride)?\s*[:=]?\s*{_NUMBER}\s*g\b", re.I)  # fmt: skip
_VOLUME = re.compile(rf"(?<![\d.,]){_NUMBER}\s*(ml|l|liters?|litres?)\b", re.I)


@dataclass(frozen=True, slots=True)
class Product:
    """A medication: understood codes (its own or its ingredients'), readable words, and everything written of it.

    ``words`` is empty where a code is known; ``all_words`` (product, form, brand) tells forms of one drug apart.
    """

    codes: tuple[Concept, ...]
    words: str
    all_words: str
    ingredients: tuple[dict[str, Any], ...] = ()


def product_of(resource: Resource, resources: ResourceSet) -> Product:
    """The product of an administration, statement or request: inline, contained, in the bundle, or as displayed."""
    return once(resources, f"product {id(resource)}", lambda: _product_of(resource, resources))


def unnamed(resource: Resource, resources: ResourceSet) -> bool:
    """Whether nothing says what it was: the medication it names is not in the record."""
    concept = resource.data.get("medicationCodeableConcept")
    if (isinstance(concept, dict) and said(concept).first) or product_of(resource, resources).all_words:
        return False
    return resources.resolve(resource.data.get("medicationReference"), within=resource) is None


def _product_of(resource: Resource, resources: ResourceSet) -> Product:
    data = resource.data
    concept = data.get("medicationCodeableConcept")
    if isinstance(concept, dict) and ((code := said(concept)).first or code.words):
        return product_said(code)
    target = data.get("medicationReference")
    medication = resources.resolve(target, within=resource)
    if medication is None:
        shown = text(target.get("display")) if isinstance(target, Mapping) else ""
        return Product((), shown, shown)
    own = list(objects(medication.data.get("code")))
    parts = tuple(objects(medication.data.get("ingredient")))
    inner = [item for part in parts for item in objects(part.get("itemCodeableConcept"))]
    for part in parts:
        named = resources.resolve(part.get("itemReference"), within=medication)
        inner += list(objects(named.data.get("code"))) if named else []
    return _product(own, inner, parts, words_at(medication.data, "form"))


def product_said(code: Said) -> Product:
    """The product a medication's code says."""
    return Product(code.concepts, "" if code.concepts else code.words, code.words)


def _product(
    own: list[dict[str, Any]], inner: list[dict[str, Any]], parts: tuple[dict[str, Any], ...], form: str = ""
) -> Product:
    known = concepts(_codings(own)) or concepts(_codings(inner))
    written = " ".join(filter(None, [words_at(own), form, words_at(inner)]))
    return Product(known, "" if known else " ".join(filter(None, [words_at(own), words_at(inner)])), written, parts)


def _codings(items: list[dict[str, Any]]) -> Iterator[Coding]:
    for item in items:
        yield from codings(item)


def dosages(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The dosage elements of an administration (one), statement or request."""
    return [item for name in ("dosage", "dosageInstruction") for item in objects(data.get(name))]


def doses(data: Mapping[str, Any]) -> Iterator[Quantity]:
    """The doses given or prescribed, as quantities."""
    for dosage in dosages(data):
        if found := quantity(dosage.get("dose")):
            yield found
        for rate in objects(dosage.get("doseAndRate")):
            if found := quantity(rate.get("doseQuantity")):
                yield found


def beside(data: Mapping[str, Any]) -> str:
    """The free text written beside a medication: notes, dosage texts, reasons; a line each."""
    parts = [notes(data)]
    parts += [text(dosage.get(name)) for dosage in dosages(data) for name in ("text", "patientInstruction")]
    parts += [words_at(data, name) for name in ("reasonCode", "statusReason", "category", "outcome", "complication")]
    return "\n".join(part for part in parts if part)[:_MAX_BESIDE]


def bounds(data: Mapping[str, Any], ordered: Span | None = None) -> tuple[Span | None, Span | None]:
    """Start and end of the dosing period an order or statement writes, or the days its timing names.

    A duration ("for 14 days") runs from the start, else from the day of the order.
    """
    for timing in walk(dosages(data), "timing"):
        repeat = timing.get("repeat")
        start, end = period(repeat.get("boundsPeriod")) if isinstance(repeat, Mapping) else (None, None)
        days = timing_days({"event": timing.get("event")})
        lasting = _days(repeat.get("boundsDuration")) if isinstance(repeat, Mapping) else None
        first = start or (days[0] if days else None) or ordered
        if end is None and lasting is not None and first is not None:
            end = Span(first.first + lasting, first.last + lasting)
        if start or end or days:
            return start or (days[0] if days else None), end or (days[-1] if days else None)
    return None, None


def _days(duration: object) -> timedelta | None:
    """A FHIR Duration in whole days, months as 31: the cautious end. None if it is no such duration."""
    found = quantity(duration)
    length = next((_DURATION[unit] for unit in found.units if unit in _DURATION), None) if found else None
    if found is None or length is None or not 0 < found.value < 1000:
        return None
    return timedelta(days=int(found.value * length))


def written_activity(words: str) -> Decimal | None:
    """The activity a text states for one cycle, in GBq; None if it states none, several, or only a sum."""
    found = set()
    for match in _ACTIVITY.finditer(words):
        if _SUM.search(words[max(0, match.start() - 80) : match.start()]):
            continue
        amount = number(match[1])
        converted = convert("activity", amount, (match[2],)) if amount is not None else "no-unit"
        if not isinstance(converted, str):
            found.add(converted[0])
    return found.pop() if len(found) == 1 else None


def mg_per_day(data: Mapping[str, Any]) -> Decimal | None:
    """The daily dose in mg, from dose and timing or from a dosage text; None unless both can be told."""
    for dosage in dosages(data):
        amount = next((dose for dose in doses({"dosage": dosage})), None)
        converted = convert("mass", amount.value, amount.units) if amount else "no-unit"
        mg = None if isinstance(converted, str) else converted[0]
        words = text(dosage.get("text"))
        if mg is None:
            match = _DOSE.search(words)
            value = number(match[1]) if match else None
            converted = convert("mass", value, (match[2],)) if match and value is not None else "no-unit"
            mg = None if isinstance(converted, str) else converted[0]
        times = _times_a_day(dosage, words)
        if mg is not None and times is not None:
            return mg * times
    return None


def _times_a_day(dosage: Mapping[str, Any], words: str) -> Decimal | None:
    for repeat in walk(dosage, "timing", "repeat"):
        frequency, every = number(repeat.get("frequency")) or Decimal(1), number(repeat.get("period"))
        unit = _PER_DAY.get(text(repeat.get("periodUnit")))
        if every and unit:
            return frequency * unit / every
    return next((Decimal(times) for pattern, times in _TIMES if pattern.search(words)), None)


def composition(product: Product, data: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Lysine and arginine (g) and volume (L) of an amino-acid infusion, each None if not stated."""
    volume = next((v for dose in doses(data) if (v := _in("volume", dose)) is not None), None)
    words = "\n".join([product.all_words, beside(data)])
    grams: dict[str, Decimal] = {}
    for part in product.ingredients:
        name = words_at(part, "itemCodeableConcept").lower()
        amino = next((acid for acid in ("lysin", "arginin") if acid in name), None)
        for strength in objects(part.get("strength")):
            mass, per = quantity(strength.get("numerator")), quantity(strength.get("denominator"))
            milligrams, litres = (_in("mass", mass) if mass else None), (_in("volume", per) if per else None)
            if amino and milligrams is not None:
                volume = volume if volume is not None else litres
                scale = volume / litres if litres and volume is not None else Decimal(1)
                grams[amino] = milligrams / 1000 * scale
    for match in _AMINO.finditer(words):
        amount, name = number(match[1] or match[4]), (match[2] or match[3]).lower()
        if amount is not None:
            grams.setdefault("lysin" if name.startswith("lysin") else "arginin", amount)
    written = _VOLUME.search(words) if volume is None else None
    if written and (amount := number(written[1])) is not None:
        volume = _in("volume", Quantity(amount, unit=written[2].rstrip("s")))
    return grams.get("lysin"), grams.get("arginin"), volume


def _in(name: str, amount: Quantity) -> Decimal | None:
    converted = convert(name, amount.value, amount.units)
    return None if isinstance(converted, str) else converted[0]
