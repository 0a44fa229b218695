"""Whether a place named in a sentence is a lesion of this tumour, now: other, reference, denied, hedged, earlier."""

from __future__ import annotations

import re

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import BENIGN_TAIL, OTHER, REFERENCE, REFERENCE_ORGANS
from cds_service.narrative.place import MAIN_NOUN, MOST_PLACES, Place
from cds_service.narrative.words import Words

_REMOVED = Words(
    r"\b(?:resect(?:ion|ed) of|resected|status post|st\.? ?p\.?|s/p|(?:after|following|"
    r"post)\s(?:\w+\s){0,3}?(?:resection|removal|excision|surgery|\w*ectomy|enucleation)|removal of|"
    r"former(?:ly)?|"
    r"operated|treated for|history of|patient with|because of|due to|diagnosed with|(?:re-?)?staging (?:of|"
    r"for)|follow-?up (?:of|for|after)|surveillance|work-?up|known case of|in a case of|for suspected|"
    r"for known|"
    r"question of|looking for|search for|origin(?:ating)? (?:of|from)|primary site of|PET/CT (?:for|in)|"
    r"CT (?:for|in a)|scan (?:for|in))\b"
)
_EXPLAINED = re.compile(
    r"\b(?:likely|probabl\w+|consistent with|in keeping with|due to|compatible with|represent\w*|suggest\w*|"
    r"rather|caused by|attributed to|interpreted as|in the sense of)\s(?:an?\s|the\s)?(?:\w+[\s-]){0,2}$",
    re.I,
)
_APPOSED_MARK = re.compile(r"(?:^|[\w)])\s?(?:,|\s-|\()\s?(?:most |rather |probably |likely )?$", re.I)
_PARTIAL = re.compile(
    r"\b(?:(?:nearly|almost|virtually|not|practically) all|most|majority|predominant\w*|many|part of|partly|"
    r"mainly|some of|\d+ of(?: the)?(?: \d+)?|half of|(?:one|two|three|four|five|six|several) of)\b[^,;.]{0,30}$",
    re.I,
)
_FAVOURED = re.compile(r"[\s\w-]{0,25}?\b(?:favou?red|likely|most probabl\w+|assumed)", re.I)
_LEFT_OPEN = re.compile(r"\w*(?:\s\w+){0,2}?\s(?:is |are )?(?:not|cannot|can not) (?:be )?(?:excluded|ruled out)", re.I)
ADJECTIVE = re.compile(r"physiolog|benign|degenerat|inflam|reactive|normal|biodistr|un-?specific|non-?specific|post-?")


def mark_others(context: Context, found: list[Place]) -> None:
    """Places that belong to another tumour, to benign changes or to normal uptake."""
    text = context.text
    marks = list(OTHER.finditer(text))[:MOST_PLACES]
    for place in found:
        if place.other:
            continue
        for mark in marks:
            if mark.start() >= place.end and _LEFT_OPEN.match(text, mark.end()):
                continue  # "degenerative change not excluded" does not say that it is
            if place.start <= mark.start() < place.end or mark.start() <= place.start < mark.end():
                place.other = True
            elif mark.end() <= place.start and context.end_of(mark.end(), comma=False) > place.start:
                between = text[mark.end() : place.end + 25]
                adjective = ADJECTIVE.match(mark.group())
                fresh = MAIN_NOUN.search(between) or re.search(r"\bNETs?\b", between)
                if adjective or not re.search(r"\band\b|,", text[mark.end() : place.start]):
                    fresh = (
                        MAIN_NOUN.search(text[mark.end() : place.start]) if re.search(r"\band\b|,", between) else None
                    )
                if not fresh:
                    place.other = True
            elif mark.start() >= place.end:
                between = text[place.end : mark.start()]
                if (
                    len(between) < 30
                    and not re.search(r"[,;.(]|\band\b|\d", between)
                    and not re.search(r"\bno\b|\bwithout\b|next to|adjacent|near|besides", between, re.I)
                ) or (
                    len(between) < 80
                    and ";" not in between
                    and (
                        _EXPLAINED.search(between)
                        or _FAVOURED.match(text[mark.end() :])
                        or (_APPOSED_MARK.search(between) and (ADJECTIVE.match(mark.group()) or between.endswith("(")))
                    )
                ):
                    place.other = True
        if BENIGN_TAIL.search(text, place.end, context.end_of(place.end, comma=False)) and not place.fellows:
            place.other = True


def judge(context: Context, place: Place, nouns: list[re.Match[str]]) -> None:
    """Says of a place whether it is denied, doubtful, of another time, one of all or of some."""
    text = context.text
    at, to = place.start, place.end
    for noun in nouns:
        if place.start <= noun.start() < place.end + 45 and _together(text, place, noun):
            to = max(to, noun.end())
    place.denied = context.negated_lesion(place.start, to) or any(
        _together(text, place, n) and context.negated_lesion(n.start(), n.end())
        for n in nouns
        if n.start() >= place.start - 40
    )
    place.hedged = _lesion_hedged(context, place, nouns)
    removed = [m for m in _REMOVED.finditer(text, 0, at) if context.end_of(m.end(), comma=True) > at]
    place.earlier = bool(removed) or context.earlier(at, to)
    before = text[max(0, at - 40) : at]
    place.every = bool(re.search(r"\b(?:all|every|each|none of|any of)\b[^,;.]{0,35}$", before, re.I))
    place.partial = bool(_PARTIAL.search(before))
    place.every = place.every and not place.partial
    place.new = bool(re.search(r"\bnew(?:ly (?:appeared|visible|detected|developed))?\s(?:\w+\s){0,3}$", before, re.I))
    normal = REFERENCE.search(text[max(0, at - 45) : at])
    if (
        place.organs & REFERENCE_ORGANS
        and not place.named_lesion
        and (normal or place.organs <= {"blood-pool", "bladder", "salivary", "pituitary", "kidney", "spleen"})
    ):
        place.reference = True


def _together(text: str, place: Place, noun: re.Match[str]) -> bool:
    if noun.start() >= place.start:
        between = text[place.end : noun.start()] if noun.start() > place.end else ""
    else:
        between = text[noun.end() : place.start]
    return len(between) < 45 and not re.search(r"[;.(),]|krenning|suv", between, re.I)


_DOUBT_AFTER = Words(
    r"\?\s?(?:metasta|degenerat|malig|benign|primary|tumou?r|net\b)|\b(?:suspicious(?: for| of|\b)|suspected|"
    r"suggestive of|indeterminate|equivocal|questionable|too small to|"
    r"(?:may|might|could) (?:also )?(?:represent|be|correspond|reflect)\b|"
    r"(?:possibl[ey]|probabl[ey]|likely|unclear|presumably|DD|differential)\W+(?:\w+\W+){0,3}?(?:metasta\w+|"
    r"malignan\w+|tumou?r\w*|NETs?|benign|physiolog\w+|inflam\w+|cysts?|ha?emangioma\w*|degenerat\w+|primary|"
    r"reactive|manifestation|involvement)|"
    r"(?:metasta\w+|malignan\w+|tumou?r|NET|lesion|degenerat\w+|benign|inflam\w+|reactive|ha?emangioma\w*|"
    r"physiolog\w+|fracture|change)\s(?:\w+\s){0,2}?(?:cannot|can not|"
    r"not) (?:be )?(?:\w+ )?(?:excluded|ruled out)|unclear|of uncertain|of unknown|not (?:definitely|"
    r"clearly) (?:metasta|malig|tumo))|"
    r"^[\s\w]{0,20}\?|^\s(?:\w+\s)?(?:cannot|can not|not) (?:be )?(?:\w+ )?(?:excluded|ruled out)"
)


def _lesion_hedged(context: Context, place: Place, nouns: list[re.Match[str]]) -> bool:
    """Whether it is doubtful that this is tumour at all."""
    text = context.text
    for begin in (place.start, *(n.start() for n in nouns if _together(text, place, n))):
        if context.hedged_before(begin):
            return True
    following = text[place.end : context.end_of(place.end, comma=False)]
    doubt = _DOUBT_AFTER.search(following)
    return doubt is not None and not re.match(
        r"(?:\W+\w+){0,2}\W+(?:krenning|suv|progress|response|stable|disease|discord)",
        following[doubt.end() - 1 :],
        re.I,
    )
