"""Conditions that name a neuroendocrine neoplasm: what it is, where it began, whether it is active or suspected.

Codes first (table, by system and code; the morphology also in mCODE's extension); the words of a Condition are read
only where none of its codes is known. Look-alikes give nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import Coding, codings, dated, objects, states, text, walk, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.fhir.status import UNSURE, verification
from cds_service.record.codes import ICD10, ICD10CM, ICDO3, Concept, Said, all_said, asked_once, concept_of, system_of
from cds_service.record.index import candidates, once, speaking
from cds_service.record.model import Diagnosis, Entity, Primary
from cds_service.record.organs import organ_of, organ_of_codes, primary_of
from cds_service.record.tumour_names import TumourName, read_name

_ENTITY: dict[str, Entity] = {
    "net": "net", "net-secondary": "net", "net-benign": "net", "insulinoma": "net", "glucagonoma": "net",
    "gastrinoma": "net", "vipoma": "net", "somatostatinoma": "net", "acth-tumour": "net", "nec": "nec",
    "minen": "minen", "nen": "nen", "ppgl": "ppgl", "carcinoid-syndrome": "carcinoid-syndrome",
    "carcinoid-heart-disease": "carcinoid-syndrome", "carcinoid-crisis": "carcinoid-syndrome",
}  # fmt: skip
_LOOK_ALIKES = frozenset({"merkel-cell", "goblet-cell", "adenocarcinoma-ne"})
# Several codes on one Condition: the worse or more telling one decides.
_ORDER: tuple[Entity, ...] = ("minen", "nec", "ppgl", "net", "nen", "carcinoid-syndrome")
_INACTIVE = frozenset({"remission", "resolved", "inactive"})
# One code for two grades: ICD-O-3 8249/3 is grade 2 and, for want of another code, grade 3.
_GRADE_UNSURE = frozenset({"8249/3"})
_ICD_PRIMARY_UNSAID = frozenset({"net-secondary"})


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Diagnosis]:
    """The neuroendocrine diagnoses on record, by source; ``ignored`` is left as it is."""
    linked = bool(_histology(resources))  # then any of them may be a tumour
    conditions = resources.of("Condition") if linked else candidates(resources, _names_tumour, "Condition")
    return [found for resource in conditions if (found := diagnosis_of(resource, resources)) is not None]


@asked_once
def _names_tumour(code: Said) -> bool:
    known = _concepts(code)
    return (_entity(known) if known else _title_names(code)) is not None


@asked_once
def _title_names(code: Said) -> TumourName | None:
    return read_name(code.shown)


def _named(data: dict[str, object], words: str) -> TumourName | None:
    """What the words of a Condition name; mostly they are the title of its code."""
    title = next(all_said(data, "code"), None)
    return _title_names(title) if title is not None and title.shown == words else read_name(words)


def diagnosis_of(resource: Resource, resources: ResourceSet) -> Diagnosis | None:
    """What one Condition, and the histology found in it, say of a neuroendocrine neoplasm, None if they name none."""
    data = resource.data
    known = (*_known(data), *_histology(resources).get(resource.source, ()))
    if any(concept.refused or concept.name in _LOOK_ALIKES for concept in known):
        return None
    words = _words(data)
    name = _named(data, words) if words and not known else None
    entity = _entity(known) or (name.entity if name else None)
    if entity is None:
        return None
    organ, primary = _primary(data, known, name, entity)
    clinical = states(data, "clinicalStatus")
    return Diagnosis(
        source=resource.source,
        when=_when(data),
        read_as="coded" if _entity(known) else "narrative",
        quote=words[:200] if name else "",
        entity=entity,
        suspected=bool(verification(data) & UNSURE) or entity == "carcinoid-syndrome" or bool(name and name.suspected),
        active=not (clinical & _INACTIVE or (name and name.personal_history)),
        primary=primary,
        primary_text=organ,
        grade=_grade(data, known, name, words),
        inactive_since=dated(data, "abatement")[0] if clinical & _INACTIVE else None,
    )


def _known(data: dict[str, object]) -> Iterator[Concept]:
    """The understood concepts of the code and of the morphology."""
    for code in (*all_said(data, "code"), *_morphology(data)):
        yield from _concepts(code)


@asked_once
def _concepts(code: Said) -> tuple[Concept, ...]:
    """The understood concepts of a code, or evidence of them in it."""
    found: list[Concept] = []
    for coding in code.codings:
        system = system_of(coding.system)
        # Codes that ICD-10 and its national versions share with ICD-10-CM (C25.4, E34.0) mean the same.
        known = concept_of(coding) or (concept_of(Coding(ICD10CM, coding.code)) if system == ICD10 else None)
        if known is None and system == ICDO3 and "/" in coding.code:
            known = concept_of(Coding(ICDO3, f"{coding.code.split('/')[0]}/3"))  # other behaviour, same tumour
        if known is not None:
            found.append(known)
    return tuple(found)


def _histology(resources: ResourceSet) -> dict[str, list[Concept]]:
    """Condition -> the tumours that histology Observations about it name by code: ICD-10 has none for a NET, and German
    records and mCODE say it there. They are linked by focus or an extension, or the Condition names them as evidence.
    """
    return once(resources, "histology by condition", lambda: _linked_histology(resources))


def _linked_histology(resources: ResourceSet) -> dict[str, list[Concept]]:
    found: dict[str, list[Concept]] = defaultdict(list)
    named: dict[str, list[Concept]] = {}
    for item in speaking(resources, lambda code: code.names & {"histology-type", "tumour-morphology-panel"}):
        parts = (item.data, *objects(item.data.get("component")))
        said = (code for part in parts for code in all_said(part, "valueCodeableConcept"))
        named[item.source] = tumours = [each for code in said for each in _concepts(code) if each.name in _ENTITY]
        extended = (part.get("valueReference") for part in objects(item.data.get("extension")))
        for target in (*objects(item.data.get("focus")), *extended):
            about = resources.resolve(target, within=item)
            if about is not None and about.type == "Condition":
                found[about.source] += tumours
    for condition in resources.of("Condition") if named else ():
        for target in (*walk(condition.data, "evidence", "detail"), *walk(condition.data, "stage", "assessment")):
            evidence = resources.resolve(target, within=condition)
            found[condition.source] += named.get(evidence.source, []) if evidence else []
    return found


def _morphology(data: dict[str, object]) -> Iterator[Said]:
    """What mCODE's extension says."""
    for extension in objects(data.get("extension")):
        if "morphology" in text(extension.get("url")).lower():
            yield from all_said(extension, "valueCodeableConcept")
            yield from all_said(extension, "valueCoding")


def _words(data: dict[str, object]) -> str:
    """The words that may be read when no code is known."""
    parts = [words_at(data, "code")]
    for extension in objects(data.get("extension")):
        if "morphology" in text(extension.get("url")).lower():
            parts.append(words_at(extension, "valueCodeableConcept"))
    return " ".join(dict.fromkeys(part for part in parts if part))


def _entity(known: tuple[Concept, ...]) -> Entity | None:
    found = {_entity_of(concept) for concept in known if concept.name in _ENTITY}
    return next((entity for entity in _ORDER if entity in found), None)


def _entity_of(concept: Concept) -> Entity:
    """C25.4 names the endocrine pancreas and leaves open whether tumour or carcinoma."""
    return "nen" if concept.code == "C25.4" else _ENTITY[concept.name]


def _primary(
    data: dict[str, object], known: tuple[Concept, ...], name: TumourName | None, entity: Entity
) -> tuple[str, Primary | None]:
    """Organ and group of the primary tumour: from the code, else the body site, else the words."""
    if entity == "ppgl":
        return "paraganglia", "ppgl"
    if entity == "carcinoid-syndrome":
        return "", None
    for concept in known:
        if concept.name not in _ICD_PRIMARY_UNSAID and (own := _name_of(concept)) and own.primary:
            return own.organ, own.primary
    topography = organ_of_codes((c.system, c.code) for c in codings(data, "code"))
    if group := primary_of(topography):
        return topography, group
    if any(concept.name in _ICD_PRIMARY_UNSAID for concept in known):
        return "", None  # the site of a metastasis
    if name and name.primary:
        return name.organ, name.primary
    words = words_at(data, "code").lower()
    if "metasta" in words or "secondary" in words:
        return "", None
    sites = codings(data, "bodySite")
    site = organ_of_codes((c.system, c.code) for c in sites) or organ_of(words_at(data, "bodySite"))
    return (site, group) if (group := primary_of(site)) else ("", None)


@lru_cache(maxsize=1024)
def _name_of(concept: Concept) -> TumourName | None:
    """What a row of the code table names."""
    return read_name(concept.display)


def _grade(data: dict[str, object], known: tuple[Concept, ...], name: TumourName | None, words: str) -> str | None:
    """The grade the code itself states, else the words of the Condition, when they name one grade."""
    for concept in known:
        if concept.code not in _GRADE_UNSURE and (own := _name_of(concept)) and own.grade:
            return own.grade
    if name:
        return name.grade
    beside = _named(data, words) if any(_ENTITY.get(concept.name) in ("net", "nen") for concept in known) else None
    return beside.grade if beside else None


def _when(data: dict[str, object]) -> Span | None:
    start, _ = dated(data, "onset")
    return start or parse_date(data.get("recordedDate"))
