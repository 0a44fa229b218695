"""Radioligand treatment: therapeutic somatostatin-receptor radioligands, and what must not be taken for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cds_service.fhir.elements import Coding, Quantity, dated, objects, text, words_at
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.codes import Concept, Said, asked_once, concepts, concepts_at, free_words
from cds_service.record.courses import KINDS, course_of, written_cycles
from cds_service.record.drugs import MAX_NAME, NOT_TAKEN
from cds_service.record.index import candidates
from cds_service.record.medication import Product, beside, doses, product_of, product_said, written_activity
from cds_service.record.model import Group, Treatment
from cds_service.record.units import convert

_SSTR_LIGAND = (
    r"dota-?tate|dota-?toc|dota-?noc|dotam-?tate|dota-?0?-?(?:tyr|phe)\w*-?octreo\w*|oxodotreotide|edotreotide"
    r"|satoreotide|sartate|lanreotide|jr-?11|zadavotide|somatostatin (?:analogue|analog|receptor)|octreotate"
)
_ISOTOPES = (
    ("177Lu", r"177[ -]?lu|lu[ \-^]*177|lutetium|lutathera|luthathera|lutate"),
    ("90Y", r"90[ -]?y(?![a-z])|(?<![a-z])y[ \-^]*90|yttrium"),
    ("225Ac", r"225[ -]?ac|ac[ \-^]*225|actinium"),
    ("212Pb", r"212[ -]?pb|pb[ \-^]*212|alphamedix"),
    ("213Bi", r"213[ -]?bi|bi[ \-^]*213|bismuth"),
    ("67Cu", r"67[ -]?cu|cu[ \-^]*67"),
    ("161Tb", r"161[ -]?tb|tb[ \-^]*161|terbium"),
    ("131I", r"131[ -]?i(?![a-z])|(?<![a-z])i[ \-^]*131|iodine[ -]131"),
)
_ISOTOPE_PATTERNS = tuple((name, re.compile(rf"(?<![\d]){pattern}", re.I)) for name, pattern in _ISOTOPES)
_MAX_DEPTH = 12  # levels of JSON; no order names its agent deeper
_LIGAND = re.compile(_SSTR_LIGAND, re.I)
_NAMED = re.compile(
    r"lutathera|\bprrt\b|peptide[ -]receptor[ -]radio(?:nuclide|ligand)|radio-?rezeptor-?therapie"
    r"|peptid-radio-rezeptor",
    re.I)  # fmt: skip
_DIAGNOSTIC = re.compile(
    r"68[ -]?ga|ga[ \-^]*68|gallium|64[ -]?cu|cu[ \-^]*64|111[ -]?in(?![a-z])|indium|99m|\bpet\b|scan|scintigra|imaging"
    r"|netspot|detectnet|illuccix|locametz|spect|dosimetr", re.I)  # fmt: skip
_IMAGING = re.compile(r"\b(?:pet|scan|spect|imaging)\b", re.I)
_PLANNING = re.compile(
    r"consult|planning|evaluation|assessment|discussion|candidacy|eligib|counsel|education|referral", re.I)  # fmt: skip
_UNDONE = re.compile(r"\b(?:planned|scheduled|cancell?ed|refused|declined|postponed|not (?:given|done|performed))\b",
                     re.I)  # fmt: skip
"""What makes a procedure's name that of a treatment not carried out; orders say such things too."""
_OTHERS: tuple[tuple[Group, str, str], ...] = (
    ("lu-psma", "177Lu-PSMA", r"psma|pluvicto|vipivotide"),
    ("mibg", "131I-MIBG", r"mibg|iobenguane|azedra"),
    ("radium-223", "223Ra", r"radium|223[ -]?ra(?![a-z])|ra[ \-^]*223|xofigo"),
)
_OTHER_PATTERNS = tuple((group, name, re.compile(pattern, re.I)) for group, name, pattern in _OTHERS)
_THERAPEUTIC = re.compile(r"therap|177|131|225|azedra|pluvicto|treat", re.I)
_ANY = re.compile("|".join([*(row[-1] for row in (*_ISOTOPES, *_OTHERS)), _NAMED.pattern]), re.I)
"""Without any of these words no radioligand is named."""
_AGENT_UNSAID = frozenset({"radionuclide-therapy", "isotope-177lu"})
"""Procedures that say that it was one, not with what."""
_UNIT_WORDS = frozenset({"unit", "units", "1", "each", "ea", "millicurie units", "billing units", "u"})
_CODED: dict[str, tuple[Group, str, str]] = {
    "lutetium-177-dotatate": ("prrt", "177Lu-DOTATATE", "177Lu"),
    "prrt": ("prrt", "PRRT", ""),
    "lu-psma": ("lu-psma", "177Lu-PSMA", "177Lu"),
    "iobenguane-131i": ("mibg", "131I-MIBG", "131I"),
    "radium-223": ("radium-223", "223Ra", "223Ra"),
}


@dataclass(frozen=True, slots=True)
class Radioligand:
    """A therapeutic radioligand: group, name for people, isotope ("" if not said)."""

    group: Group
    name: str
    isotope: str
    coded: bool = True


def radioligand(product: Product) -> Radioligand | None:
    """The therapeutic radioligand a product is, by code, else by its words; None for anything else."""
    return radioligand_of(product.codes, product.words)


def radioligand_of(codes: tuple[Concept, ...], words: str) -> Radioligand | None:
    """By understood codes (a refused one too: 177Lu-PSMA is named, so that it never counts), else by words."""
    for concept in codes:
        if concept.name in _CODED:
            return Radioligand(*_CODED[concept.name])
    return radioligand_named(words)


def radioligand_named(words: str) -> Radioligand | None:
    """The radioligand named in a text; diagnostic tracers and plans are not treatment."""
    words = unicodedata.normalize("NFKC", words[:MAX_NAME])  # the superscript isotope numbers
    if not _ANY.search(words) or NOT_TAKEN.match(words):
        return None
    for group, name, pattern in _OTHER_PATTERNS:
        if pattern.search(words):
            therapeutic = group == "radium-223" or _THERAPEUTIC.search(words)
            return Radioligand(group, name, "", False) if therapeutic and not _DIAGNOSTIC.search(words) else None
    if _PLANNING.search(words):
        return None
    isotope = next((name for name, pattern in _ISOTOPE_PATTERNS if pattern.search(words)), "")
    ligand = _LIGAND.search(words)
    if _NAMED.search(words) or (isotope and ligand):
        if _DIAGNOSTIC.search(words) and (not isotope or _IMAGING.search(words)):
            return None
        isotope = "177Lu" if re.search(r"lutathera", words, re.I) else isotope
        return Radioligand("prrt", f"{isotope}-{_ligand_name(ligand)}" if isotope else "PRRT", isotope, False)
    return None


def names_agent(value: object, depth: int = 0) -> bool:
    """Whether any code or text of a resource, whatever its shape, names a therapeutic somatostatin radioligand."""
    if isinstance(value, list):
        return any(names_agent(item, depth + 1) for item in value) if depth < _MAX_DEPTH else False
    agent = None
    if isinstance(value, str):
        agent = radioligand_named(value)
    elif isinstance(value, dict):
        agent = radioligand_of(concepts([Coding(text(value.get("system")), text(value.get("code")))]), "")
        if depth < _MAX_DEPTH and any(names_agent(item, depth + 1) for item in value.values()):
            return True
    return agent is not None and agent.group == "prrt"


def _ligand_name(match: re.Match[str] | None) -> str:
    words = match[0].lower().replace("-", "") if match else "dotatate"
    known = {"oxodotreotide": "DOTATATE", "edotreotide": "DOTATOC", "octreotate": "DOTATATE"}
    return known.get(words, words.upper() if words.startswith("dota") else words)


def read(
    resources: ResourceSet, activity_range: tuple[Decimal, Decimal] | None, ignored: list[Ignored]
) -> list[Treatment]:
    """Every radioligand cycle, statement or order. ``activity_range``: what one cycle can plausibly be, in GBq."""
    found = []
    for resource in candidates(resources, _is_agent, *KINDS):
        product = product_of(resource, resources)
        agent = radioligand(product)
        if agent is not None:
            item = _from_medication(resource, product, agent, activity_range, ignored)
            found += [item] if item else []
    for resource in candidates(resources, _may_be_cycle, "Procedure"):
        agent = radioligand_in_procedure(resource, resources)
        if agent is not None:
            found.append(_from_procedure(resource, agent, activity_range, ignored))
    return found


def undated(treatments: Iterable[Treatment]) -> Iterator[Ignored]:
    """The cycles without a day beside dated ones, which alone tell a course; without such they say that there was one.
    """
    given = [item for item in treatments if item.group == "prrt" and item.given]
    if any(item.when for item in given):
        yield from (Ignored(item.source, "no-date", "PRRT cycle") for item in given if item.when is None)


@asked_once
def _is_agent(code: Said) -> bool:
    return radioligand(product_said(code)) is not None


@asked_once
def _may_be_cycle(code: Said) -> bool:
    named = radioligand_of(code.concepts, " ".join(code.texts))
    return named is not None or any(concept.name in _AGENT_UNSAID for concept in code.concepts)


def _from_medication(
    resource: Resource, product: Product, agent: Radioligand,
    activity_range: tuple[Decimal, Decimal] | None, ignored: list[Ignored],
) -> Treatment | None:  # fmt: skip
    course = course_of(resource)
    if course is None:
        if resource.status == "cancelled":
            ignored.append(Ignored(resource.source, "cancelled"))
        return None
    around = beside(resource.data)
    per_unit = any(concept.code == "A9513" for concept in product.codes)
    return Treatment(
        source=resource.source, when=course.start, read_as="coded" if agent.coded else "narrative", drug=agent.name,
        group=agent.group, given=course.given, kind=KINDS[resource.type], status=resource.status, end=course.end,
        open_ended=course.open_ended, stopped=course.stopped, isotope=agent.isotope,
        cycles_written=written_cycles(around, finished=resource.status == "completed") if course.given else None,
        activity_gbq=activity(resource, doses(resource.data), around, per_unit, activity_range, ignored),
        indication=words_at(resource.data, "reasonCode")[:200],
    )  # fmt: skip


def radioligand_in_procedure(resource: Resource, resources: ResourceSet) -> Radioligand | None:
    """The radioligand of a Procedure: by code; the words of a code that names no agent, and what was used."""
    data = resource.data
    known = (*concepts_at(data, "code"), *_methods(data))
    names = {concept.name for concept in known}
    used = [concept for item in ("usedCode",) for concept in concepts_at(data, item)]
    words = [free_words(data, "code"), words_at(data, "usedCode")]
    for target in objects(data.get("usedReference")):
        medication = resources.resolve(target, within=resource)
        if medication is not None:
            used += concepts_at(medication.data, "code")
            words.append(words_at(medication.data, "code"))
    if names & _AGENT_UNSAID:
        words += [words_at(data, "code"), beside(data)]
    said = " ".join(filter(None, words))
    return radioligand_of((*known, *used), "" if _UNDONE.search(free_words(data, "code")) else said)


def _methods(data: dict[str, Any]) -> Iterator[Concept]:
    """The radioligand German registry records name in an extension for the method, or in one of its parts."""
    outer = list(objects(data.get("extension")))
    for extension in (*outer, *(part for each in outer for part in objects(each.get("extension")))):
        yield from (each for each in concepts_at(extension, "valueCodeableConcept") if each.name in _CODED)


def _from_procedure(
    resource: Resource, agent: Radioligand, activity_range: tuple[Decimal, Decimal] | None, ignored: list[Ignored]
) -> Treatment:
    start, end = dated(resource.data, "performed")
    words = f"{words_at(resource.data, 'code')}\n{beside(resource.data)}"
    return Treatment(
        source=resource.source, when=start, read_as="coded" if agent.coded else "narrative", drug=agent.name,
        group=agent.group, given=True, kind="procedure", status=resource.status, end=end, isotope=agent.isotope,
        stopped=resource.status == "stopped",
        cycles_written=written_cycles(words, finished=resource.status == "completed"),
        activity_gbq=activity(resource, (), words, False, activity_range, ignored),
    )  # fmt: skip


def activity(
    resource: Resource, given: Iterable[Quantity], words: str, per_unit: bool,
    activity_range: tuple[Decimal, Decimal] | None, ignored: list[Ignored],
) -> Decimal | None:  # fmt: skip
    """The activity of one cycle in GBq; ``per_unit``: HCPCS A9513, whose units are mCi. Implausible ones are listed."""
    found = None
    for dose in given:
        if not dose.units and not per_unit:
            ignored.append(Ignored(resource.source, "no-unit", "activity"))
        units = tuple(unit for unit in dose.units if not (per_unit and unit.strip("{}[]").lower() in _UNIT_WORDS))
        converted = convert("activity", dose.value, units or (("mCi",) if per_unit else ()))
        if not isinstance(converted, str):
            found = converted[0]
            break
    if found is None:
        found = written_activity(words)
    if found is not None and activity_range and not activity_range[0] <= found <= activity_range[1]:
        ignored.append(Ignored(resource.source, "implausible", "activity"))
        return None
    return found
