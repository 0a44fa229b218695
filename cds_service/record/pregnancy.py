"""Pregnancy tests (qualitative, quantitative) and pregnancy status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from cds_service.fhir.elements import Quantity, codings, notes, number, objects, quantity, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, asked_once, concepts_at, names_at
from cds_service.record.common import free_texts, when_observed
from cds_service.record.index import code_of, speaking
from cds_service.record.model import PregnancyResult

Result = Literal["positive", "negative", "above-range", "uninterpretable", "pregnant", "not-pregnant", "possible"]

_TEST = re.compile(
    r"pregnancy test|\bhcg\b|beta-?hcg|choriogonadotropin|chorionic gonadotropin|schwangerschaftstest", re.I
)
_STATUS = re.compile(r"pregnancy status|pregnant\b|schwangerschaftsstatus", re.I)
_WRITTEN = re.compile(r"(?P<sign>[<>]=?)?\s*(?P<n>\d+(?:\.\d+)?)\s*(?P<unit>m?i?u/m?l)", re.I)
_NEGATIVE = re.compile(r"\bneg(?:ative?)?\b|not (?:detected|pregnant|reactive)|non-?reactive|absent|negativ", re.I)
_POSITIVE = re.compile(r"\bpos(?:itive?)?\b|(?<!not )(?<!non-)(?:detected|reactive)|present|positiv", re.I)
_DOUBT = re.compile(
    r"indetermin|equivocal|invalid|borderline|weak|unable|inconclusive|unknown|repeat|h(?:a)?emoly", re.I
)
_POSSIBLE = re.compile(r"possib|suspect|not excluded|cannot be excluded|missed period|maybe|unsure|probable", re.I)
_NOT = re.compile(r"\bnot pregnant|\bno\b|negative|nicht schwanger", re.I)
_YES = re.compile(r"pregnant|positive|\byes\b|schwanger", re.I)
_STATUS_CODED: dict[str, Result] = {
    "not-pregnant": "not-pregnant", "possible-pregnancy": "possible", "pregnancy": "pregnant",
}  # fmt: skip
_FLAGS: dict[str, Result] = {
    "POS": "positive", "DET": "positive", "NEG": "negative", "ND": "negative", "IND": "uninterpretable",
}  # fmt: skip


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[PregnancyResult]:
    """Pregnancy tests and status; undated ones are listed, not used."""
    found = []
    for resource in speaking(resources, _asked):
        if _asked(code_of(resource.data)) is None:
            continue  # only a component says something of it
        result = _pregnancy(resource)
        if result is None:
            ignored.append(Ignored(resource.source, "unreadable", "pregnancy status"))
            continue
        when = when_observed(resource, resources, "issued")
        if when is None:
            ignored.append(Ignored(resource.source, "no-date", "pregnancy test"))
            continue
        found.append(
            PregnancyResult(
                source=resource.source,
                when=when,
                result=result[0],
                quantitative=result[1],
                read_as="coded" if concepts_at(resource.data, "code") else "narrative",
            )
        )
    return found


def _pregnancy(resource: Resource) -> tuple[Result, bool] | None:
    """The result, and whether it is a quantitative test; None for a status nobody understands."""
    data = resource.data
    asked = _asked(code_of(data))
    if asked == "status":
        status = _status(data)
        return (status, False) if status else None
    amount = quantity(data.get("valueQuantity")) or _written_amount(data)
    return (_quantitative(data, amount), True) if amount else (_qualitative(data), False)


@asked_once
def _asked(code: Said) -> Literal["test", "status"] | None:
    words = " ".join(code.texts)
    is_test = bool(code.names & {"hcg", "hcg-quantitative"}) or bool(_TEST.search(words))
    if "pregnancy-status" in code.names or (_STATUS.search(words) and not is_test):
        return "status"
    return "test" if is_test else None


def _status(data: Mapping[str, Any]) -> Result | None:
    if isinstance(data.get("valueBoolean"), bool):
        return "pregnant" if data["valueBoolean"] else "not-pregnant"
    names = names_at(data, "valueCodeableConcept")
    if coded := next((result for name, result in _STATUS_CODED.items() if name in names), None):
        return coded
    words = " ".join([text(data.get("valueString")), *free_texts(data, "valueCodeableConcept")])
    if _NOT.search(words):
        return "not-pregnant"
    if _POSSIBLE.search(words):
        return "possible"
    return "pregnant" if _YES.search(words) else None


def _qualitative(data: Mapping[str, Any]) -> Result:
    if isinstance(data.get("valueBoolean"), bool):
        return "positive" if data["valueBoolean"] else "negative"
    names = names_at(data, "valueCodeableConcept")
    if names & {"positive", "status-not-detected", "negative"}:
        return "positive" if "positive" in names else "negative"
    written = [text(data.get("valueString")), words_at(data, "valueCodeableConcept")]
    words = " ".join(filter(None, written)) or notes(data)
    if _DOUBT.search(words):
        return "uninterpretable"
    if _NEGATIVE.search(words):
        return "negative"
    if _POSITIVE.search(words):
        return "positive"
    return next((_FLAGS[c.code] for c in codings(data, "interpretation") if c.code in _FLAGS), "uninterpretable")


def _written_amount(data: Mapping[str, Any]) -> Quantity | None:
    match = _WRITTEN.fullmatch(text(data.get("valueString")))
    if match is None or (value := number(match["n"])) is None:
        return None
    return quantity({"value": value, "comparator": match["sign"], "unit": match["unit"]})


def _quantitative(data: Mapping[str, Any], amount: Quantity) -> Result:
    """Against its own reference range only: what a laboratory calls normal differs."""
    highs: list[Decimal] = []
    for entry in objects(data.get("referenceRange")):
        high = quantity(entry.get("high"))
        if high is None or entry.get("appliesTo"):
            continue
        sent, stated = {_unit(unit) for unit in amount.units}, {_unit(unit) for unit in high.units}
        if not sent or not stated or sent & stated:
            highs.append(high.value)
    if not highs:
        flags = {coding.code for coding in codings(data, "interpretation")}
        if flags & {"H", "HH", "HU", "A", "POS"}:
            return "above-range"
        return "negative" if flags & {"N", "NEG"} else "uninterpretable"
    limit = min(highs)
    if amount.comparator in ("<", "<="):
        return "negative" if amount.value <= limit else "uninterpretable"
    if amount.comparator in (">", ">="):
        return "above-range" if amount.value >= limit else "uninterpretable"
    return "above-range" if amount.value > limit else "negative"


def _unit(spelling: str) -> str:
    plain = re.sub(r"[\[\]{}\s]", "", spelling).lower().replace("iu", "u")
    return "u/l" if plain in ("mu/ml", "u/l") else plain
