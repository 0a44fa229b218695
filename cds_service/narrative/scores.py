"""Krenning scores, SUVmax values and sizes in one sentence, as written (0-4; dimensionless; mm)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.cues import ARROW
from cds_service.narrative.words import Words

_N = (
    r"(?:[0-4](?!\d|[.,]\d|\s?(?:mm|cm|%|x\s?\d)|-(?:\d{2}|[a-z]{2})|/\d{1,2}[/.]|st\b|nd\b|rd\b|th\b)|\b(?:IV|III|"
    r"II|I|zero|one|two|three|four)\b)"
)
_NAME = r"\b[kc]r+e+n+[i1ly]n?gs?(?:'s)?\b"
_NOUN = r"(?:[-\s](?:scores?|scoring|grades?|class|levels?|index|category|values?|uptake))*"
_FILL = (
    r"(?:\s?(?:\((?:[^()]{0,30})\)|is|was|were|are|of|:|=(?!>)|remains|at|reach(?:es|ing)|equals|amounts to|now|"
    r"currently|again|unchanged|still|stable at|remains at|(?:has\s|have\s)?(?:fell|fallen|risen|rose|dropped|"
    r"decreased|increased|declined|changed|improved|went|falling|rising)(?:\s(?:up|down))? to|between|rang(?:es|"
    r"ing)(?: from| between)?|var(?:ies|ying)(?: from| between)?)(?![a-z]))*"
)
_BOUND = (
    r"(?P<bound><=?|=?>=?|~|at least|at most|up to|max(?:imum|imal|imally|\.)?(?: of)?|minimum(?: of)?|min\.|"
    r"about|approximately|below|under|above|"
    r"less than|greater than|more than|not more than|no more than|not exceeding|maximally)?"
)
_MORE = rf"(?P<more>(?:\s?(?:-|to|/|or|and|,|bis|,? and|through)\s?{_N})*)"
_NAMED = Words(_NAME)
_NUMBERS = re.compile(_N.lower())
_KRENNING = Words(
    rf"{_NAME}{_NOUN}(?:{_FILL}\s?{_BOUND}\s?(?P<first>{_N})(?P<of>\s(?:out )?of (?:4|"
    rf"four)\b)?\u00b0?{_MORE}\u00b0?)?"
)
_REVERSED = Words(
    rf"\b(?:scores?|grades?|class)\s(?:of\s)?{_BOUND}\s?(?P<first>{_N}){_MORE}(?P<of>)\s?(?:\(|according to|by|"
    rf"after|on|using|in)?\s?(?:the\s)?(?:modified\s)?(?:scale\s(?:of|by)\s)?{_NAME}"
)
_CHANGED = Words(rf"(?:{_NAME}{_NOUN})(?:(?!rang|var)[^.;\d]){{0,60}}?\bfrom\s(?P<old>{_N})\sto\s(?P<new>{_N})(?!\w)")
_ARROW = Words(
    rf"{_NAME}{_NOUN}(?:{_FILL})\s?(?P<old>{_N})(?:\s?{ARROW}\s?{_N})*\s?(?:{ARROW}|then now|,? now|"
    rf"(?:has\s|have\s)?(?:fell|fallen|risen|rose|dropped|decreased|increased|declined|changed|improved|went|falling|"
    rf"rising)(?:\s(?:up|down))? to)\s?(?:(?:now|currently|today|krenning)\s)*(?P<new>{_N})(?!\w)"
)
TURN = (
    r"(?:should (?:read|be|have been|have read)|must read|(?:is|was|has been|be) corrected to|corrected to|"
    r"correct\w*(?: \w+){0,3}? (?:is|was|:|=)|to be read as|(?:is|was) (?:actually|in fact|rather)|is now)"
)
INSTEAD = (
    r"(?:\s?\(?,?\s?(?:instead of|rather than|and not|not|\(?previously|"
    r"formerly)\s(?:as\s)?(?:krenning\s)?(?P<old>{n}))?"
)
CHANGES = Words(rf"\sto|{ARROW}|now")  # without one of them no value is said to have changed
_CORRECTED = Words(
    rf"\b{TURN}\s?(?:a\s)?(?:krenning\s)?(?:score\s)?(?:of\s)?(?P<new>{_N})(?!\w)" + INSTEAD.replace("{n}", _N)
)
_BARE = Words(
    rf"(?:[a-z):=,]|\band|\bor)[\s:=]{{1,3}}(?P<bound><=?|"
    rf">=?)?\s?(?P<first>{_N})(?P<more>)(?P<of>)(?=\s?(?:[,;.)(|]|and\b|in\b|for\b|$))"
)
_ANOTHER = Words(rf"[,;]?\s(?:and\s)?(?P<first>{_N})\s(?:in|for|at)\s(?:the\s)?[a-z]")
_ELIDED_OLD = Words(
    rf"\s?[(,;]?\s?(?:previously|prior|before|prev\.?|formerly|earlier|was|vs\.?|versus|compared (?:to|with)|"
    rf"from|initially|baseline)\s?:?\s?(?P<old>{_N})(?!\w)"
)
_CHANGE_OF = Words(r"\b(?:chang|decreas|increas|fall|drop|rise|evol|improv|declin|course|develop)\w*\b[^.;]{0,40}$")
_PARTLY = Words(rf"\s?[(,]?\s?(?:in part|partly|partially|focally|in places)\s(?:also\s)?(?:up to\s)?(?P<n>{_N})(?!\w)")
_HIGHEST_BEHIND = Words(r"\s?\((?:highest|max\w*)|\s(?:overall|in total|at most|as (?:the )?maximum|maximum)\b")
_LIST_BEHIND = Words(
    rf"\b(?:are|were|is|was|:|=)\s(?P<bound>)(?P<first>{_N})(?P<of>)(?P<more>(?:,\s?{_N})*,?\s?and\s{_N})(?!\w)"
)
_DAMAGED = re.compile(
    r"\s?[:=]?\s?(?:of\s)?(?:[lO|o]\b|[lIO|S]{2,4}\b|[5-9]\b(?!\s?(?i:mm|cm|x|lesion|met))|"
    r"\d+[.,]\d(?![./]?\d*[./])|\?+)"
)
_BOUND_BEFORE = Words(
    r"(<=|>=|<|(?<!-)>|\b(?:up to|at least|at most|below|under|above|less than|greater than|more than|"
    r"not more than|no more than|min(?:imum|imal|\.)|max(?:imum|imal|\.)?))(?: of)?\s?(?:a\s|"
    r"the\s)?(?:modified\s)?$"
)
_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclass(slots=True)
class Score:
    """A Krenning score as written at start..end; `low`..`high` is the interval it says.

    `bound`: "" exact or interval, "max" ("up to 4": a maximum only), "<=" or ">=" one-sided. `listed`: several scores
    for several sites ("4 and 2 respectively"). `old`: written as an earlier value ("previously 2").
    """

    start: int
    end: int
    low: int
    high: int
    bound: str = ""
    listed: list[int] = field(default_factory=list)
    old: bool = False
    damaged: bool = False


def _number(words: str) -> int:
    words = words.strip().lower()
    return _WORDS[words] if words in _WORDS else int(words)


def _score(match: re.Match[str]) -> Score:
    first = _number(match["first"])
    others = [_number(n) for n in _NUMBERS.findall(match["more"])] if match["more"] else []
    before = _BOUND_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()])
    bound = match["bound"] or (before[1] if before else "")
    score = Score(match.start(), match.end(), first, first)
    if others and ("and" in match["more"] or "," in match["more"]):
        score.listed = [first, *others]
    if others and not match["of"]:
        score.low, score.high = min(first, *others), max(first, *others)
    elif bound in {"<=", "at most", "not more than", "no more than", "not exceeding"}:
        score.low, score.bound = 0, "<="
    elif bound in {"<", "below", "under", "less than", "lower than"}:
        score.low, score.high, score.bound = 0, max(first - 1, 0), "<="
    elif bound.startswith("min") or re.search(r"\(min", match.group(), re.I):
        score.bound = "lowest"
    elif re.search(r"\(max|\(highest", match.group(), re.I):
        score.bound = "highest"
    elif bound in {">=", "=>", "at least"}:
        score.high, score.bound = 4, ">="
    elif bound in {">", "above", "greater than", "more than"}:
        score.low, score.high, score.bound = min(first + 1, 4), 4, ">="
    elif bound == "up to" or bound.startswith("max"):
        score.bound = "max"
    elif bound in {"about", "approximately", "~"}:
        score.damaged = True  # a score is a class: "about 3" is not one
    return score


def krenning_scores(text: str, taken: list[tuple[int, int]]) -> list[Score]:
    """All Krenning scores of a sentence. `taken`: stretches that are site names ("segment 4")."""
    if not _NAMED.search(text):
        return []
    found: list[Score] = []
    bare_from: list[int] = []
    covered: list[tuple[int, int]] = []
    for pattern in (_CHANGED, _ARROW) if CHANGES.search(text) else ():
        for changed in pattern.finditer(text):
            covered.append(changed.span())
            for name, old in (("old", True), ("new", False)):
                value = _number(changed[name])
                found.append(Score(changed.start(name), changed.end(name), value, value, old=old))
    for corrected in _CORRECTED.finditer(text):
        for name, old in (("old", True), ("new", False)):
            if corrected[name] is not None:
                value = _number(corrected[name])
                found.append(Score(corrected.start(name), corrected.end(name), value, value, old=old))
        covered.append(corrected.span())
    for match in _REVERSED.finditer(text):
        found.append(_score(match))
        covered.append(match.span())
    for match in _KRENNING.finditer(text):
        if any(s <= match.start() < e for s, e in covered):
            continue
        if match["first"] is None:
            if damage := _DAMAGED.match(text, match.end()):
                found.append(Score(match.start(), damage.end(), 0, 4, damaged=True))
            else:
                bare_from.append(match.end())
            continue
        match = _without_a_count(text, match)
        score = _score(match)
        if (
            score.listed == []
            and score.low != score.high
            and " to " in match["more"]
            and _CHANGE_OF.search(text, 0, match.start())
        ):
            found.append(Score(match.start(), match.start() + 1, score.low, score.high, old=True))
            last = _number(_NUMBERS.findall(match["more"])[-1])
            score.low = score.high = last
        if partly := _PARTLY.match(text, match.end()):
            score.low, score.high = min(score.low, _number(partly["n"])), max(score.high, _number(partly["n"]))
        if _HIGHEST_BEHIND.match(text, match.end()) and not score.bound:
            score.bound = "highest"
        if " of " in match.group() and re.match(r"\s(?:lesions|metastases|nodes)\b", text[match.end() :], re.I):
            continue  # "the Krenning score of 2 lesions"
        found.append(score)
        if elided := _ELIDED_OLD.match(text, match.end()):
            value = _number(elided["old"])
            found.append(Score(elided.start("old"), elided.end(), value, value, old=True))
    if bare_from and not found and (behind := _LIST_BEHIND.search(text, bare_from[0])):
        score = _score(behind)
        score.start = behind.start("first")
        found.append(score)
    elif bare_from and not found:
        found += _free(text, bare_from[0], taken)
    elif found:
        last = max(s.end for s in found)
        for another in _ANOTHER.finditer(text, min(s.end for s in found)):
            spot = another.start("first")
            if not any(s.start <= spot < s.end for s in found) and not inside(spot, taken) and spot - last < 120:
                value = _number(another["first"])
                found.append(Score(spot, another.end("first"), value, value))
    return sorted(found, key=lambda s: s.start)


def _without_a_count(text: str, match: re.Match[str]) -> re.Match[str]:
    """Cuts "Krenning 3 and 2 bone lesions" and "Krenning 3, 4 lesions" back to the score."""
    if "and" in match["more"] or "," in match["more"]:
        tail = text[match.end() :]
        if not re.match(r"\s?(?:respectively|,? ?resp\b|[,.;)]|$|uptake|in\b|for\b|lesions in)", tail.lstrip(), re.I):
            shorter = _KRENNING.match(text, match.start(), match.end("first"))
            if shorter is not None and shorter["first"]:
                return shorter
    return match


def _free(text: str, begin: int, taken: list[tuple[int, int]]) -> list[Score]:
    """Scores after "Krenning scores:" that follow each a site: "liver 4, nodes 3"."""
    found = []
    for match in _BARE.finditer(text, begin):
        spot = match.start("first")
        before = text[begin:spot]
        if inside(spot, taken) or not re.search(r"[:=]|\b(?:is|was|are|were)\b|\w\s$", before, re.I):
            continue
        if not any(begin <= s and e <= spot and len(text[e:spot]) < 30 for s, e in taken):
            continue
        score = _score(match)
        score.start = spot
        found.append(score)
    return found


def inside(spot: int, taken: list[tuple[int, int]]) -> bool:
    """Whether a position lies in one of the stretches."""
    return any(s <= spot < e for s, e in taken)
