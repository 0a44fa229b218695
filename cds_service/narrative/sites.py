"""The places and lesions a sentence speaks of, in order, and which of them a number or word belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import BENIGN_TAIL, LESION, OTHER, REFERENCE, REFERENCE_ORGANS, SITE, organ_of
from cds_service.narrative.scores import Score, Suv
from cds_service.narrative.uptake import Uptake
from cds_service.narrative.words import Words

MOST_PLACES = 80  # in one sentence; more is not prose


@dataclass(slots=True, eq=False)
class Place:
    """A site or lesion named at start..end of a sentence, with what the sentence says about it."""

    start: int
    end: int
    label: str
    organs: frozenset[str]
    named_lesion: bool = False  # a lesion noun stands with it
    other: bool = False  # another tumour, benign, physiological
    reference: bool = False  # an organ named for comparison
    denied: bool = False
    hedged: bool = False
    earlier: bool = False  # not of this examination
    every: bool = False  # "all lesions"
    fellows: list[Place] = field(default_factory=list)  # "liver and bone metastases"
    scores: list[tuple[Score, int, int]] = field(default_factory=list)  # with low, high for this place
    suvs: list[Suv] = field(default_factory=list)
    words: list[Uptake] = field(default_factory=list)
    size_mm: float | None = None
    fdg: bool | None = None
    new: bool = False
    loose_words: bool = False  # uptake words that could not be read as a class


_JOIN = re.compile(
    r"^\s?(?:,|and|/|&|\+|or|as well as|plus|,\s?and|metasta\w+,?\s?(?:and|,)?|lesions?,?\s?(?:and|,)|"
    r"mets?,?\s?(?:and|,))?\s?(?:(?:in|of|to|both|the|a|several|multiple|left|right|one|two|three)\s)*(?:the\s|"
    r"a\s)?(?:metasta\w+|lesions?|mets?)?\s?(?:(?:in|of)\s)?(?:the\s|a\s)?$",
    re.I,
)
_REFINES = re.compile(
    r"^[\s,:(]*(?:(?:\w+[\s-]){0,4})?(?:metasta\w+|lesions?|mass(?:es)?|tumou?rs?|mets?|filiae?|nodules?|"
    r"deposits?|foc(?:us|i)|NETs?|nodes?|primary|implants?|contains?\b[\w\s]*|with\b[\w\s]*|both lobes)?"
    r"(?:[\s,:(]*(?:both lobes|the largest|largest|the biggest|largest one|e\.g\.|mainly|predominantly|"
    r"especially|for example|in both lobes)?)*[\s,:(]*(?:in|of|at|within|,|:|located in|involving|left|"
    r"right)?\s?(?:the\s|in\s|of\s|a\s)*(?:left\s|right\s)?$",
    re.I,
)
_ORIGIN = re.compile(
    r"^(?:\s(?:NET|NEN|NEC|carcinoid|neuroendocrine|primary NET|primaries|insulinoma|gastrinoma))", re.I
)
_MAIN_NOUN = Words(r"\b(?:metasta\w+|lesions?|filiae?|mets?|deposits?|implants?)\b")
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


def places(context: Context) -> list[Place]:
    """Everything a sentence names that could be a lesion or an organ, in order."""
    text = context.text
    nouns = list(LESION.finditer(text))[:MOST_PLACES]
    found = _sites(text)
    spans = [(p.start, p.end) for p in found]
    for noun in nouns:
        near = _site_of(noun, found, text)
        if near is None:
            if not any(s <= noun.start() < e for s, e in spans):
                found.append(Place(noun.start(), noun.end(), "", frozenset(), named_lesion=True))
            continue
        near.named_lesion = True
    for other in list(OTHER.finditer(text))[:MOST_PLACES]:
        adjective = _ADJECTIVE.match(other.group()) and any(
            -40 < p.start - other.end() < 40 or 0 <= other.start() - p.end < 4 for p in found if p.label
        )
        if not adjective and not any(
            p.start <= other.start() < p.end or other.start() <= p.start < other.end() for p in found
        ):
            found.append(Place(other.start(), other.end(), "", frozenset(), other=True))
    found.sort(key=lambda p: p.start)
    _mark_others(context, found)
    for place in found:
        _judge(context, place, nouns)
    if any(p.reference for p in found):  # "liver SUVmax 8.2, spleen SUVmax 24.5"
        for place in found:
            place.reference = place.reference or (
                place.organs == {"liver"} and not place.named_lesion and "segment" not in place.label
            )
    return found


_MORE_SEGMENTS = re.compile(r"\)\s?(?:,|and|,\s?and)\s(?P<name>(?:VIII|VII|VI|IV|V|III|II|I)[ab]?)(?=\s?[(:])")


def _sites(text: str) -> list[Place]:
    found: list[Place] = []
    for match in list(SITE.finditer(text))[:MOST_PLACES]:
        organs = organ_of(match)
        label = _label(text[match.start() : match.end()], organs)
        before, after = text[: match.start()], text[match.end() : match.end() + 40]
        if _ORIGIN.match(after) and re.search(r"\b(?:of|from|with)\s(?:an?\s|the\s|known\s|his\s|her\s)*$", before):
            continue  # "metastases of an ileal NET": where the tumour came from
        if (
            re.search(
                r"(?:\b(?:than|to|with|of|above|below|as|exceeds|exceeding|like|over|exceed|surpasses)\b|"
                r"[><=~])\s?(?:or\s(?:slightly\s)?(?:above|below|equal to|higher than|lower than)\s)?(?:that\s(?:of|"
                r"in)\s|the\s|normal\s|of\s|in\s|uptake\s|background\s|healthy\s|physiological\s|liver\s|"
                r"hepatic\s)*$",
                before[-50:],
                re.I,
            )
            and not _MAIN_NOUN.match(after.strip())
            and (organs <= {"liver", "spleen", "blood-pool", "kidney"})
            and not _part_of(before, after)
        ):
            continue  # the organ compared with
        if found and (joined := _merge(found[-1], match, label, organs, text)):
            found[-1] = joined
            continue
        place = Place(match.start(), match.end(), label, organs)
        if found and not place.organs & {"blood-pool"} and _JOIN.match(text[found[-1].end : match.start()]):
            place.fellows = [*found[-1].fellows, found[-1]]
        found.append(place)
    for match in _MORE_SEGMENTS.finditer(text):  # "segments IV (SUVmax 9.1) and VI (SUVmax 7.7)"
        if any("segment" in p.label and p.end <= match.start() for p in found):
            found.append(
                Place(
                    match.start("name"),
                    match.end("name"),
                    f"liver segment {match['name']}",
                    frozenset({"liver"}),
                    named_lesion=True,
                )
            )
    return sorted(found, key=lambda p: p.start)


def _part_of(before: str, after: str) -> bool:
    """ "metastases of the liver", "lobe of the liver"."""
    return (
        re.search(
            r"\b(?:metasta\w+|lesions?|mass(?:es)?|nodules?|tumou?rs?|lobes?|foc(?:us|i)|deposits?|involvement|"
            r"infiltration|segments? [IVX\d]+)\s(?:of|in|to)\s(?:the\s)?$",
            before,
            re.I,
        )
        is not None
    )


def _merge(last: Place, match: re.Match[str], label: str, organs: frozenset[str], text: str) -> Place | None:
    """The last place made more exact by this one ("liver metastases, the largest in segment VII")."""
    between = text[last.end : match.start()]
    if (
        len(between) > 60
        or re.search(r"[.;\d]|\b(?:and|or)\b|krenning|suv", between, re.I)
        or between.strip() == ","
        or not _REFINES.match(between)
    ):
        return None
    same = bool(last.organs & organs) or (
        organs == {"node"} and last.organs <= {"mesentery", "retroperitoneum", "mediastinum", "lung", "peritoneum"}
    )
    if same:
        exact = label if len(label) >= len(last.label) or last.label in _GENERAL else last.label
        if last.organs == {"liver"} and "segment" in label and "liver" not in label:
            exact = f"liver {label}"
        return Place(last.start, match.end(), exact, last.organs | organs, fellows=last.fellows)
    if re.fullmatch(r"\s(?:NET|NEN|carcinoid|tumou?r)?\s?", between, re.I):  # "rectal NET liver metastasis"
        return Place(match.start(), match.end(), label, organs)
    return None


_GENERAL = {
    "bone",
    "bones",
    "skeleton",
    "liver",
    "node",
    "nodes",
    "lymph node",
    "lymph nodes",
    "nodal",
    "lung",
    "lungs",
    "pancreas",
    "LN",
}
_NOUN_OF = {
    "hepatic": "liver",
    "intrahepatic": "liver",
    "osseous": "bone",
    "bony": "bone",
    "gastric": "stomach",
    "skeletal": "bone",
}


def _label(words: str, organs: frozenset[str]) -> str:
    """The site as written, in lower case but for segment and vertebra names."""
    words = re.sub(r"\s+", " ", words.strip())
    label = re.sub(
        r"\b(?!(?:VIII|VII|VI|IV|V|III|II|I)[ab]?\b|Th\s?\d|[TLCSD]\s?\d|LN|[BLH]WK)\w+",
        lambda m: m.group().lower(),
        words,
    )
    label = re.sub(
        r"\bseg(?:ment)?s?m?\.?(?=\s)",
        lambda m: "segment" if m.group().rstrip(".").lower() not in {"segments"} else "segments",
        label,
    )
    if organs == {"liver"} and label not in {"liver"} and "liver" not in label and "hepatic" not in label:
        label = f"liver {label}"
    return _NOUN_OF.get(label, label)


_PLAIN_WORDS = (
    r"(?:(?!with|exce|and\b|or\b|is\b|are\b|has|have|show|which|that\b|than|above|below|similar|equal|compar|"
    r"krenning|apart|but\b|while|other)[\w/-]+\s){0,4}?"
)


def _site_of(noun: re.Match[str], found: list[Place], text: str) -> Place | None:
    """The site a lesion noun stands with: touching it, or "metastasis in the left acetabulum"."""
    best: Place | None = None
    for place in found:
        if place.end <= noun.start():
            between = text[place.end : noun.start()]
            if (
                len(between) <= 45
                and not re.search(r"[.;(]|,.*\d|krenning|suv", between, re.I)
                and not re.search(r"\bno\b|\bwithout\b", between, re.I)
            ):
                best = place
        elif place.start >= noun.end():
            between = text[noun.end() : place.start]
            if (
                best is None
                and len(between) <= 60
                and not re.search(r"[;.]", between)
                and re.search(
                    rf"^\s?(?:,\s?)?{_PLAIN_WORDS}(?:\(?\d+[\d\s.,x]*(?:mm|cm)\)?\s?)?{_PLAIN_WORDS}(?:(?:is|"
                    rf"are)\s(?:\w+\s)?)?(?:in|of|at|within|involving|located|:|to)\s{_PLAIN_WORDS}$|"
                    rf"^\s?(?:\([^)]*\))?,?\s?$|^\s?#?\d{0, 2}\s?\($|^\s(?:of|in)\s",
                    between,
                    re.I,
                )
            ):
                return place
            break
        else:
            return place
    return best


_EXPLAINED = re.compile(
    r"\b(?:likely|probabl\w+|consistent with|in keeping with|due to|compatible with|represent\w*|suggest\w*|"
    r"rather|caused by|attributed to|interpreted as|in the sense of)\s(?:an?\s|the\s)?(?:\w+[\s-]){0,2}$",
    re.I,
)
_FAVOURED = re.compile(r"[\s\w-]{0,25}?\b(?:favou?red|likely|most probabl\w+|assumed)", re.I)
_ADJECTIVE = re.compile(r"physiolog|benign|degenerat|inflam|reactive|normal|biodistr")


def _mark_others(context: Context, found: list[Place]) -> None:
    """Places that belong to another tumour, to benign changes or to normal uptake."""
    text = context.text
    marks = [m for m in list(OTHER.finditer(text))[:MOST_PLACES]]
    for place in found:
        if place.other:
            continue
        for mark in marks:
            if place.start <= mark.start() < place.end or mark.start() <= place.start < mark.end():
                place.other = True
            elif mark.end() <= place.start and context.end_of(mark.end(), comma=False) > place.start:
                between = text[mark.end() : place.end + 25]
                adjective = _ADJECTIVE.match(mark.group())
                fresh = _MAIN_NOUN.search(between) or re.search(r"\bNETs?\b", between)
                if adjective or not re.search(r"\band\b|,", text[mark.end() : place.start]):
                    fresh = (
                        _MAIN_NOUN.search(text[mark.end() : place.start]) if re.search(r"\band\b|,", between) else None
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
                    and (_EXPLAINED.search(between) or _FAVOURED.match(text[mark.end() :]))
                ):
                    place.other = True
        if BENIGN_TAIL.search(text, place.end, context.end_of(place.end, comma=False)) and not place.fellows:
            place.other = True


def _judge(context: Context, place: Place, nouns: list[re.Match[str]]) -> None:
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
    r"\b(?:suspicious(?: for| of|\b)|suspected|suggestive of|indeterminate|equivocal|questionable|too small to|"
    r"(?:may|might|could) (?:also )?(?:represent|be|correspond|reflect)\b|"
    r"(?:possibl[ey]|probabl[ey]|likely|unclear|presumably|DD|differential)\W+(?:\w+\W+){0,3}?(?:metasta\w+|"
    r"malignan\w+|tumou?r\w*|NETs?|benign|physiolog\w+|inflam\w+|cysts?|ha?emangioma\w*|degenerat\w+|primary|"
    r"reactive|manifestation|involvement)|"
    r"(?:metasta\w+|malignan\w+|tumou?r|NET|lesion)\s(?:\w+\s)?(?:cannot|can not|"
    r"not) (?:be )?(?:\w+ )?(?:excluded|ruled out)|unclear|of uncertain|of unknown|not (?:definitely|"
    r"clearly) (?:metasta|malig|tumo))|"
    r"^[\s\w]{0,20}\?|^\s(?:\w+\s)?(?:cannot|can not|not) (?:be )?(?:\w+ )?(?:excluded|ruled out)"
)


def _lesion_hedged(context: Context, place: Place, nouns: list[re.Match[str]]) -> bool:
    """Whether it is doubtful that this is tumour at all."""
    text = context.text
    for begin, end in [(place.start, place.end), *((n.start(), n.end()) for n in nouns if _together(text, place, n))]:
        if context.hedged_before(begin):
            return True
    following = text[place.end : context.end_of(place.end, comma=False)]
    doubt = _DOUBT_AFTER.search(following)
    return doubt is not None and not re.match(
        r"(?:\W+\w+){0,2}\W+(?:krenning|suv|progress|response|stable|disease|discord)",
        following[doubt.end() - 1 :],
        re.I,
    )


_FORWARD = re.compile(
    r"^\s?-?(?:(?!and\b|with\b|but\b|while\b)[a-zA-Z-]+\s){0,4}?(?:in|of|within|at|involving|for)\s(?:(?:the|a|an|"
    r"both|all|each|several|multiple|known|two)\s)*(?:[a-z]+\s){0,2}?$",
    re.I,
)
_BRACKET_BEHIND = re.compile(r"\s?\((?:the\s)?[^()]{1,40}\)")
_RIGHT_IN = re.compile(
    r"^\s(?:uptake\s|lesions?\s|metasta\w+\s)?(?:in|of|within)\s(?:the\s|a\s|an\s|both\s|all\s)*$", re.I
)
_ADJACENT = re.compile(r"^\s?-?(?:(?!and\b|with\b|but\b|in\b|of\b|at\b)[a-zA-Z-]+[\s-]){0,3}$")


def owners(
    start: int, end: int, found: list[Place], text: str, taken: set[int], *, forward: bool = False
) -> list[Place]:
    """The places a value at start..end belongs to: the one it stands before with "in", else the nearest before, else the next.

    `forward`: a place directly behind wins ("a 12 mm node"). `taken`: ids of places that already have a value of this kind. Several places when they are named together.
    """
    before = [p for p in found if p.start < start]
    after = [p for p in found if p.start >= end and text.rfind("(", end, p.start) <= text.rfind(")", end, p.start)]
    near = before[-1] if before else None
    if named := _BRACKET_BEHIND.match(text, end):  # "Krenning 4 (liver)"
        inside = [p for p in found if named.start() < p.start and p.end <= named.end() and not p.reference]
        if inside and text.rfind("(", 0, start) <= text.rfind(")", 0, start):
            return inside
    if after:
        following = after[0]
        between = re.sub(r"\([^()]*\)\s?", "", text[end : following.start])
        if len(between) < 60:
            open_bracket = text.rfind("(", 0, start) > text.rfind(")", 0, start)
            if not open_bracket and (_RIGHT_IN.match(between) or (forward and _ADJACENT.match(between))):
                return _with_fellows(following, found, text, forward=True)
            if (
                not open_bracket
                and _FORWARD.match(between)
                and not (near is not None and _apposed(text[near.end : start]) and id(near) not in taken)
            ):
                return _with_fellows(following, found, text, forward=True)
            if (
                not open_bracket
                and _ADJACENT.match(between)
                and (near is None or id(near) in taken or not _apposed(text[near.end : start]))
            ):
                return _with_fellows(following, found, text, forward=True)
    if near is not None:
        return _with_fellows(near, found, text, forward=False)
    if after and ";" not in text[end : after[0].start]:
        return _with_fellows(after[0], found, text, forward=True)
    return []


def _apposed(between: str) -> bool:
    """ "liver metastasis, Krenning 3": the value directly follows the place."""
    return len(between) < 40 and not re.search(
        r"\band\b|;|\.\s|\b(?:apart from|except|exception|but|whereas|while)\b", between
    )


def _with_fellows(place: Place, found: list[Place], text: str, *, forward: bool) -> list[Place]:
    if not forward:
        return [*place.fellows, place]
    group = [place]
    for later in found:
        if place in later.fellows and later not in group and group[-1] in later.fellows:
            group.append(later)
    return group
