"""The places and lesions a sentence speaks of, in order, and which of them a number or word belongs to."""

from __future__ import annotations

import re
from bisect import insort
from dataclasses import replace
from itertools import pairwise

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import LESION, OTHER, SITE, organ_of
from cds_service.narrative.place import MAIN_NOUN, MOST_PLACES, Place
from cds_service.narrative.place_status import ADJECTIVE, judge, mark_others
from cds_service.narrative.scores import inside
from cds_service.narrative.words import Words

_JOIN = Words(
    r"\s?(?:,|and|/|&|\+|or|as well as|plus|,\s?and|(?:metasta\w+|mass(?:es)?|tumou?rs?|nodules?|"
    r"nodes?),?\s?(?:and|,)?|lesions?,?\s?(?:and|,)|"
    r"mets?,?\s?(?:and|,))?\s?(?:(?:in|of|to|both|the|a|several|multiple|left|right|one|two|three)\s)*(?:the\s|"
    r"a\s)?(?:metasta\w+|lesions?|mets?)?\s?(?:(?:in|of)\s)?(?:the\s|a\s)?$"
)
_REFINES = Words(
    r"^[\s,:(]*(?:(?:\w+[\s-]){0,4})?(?:metasta\w+|lesions?|mass(?:es)?|tumou?rs?|mets?|filiae?|nodules?|"
    r"deposits?|foc(?:us|i)|NETs?|nodes?|primary|implants?|contains?\b[\w\s]*|with\b[\w\s]*|both lobes)?"
    r"(?:[\s,:(]*(?:both lobes|the largest|largest|the biggest|largest one|e\.g\.|mainly|predominantly|"
    r"especially|for example|in both lobes)?)*[\s,:(]*(?:in|of|at|within|,|:|located in|involving|left|"
    r"right)?\s?(?:the\s|in\s|of\s|a\s)*(?:left\s|right\s)?$"
)
_ORIGIN = Words(r"\s(?:NET|NEN|NEC|carcinoid|neuroendocrine|primary NET|primaries|insulinoma|gastrinoma)")
_ORIGIN_OF = Words(r"\b(?:of|from|with)\s(?:an?\s|the\s|known\s|his\s|her\s)*$")


def places(context: Context) -> list[Place]:
    """Everything a sentence names that could be a lesion or an organ, in order."""
    text = context.text
    nouns = list(LESION.finditer(text))[:MOST_PLACES]
    found = _sites(text)
    spans = [(p.start, p.end) for p in found]
    for noun in nouns:
        near = _site_of(noun, found, text)
        if near is not None:
            for one in (near, *near.fellows):
                one.named_lesion = True
        elif not inside(noun.start(), spans):
            insort(found, Place(noun.start(), noun.end(), "", frozenset(), named_lesion=True), key=_start)
    others = list(OTHER.finditer(text))[:MOST_PLACES]
    for other in others:
        start, end = other.span()
        adjective = ADJECTIVE.match(other.group()) and any(
            -40 < p.start - end < 40 or 0 <= start - p.end < 4 for p in found if p.label
        )
        if not adjective and not any(p.start <= start < p.end or start <= p.start < end for p in found):
            insort(found, Place(start, end, "", frozenset(), other=True), key=_start)
    for generic, named in pairwise(found):  # "in primary and liver metastases"
        plain = not generic.label and generic.named_lesion and named.label and not named.fellows
        if plain and _AND.match(text, generic.end, named.start):
            named.fellows = [generic]
    mark_others(context, found, others)
    judge(context, found, nouns)
    if any(p.reference for p in found):  # "liver SUVmax 8.2, spleen SUVmax 24.5"
        for place in found:
            place.reference = place.reference or (
                place.organs == {"liver"} and not place.named_lesion and "segment" not in place.label
            )
    return found


def _start(place: Place) -> int:
    return place.start


_AND = Words(r"\s?(?:and|,|/|&|as well as)\s(?:the\s|in\s)*$")
_MORE_SEGMENTS = re.compile(
    r"[)\d]\s?(?:,|;|(?i:and|,\s?and))\s(?P<name>(?:VIII|VII|VI|IV|V|III|II|I)[abAB]?)(?=\s?[(:]|\s\d{1,3}[.,]\d)"
)
_COMPARED_WITH = frozenset({"liver", "spleen", "blood-pool", "kidney"})
_THAN = Words(
    r"(?:\b(?:than|to|with|of|above|below|as|exceeds|exceeding|like|over|exceed|surpasses)\b|"
    r"[><=~])\s?(?:or\s(?:slightly\s)?(?:above|below|equal to|higher than|lower than)\s)?(?:that\s(?:of|"
    r"in)\s|the\s|normal\s|of\s|in\s|uptake\s|background\s|healthy\s|physiological\s|liver\s|"
    r"hepatic\s)*$"
)
_SCORE_OF = Words(r"\bscores?\s(?:of|in|for)\s(?:the\s)?$")
_PART_OF = Words(
    r"\b(?:metasta\w+|lesions?|mass(?:es)?|nodules?|tumou?rs?|lobes?|foc(?:us|i)|deposits?|involvement|"
    r"infiltration|segments? [IVX\d]+)\s(?:of|in|to)\s(?:the\s)?$"
)


def _sites(text: str) -> list[Place]:
    found: list[Place] = []
    for match in list(SITE.finditer(text))[:MOST_PLACES]:
        start, end = match.span()
        organs = organ_of(match)
        if _ORIGIN.match(text, end, end + 40) and _ORIGIN_OF.search(text, 0, start):
            continue  # "metastases of an ileal NET": where the tumour came from
        if (
            organs <= _COMPARED_WITH
            and _THAN.search(text[max(0, start - 50) : start])
            and not MAIN_NOUN.match(text[end : end + 40].strip())
            and not _SCORE_OF.search(text[max(0, start - 20) : start])
            and not _PART_OF.search(text, 0, start)
        ):
            continue  # the organ compared with
        label = _label(text[start:end], organs)
        if found and (joined := _merge(found[-1], match, label, organs, text)):
            found[-1] = joined
            continue
        place = Place(start, end, label, organs)
        if found and "blood-pool" not in organs and _JOIN.match(text, found[-1].end, start):
            place.fellows = [*found[-1].fellows, found[-1]]
        found.append(place)
    segments = [p.end for p in found if "segment" in p.label]
    for match in _MORE_SEGMENTS.finditer(text) if segments else ():
        if segments[0] <= match.start():  # "segments IV (SUVmax 9.1) and VI (SUVmax 7.7)"
            begin, end = match.span("name")
            name = f"liver segment {match['name']}"
            insort(found, Place(begin, end, name, frozenset({"liver"}), named_lesion=True), key=_start)
    return found


def _merge(last: Place, match: re.Match[str], label: str, organs: frozenset[str], text: str) -> Place | None:
    """The last place made more exact by this one ("liver metastases, the largest in segment VII")."""
    between = text[last.end : match.start()]
    if "(" in between:
        between = _ASIDE.sub("", between)
    if len(between) > 60 or _NOT_REFINED.search(between) or between.strip() == "," or not _REFINES.match(between):
        return None
    same = bool(last.organs & organs) or (organs == {"node"} and last.organs <= _NODE_REGIONS)
    if "node" in last.organs and organs <= _NODE_REGIONS:  # "a node at the mesenteric root"
        return replace(last, end=match.end(), label=f"{label} {last.label}", organs=last.organs | organs)
    if same:
        exact = label if len(label) >= len(last.label) or last.label in _GENERAL else last.label
        if last.organs == {"liver"} and "segment" in label and "liver" not in label:
            exact = f"liver {label}"
        return Place(last.start, match.end(), exact, last.organs | organs, fellows=last.fellows)
    if _ONLY_TUMOUR.match(between):  # "rectal NET liver metastasis"
        return Place(match.start(), match.end(), label, organs)
    return None


_NOT_REFINED = Words(r"[.;\d]|\b(?:and|or)\b|krenning|suv")
_ONLY_TUMOUR = Words(r"\s(?:NET|NEN|carcinoid|tumou?r)?\s?\Z")
_ASIDE = re.compile(r"\((?![^()]*(?:krenning|suv|\d\s?[mc]m))[^()]{1,40}\)\s?", re.I)
_NODE_REGIONS = frozenset({"mesentery", "retroperitoneum", "mediastinum", "lung", "peritoneum"})
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


_NOT_A_NAME = re.compile(r"\b(?!(?:VIII|VII|VI|IV|V|III|II|I)[abAB]?\b|T[hH]\s?\d|[TLCSD]\s?\d|LN|[BLH]WK)\w+")
_SEGMENT = re.compile(r"\bseg(?:ment)?s?m?\.?(?=\s)")
_SHORT_SEGMENT = re.compile(r"^(?:liver |hepatic )?s(?=[1-8][ab]?$)", re.I)
_BARE_SEGMENT = re.compile(r"^(?:liver|hepatic) (?=(?:VIII|VII|VI|IV|V|III|II|I)[abAB]?$)")


def _label(words: str, organs: frozenset[str]) -> str:
    """The site as written, in lower case but for segment and vertebra names."""
    label = words
    if not (words.isalpha() and words.islower()):  # more than one plain word
        label = _NOT_A_NAME.sub(lambda m: m.group().lower(), " ".join(words.split()))
        label = _SEGMENT.sub(lambda m: "segments" if m.group().rstrip(".") == "segments" else "segment", label)
        label = _BARE_SEGMENT.sub("liver segment ", _SHORT_SEGMENT.sub("liver segment ", label))
    if organs == {"liver"} and "liver" not in label and "hepatic" not in label:
        label = f"liver {label}"
    return _NOUN_OF.get(label, label)


_PLAIN_WORDS = (
    r"(?:(?!with|exce|and\b|or\b|is\b|are\b|has|have|show|which|that\b|than|above|below|similar|equal|compar|"
    r"krenning|apart|but\b|while|other)[\w/-]+\s){0,4}?"
)
_LEADS_TO = Words(
    rf"^\s?(?:,\s?)?{_PLAIN_WORDS}(?:\(?\d+[\d\s.,x]*(?:mm|cm)\)?\s?)?{_PLAIN_WORDS}(?:(?:is|"
    rf"are)\s(?:\w+\s)?)?(?:in|of|at|within|involving|located|:|to)\s{_PLAIN_WORDS}$|"
    rf"^\s?(?:\([^)]*\))?,?\s?$|^\s?#?\d{{0,2}}\s?\($|^\s(?:of|in)\s"
)
_PARTED = Words(r"[.;(]|,.*\d|krenning|suv|\bno\b|\bwithout\b")
_ANOTHER_CLAUSE = Words(r"[;.]|krenning|suv")


def _site_of(noun: re.Match[str], found: list[Place], text: str) -> Place | None:
    """The site a lesion noun stands with: touching it, or "metastasis in the left acetabulum"."""
    best: Place | None = None
    start, end = noun.span()
    for place in found:
        if place.end <= start:
            between = text[place.end : start]
            if len(between) <= 45 and (between == " " or not _PARTED.search(between)):
                best = place
        elif place.start >= end:
            between = text[end : place.start]
            near = best is None and len(between) <= 60 and not _ANOTHER_CLAUSE.search(between)
            return place if near and _LEADS_TO.search(between) else best
        else:
            return place
    return best
