"""The value of one tissue Observation or component: Ki-67, mitoses, grade, differentiation."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal

from cds_service.fhir.elements import Quantity, codings, data_absent, number, objects, quantity, text, text_of
from cds_service.fhir.ignored import Ignored
from cds_service.narrative.normalise import plain
from cds_service.record.codes import ICDO3, SNOMED, concepts, concepts_at, system_of
from cds_service.record.intervals import bounded, denominator, mitoses, percent
from cds_service.record.model import Range
from cds_service.record.tumour_names import names_differentiation, read_name

_PERCENT = re.compile(r"(?:%|percent|per cent|pct)(?:\W.*)?|\{?%.*", re.I)
_HUNDRED, _ZERO = Decimal(100), Decimal(0)


def ki67_of(part: dict[str, Any], source: str, ignored: list[Ignored]) -> Range | None:
    """Ki-67 in per cent as an interval inside 0-100; None with an entry in ``ignored`` when it may not be used."""
    found: Range | None = None
    unit = True
    if (measured := quantity(part.get("valueQuantity"))) is not None:
        found, unit = bounded(measured.value, measured.comparator, _ZERO, _HUNDRED), _percent_unit(measured)
        if not unit and measured.units:
            ignored.append(Ignored(source, "unknown-unit", "Ki-67"))
            return None
    elif isinstance(span := part.get("valueRange"), dict):
        low, high = quantity(span.get("low")), quantity(span.get("high"))
        ends = [end for end in (low, high) if end is not None]
        if ends:
            found = Range(low=low.value if low else _ZERO, high=high.value if high else _HUNDRED,
                          comparator=None if low and high else "<=" if high else ">=")  # fmt: skip
            unit = all(_percent_unit(end) for end in ends)
    elif written := text(part.get("valueString")) or text_of(part.get("valueCodeableConcept")):
        if (read := percent(written)) is None:
            ignored.append(Ignored(source, "unreadable", "Ki-67"))
            return None
        found, unit = read
    elif (whole := number(part.get("valueInteger"))) is not None:
        found, unit = Range(low=whole, high=whole), False
    if found is None:
        if not data_absent(part) and any(name.startswith("value") for name in part):
            ignored.append(Ignored(source, "unreadable", "Ki-67"))
        return None
    if not unit:
        ignored.append(Ignored(source, "no-unit", "Ki-67"))
        return None
    if not _ZERO <= found.low <= found.high <= _HUNDRED:
        ignored.append(Ignored(source, "implausible", "Ki-67"))
        return None
    return found


def _percent_unit(found: Quantity) -> bool:
    return any(_PERCENT.fullmatch(unit) for unit in found.units)


def mitoses_of(part: dict[str, Any], source: str, ignored: list[Ignored]) -> tuple[Range, str] | None:
    """A mitotic count with its denominator ("2 mm2", "10 HPF"); a count of unknown area is listed, not used."""
    if (measured := quantity(part.get("valueQuantity"))) is not None:
        per = next((found for unit in measured.units if (found := denominator(_after_slash(unit)))), "")
        if not per:
            ignored.append(Ignored(source, "unknown-unit" if measured.units else "no-unit", "mitoses"))
            return None
        return _plausible(bounded(measured.value, measured.comparator, _ZERO, Decimal(1000)), per, source, ignored)
    if isinstance(ratio := part.get("valueRatio"), dict):
        count, area = quantity(ratio.get("numerator")), quantity(ratio.get("denominator"))
        per = denominator(f"{area.value.normalize():f} {(*area.units, '')[0]}") if area else ""
        if count is None or not per:
            ignored.append(Ignored(source, "no-unit", "mitoses"))
            return None
        return _plausible(bounded(count.value, count.comparator, _ZERO, Decimal(1000)), per, source, ignored)
    if written := text(part.get("valueString")) or text_of(part.get("valueCodeableConcept")):
        if (read := mitoses(written)) is None:
            ignored.append(Ignored(source, "unreadable", "mitoses"))
        return read
    if number(part.get("valueInteger")) is not None:
        ignored.append(Ignored(source, "no-unit", "mitoses"))
    elif not data_absent(part) and any(value and name.startswith("value") for name, value in part.items()):
        ignored.append(Ignored(source, "unreadable", "mitoses"))
    return None


def _after_slash(unit: str) -> str:
    return unit.split("/", 1)[1] if "/" in unit else unit


def _plausible(found: Range, per: str, source: str, ignored: list[Ignored]) -> tuple[Range, str] | None:
    if found.low < 0:
        ignored.append(Ignored(source, "implausible", "mitoses"))
        return None
    return found, per


_NET_GRADE = re.compile(
    r"(?:(?:who|enets|net|neuroendocrine tumou?r|histologic\w*|tumou?r|nen|pnet)[, ]*)*(?:grade|grad|g)?[ -]?([123]"
    r"|I{1,3})"
    r"(?: of 3|/3)?(?:[ ,(]+(?:net|neuroendocrine tumou?r|who ?\d{0,4}|well[- ]differentiated\w*|[^\d]{0,40}))?\)?",
    re.I,
)
_GRADES = {"1": "G1", "2": "G2", "3": "G3", "I": "G1", "II": "G2", "III": "G3"}
_MCODE_WORDS = re.compile(r"\b(?:low|intermediate|high)\b", re.I)


def grade_of(part: dict[str, Any], *, morphology: bool) -> str | None:
    """G1, G2, G3, NEC or MiNEN as the value states it; None for other scales (low / intermediate / high ...)."""
    value = part.get("valueCodeableConcept")
    for concept in concepts_at(value):
        if concept.name == "grade-value":
            return "G1"
        if concept.name in ("nec", "minen"):
            return {"nec": "NEC", "minen": "MiNEN"}[concept.name]
        if (own := read_name(concept.display)) and own.grade and concept.system == SNOMED:
            return own.grade
    if concepts(codings(value)):
        return None  # a known value that states no grade of this scale
    if (whole := number(part.get("valueInteger"))) is not None:
        return _GRADES.get(str(whole)) if not morphology else None
    for written in _written(part):
        words = " ".join(plain(written[:200]).text.split()).strip(" .")
        if (own := read_name(words)) is not None and own.entity in ("nec", "minen"):
            return {"nec": "NEC", "minen": "MiNEN"}[own.entity]
        if own is not None and own.grade:
            return own.grade
        if not morphology and not _MCODE_WORDS.search(words) and (match := _NET_GRADE.fullmatch(words)):
            return _GRADES.get(match[1].upper())
    return None


def names_net(value: object) -> bool:
    """Whether a value's code is one of a neuroendocrine neoplasm: tissue that proves it."""
    return any(concept.name in _NEOPLASMS for concept in concepts_at(value))


_NEOPLASMS = frozenset({
    "net", "net-secondary", "net-benign", "nec", "nen", "minen", "ppgl", "insulinoma", "glucagonoma", "gastrinoma",
    "vipoma", "somatostatinoma", "acth-tumour",
})  # fmt: skip


def differentiation_of(part: dict[str, Any]) -> Literal["well", "poor"] | None:
    """Well or poorly differentiated, as the value (or its ICD-O-3 or SNOMED morphology) states it."""
    value = part.get("valueCodeableConcept")
    for concept in concepts_at(value):
        if concept.name == "nec":
            return "poor"
        if concept.system in (ICDO3, SNOMED) and names_differentiation(concept.display) == "well":
            return "well"
    if concepts(codings(value)):
        return None
    for written in _written(part):
        named = names_differentiation(" ".join(plain(written[:200]).text.split()))
        if named in ("well", "poor"):
            return "well" if named == "well" else "poor"
    return None


def _written(part: dict[str, Any]) -> list[str]:
    """The words a value is written in: its string, its text, its displays (of codes that are not known)."""
    concept = part.get("valueCodeableConcept")
    words = [text(part.get("valueString")), text_of(concept)]
    words += [text(coding.get("display")) for item in objects(concept) for coding in objects(item.get("coding"))]
    codes = [c.code for c in codings(concept) if system_of(c.system) not in (ICDO3, SNOMED)]
    return [word for word in dict.fromkeys((*words, *codes)) if word]
