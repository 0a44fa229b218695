"""Lesions of one scan: from per-lesion Observations, and from what the report's text was read as."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from cds_service.fhir.elements import codings, data_absent, notes, number, objects, quantity, text, text_of, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Said, asked_once
from cds_service.record.common import by_source
from cds_service.record.index import code_of
from cds_service.record.intervals import NotAScore, compared, explained_score, score, score_of, size_mm, size_of
from cds_service.record.model import Lesion, Score
from cds_service.record.organs import organ_of_codes

_KRENNING_WORDS = re.compile(r"\bkrenning\b", re.I)
_SUV_WORDS = re.compile(r"\bsuv[ -]*max\b|\bmax(?:imum|imal)? suv\b|\bsuv[ -]*bw[ -]*max", re.I)
_SIZE_WORDS = re.compile(r"\b(?:size|diameter|dimension|long(?:est)? axis)\b", re.I)
_FDG_WORDS = re.compile(r"\bfdg\b.{0,40}\b(?:uptake|avid\w*|positiv\w*|status)\b|\buptake\b", re.I)
_MAXIMUM = re.compile(r"\b(?:highest|max(?:imum|imal)?|hottest|most intense)\b(?!.{0,4}suv)(?:.{0,25}krenning"
                      r"|.{0,25}uptake)", re.I)
_PHYSIOLOGICAL = re.compile(r"\bphysiolog\w*|\bbenign\b|\bnon-?specific\b|\bdegenerat\w*|\binflammat\w*"
                            r"|\binfect\w*", re.I)
_REFERENCE = re.compile(r"\b(?:reference|background|normal|healthy|mean liver)\b", re.I)
_SUV_UNIT = re.compile(r"\{?suv\w*\}?.*|g/ml.*|1|\{?ratio\}?|\{.*\}", re.I)
_POSITIVE = re.compile(r"\b(?:positive|avid|present|yes|increased|intense|hypermetabolic|pos)\b", re.I)
_NEGATIVE = re.compile(r"\b(?:negative|non-?avid|not avid|absent|no|none|not increased|photopenic|neg)\b", re.I)
_HIGH = re.compile(r"\b(?:high|intense|strong|marked|avid)\b", re.I)
_LOW = re.compile(r"\b(?:low(?:-grade)?|faint|mild|weak)\b", re.I)
_NONE = re.compile(r"\b(?:no|without|absent|none|negative)\b", re.I)
_NEGATION = re.compile(r"\b(?:no|not|without)\b", re.I)
_STRUCTURE = re.compile(r"\s*\((?:body structure|morphologic abnormality)\)|\b(?:entire|structure of"
                        r"|structure)\b", re.I)
_FILLING = frozenset({"the", "of", "in", "structure", "lesion", "s"})
Words = Literal["high", "low", "none"]
Kind = Literal["krenning", "suv", "size", "fdg"]


def is_lesion(data: dict[str, Any]) -> bool:
    """Whether an Observation states Krenning score, SUVmax, size or FDG uptake of one lesion."""
    return any(kind_of(part) for part in (data, *objects(data.get("component"))))


def kind_of(part: dict[str, Any]) -> Kind | None:
    """What an Observation or component measures of a lesion."""
    return kind_said(code_of(part))


@asked_once
def kind_said(code: Said) -> Kind | None:
    """What a code measures of a lesion."""
    if "krenning-score" in code.names:
        return "krenning"
    if "suv-max" in code.names:
        return "suv"
    if code.names & {"tumour-size", "tumour-size-max", "tumour-size-additional"}:
        return "size"
    words = " ".join(code.texts)
    if _KRENNING_WORDS.search(words):
        return "krenning"
    if _SUV_WORDS.search(words):
        return "suv"
    if _SIZE_WORDS.search(words) and "field" not in words:
        return "size"
    return "fdg" if _FDG_WORDS.search(words) else None


def site_of(observation: Resource, resources: ResourceSet) -> str:
    """The lesion's site in words: body site, else the body structure it points at; "" if not said."""
    data = observation.data
    if words := text_of(data.get("bodySite")):
        return _STRUCTURE.sub("", words).strip().strip(",") or words
    if coded := organ_of_codes((c.system, c.code) for c in codings(data, "bodySite")):
        return coded
    targets = [*objects(data.get("focus"))]
    for extension in objects(data.get("extension")):
        targets += objects(extension.get("valueReference"))
    for target in targets:
        other = resources.resolve(target, within=observation)
        if other is not None and other.type == "BodyStructure":
            return words_at(other.data, "location") or text(other.data.get("description"))
    for part in objects(data.get("component")):
        if re.search(r"\b(?:site|location)\b", words_at(part, "code"), re.I):
            return text_of(part.get("valueCodeableConcept")) or text(part.get("valueString"))
    return ""


def score_in(part: dict[str, Any], source: str, ignored: list[Ignored]) -> Score | None:
    """The Krenning score of an Observation or component as an interval; what is off the scale is listed."""
    try:
        found = _score(part)
    except NotAScore:
        ignored.append(Ignored(source, "implausible", "Krenning score"))
        return None
    found = found or compared(_written(part))
    if found is None and any(name.startswith("value") for name in part) and words_in(_written(part)) is None:
        ignored.append(Ignored(source, "unreadable", "Krenning score"))
    return found


def _written(part: dict[str, Any]) -> str:
    return text(part.get("valueString")) or words_at(part, "valueCodeableConcept")


def _score(part: dict[str, Any]) -> Score | None:
    if (whole := number(part.get("valueInteger"))) is not None:
        return score_of(whole)
    if (measured := quantity(part.get("valueQuantity"))) is not None:
        return score_of(measured.value, measured.comparator)
    if isinstance(span := part.get("valueRange"), dict):
        low, high = quantity(span.get("low")), quantity(span.get("high"))
        if low is None and high is None:
            return None
        first = score_of(low.value)[0] if low else 0
        last = score_of(high.value)[1] if high else 4
        return (first, last) if first <= last else None
    if written := text(part.get("valueString")):
        return score(written) or explained_score(written)
    concept = part.get("valueCodeableConcept")
    coded = codings(concept)
    for words in dict.fromkeys((text_of(concept), *(c.display for c in coded), *(c.code for c in coded))):
        if words and (found := score(words) or explained_score(words)) is not None:
            return found
    return None


def suv_in(part: dict[str, Any], source: str, ignored: list[Ignored]) -> Decimal | None:
    """SUVmax, a positive number without bounds; None otherwise."""
    measured = quantity(part.get("valueQuantity"))
    value = measured.value if measured else number(part.get("valueString")) or number(part.get("valueInteger"))
    if value is None:
        if any(name.startswith("value") for name in part) and not data_absent(part):
            ignored.append(Ignored(source, "unreadable", "SUVmax"))
        return None
    if measured and measured.units and not any(_SUV_UNIT.fullmatch(unit) for unit in measured.units):
        ignored.append(Ignored(source, "unknown-unit", "SUVmax"))
        return None
    if value < 0 or value > 1000:
        ignored.append(Ignored(source, "implausible", "SUVmax"))
        return None
    return None if measured and measured.comparator else value


def _size(part: dict[str, Any], source: str, ignored: list[Ignored]) -> Decimal | None:
    if (measured := quantity(part.get("valueQuantity"))) is not None:
        if not measured.units:
            ignored.append(Ignored(source, "no-unit", "lesion size"))
            return None
        found = size_of(measured)
        if found is None and measured.comparator is None:
            ignored.append(Ignored(source, "implausible" if measured.value <= 0 else "unknown-unit", "lesion size"))
        return found
    if written := text(part.get("valueString")):
        return size_mm(written)
    return None


def _fdg(part: dict[str, Any]) -> Literal["positive", "negative"] | None:
    """Positive or negative as the value or its interpretation says; a number alone says neither."""
    if isinstance(flag := part.get("valueBoolean"), bool):
        return "positive" if flag else "negative"
    concept = words_at(part, "valueCodeableConcept") + " " + text(part.get("valueString"))
    marks = {c.code for c in codings(part, "interpretation")}
    if marks & {"NEG", "ND"} or _NEGATIVE.search(concept):
        return "negative"
    return "positive" if marks & {"POS", "DET"} or _POSITIVE.search(concept) else None


def words_in(said: str) -> Words | None:
    """How uptake is worded without a reference organ; a text that says several things says none."""
    if _NEGATION.search(said) and (_HIGH.search(said) or _LOW.search(said)):
        return None
    found = [name for name, pattern in (("high", _HIGH), ("low", _LOW), ("none", _NONE)) if pattern.search(said)]
    if len(found) != 1:
        return None
    return "high" if found[0] == "high" else "low" if found[0] == "low" else "none"


def lesion_of(observation: Resource, resources: ResourceSet, ignored: list[Ignored]) -> Lesion:
    """One Observation with its components as a lesion (possibly without any usable value)."""
    data, source = observation.data, observation.source
    score_found: Score | None = None
    sizes: list[Decimal] = []
    suv: Decimal | None = None
    fdg: Literal["positive", "negative"] | None = None
    parts = (data, *objects(data.get("component")))
    for part in parts:
        match kind_of(part):
            case "krenning":
                score_found = score_in(part, source, ignored) or score_found
            case "suv":
                suv = suv_in(part, source, ignored) if suv is None else suv
                fdg = fdg or _fdg({"interpretation": part.get("interpretation")})
            case "size":
                sizes += [size] if (size := _size(part, source, ignored)) is not None else []
            case "fdg":
                fdg = _fdg(part) or fdg
    said = f"{notes(data)} {words_at(data, 'interpretation')}"
    worded = ""
    if score_found is None:
        worded = " ".join(_written(part) for part in parts if kind_of(part) == "krenning")
    return Lesion(
        site=site_of(observation, resources),
        score=score_found,
        size_mm=max(sizes, default=None),
        suvmax=suv,
        fdg=fdg,
        physiological=bool(_PHYSIOLOGICAL.search(said)) and not _NEGATION.search(said),
        words=words_in(worded) or words_in(said),
        source=source,
    )


def is_reference(observation: Resource) -> bool:
    """Whether an uptake value is that of a normal organ, kept for comparison."""
    said = f"{words_at(observation.data, 'code')} {notes(observation.data)} {text_of(observation.data.get('bodySite'))}"
    return bool(_REFERENCE.search(said)) and "krenning" not in said.lower()


def names_a_maximum(observation: Resource) -> bool:
    """Whether a score is that of the hottest lesion only ("highest Krenning score")."""
    return bool(_MAXIMUM.search(words_at(observation.data, "code")))


def joined(lesions: Iterable[Lesion]) -> tuple[Lesion, ...]:
    """Score and SUVmax of one site sent as two Observations make one lesion; the order does not matter.

    They are joined only where that is unambiguous: one of each at the site.
    """
    ordered = by_source(tuple(lesions))
    sites: dict[str, list[Lesion]] = defaultdict(list)
    for lesion in ordered:
        sites[site_key(lesion.site)].append(lesion)
    kept: list[Lesion] = []
    for site, here in sites.items():
        scored = [lesion for lesion in here if lesion.score is not None and lesion.suvmax is None]
        bare = [lesion for lesion in here if lesion.score is None and (lesion.suvmax is not None or lesion.size_mm)]
        if site and len(scored) == 1 and bare and len(here) == 1 + len(bare) and _complement(bare):
            one = scored[0]
            suv = next((lesion.suvmax for lesion in bare if lesion.suvmax is not None), None)
            size = next((lesion.size_mm for lesion in bare if lesion.size_mm is not None), one.size_mm)
            here = [replace(one, suvmax=suv, size_mm=one.size_mm or size)]
        kept += here
    return tuple(by_source(kept))


def _complement(bare: list[Lesion]) -> bool:
    """Whether the unscored values at a site are one SUVmax and one size at most."""
    return sum(b.suvmax is not None for b in bare) <= 1 and sum(b.size_mm is not None for b in bare) <= 1


def site_key(site: str) -> str:
    """A site's words in one form, to compare: lower case, no filling words."""
    return " ".join(sorted(set(re.findall(r"[a-z0-9]+", site.lower())) - _FILLING))
