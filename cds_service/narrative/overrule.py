"""Addenda overrule the report they are added to; what they take back becomes `prior`."""

from __future__ import annotations

import re
from typing import Any

from cds_service.narrative.context import Context
from cds_service.narrative.judgements import Stated
from cds_service.narrative.lesion import Lesion, Seen
from cds_service.narrative.scores import krenning_scores
from cds_service.narrative.sections import Section
from cds_service.narrative.tissue import Tissue
from cds_service.narrative.words import Words

_TAKEN_BACK = Words(
    r"\b(?:withdrawn|withdraw|retracted|revoked|invalid|void|disregard(?:ed)?|ignored?|not valid|"
    r"cannot be used|should not be used|must not be used|"
    r"belongs? to (?:another|a different)|entered in error|in error|erroneous(?:ly)?|incorrect(?:ly)?|deleted|"
    r"cancelled|struck|not applicable|not interpretable)\b"
)
_FIELD_WORDS = {
    "krenning": Words(r"\bkren\w+|\bscores?\b"),
    "suvmax": Words(r"\bSUV"),
    "ki67": Words(r"\bki\s?-?67|\bmib\s?-?1|\bproliferation"),
    "grade": Words(r"\bgrad(?:e|ing)\b|\bG[1-3]\b"),
    "response": Words(r"\bresponse\b|\bRECIST|\bprogressi|\bstable disease|\bpartial response|\bremission"),
}
_WHOLE_REPORT = Words(
    r"\b(?:this|the|entire|whole|above|original|previous|preceding)\s(?:\w+\s)?(?:report|study|examination|"
    r"scan|text|result)s?\b[^.]{0,80}?\b(?:withdrawn|void|retracted|invalid|revoked|cancelled|wrong patient|"
    r"another patient|different patient|"
    r"not (?:be )?(?:used|valid)|disregarded|belongs to)|\b(?:disregard|ignore) (?:this|the) (?:\w+ )?report",
    holds=r"\b(?:withdrawn|void|retracted|invalid|revoked|cancelled|(?:wrong|another|different) patient|"
    r"not (?:be )?(?:used|valid)|belongs to|disregard|ignore)",
)


def report_withdrawn(context: Context) -> bool:
    """Whether a sentence takes the whole report back ("issued for the wrong patient")."""
    return (
        _WHOLE_REPORT.search(context.text) is not None and not context.standing_apart and not _part_named(context.text)
    )


def _part_named(text: str) -> bool:
    return any(words.search(text) for words in _FIELD_WORDS.values())


def withdrawn_fields(context: Context) -> set[str]:
    """Fields an addendum's sentence takes back or speaks of; whether it gives another value is for the caller."""
    if context.section is not Section.ADDENDUM:
        return set()
    if _TAKEN_BACK.search(context.text):
        return {name for name, words in _FIELD_WORDS.items() if words.search(context.text)}
    # another value, whether it can be read or not: what the report said before no longer stands by itself
    named = {"krenning"} if any(not score.old for score in krenning_scores(context.text, [])) else set()
    return named | ({"ki67"} if _FIELD_WORDS["ki67"].search(context.text) and "%" in context.text else set())


def _value(lesion: Lesion) -> object:
    low, high = lesion.interval
    return low if low == high else [low, high]


def overrule_lesions(seen: Seen, scores_withdrawn: bool, suvs_withdrawn: bool) -> None:
    """Scores and SUVmax in an addendum replace those of the same lesion (of all lesions, if it names none)."""
    added = [x for x in seen.lesions if x.section is Section.ADDENDUM]
    body = [x for x in seen.lesions if x.section is not Section.ADDENDUM]
    new_scores, new_suvs = [x for x in added if x.score is not None], [x for x in added if x.suvs]
    for later in [x for x in new_scores if not x.organs and not x.every]:
        meant = [x for x in body if x.score is not None and (not later.replaces or x.score[1] in later.replaces)]
        for lesion in meant:
            seen.prior.append(("krenning", _value(lesion)))
            lesion.score, lesion.bound, lesion.section = later.score, later.bound, Section.ADDENDUM
        if meant:
            seen.lesions.remove(later)
            new_scores.remove(later)
    for lesion in body:
        for later in new_scores:
            if lesion.section is Section.ADDENDUM:
                continue
            if (
                lesion.score is not None
                and (not later.organs or later.organs & lesion.organs)
                and not _other_place(lesion, later)
            ):
                seen.prior.append(("krenning", _value(lesion)))
                later.size_mm = later.size_mm or lesion.size_mm
                lesion.score, lesion.bound = None, ""
        for later in new_suvs:
            if lesion.suvs and (not later.organs or later.organs & lesion.organs) and not _other_place(lesion, later):
                seen.prior += [("suvmax", int(v) if v == int(v) else v) for v, _ in lesion.suvs]
                lesion.suvs = []
    if scores_withdrawn and not new_scores:
        for lesion in seen.lesions:
            if lesion.score is not None:
                seen.prior.append(("krenning", _value(lesion)))
                lesion.score, lesion.bound, lesion.hedged_score = None, "", True
        seen.uncertain = True
    if suvs_withdrawn and not new_suvs:
        for lesion in body:
            seen.prior += [("suvmax", int(v) if v == int(v) else v) for v, _ in lesion.suvs]
            lesion.suvs = []
        seen.uncertain = True


_PLACE = re.compile(r"\b(?:[IVX]+[abAB]?|left|right|\d+)\b")


def _other_place(lesion: Lesion, later: Lesion) -> bool:
    """Two different segments (or sides) of one organ."""
    one, other = ({word.lower() for word in _PLACE.findall(label)} for label in (lesion.label, later.label))
    return bool(one and other and not one & other)


def overrule_tissue(tissue: Tissue, withdrawn: set[str]) -> None:
    """Ki-67, grade, differentiation and mitoses of an addendum replace those of the report."""
    later = [v for v in tissue.ki67 if v.section is Section.ADDENDUM]
    if later or "ki67" in withdrawn:
        for value in tissue.ki67:
            if value.section is not Section.ADDENDUM:
                tissue.prior.append(
                    ("ki67", value.percent if value.percent is not None else list(value.interval or ()))
                )
        tissue.ki67 = later
        tissue.uncertain = tissue.uncertain or not later
    for name in ("grades", "differentiation", "mitoses"):
        found = getattr(tissue, name)
        added = [f for f in found if f.section is Section.ADDENDUM]
        taken = name == "grades" and "grade" in withdrawn
        if added or taken:
            what = {"grades": "grade", "mitoses": "mitoses"}.get(name)
            for item in found:
                if item.section is not Section.ADDENDUM and what:
                    tissue.prior.append((what, item.value[0] if what == "mitoses" else item.value))
            setattr(tissue, name, added)
            tissue.uncertain = tissue.uncertain or not added


def overrule_stated(stated: list[Stated], what: str, withdrawn: bool) -> list[dict[str, Any]]:
    """Judgements of an addendum replace the earlier ones, which are returned as `prior`."""
    later = [s for s in stated if s.section is Section.ADDENDUM]
    if not later and not withdrawn:
        return []
    before = [
        {"what": what, "value": s.value} for s in stated if s.section is not Section.ADDENDUM and s.value is not None
    ]
    stated[:] = later if later else [Stated(None, s.span, s.section, hedged=True) for s in stated]
    return before
