"""The places and lesions a sentence speaks of, in order, and which of them a number or word belongs to."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import LESION, OTHER, SITE, organ_of
from cds_service.narrative.place import MAIN_NOUN, MOST_PLACES, Place
from cds_service.narrative.place_status import ADJECTIVE, judge, mark_others

_JOIN = re.compile(
    r"^\s?(?:,|and|/|&|\+|or|as well as|plus|,\s?and|(?:metasta\w+|mass(?:es)?|tumou?rs?|nodules?|"
    r"nodes?),?\s?(?:and|,)?|lesions?,?\s?(?:and|,)|"
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
        for one in (near, *near.fellows):
            one.named_lesion = True
    for other in list(OTHER.finditer(text))[:MOST_PLACES]:
        adjective = ADJECTIVE.match(other.group()) and any(
            -40 < p.start - other.end() < 40 or 0 <= other.start() - p.end < 4 for p in found if p.label
        )
        if not adjective and not any(
            p.start <= other.start() < p.end or other.start() <= p.start < other.end() for p in found
        ):
            found.append(Place(other.start(), other.end(), "", frozenset(), other=True))
    found.sort(key=lambda p: p.start)
    for generic, named in pairwise(found):  # "in primary and liver metastases"
        plain = not generic.label and generic.named_lesion and named.label and not named.fellows
        if plain and re.fullmatch(
            r"\s?(?:and|,|/|&|as well as)\s(?:the\s|in\s)*", text[generic.end : named.start], re.I
        ):
            named.fellows = [generic]
    mark_others(context, found)
    for place in found:
        judge(context, place, nouns)
    if any(p.reference for p in found):  # "liver SUVmax 8.2, spleen SUVmax 24.5"
        for place in found:
            place.reference = place.reference or (
                place.organs == {"liver"} and not place.named_lesion and "segment" not in place.label
            )
    return found


_AND = re.compile(r"\s?(?:and|,|/|&|as well as)\s(?:the\s|in\s)*", re.I)
_MORE_SEGMENTS = re.compile(
    r"[)\d]\s?(?:,|;|and|,\s?and)\s(?P<name>(?:VIII|VII|VI|IV|V|III|II|I)[ab]?)(?=\s?[(:]|\s\d{1,3}[.,]\d)"
)


def _sites(text: str) -> list[Place]:
    found: list[Place] = []
    for match in list(SITE.finditer(text))[:MOST_PLACES]:
        organs = organ_of(match)
        label = _label(text[match.start() : match.end()], organs)
        before, after = text[: match.start()], text[match.end() : match.end() + 40]
        if _ORIGIN.match(after) and re.search(r"\b(?:of|from|with)\s(?:an?\s|the\s|known\s|his\s|her\s)*$", before):
            continue  # "metastases of an ileal NET": where the tumour came from
        if (
            organs <= {"liver", "spleen", "blood-pool", "kidney"}
            and re.search(
                r"(?:\b(?:than|to|with|of|above|below|as|exceeds|exceeding|like|over|exceed|surpasses)\b|"
                r"[><=~])\s?(?:or\s(?:slightly\s)?(?:above|below|equal to|higher than|lower than)\s)?(?:that\s(?:of|"
                r"in)\s|the\s|normal\s|of\s|in\s|uptake\s|background\s|healthy\s|physiological\s|liver\s|"
                r"hepatic\s)*$",
                before[-50:],
                re.I,
            )
            and not MAIN_NOUN.match(after.strip())
            and not re.search(r"\bscores?\s(?:of|in|for)\s(?:the\s)?$", before[-20:], re.I)
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
    between = _ASIDE.sub("", text[last.end : match.start()])
    if (
        len(between) > 60
        or re.search(r"[.;\d]|\b(?:and|or)\b|krenning|suv", between, re.I)
        or between.strip() == ","
        or not _REFINES.match(between)
    ):
        return None
    same = bool(last.organs & organs) or (organs == {"node"} and last.organs <= _NODE_REGIONS)
    if "node" in last.organs and organs <= _NODE_REGIONS:  # "a node at the mesenteric root"
        return replace(last, end=match.end(), label=f"{label} {last.label}", organs=last.organs | organs)
    if same:
        exact = label if len(label) >= len(last.label) or last.label in _GENERAL else last.label
        if last.organs == {"liver"} and "segment" in label and "liver" not in label:
            exact = f"liver {label}"
        return Place(last.start, match.end(), exact, last.organs | organs, fellows=last.fellows)
    if re.fullmatch(r"\s(?:NET|NEN|carcinoid|tumou?r)?\s?", between, re.I):  # "rectal NET liver metastasis"
        return Place(match.start(), match.end(), label, organs)
    return None


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
    label = re.sub(r"^(?:liver |hepatic )?s(?=[1-8][ab]?$)", "liver segment ", label, flags=re.I)
    label = re.sub(r"^(?:liver|hepatic) (?=(?:VIII|VII|VI|IV|V|III|II|I)[ab]?$)", "liver segment ", label)
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
    for place in sorted(found, key=lambda p: p.start):
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
                and not re.search(r"[;.]|krenning|suv", between, re.I)
                and re.search(
                    rf"^\s?(?:,\s?)?{_PLAIN_WORDS}(?:\(?\d+[\d\s.,x]*(?:mm|cm)\)?\s?)?{_PLAIN_WORDS}(?:(?:is|"
                    rf"are)\s(?:\w+\s)?)?(?:in|of|at|within|involving|located|:|to)\s{_PLAIN_WORDS}$|"
                    rf"^\s?(?:\([^)]*\))?,?\s?$|^\s?#?\d{{0,2}}\s?\($|^\s(?:of|in)\s",
                    between,
                    re.I,
                )
            ):
                return place
            break
        else:
            return place
    return best
