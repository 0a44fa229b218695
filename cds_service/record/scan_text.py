"""What the text of a scan's report adds to the scan: scores, words, new lesions, extent of disease."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Literal

from cds_service.fhir.elements import number, text
from cds_service.fhir.resources import ResourceSet
from cds_service.narrative import read_report
from cds_service.record.extent import Extent, clauses, extent_of, fdg_states
from cds_service.record.index import once
from cds_service.record.model import Lesion, Modality, Scan, Score
from cds_service.record.organs import organ_of
from cds_service.record.text_lesions import from_text, text_score

Kind = Literal["sstr_pet", "fdg_pet", "ct", "pathology"]
KINDS: dict[Modality, Kind] = {
    "sstr-pet": "sstr_pet", "sstr-scintigraphy": "sstr_pet", "fdg-pet": "fdg_pet", "ct-mri": "ct",
}  # fmt: skip
_MAXIMUM = re.compile(r"\b(?:up to|max\w*|highest|hottest|at most|most (?:intense|avid)|peak)\b", re.I)
_HIGHEST = ("krenning_highest", "krenning_implied_highest", "all_lesions_sstr_positive")
_LOWEST = ("krenning_lowest", "krenning_implied_lowest", "all_lesions_sstr_positive")
_SPLEEN = re.compile(r"\bsple(?:en|nic)\b", re.I)


def reading(resources: ResourceSet, words: str, kind: Kind) -> dict[str, Any]:
    """What the report reader makes of a text of this record; read once, shared, not to be changed."""
    return once(resources, f"{kind}:{words}", lambda: read_report(words, kind))


def fields_from_text(scan: Scan, said: dict[str, Any], words: str) -> dict[str, Any]:
    """The fields of ``scan`` that the text (read as ``said``) settles.

    Coded lesions stay as they are; text lesions are used only when there are none.
    """
    seen = extent_of(words)
    fields = _common(said, seen)
    if scan.modality in ("sstr-pet", "sstr-scintigraphy"):
        fields |= _somatostatin(scan, said, words, seen)
    elif scan.modality == "fdg-pet":
        fields |= _fdg(scan, said, words)
    elif not scan.lesions and said["no_evidence_of_disease"] is False:
        fields["lesions"] = tuple(
            Lesion(site=organ, score_read_as="narrative", source=scan.source) for organ in sorted(seen.organs)
        )
    if scan.netpet is None and scan.discordant is None:
        fields["discordant"] = said["fdg_discordant"]
        fields["discordant_quote"] = quoted(said, "fdg_discordant")
    return fields


def _common(said: dict[str, Any], seen: Extent) -> dict[str, Any]:
    no_evidence = said["no_evidence_of_disease"]
    return {
        "quote": quoted(said, "response", "new_lesions", "no_evidence_of_disease"),
        "new_lesions": said["new_lesions"],
        "no_evidence_of_disease": no_evidence,
        "response": said["response"],
        "tumour_present": None if no_evidence is None else not no_evidence,
        "uncertain": bool(said["uncertain"]),
        "bone_lesions": seen.bone_lesions,
        "diffuse_marrow": seen.diffuse_marrow,
        "liver_involvement_percent": seen.liver_involvement,
        "critical_sites": seen.critical_sites,
        "peritoneal": "peritoneum" in seen.organs,
    }


def _somatostatin(scan: Scan, said: dict[str, Any], words: str, seen: Extent) -> dict[str, Any]:
    read = from_text(said, scan.source)
    quotes = " ".join(text(said["quotes"].get(name)) for name in _HIGHEST[:2])
    coded = bool(scan.lesions)
    sites = _with_high_words(_completed(scan.lesions, read) if coded else read, seen)
    reference = next((number(entry.get("value")) for entry in said["suv_reference"]
                      if organ_of(text(entry.get("site"))) == "liver"), None)  # fmt: skip
    return {
        "lesions": sites,
        "text_score": _highest(said),
        "implied_score": text_score(said["krenning_implied_highest"]),
        "score_quote": quoted(said, *_HIGHEST),
        "lowest_score": _lowest(said),
        "lowest_quote": quoted(said, *_LOWEST),
        "all_lesions_positive": said["all_lesions_sstr_positive"],
        "only_maximum": scan.only_maximum or (not coded and _only_maximum(said, words)),
        "further_sites": _further_sites(sites, said, seen),
        "spleen_reference": scan.spleen_reference or bool(_SPLEEN.search(quotes)),
        "liver_suvmax": scan.liver_suvmax if scan.liver_suvmax is not None else reference,
    }


def _completed(coded: tuple[Lesion, ...], read: tuple[Lesion, ...]) -> tuple[Lesion, ...]:
    """Coded lesions without a score, with the score the text gives the same lesion: same SUVmax, or the only one there.

    A coded score stays, whatever the text says.
    """
    scored = [lesion for lesion in read if lesion.score is not None]

    def only_one(lesion: Lesion) -> Lesion | None:
        same = [other for other in scored if lesion.suvmax is not None and other.suvmax == lesion.suvmax]
        organ = organ_of(lesion.site)
        if not same and organ and [organ_of(other.site) for other in coded].count(organ) == 1:
            same = [other for other in scored if organ_of(other.site) == organ]
        return same[0] if len(same) == 1 else None

    return tuple(
        replace(lesion, score=found.score, score_read_as="narrative", words=found.words,
                size_mm=found.size_mm if lesion.size_mm is None else lesion.size_mm)
        if lesion.score is None and not lesion.physiological and (found := only_one(lesion)) is not None
        else lesion
        for lesion in coded
    )  # fmt: skip


def _highest(said: dict[str, Any]) -> Score | None:
    """The best score the text states, as an interval."""
    stated = [score for entry in said["krenning_lesions"] if (score := text_score(entry.get("krenning"))) is not None]
    highest = number(said["krenning_highest"])
    top = [score for score in stated if highest is None or score[1] == highest]
    if top:
        return max(top)
    return text_score(said["krenning_highest"]) or text_score(said["krenning_implied_highest"])


def _lowest(said: dict[str, Any]) -> Score | None:
    """The lowest lesion's score, where the text says which it is; a single score stated is no lowest one."""
    lowest, highest = number(said["krenning_lowest"]), number(said["krenning_highest"])
    if lowest is None:
        return text_score(said["krenning_implied_lowest"])
    stated = [score for entry in said["krenning_lesions"] if (score := text_score(entry.get("krenning"))) is not None]
    if lowest == highest and len(stated) <= 1 and said["all_lesions_sstr_positive"] is not True:
        return None
    return min((score for score in stated if score[0] == lowest), default=text_score(said["krenning_lowest"]))


_NEIGHBOURS = {"mesentery": "lymph node", "peritoneum": "lymph node"}  # "mesenteric mass" and "mesenteric nodes"


def _further_sites(sites: tuple[Lesion, ...], said: dict[str, Any], seen: Extent) -> int:
    """Organs in which the text sees disease that nobody scored; an unnamed lesion may be in any of them."""
    named = [organ_of(lesion.site) for lesion in sites]
    if not sites and (said["krenning_highest"] is not None or said["krenning_implied_highest"] is not None):
        named = [""]
    known = {_NEIGHBOURS.get(organ, organ) for organ in named}
    diseased = {_NEIGHBOURS.get(organ, organ) for organ in seen.organs}
    return max(0, len(diseased - known) - named.count(""))


def _only_maximum(said: dict[str, Any], words: str) -> bool:
    """Whether only the hottest lesion is scored and nothing is said of the lowest."""
    if said["all_lesions_sstr_positive"] is True:
        return False
    if said["krenning_highest"] is None:
        return said["krenning_implied_highest"] is not None and said["krenning_implied_lowest"] is None
    if said["krenning_lowest"] is not None or said["krenning_implied_lowest"] is not None:
        return False
    if said["krenning_lesions"]:
        return not any(isinstance(entry.get("krenning"), str) for entry in said["krenning_lesions"])
    return any(_MAXIMUM.search(clause) and "krenning" in clause.lower() for clause in clauses(words))


def _fdg(scan: Scan, said: dict[str, Any], words: str) -> dict[str, Any]:
    """Lesions of an FDG PET's text: those with an SUVmax, and the sites called FDG-positive or -negative."""
    if scan.lesions:
        return {}
    found: dict[str, Lesion] = {}
    for entry in said["suvmax"]:
        site = text(entry.get("site"))
        suv = number(entry.get("value"))
        found[site] = Lesion(site=site, suvmax=suv, score_read_as="narrative", source=scan.source)
    for site, state in fdg_states(words):
        same = next((name for name in found if name and _overlap(name.lower(), site.lower())), None)
        if same is not None:
            found[same] = replace(found[same], fdg=state)
        else:
            found[site] = Lesion(site=site, fdg=state, score_read_as="narrative", source=scan.source)
    return {"lesions": tuple(found[site] for site in sorted(found))}


def _overlap(first: str, second: str) -> bool:
    return first in second or second in first


def _with_high_words(read: tuple[Lesion, ...], seen: Extent) -> tuple[Lesion, ...]:
    """Marks lesions whose uptake the text calls high or intense, for the comparison of words and SUV."""
    if not seen.high_uptake:
        return read
    worded = {lesion.suvmax for lesion in read} & set(seen.high_numbers)
    return tuple(
        replace(lesion, words="high")
        if lesion.score is None and lesion.suvmax is not None and (not worded or lesion.suvmax in worded)
        else lesion
        for lesion in read
    )


def quoted(said: dict[str, Any], *names: str) -> str:
    """The words the first of these fields with words was read from, verbatim; "" if there are none."""
    quotes = said.get("quotes") or {}
    return next((words[:200] for name in names if (words := text(quotes.get(name)))), "")
