"""Hypersensitivity to the radioligand or to what is given with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cds_service.fhir.elements import dated, notes, objects, states, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import ResourceSet
from cds_service.record.codes import Said, concepts_at
from cds_service.record.common import first_date, free_texts
from cds_service.record.index import candidates
from cds_service.record.model import Allergy

_AGENTS = (
    ("177Lu agent", r"lutathera|lutetium|177 ?-?lu|lu-?177|dota-?tate|dota-?toc|dota-?noc|oxodotreotide|edotreotide"
     r"|satoreotide|\bprrt\b|peptide receptor radio"),
    ("lysine", r"\bl?-?lysine?\b|lysakare"),
    ("arginine", r"\bl?-?arginine?\b"),
    ("amino-acid solution", r"amino-?acid (?:solution|infusion|injection)|aminoplasmal"),
    ("excipient", r"gentisic acid|gentisate|pentetic acid|\bdtpa\b|diethylenetriamine"),
)  # fmt: skip
_OTHER_SUBSTANCE = re.compile(  # salts and peptides named after the amino acids; another radioligand
    r"\b(?:\w+(?:pril|profen)|aspirin|(?:acetyl)?salicyl\w*(?: acid)?|carbocist\w+)[ -]+(?:l-)?(?:lysine?|arginine?)\b"
    r"|\b(?:lysine?|arginine?)[ -]+(?:vasopressin|aspirin|acetylsalicyl\w*|clonixin\w*)"
    r"|(?:177 ?-?lu|lu-?177|lutetium)\W*(?:\(?177\W*(?:lu)?\)?\W*)?(?:psma\w*|vipivotide)", re.I)  # fmt: skip
_CODED = {"lutetium-177-dotatate": "177Lu agent", "tracer-68ga-dotatate": "177Lu agent"}
_NONE = re.compile(r"\bno (?:known )?|not allergic|\bnkd?a\b|denies", re.I)
_SEVERE = re.compile(
    r"grade (?:3|4|iii|iv)\b|g[34]\b|anaphyla|severe|life-?threatening|stevens|angio-?(?:o)?edema|shock", re.I
)
_MILD = re.compile(r"grade (?:1|2|i|ii)\b|\bmild\b|\bmoderate\b", re.I)
_REACTION = re.compile(r"allerg|hypersensitiv|anaphyla", re.I)


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Allergy]:
    """Allergies to the agent or its companions; ``severe`` None when nothing says how bad the reaction was."""
    found = []
    for resource in resources.of("AllergyIntolerance"):
        data = resource.data
        if states(data, "clinicalStatus") & {"inactive", "resolved"}:
            continue
        agent = _agent(data)
        if agent:
            start, _ = dated(data, "onset")
            when = start or first_date(data, "recordedDate", "lastOccurrence")
            found.append(Allergy(source=resource.source, when=when, agent=agent, severe=_severity(data)))
    for resource in candidates(resources, _names_allergy, "Condition"):
        words = " ".join(free_texts(resource.data, "code"))
        agent = _in_name(words)
        if agent:
            severe = True if _SEVERE.search(words) else False if _MILD.search(words) else None
            when = first_date(resource.data, "onsetDateTime", "recordedDate")
            found.append(Allergy(source=resource.source, when=when, agent=agent, severe=severe, read_as="narrative"))
    return found


def _names_allergy(code: Said) -> bool:
    return _in_name(" ".join(code.texts)) is not None


def _in_name(words: str) -> str | None:
    """The agent of an allergy that is a Condition by name."""
    return _named(words) if _REACTION.search(words) and not _NONE.search(words) else None


def _agent(data: Mapping[str, Any]) -> str | None:
    places = [data, *objects(data.get("reaction"))]
    for place, name in ((place, name) for place in places for name in ("code", "substance")):
        for concept in concepts_at(place, name):
            if concept.name in _CODED:
                return _CODED[concept.name]
        for words in free_texts(place, name):
            if not _NONE.search(words) and (agent := _named(words)):
                return agent
    return None


def _named(words: str) -> str | None:
    words = _OTHER_SUBSTANCE.sub(" ", words)
    return next((agent for agent, pattern in _AGENTS if re.search(pattern, words, re.I)), None)


def _severity(data: Mapping[str, Any]) -> bool | None:
    reactions = list(objects(data.get("reaction")))
    grades = {text(reaction.get("severity")) for reaction in reactions}
    words = " ".join(
        [
            notes(data),
            *(words_at(r, "manifestation") for r in reactions),
            *(text(r.get("description")) for r in reactions),
        ]
    )
    if "severe" in grades or data.get("criticality") == "high" or _SEVERE.search(words):
        return True
    if grades & {"mild", "moderate"} or data.get("criticality") == "low" or _MILD.search(words):
        return False
    return None
