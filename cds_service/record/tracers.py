"""What kind of scan a report is of, and with which tracer: by code, radiopharmaceutical, then words.

PET codes (LOINC 44139-4, CPT 7881x ...) say nothing of the tracer; a PET whose tracer nobody names is no SSTR scan.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cds_service.fhir.elements import codings, dated, effective, objects, text, words_at
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.narrative.lowercase import folded, lower_pattern
from cds_service.narrative.normalise import plain
from cds_service.record.codes import Said, all_said, asked_once, concepts, free_words, names_at
from cds_service.record.index import code_of, once
from cds_service.record.model import Modality

FDG = "18F-FDG"
PENTETREOTIDE = "111In-pentetreotide"
TECHNETIUM = "99mTc-octreotide-analogue"
SSTR_PET_TRACERS = (
    "68Ga-DOTATATE", "68Ga-DOTATOC", "68Ga-DOTANOC", "64Cu-DOTATATE", "18F-AlF-NOTA-octreotide", "18F-SiTATE",
)  # fmt: skip
_CODED = {
    "tracer-68ga-dotatate": "68Ga-DOTATATE", "tracer-68ga-dotatoc": "68Ga-DOTATOC",
    "tracer-68ga-dotanoc": "68Ga-DOTANOC", "tracer-64cu-dotatate": "64Cu-DOTATATE", "tracer-18f-fdg": FDG,
    "tracer-111in-pentetreotide": PENTETREOTIDE, "tracer-99mtc-octreotide-analogue": TECHNETIUM,
}  # fmt: skip
_GA = r"(?:(?:68[ -]?ga|ga(?:llium)?[ -]?\(?68\)?(?: ga)?|\[68ga\]ga)[ -]*)"
_WORDS: tuple[tuple[str, str], ...] = (
    ("64Cu-DOTATATE", r"(?:64[ -]?cu|cu(?:pper)?[ -]?64|\[64cu\]cu)[ -]*dota[ -]?tate|detectnet"),
    ("18F-AlF-NOTA-octreotide", r"al-?f[ -]*nota[ -]*octreotide|alf-octreotide|18f-?octreotide"),
    ("18F-SiTATE", r"si-?tate|sifalin[ -]?tate"),
    ("68Ga-DOTATATE", r"dota[ -]?tate|oxodotreotide|netspot"),
    ("68Ga-DOTATOC", r"dota[ -]?toc|edotreotide|somakit"),
    ("68Ga-DOTANOC", r"dota[ -]?noc"),
    (PENTETREOTIDE, r"octreo-?scan|pentetreotide|111[ -]?in\b|in(?:dium)?[ -]?111"),
    (TECHNETIUM, r"tek?trotyd|hynic|99m?[ -]?tc[ -]*(?:\w+[ -]){0,2}octreot\w*|tc-?99m[ -]*(?:\w+[ -]){0,2}octreot\w*"),
    (FDG, r"\bfdg\b|f-?18-?fdg|fluoro-?deoxy-?glucose|18f-?fdg|fludeoxyglucose"),
)
_COPPER = lower_pattern(r"\bcopper|cu[ -]?64|64[ -]?cu")
_GALLIUM = lower_pattern(r"gallium|\bga\b|ga-?68|68-?ga")
_TRACERS = tuple((name, lower_pattern(words)) for name, words in _WORDS)
_SSTR_WORDS = re.compile(
    r"\bsstr\b|\bsrs\b|somatostatin[ -]?receptor|\bdota[ -]?(?:peptide|pet|scan)|" + _GA + r"?dota\b|octreotide pet",
    re.I,
)
_OTHER_TRACER = re.compile(
    r"\bpsma\b|choline|\bf-?dopa\b|fluorodopa|\bdopa\b|\bfapi\b|\bmibg\b|exendin|\bfes\b|\bnaf\b|sodium fluoride"
    r"|methionine|"
    r"\bfet\b|florbeta|flutemetamol|amyloid|tau\b|rubidium|ammonia|pentixafor|fluciclovine|flotufolastat", re.I
)
_PET = re.compile(r"\bpet\b|\bpet[-/ ]?(?:ct|mr\w*)\b|positron|\bpt\b", re.I)
_PET_WORD = re.compile(r"\bpet\b|positron", re.I)  # in a report's text "pt" is the patient
_SCINTIGRAPHY = re.compile(r"scintigra\w*|\bspect\b|\bspect[-/]ct|planar|octreo-?scan|\bsrs\b", re.I)
_CT_MRI = re.compile(r"\bct\b|\bcect\b|computed tomogra\w*|\bmri?\b|magnetic resonance|\bmrt\b|tomodensitom\w*"
                     r"|\bt(?:a)?c\b", re.I)
_SCANS = frozenset({"sstr-pet", "fdg-pet", "octreotide-scan", "pet", "nuclear-medicine-tumour", "ct", "mri", *_CODED})
_NO_SCAN = frozenset({"LAB", "laboratory", "HM", "CH", "MB", "SP", "PAT"})
_DRUG = ("medicationCodeableConcept",)
_IMAGING = re.compile(r"\b(?:radiolog\w*|imaging|nuclear medicine|nuklearmedizin\w*|rad|nm|nms|nmr|pet)\b", re.I)
_NOT_TUMOUR = re.compile(r"guid\w+ (?:biopsy|drainage|ablation)|bone scan|post-?therap\w* (?:scan|imaging|scintigr\w*)"
                         r"|177[ -]?lu|lu-?177|mammogr|ultraso|x-?ray|radiograph|echocardio"
                         r"|densitom", re.I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Study:
    """What a report is of. ``modality`` None: not known yet, a PET of unknown tracer (``pet``) or not even that.

    ``shared``: the report describes a second examination as well; ``usual_tracer``: the one the code names, which the
    report's own words may correct; ``planar``: the code is one of planar or SPECT imaging,
    so that only words make a PET of it.
    """

    modality: Modality | None
    tracer: str | None = None
    pet: bool = False
    shared: bool = False
    planar: bool = False
    usual_tracer: str | None = None


def tracers_in(words: str) -> frozenset[str]:
    """The tracers named in a title or in the name of a radiopharmaceutical."""
    plainer = folded(plain(words[:2000]).text)
    found = {name for name, pattern in _TRACERS if pattern.search(plainer)}
    if "68Ga-DOTATATE" in found and _COPPER.search(plainer) and not _GALLIUM.search(plainer):
        found = found - {"68Ga-DOTATATE"} | {"64Cu-DOTATATE"}
    return frozenset(found)


def studies_of(report: Resource, resources: ResourceSet) -> tuple[Study, ...]:
    """The examinations a report is of that a rule could use: usually one, two for "DOTATATE and FDG PET/CT"."""
    return once(resources, f"studies {id(report)}", lambda: _studies(report, resources))


def _studies(report: Resource, resources: ResourceSet) -> tuple[Study, ...]:
    code = code_of(report.data)
    if not _may_be_scan(report, code):
        return ()
    title = title_of(report, resources)
    given = _tracers_given(report, resources, code, title)
    somatostatin = given & set(SSTR_PET_TRACERS)
    if len(somatostatin) == 1 and given == somatostatin | {FDG}:
        return Study("sstr-pet", somatostatin.pop(), shared=True), Study("fdg-pet", FDG, shared=True)
    study = _study(code, title, next(iter(given)) if len(given) == 1 else None)
    known = study.modality is not None or study.pet
    return (study,) if known or (not code.concepts and _says_little(report, title)) else ()


def _may_be_scan(report: Resource, code: Said) -> bool:
    """False for the many reports (laboratory, letters) whose code and links leave no doubt that they are no scan."""
    if _scan_code(code) or report.data.get("imagingStudy"):
        return True
    if code.concepts or not (report.data.get("basedOn") or report.data.get("category")):
        return False
    other = not _NO_SCAN.isdisjoint(c.code for c in codings(report.data, "category"))
    return not other and bool(report.data.get("basedOn") or _is_imaging(report))


@asked_once
def _scan_code(code: Said) -> bool:
    words = " ".join(code.texts)
    patterns = (_PET, _SCINTIGRAPHY, _CT_MRI, _SSTR_WORDS, _IMAGING)
    named = any(pattern.search(words) for pattern in patterns) or bool(tracers_in(words))
    return bool(code.names & _SCANS) or named


def _is_imaging(report: Resource) -> bool:
    """Whether the category is imaging."""
    category = f"{free_words(report.data, 'category')} {' '.join(c.code for c in codings(report.data, 'category'))}"
    return "category-radiology" in names_at(report.data, "category") or bool(_IMAGING.search(category))


def _says_little(report: Resource, title: str) -> bool:
    """Whether code and category say no more than "imaging report": then its first line has to tell."""
    return bool(_IMAGING.search(title) or _is_imaging(report)) and not _NOT_TUMOUR.search(title)


def study_of_line(line: str) -> Study:
    """What the first line of a report's text says it is of."""
    given = tracers_in(line)
    return _by_words(line, False, False, next(iter(given)) if len(given) == 1 else None)


def _tracers_given(report: Resource, resources: ResourceSet, code: Said, title: str) -> set[str]:
    coded = {_CODED[name] for name in code.names if name in _CODED}
    named = _radiopharmaceuticals(report, resources) or coded or set(tracers_in(title))
    return named or _given_that_day(report, resources)


def _given_that_day(report: Resource, resources: ResourceSet) -> set[str]:
    """The one tracer administered on the day of a PET that names none; empty if there were two."""
    day = effective(report.data, "issued")
    if day is None or not day.exact or "pet" not in names_at(report.data, "code"):
        return set()
    found: set[str] = set()
    for given in resources.of("MedicationAdministration", "Procedure"):
        element, paths = ("performed", ("code", "usedCode")) if given.type == "Procedure" else ("effective", _DRUG)
        if dated(given.data, element)[0] == day:
            found |= {_CODED[c.name] for path in paths for c in concepts(codings(given.data, path)) if c.name in _CODED}
    return found if len(found) == 1 else set()


def _study(code: Said, title: str, one: str | None) -> Study:
    """What kind of scan it is, from the code, the one tracer known and the title."""
    names = code.names
    if "sstr-pet" in names:
        return Study("sstr-pet", one if one in SSTR_PET_TRACERS else None, usual_tracer="68Ga-DOTATATE")
    if "fdg-pet" in names:
        return Study("fdg-pet", FDG)
    if "octreotide-scan" in names:
        return Study("sstr-scintigraphy", PENTETREOTIDE)
    if names & {"ct", "mri"} and one is None:
        return Study("ct-mri")
    if names & {"liver-treatment-guidance", "embolisation-guidance", "sirt-guidance"}:
        return Study(None)
    return _by_words(title, bool(names & {"pet"}), bool(names & {"nuclear-medicine-tumour"}), one)


def _by_words(title: str, coded_pet: bool, coded_nm: bool, tracer: str | None) -> Study:
    """By the title (when no code told more) and the one tracer known."""
    pet = coded_pet or bool(_PET.search(title))
    if tracer in (PENTETREOTIDE, TECHNETIUM) and not coded_pet:
        return Study("sstr-scintigraphy", tracer)
    if tracer == FDG and (pet or not _CT_MRI.search(title)):
        return Study("fdg-pet", FDG)
    if _NOT_TUMOUR.search(title):
        return Study(None)
    if tracer in SSTR_PET_TRACERS:
        scintigraphy = not pet and bool(_SCINTIGRAPHY.search(title))
        return Study("sstr-scintigraphy" if scintigraphy else "sstr-pet", tracer)
    if _SSTR_WORDS.search(title):
        return Study("sstr-pet" if pet else "sstr-scintigraphy")
    if pet or coded_nm:
        return Study(None, pet=not _OTHER_TRACER.search(title), planar=not pet)
    return Study("ct-mri" if _CT_MRI.search(title) else None)


def studies_of_text(
    tracers: Collection[str | None], words: str, *, coded: bool, scored: bool, planar: bool = False
) -> tuple[Study, ...]:
    """What a PET of unknown tracer is of, once its own text has been read; empty if that does not say either.

    ``tracers`` are those the text names for this study. Scores on the Krenning scale, which exists for somatostatin
    receptor scans only, tell as much: ``coded`` ones always, ``scored`` ones of the text if it names no other tracer.
    """
    somatostatin = sorted({tracer for tracer in tracers if tracer in SSTR_PET_TRACERS})
    if somatostatin and FDG in tracers:
        return Study("sstr-pet", somatostatin[0], shared=True), Study("fdg-pet", FDG, shared=True)
    if somatostatin:
        return (Study("sstr-pet", somatostatin[0]),)
    if FDG in tracers:
        return (Study("fdg-pet", FDG),)
    if scintigraphy := {PENTETREOTIDE, TECHNETIUM}.intersection(tracers):
        return (Study("sstr-scintigraphy", min(scintigraphy)),)
    head = words[:400]
    other = _OTHER_TRACER.search(head) or tracers_in(head)
    if not coded and (other or not (scored or _SSTR_WORDS.search(head))):
        return ()
    return (Study("sstr-scintigraphy" if planar and not _PET_WORD.search(head) else "sstr-pet"),)


def title_of(report: Resource, resources: ResourceSet) -> str:
    """The words that name the examination: of codes that are not known, and of the imaging study."""
    data = report.data
    parts = [free_words(data, "code")]
    if names_at(data, "code") & {"pet", "sstr-pet", "nuclear-medicine-tumour"}:
        parts.append(words_at(data, "code"))  # these codes leave the tracer open: the words beside them are read
    for name in ("imagingStudy", "basedOn"):
        for target in objects(data.get(name)):
            other = resources.resolve(target, within=report)
            if other is not None and other.type in ("ImagingStudy", "ServiceRequest"):
                parts += [text(other.data.get("description")), words_at(other.data, "procedureCode")]
                parts.append(words_at(other.data, "code") if other.type == "ServiceRequest" else "")
    return " ".join(part for part in parts if part)


def _radiopharmaceuticals(report: Resource, resources: ResourceSet) -> set[str]:
    """Tracers given for the study: contained or referenced drugs, procedures and radiopharmaceutical extensions."""
    found: set[str] = set()
    for concept_holder, path in _tracer_places(report, resources):
        known = {_CODED[c.name] for c in concepts(codings(concept_holder, *path)) if c.name in _CODED}
        found |= known or tracers_in(words_at(concept_holder, *path))
    return found


@asked_once
def _of_a_tracer(code: Said) -> bool:
    return re.search(r"radiopharm|tracer", code.shown, re.I) is not None


def _tracer_places(report: Resource, resources: ResourceSet) -> Iterator[tuple[object, tuple[str, ...]]]:
    for extension in objects(report.data.get("extension")):
        if re.search(r"radiopharm|tracer|radionuclide", text(extension.get("url")), re.I):
            yield extension, ("valueCodeableConcept",)
            yield {"valueCodeableConcept": {"text": extension.get("valueString")}}, ("valueCodeableConcept",)
            target = resources.resolve(extension.get("valueReference"), within=report)
            if target is not None:
                yield target.data, ("code",)
    studies = [resources.resolve(target, within=report) for target in objects(report.data.get("imagingStudy"))]
    for holder in (report.data, *(study.data for study in studies if study is not None)):
        for contained in objects(holder.get("contained")):
            kind = contained.get("resourceType")
            if kind in ("Medication", "Substance"):
                yield contained, ("code",)
            elif kind in ("MedicationAdministration", "MedicationStatement"):
                yield contained, ("medicationCodeableConcept",)
            elif kind == "Procedure":
                yield contained, ("usedCode",)
                yield contained, ("code",)
    for result in objects(report.data.get("result")):
        other = resources.resolve(result, within=report)
        if other is not None and any(_of_a_tracer(code) for code in all_said(other.data, "code")):
            yield other.data, ("valueCodeableConcept",)
            yield {"valueCodeableConcept": {"text": other.data.get("valueString")}}, ("valueCodeableConcept",)
