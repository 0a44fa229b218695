"""Performance status, NYHA class, quality of life."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from cds_service.dates import parse_date
from cds_service.fhir.elements import number, objects, quantity, text, walk, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, asked_once, concepts_at, names_at
from cds_service.record.common import free_texts, when_observed
from cds_service.record.index import candidates, code_of, speaking
from cds_service.record.model import Performance, Problem, QualityOfLife

_ECOG = re.compile(r"\becog\b|\bzubrod\b|who performance|performance status \(?(?:ecog|who)", re.I)
_KARNOFSKY = re.compile(r"karnofsky|\bkps\b", re.I)
_NYHA = re.compile(r"\bnyha\b|new york heart association", re.I)
_STEP = r"(?:IV|III|II|I|[0-5])"
_CLASS = r"(?:IV|III|II|I|[1-4])\b"
_NYHA_CLASS = re.compile(
    rf"(?:nyha|new york heart association)\D{{0,40}}?(?P<low>{_CLASS})(?:\s*(?:-|/|to|or)\s*(?P<high>{_CLASS}))?", re.I
)
_SCALE = re.compile(
    r"(?:(?:ecog|who|zubrod|nyha|karnofsky|kps|performance|status|score|grade|class|functional|ps|index|stage)\W*)*"
    rf"(?P<low>{_STEP}|\d{{2,3}})\s*%?(?:\s*(?:-|–|to|/|or)\s*(?P<high>{_STEP}|\d{{2,3}})\s*%?)?(?:\s*[-:,.(–].{{0,200}})?",
    re.IGNORECASE,
)
_ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}

_INSTRUMENT = re.compile(
    r"(?:eortc[ -]*)?qlq[ -]?c ?30|qlq-?gi\.?net ?21|fact-?g|sf-?36|eq-?5d(?:-?5l)?|promis global|who-?qol(?:-bref)?",
    re.I,
)
_QUALITY = "quality of life"
_GLOBAL = re.compile(r"global (?:health|qol|quality)|overall health(?!.*week)|ql2|globaler gesundheit|\bvas\b", re.I)


def read_performance(resources: ResourceSet, ignored: list[Ignored]) -> list[Performance]:
    """ECOG and Karnofsky; of an interval ("0-1") the worse end. Scores off the scale are listed."""
    found = []
    for resource, part, scale in _scaled(resources):
        values = _scores(part, scale)
        if not values:
            ignored.append(Ignored(resource.source, "unreadable", scale))
            continue
        value = min(values) if scale == "karnofsky" else max(values)
        if not 0 <= value <= (100 if scale == "karnofsky" else 5) or value != int(value):
            ignored.append(Ignored(resource.source, "implausible", scale))
            continue
        ecog = _from_karnofsky(int(value)) if scale == "karnofsky" else int(value)
        coded = bool(concepts_at(part, "code"))
        found.append(
            Performance(
                source=resource.source,
                when=when_observed(resource, resources, "issued"),
                ecog=ecog,
                karnofsky=int(value) if scale == "karnofsky" else None,
                read_as="coded" if coded else "narrative",
            )
        )
    return found


def _scaled(resources: ResourceSet) -> Iterator[tuple[Resource, Mapping[str, Any], Literal["ecog", "karnofsky"]]]:
    """The Observations and components that hold a performance score, each with its scale."""
    for resource in speaking(resources, _scale_said):
        for part in (resource.data, *objects(resource.data.get("component"))):
            scale = _scale_said(code_of(part))
            if scale is not None and (part is not resource.data or "component" not in part or _valued(part)):
                yield resource, part, scale


def _valued(part: Mapping[str, Any]) -> bool:
    return any(name.startswith("value") for name in part)


@asked_once
def _scale_said(code: Said) -> Literal["ecog", "karnofsky"] | None:
    if code.names & {"ecog", "karnofsky"}:
        return "ecog" if "ecog" in code.names else "karnofsky"
    for words in code.texts:
        if _KARNOFSKY.search(words):
            return "karnofsky"
        if _ECOG.search(words):
            return "ecog"
    return None


def _from_karnofsky(score: int) -> int:
    """Karnofsky as ECOG: 80 and above 0-1, 60-70 2, 40-50 3, 30 and below 4 (rulings, C-07); in between the worse."""
    return next(ecog for least, ecog in ((90, 0), (80, 1), (60, 2), (40, 3), (1, 4), (0, 5)) if score >= least)


def _scores(data: Mapping[str, Any], scale: str) -> list[Decimal]:
    """The value as one number or the two ends of an interval; empty if it cannot be read."""
    for name in ("valueInteger", "valueDecimal"):
        if (value := number(data.get(name))) is not None:
            return [value]
    if amount := quantity(data.get("valueQuantity")):
        open_ended = ("<", "<=") if scale == "karnofsky" else (">", ">=")  # towards the worse: how bad is not said
        return [] if amount.comparator in open_ended else [amount.value]
    if isinstance(span := data.get("valueRange"), Mapping):
        return [end.value for name in ("low", "high") if (end := quantity(span.get(name)))]
    for name in names_at(data, "valueCodeableConcept"):
        if name.startswith(f"{scale}-"):
            return [Decimal(name.removeprefix(f"{scale}-"))]
    written = [text(data.get("valueString")), *free_texts(data, "valueCodeableConcept")]
    for words in filter(None, written):
        if match := _SCALE.fullmatch(words):
            return [Decimal(_ROMAN.get(end.upper(), 0) or end) for end in match.groups() if end]
    return []


def read_nyha(resources: ResourceSet, ignored: list[Ignored]) -> list[Problem]:
    """NYHA classes given as Observations (as Conditions: ``problems``)."""
    found = []
    for resource in speaking(resources, _is_nyha):
        if not _is_nyha(code_of(resource.data)):
            continue
        grade = max((int(value) for value in _scores(resource.data, "nyha")), default=None)
        if grade is None or not 1 <= grade <= 4:
            ignored.append(Ignored(resource.source, "unreadable", "nyha"))
            continue
        when = when_observed(resource, resources, "issued")
        found.append(Problem(source=resource.source, when=when, kind="nyha", grade=grade))
    return found


@asked_once
def _is_nyha(code: Said) -> bool:
    return "nyha" in code.names or any(_NYHA.search(words) for words in code.texts)


def nyha_class(words: str) -> int | None:
    """The NYHA class a text names; of two ("II-III") the worse."""
    match = _NYHA_CLASS.search(words)
    if match is None:
        return None
    return max(_ROMAN.get(end.upper(), 0) or int(end) for end in match.groups() if end)


def read_quality_of_life(resources: ResourceSet, ignored: list[Ignored]) -> list[QualityOfLife]:
    """Global health scores (0-100) of a named instrument; undated and unreadable ones are listed."""
    found = []
    for resource, instrument, parts in _global_scores(resources):
        values = [value for part in parts if (value := _global_health(part)) is not None]
        if not values:
            ignored.append(Ignored(resource.source, "unreadable", _QUALITY))
        when = when_observed(resource, resources, "issued") or parse_date(resource.data.get("authored"))
        for value in values:
            if not 0 <= value <= 100:
                ignored.append(Ignored(resource.source, "implausible", _QUALITY))
            elif when is None:
                ignored.append(Ignored(resource.source, "no-date", _QUALITY))
            else:
                found.append(
                    QualityOfLife(source=resource.source, when=when, instrument=instrument, global_health=value)
                )
    return found


def _global_scores(resources: ResourceSet) -> Iterator[tuple[Resource, str, Sequence[Mapping[str, Any]]]]:
    """What asks for the global health of a named instrument, with the parts that should hold the score."""
    for resource in candidates(resources, _is_global, "Observation"):
        words = code_of(resource.data).words
        instrument = _instrument_in(f"{words} {words_at(resource.data, 'method')}")
        if instrument is None:
            continue
        parts = [resource.data] if _GLOBAL.search(words) else []
        parts += [part for part in objects(resource.data.get("component")) if _GLOBAL.search(words_at(part, "code"))]
        if parts:
            yield resource, instrument, parts
    for resource in resources.of("QuestionnaireResponse"):
        items = list(_items(resource.data, 0))
        words = " ".join([text(resource.data.get("questionnaire")), *(text(item.get("text")) for item in items)])
        instrument = _instrument_in(words)
        asked = [item for item in items if _GLOBAL.search(_title(item))] if instrument else []
        if instrument and asked:
            yield resource, instrument, [answer for item in asked for answer in walk(item, "answer")]


@asked_once
def _is_global(code: Said) -> bool:
    return bool(_GLOBAL.search(code.words) or _GLOBAL.search(code.shown))


def _title(item: Mapping[str, Any]) -> str:
    return f"{text(item.get('text'))} {text(item.get('linkId')).replace('-', ' ')}"


def _global_health(part: Mapping[str, Any]) -> Decimal | None:
    """The score of an Observation, a component or an answer; None if there is none that can be read."""
    if amount := quantity(part.get("valueQuantity")):
        return amount.value if amount.comparator is None else None  # "below 50" is no score to compare
    values = (number(part.get(name)) for name in ("valueInteger", "valueDecimal", "valueString"))
    return next((value for value in values if value is not None), None)


def _instrument_in(words: str) -> str | None:
    match = _INSTRUMENT.search(words)
    if match is None:
        return None
    return "EORTC QLQ-C30" if re.search(r"c ?30", match[0], re.I) else match[0].upper()


def _items(data: Mapping[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    for item in objects(data.get("item")) if depth < 8 else ():
        yield item
        yield from _items(item, depth + 1)
        for answer in objects(item.get("answer")):
            yield from _items(answer, depth + 1)
