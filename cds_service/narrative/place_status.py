"""Whether a place named in a sentence is a lesion of this tumour, now: other, reference, denied, hedged, earlier."""

from __future__ import annotations

import re

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import BENIGN_TAIL, REFERENCE, REFERENCE_ORGANS
from cds_service.narrative.place import MAIN_NOUN, Place
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
_PARTIAL = Words(
    r"\b(?:(?:nearly|almost|virtually|not|practically) all|most|majority|predominant\w*|many|part of|partly|"
    r"mainly|some of|\d+ of(?: the)?(?: \d+)?|half of|(?:one|two|three|four|five|six|several) of)\b[^,;.]{0,30}$"
)
_EVERY = Words(r"\b(?:all|every|each|none of|any of)\b[^,;.]{0,35}$")
_NEW = Words(r"\bnew(?:ly (?:appeared|visible|detected|developed))?\s(?:\w+\s){0,3}$")
_NEVER_A_LESION = frozenset({"blood-pool", "bladder", "salivary", "pituitary", "kidney", "spleen"})
_LISTED = re.compile(r"\band\b|,", re.I)
_NET = re.compile(r"\bNETs?\b")
_APART = re.compile(r"[,;.(]|\band\b|\d", re.I)
_BESIDE = Words(r"\bno\b|\bwithout\b|next to|adjacent|near|besides")
_PARTED = Words(r"[;.(),]|krenning|suv")
_FAVOURED = re.compile(r"[\s\w-]{0,25}?\b(?:favou?red|likely|most probabl\w+|assumed)", re.I)
_LEFT_OPEN = re.compile(r"\w*(?:\s\w+){0,2}?\s(?:is |are )?(?:not|cannot|can not) (?:be )?(?:excluded|ruled out)", re.I)
ADJECTIVE = re.compile(r"physiolog|benign|degenerat|inflam|reactive|normal|biodistr|un-?specific|non-?specific|post-?")


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
DOUBT_WORDS = Words(  # without one of them nothing is doubted behind a place
    r"\?|suspic|suspect|suggest|indetermin|equivocal|question|too small|may|might|could|possibl|probabl|likely|unclear|"
    r"presum|dd|differential|exclu|ruled|uncertain|unknown|definitely|clearly"
)
_OF_A_VALUE = Words(r"(?:\W+\w+){0,2}\W+(?:krenning|suv|progress|response|stable|disease|discord)")


def mark_others(context: Context, found: list[Place], marks: list[re.Match[str]]) -> None:
    """Places that belong to another tumour, to benign changes or to normal uptake; `marks`: matches of OTHER."""
    text = context.text
    for place in found if marks else ():
        place.other = place.other or any(_is_other(context, place, mark) for mark in marks)
    if BENIGN_TAIL.search(text):
        for place in found:
            if not place.fellows and BENIGN_TAIL.search(text, place.end, context.end_of(place.end, comma=False)):
                place.other = True


def _is_other(context: Context, place: Place, mark: re.Match[str]) -> bool:
    text = context.text
    start, end = mark.span()
    if start >= place.end and _LEFT_OPEN.match(text, end):
        return False  # "degenerative change not excluded" does not say that it is
    if place.start <= start < place.end or start <= place.start < end:
        return True
    if end <= place.start:
        if context.end_of(end, comma=False) <= place.start:
            return False
        up_to_place, between = text[end : place.start], text[end : place.end + 25]
        if ADJECTIVE.match(mark.group()) or not _LISTED.search(up_to_place):
            return not (_LISTED.search(between) and MAIN_NOUN.search(up_to_place))
        return not (MAIN_NOUN.search(between) or _NET.search(between))
    between = text[place.end : start]
    if len(between) < 30 and not _APART.search(between) and not _BESIDE.search(between):
        return True
    return (
        len(between) < 80
        and ";" not in between
        and bool(
            _EXPLAINED.search(between)
            or _FAVOURED.match(text[end:])
            or (_APPOSED_MARK.search(between) and (ADJECTIVE.match(mark.group()) or between.endswith("(")))
        )
    )


def judge(context: Context, found: list[Place], nouns: list[re.Match[str]]) -> None:
    """Says of each place whether it is denied, doubtful, of another time, one of all or of some."""
    if not found:
        return
    text = context.text
    removed, doubted = _REMOVED.search(text) is not None, DOUBT_WORDS.search(text) is not None
    for place in found:
        at, to = place.start, place.end
        beside = [noun for noun in nouns if _together(text, place, noun)]
        for noun in beside:
            if at <= noun.start() < place.end + 45:
                to = max(to, noun.end())
        place.denied = context.denies and (
            context.negated_lesion(at, to)
            or any(context.negated_lesion(*noun.span()) for noun in beside if noun.start() >= at - 40)
        )
        place.hedged = (
            context.hedges and any(context.hedged_before(begin) for begin in (at, *(noun.start() for noun in beside)))
        ) or (doubted and _doubted_after(context, place))
        place.earlier = (
            removed and any(context.end_of(m.end(), comma=True) > at for m in _REMOVED.finditer(text, 0, at))
        ) or context.earlier(at, to)
        begin = max(0, at - 40)
        place.partial = _PARTIAL.search(text, begin, at) is not None
        place.every = not place.partial and _EVERY.search(text, begin, at) is not None
        place.new = _NEW.search(text, begin, at) is not None
        if place.organs & REFERENCE_ORGANS and not place.named_lesion:
            place.reference = (
                place.organs <= _NEVER_A_LESION or REFERENCE.search(text, max(0, at - 45), at) is not None
            )


def _together(text: str, place: Place, noun: re.Match[str]) -> bool:
    start = noun.start()
    between = text[noun.end() : place.start] if start < place.start else text[place.end : start]
    return between in ("", " ") or (len(between) < 45 and not _PARTED.search(between))


def _doubted_after(context: Context, place: Place) -> bool:
    """Whether words behind the place leave open that this is tumour at all."""
    following = context.text[place.end : context.end_of(place.end, comma=False)]
    doubt = _DOUBT_AFTER.search(following)
    return doubt is not None and not _OF_A_VALUE.match(following[doubt.end() - 1 :])
