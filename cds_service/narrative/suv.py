"""SUVmax values and sizes in one sentence, as written (dimensionless; mm)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cds_service.narrative.cues import ARROW
from cds_service.narrative.scores import CHANGES, INSTEAD, TURN, inside
from cds_service.narrative.words import Words

_NUMBER = r"\d{1,3}(?:[.,]\d{1,2})?(?![\d]|[.,]\d|\s?(?:mm|cm|%|MBq|min|[OlI]\b))"
_SUV_MAX = (
    r"(?:\bSUV(?:bw|lbm|-bw|-lbm)?\s?[-_,]?\s?\(?max(?:imum|\.)?\)?|\bmax(?:imum|imal|\.)?\sSUV\b(?!\s?(?:mean|"
    r"peak)))"
)
_SUV_FILL = (
    r"(?:\s?(?:values?|of|is|was|were|are|:|=|up to|at|reach(?:es|ing)|measur(?:ed|es|ing)|approximately|approx\.|"
    r"about|~|ca\.|now|currently|today|max\.|\(FDG\)|(?:has\s|have\s)?(?:fell|fallen|risen|rose|dropped|decreased|"
    r"increased|declined|changed|improved|went|falling|rising)(?:\s(?:up|down))? to|to|with|each|between|"
    r"ranging(?: from)?|range|on \d{1,2}[./]\d{1,2}[./]\d{2,4}|in (?:19|20)\d\d)(?![a-z]))*"
)
_SUV = Words(
    rf"(?P<name>{_SUV_MAX})(?:(?P<fill>{_SUV_FILL})\s?(?P<bound><=?|>=?|below|above|less than|more than|"
    rf"not exceeding|under|over)?\s?(?P<first>{_NUMBER})"
    rf"(?P<more>(?:(?:,\s|\s?/\s?|\s?-\s?|,? and\s|\sto\s){_NUMBER})*)(?!\s?(?:x|times|fold)\b))?"
)
_SUV_CHANGED = Words(rf"{_SUV_MAX}[^.;\d]{{0,60}}?\bfrom\s(?P<old>{_NUMBER})\sto\s(?P<new>{_NUMBER})")
_CHANGE_OF = Words(r"\b(?:chang|decreas|increas|fall|fell|drop|rise|rose|declin|reduc)\w*\b[^.;]{0,60}$")
_SUV_ARROW = Words(
    rf"{_SUV_MAX}{_SUV_FILL}\s?(?P<old>{_NUMBER})(?:\s?{ARROW}\s?{_NUMBER})*\s?(?:{ARROW}|,? now|"
    rf"(?:has\s|have\s)?(?:fell|fallen|risen|rose|dropped|decreased|increased|declined|changed|improved|went|falling|"
    rf"rising)(?:\s(?:up|down))? to)\s?(?:(?:now|currently|today)\s|{_SUV_MAX}\s?)*(?P<new>{_NUMBER})"
)
_SUV_BARE = Words(rf"(?:[a-z):=])[\s:=(]{{1,3}}(?P<first>{_NUMBER})(?=\s?(?:[,;.)(|/]|and\b|vs\b|versus\b|$))")
_SUV_OLD = Words(
    rf"\s?[(,;]?\s?(?:previously|prior|before|prev\.?|formerly|earlier|was|vs\.?|versus|compared (?:to|with)|"
    rf"from|initially|baseline)\s?:?\s?(?P<old>{_NUMBER})"
)
_SUV_CORRECTED = Words(
    rf"\b{TURN}\s?(?:a\s)?(?:SUV\s?max\s)?(?:value\s)?(?:of\s)?(?P<new>{_NUMBER})"
    + INSTEAD.replace("{n}", _NUMBER).replace("krenning", "suvmax")
)
_OTHER_EXAMINATION = Words(r"\b(?:vs\.?|versus|from|to|than)\s$")
_SUV_DAMAGED = re.compile(r"\s?[:=]?\s?(?:of\s)?(?:\d*[OlI]+[.,]?\d|\d+[OlI][.,]?|\d+[.,][OlI]|\?)")


@dataclass(slots=True)
class Suv:
    """One SUVmax as written at start..end; `group`: its place among values listed for several sites."""

    start: int
    end: int
    value: float
    old: bool = False
    damaged: bool = False
    listed: tuple[int, int] = (0, 1)
    site: str = ""  # of several sites together ("liver and bone metastases, SUVmax 41")


def to_number(words: str) -> float:
    """ "18,5" -> 18.5."""
    return float(words.replace(",", "."))


def suv_values(text: str, taken: list[tuple[int, int]]) -> list[Suv]:
    """All values called SUVmax; bounds, means, peaks and ratios are left out."""
    if "suv" not in text.lower():
        return []
    found: list[Suv] = []
    covered: list[tuple[int, int]] = []
    bare: list[int] = []
    for pattern in (_SUV_CHANGED, _SUV_ARROW) if CHANGES.search(text) else ():
        for match in pattern.finditer(text):
            covered.append(match.span())
            found.append(Suv(match.start("old"), match.end("old"), to_number(match["old"]), old=True))
            found.append(Suv(match.start("new"), match.end("new"), to_number(match["new"])))
    for corrected in _SUV_CORRECTED.finditer(text):
        covered.append(corrected.span())
        for name, old in (("old", True), ("new", False)):
            if corrected[name] is not None:
                found.append(Suv(corrected.start(name), corrected.end(name), to_number(corrected[name]), old=old))
    for match in _SUV.finditer(text):
        if any(s <= match.start() < e for s, e in covered):
            continue
        if damage := _SUV_DAMAGED.match(text, match.end("name")):
            found.append(Suv(match.start(), damage.end(), 0.0, damaged=True))
        elif match["first"] is None:
            bare.append(match.end())
        elif match["bound"] is None:
            found += _listed(match)
            if elided := _SUV_OLD.match(text, match.end()):
                found.append(Suv(elided.start("old"), elided.end(), to_number(elided["old"]), old=True))
    if bare or found:
        covered += [(s.start, s.end) for s in found]
        for match in _SUV_BARE.finditer(text):
            spot = match.start("first")
            if not bare and (spot < min(s.start for s in found) or not re.search("[.,]", match["first"])):
                continue  # after a first "SUVmax 18.5" a number with a decimal right behind a site is another one
            reach = 30 if bare else 3
            near = any(e <= spot and len(text[e:spot]) < reach for s, e in taken)
            if _OTHER_EXAMINATION.search(text[max(0, spot - 9) : spot]):
                continue  # the other examination's
            if near and not inside(spot, taken) and not inside(spot, covered):
                found.append(Suv(spot, match.end("first"), to_number(match["first"])))
    return sorted(found, key=lambda s: s.start)


def _listed(match: re.Match[str]) -> list[Suv]:
    more = match["more"]
    values = [match["first"], *re.findall(_NUMBER, more)]
    if len(values) == 2 and ("-" in more or "to" in more):
        if _CHANGE_OF.search(match.string[: match.end("name")]):
            return [
                Suv(match.start(), match.end(), to_number(values[0]), old=True),
                Suv(match.start() + 1, match.end(), to_number(values[1])),
            ]
        return [Suv(match.start(), match.end(), max(map(to_number, values)))]
    return [
        Suv(match.start(), match.end(), to_number(value), listed=(place, len(values)))
        for place, value in enumerate(values)
    ]


_SIZE = Words(
    r"(?<![\d.,])(?P<a>\d{1,3}(?:[.,]\d{1,2})?)(?:\s?(?:mm|"
    r"cm)?\s?x\s?(?P<b>\d{1,3}(?:[.,]\d{1,2})?))?(?:\s?(?:mm|"
    r"cm)?\s?x\s?(?P<c>\d{1,3}(?:[.,]\d{1,2})?))?\s?-?(?P<unit>mm|cm)\b"
)
_OF_THE_SCANNER = Words(r"\s?(?:slice|slab|thick|from|collimation)")


def sizes(text: str) -> list[tuple[int, int, float]]:
    """(start, end, largest diameter in mm) of every size in a sentence."""
    lowered = text.lower()
    if "mm" not in lowered and "cm" not in lowered:
        return []
    found = []
    for match in _SIZE.finditer(text):
        largest = max(to_number(match[g]) for g in ("a", "b", "c") if match[g])
        largest *= 10 if match["unit"] == "cm" else 1
        if largest <= 500 and not _OF_THE_SCANNER.match(text, match.end()):
            found.append((match.start(), match.end(), largest))
    return found
