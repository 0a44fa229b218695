"""The code table (``codes.csv``): which codes are understood, as what, and where each was verified.

Matching is by system and code. A row with ``use`` "refuse" is recognised so that it is never misread: it makes the
text beside it unread as well. Displays and texts are read only where none of the codes is known.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, wraps
from importlib.resources import files
from typing import Any, TypeVar

from cds_service.fhir.elements import Coding, codings, text, walk, words_at

_T = TypeVar("_T")
_LONGEST_TITLE = 200
_OF_TITLES = frozenset({"code", "category", "itemCodeableConcept", "medicationCodeableConcept"})
"""The elements that hold a code and its title; the words of all others may be about the patient."""
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
ICDO3 = "http://terminology.hl7.org/CodeSystem/icd-o-3"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
CPT = "http://www.ama-assn.org/go/cpt"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
SSTR_IMAGING = "urn:prrt-cds:sstr-imaging"

ALIASES = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "http://snomed.info/id": SNOMED,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "http://hl7.org/fhir/sid/icd-10-us": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.3": ICD10,
    "http://hl7.org/fhir/sid/icd-10-de": ICD10,
    "http://fhir.de/codesystem/bfarm/icd-10-gm": ICD10,
    "http://fhir.de/codesystem/dimdi/icd-10-gm": ICD10,
    "http://fhir.de/codesystem/icd-10-gm": ICD10,
    "http://hl7.org/fhir/sid/icd-o-3": ICDO3,
    "urn:oid:2.16.840.1.113883.6.43.1": ICDO3,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.73": ATC,
    "http://fhir.de/codesystem/bfarm/atc": ATC,
    "http://fhir.de/codesystem/dimdi/atc": ATC,
    "http://www.whocc.no/atcddd": ATC,
    "http://whocc.no/atc": ATC,
    "http://www.nlm.nih.gov/research/umls/hcpcs": HCPCS,
    "http://terminology.hl7.org/codesystem/hcpcs": HCPCS,
    "http://terminology.hl7.org/codesystem/hcpcs-all-codes": HCPCS,
    "urn:oid:2.16.840.1.113883.6.285": HCPCS,
    "urn:oid:2.16.840.1.113883.6.14": HCPCS,
    "urn:oid:2.16.840.1.113883.6.12": CPT,
    "urn:oid:1.2.840.10008.2.16.4": DICOM,
    "http://ncithesaurus-stage.nci.nih.gov": NCIT,
    "http://ncit.nci.nih.gov": NCIT,
    "urn:oid:2.16.840.1.113883.3.26.1.1": NCIT,
    # what HL7 version 2 calls them, and plain names
    "ln": LOINC, "loinc": LOINC, "sct": SNOMED, "snomed": SNOMED, "snomed-ct": SNOMED, "snomed ct": SNOMED,
    "i10c": ICD10CM, "icd-10-cm": ICD10CM, "icd10cm": ICD10CM, "i10": ICD10, "icd-10": ICD10, "icd-10-gm": ICD10,
    "icd-o-3": ICDO3, "rxnorm": RXNORM, "atc": ATC, "hcpcs": HCPCS, "c4": CPT, "cpt": CPT, "dcm": DICOM,
}  # fmt: skip
_CANONICAL = {
    uri.lower(): uri
    for uri in (LOINC, SNOMED, ICD10CM, ICD10, ICDO3, RXNORM, ATC, HCPCS, CPT, DICOM, NCIT, SSTR_IMAGING)
}
_OID = re.compile(r"[0-2](?:\.\d+)+")
_ICD_DIGITS = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")


@dataclass(frozen=True, slots=True)
class Concept:
    """One understood code. ``name`` is the table's concept; ``refused`` marks a look-alike nobody may read."""

    name: str
    system: str
    code: str
    display: str
    refused: bool = False
    note: str = ""


@cache
def table() -> dict[tuple[str, str], Concept]:
    """The code table by system and code."""
    lines = files("cds_service.record").joinpath("codes.csv").read_text(encoding="utf-8").splitlines()
    return {
        (row["system"], row["code"]): Concept(
            row["concept"], row["system"], row["code"], row["display"], row["use"] == "refuse", row["note"]
        )
        for row in csv.DictReader(lines)
    }


@lru_cache(maxsize=512)
def system_of(uri: str) -> str:
    """The canonical URI of a code system, whichever of its usual spellings was sent."""
    plain = uri.strip().split("|", 1)[0].rstrip("/").lower()
    plain = f"urn:oid:{plain}" if _OID.fullmatch(plain) else plain
    plain = "http://" + plain.removeprefix("https://") if plain.startswith("https://") else plain
    if plain.startswith(SNOMED + "/"):
        return SNOMED
    if plain.startswith("urn:oid:1.2.276.0.76.5."):  # German yearly OIDs: no telling which catalogue
        return uri
    return ALIASES.get(plain) or _CANONICAL.get(plain) or uri.strip()


def concept_of(coding: Coding) -> Concept | None:
    """The table's row for one coding; ICD codes also by their categories. None if the code is unknown."""
    return _lookup(system_of(coding.system), coding.code) if coding.code and coding.system else None


@lru_cache(maxsize=8192)
def _lookup(system: str, code: str) -> Concept | None:
    if system in (ICD10CM, ICD10):
        return _icd(system, code)
    if system == ICDO3:
        code = code.upper().removeprefix("M").lstrip("-")
        code = f"{code[:4]}/{code[4]}" if re.fullmatch(r"\d{5}", code) else code
    elif system == ATC:  # classes stand for their members that have no row of their own
        prefixes = (code.upper()[:length] for length in (7, 5, 4, 3))
        return next((found for prefix in prefixes if (found := table().get((ATC, prefix)))), None)
    elif system == HCPCS:
        code = code.upper()
    return table().get((system, code))


def _icd(system: str, code: str) -> Concept | None:
    """By prefix, longest first. Dagger, asterisk and a missing point are put right; letters are not guessed."""
    match = _ICD_DIGITS.match(code.strip().upper())
    if match is None:
        return None
    plain = match[0].replace(".", "")
    for length in range(len(plain), 2, -1):
        name = plain[:3] + ("." + plain[3:length] if length > 3 else "")
        if found := table().get((system, name)):
            return found
    return None


def concepts(found: Iterable[Coding]) -> tuple[Concept, ...]:
    """The understood concepts among codings, refused ones included, each once, in the order sent."""
    return tuple(dict.fromkeys(concept for coding in found if (concept := concept_of(coding))))


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a CodeableConcept (or Coding) says: understood concepts, else the words that may be read instead.

    Compared by identity, which is quick: equal CodeableConcepts are read into one object (``said``).
    """

    concepts: tuple[Concept, ...]
    names: frozenset[str]  # of the concepts; empty if one of them is refused
    texts: tuple[str, ...]  # text, then displays; empty if a code is understood
    words: str  # text and displays, understood or not
    first: str = ""  # the first coding as "system|code"; empty if it has no code
    codings: tuple[Coding, ...] = ()  # as ``elements.codings`` gives them
    shown: str = ""  # as ``elements.words_at`` gives it: ``words``, and a display out of its place
    answers: dict[Callable[[Said], object], Any] = field(default_factory=dict, init=False, repr=False)


def asked_once(question: Callable[[Said], _T]) -> Callable[[Said], _T]:
    """A question of which the answer is kept with what was said, and forgotten with it."""

    @wraps(question)
    def answer(code: Said) -> _T:
        answers = code.answers
        if question not in answers:
            answers[question] = question(code)
        found: _T = answers[question]
        return found

    return answer


class FreeWords(dict[str, Any]):
    """A CodeableConcept whose words may be about the patient: its reading is kept with it, not for the next record."""

    said: Said | None = None


def said(concept: Mapping[str, Any]) -> Said:
    """Reads one CodeableConcept. Records repeat few of them many times, so that of a code and its title is kept."""
    if isinstance(concept, FreeWords):
        if concept.said is None:
            concept.said = _said_of(concept, free=True)
        return concept.said
    return _said_of(concept, free=False)


def _said_of(concept: Mapping[str, Any], *, free: bool) -> Said:
    try:
        sent = concept.get("coding", (concept,))
        parts = tuple([(item.get("system"), item.get("code"), item.get("display")) for item in sent])
        words, stray = concept.get("text"), concept.get("display")
        known = _KEPT.get((parts, words, stray))
        if known is not None:
            return known
        titles = [words or "", stray or "", *[display or "" for _, _, display in parts]]
        free = free and bool(words or stray or any(not code for _, code, _ in parts))
        found = _read(parts, words, stray)
        return found if free or max(map(len, titles)) > _LONGEST_TITLE else _keep((parts, words, stray), found)
    except (AttributeError, TypeError):  # wrong shapes: read slowly, as far as they are readable
        written = [text(concept.get("text")), *(coding.display for coding in codings(concept))]
        return _of(codings(concept), written, words_at(concept))


_MOST_KEPT = 8192
_KEPT: dict[tuple[Any, Any, Any], Said] = {}
"""What was read of codes and their titles, between calls too."""


def _keep(what: tuple[Any, Any, Any], found: Said) -> Said:
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    return _KEPT.setdefault(what, found)


def _read(parts: tuple[tuple[Any, Any, Any], ...], words: Any, stray: Any) -> Said:
    found = [Coding(text(system), text(code), text(display)) for system, code, display in parts]
    written = [text(words), *(coding.display for coding in found)]
    shown = " ".join(dict.fromkeys(filter(None, [*written, text(stray)])))
    return _of(tuple(coding for coding in found if coding.code or coding.display), written, shown)


def _of(found: tuple[Coding, ...], written: Iterable[str], shown: str) -> Said:
    known = concepts(found)
    refused = any(concept.refused for concept in known)
    names = frozenset() if refused else frozenset(concept.name for concept in known)
    texts = tuple(dict.fromkeys(filter(None, written)))
    first = f"{found[0].system}|{found[0].code}" if found and found[0].code else ""
    return Said(known, names, () if known else texts, " ".join(texts), first, found, shown)


def all_said(data: object, *path: str) -> Iterator[Said]:
    """What each CodeableConcept at ``path`` says."""
    if path and path[-1] in _OF_TITLES:
        return (said(concept) for concept in walk(data, *path))
    return (said(FreeWords(concept)) for concept in walk(data, *path))


def concepts_at(data: object, *path: str) -> tuple[Concept, ...]:
    """The understood concepts of the CodeableConcepts at ``path``."""
    return tuple(dict.fromkeys(concept for item in all_said(data, *path) for concept in item.concepts))


def names_at(data: object, *path: str) -> frozenset[str]:
    """The names of the understood concepts at ``path``; empty if one of them is refused."""
    found = list(all_said(data, *path))
    if len(found) == 1:
        return found[0].names
    refused = any(concept.refused for item in found for concept in item.concepts)
    return frozenset() if refused else frozenset(name for item in found for name in item.names)


def free_words(data: object, *path: str) -> str:
    """The words at ``path`` that may be read: of CodeableConcepts none of whose codes is known."""
    return " ".join(word for item in all_said(data, *path) for word in item.texts)
