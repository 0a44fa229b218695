"""Extent of disease in the words of an imaging report: sites at risk, bone, liver share, diseased organs.

Plain reading, clause by clause; what is denied, hedged, past or of another nature is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from cds_service.narrative.normalise import plain
from cds_service.record.model import Range
from cds_service.record.organs import organ_of, organs_in

_BREAK = re.compile(r"(?<=[a-z)\]%\d])[.;!](?=\s|$)|(?<=\?)\s|\n+|,? but |,? however,? |,? whereas ", re.I)
_NOT_NOW = re.compile(
    r"\b(?:no|not|without|negative for|absence of|free of|rather than|never|excluded|ruled out|denies|resolved"
    r"|regressed"
    r"|disappeared|previous(?:ly)?|prior|former(?:ly)?|history of|status (?:post|after)|in case of|if|should|unlikely"
    r"|rule out|exclude|question(?:able)?|suspicio\w+|possibl[ey]|cannot|can't|\?|indication|clinical (?:information"
    r"|question)"
    r"|comparison|compared with|physiolog\w+|benign|degenerat\w+|cyst\w*|haemangioma\w*|hemangioma\w*"
    r"|post-?operative"
    r"|unremarkable|inconspicuous|(?:is|are|appears?) normal|normal (?:size|appearance|findings?))(?=\W|$)"
    r"|\?",
    re.I,
)
_DISEASE = re.compile(r"\b(?:metasta\w+|mets?|lesions?|mass(?:es)?|deposits?|tumou?rs?|implants?|nod(?:es?|ules?)"
                      r"|carcinomatosis"
                      r"|infiltrat\w+|primary|disease)\b", re.I)  # fmt: skip
_LESION = re.compile(
    r"\b(?:metasta\w+|mets?|lesions?|mass(?:es)?|deposits?|nodules?|carcinomatosis|periton\w+ implants?)\b"
    r"|\b(?:enlarged|patholog\w+|avid|malignant|conglomerate)\b[^.;,]{0,30}\bnodes?\b",
    re.I,
)
_DIAGNOSIS = re.compile(r"\bneuro-?endo\w+|\b\w{0,5}NETs?\b|\bcarcinoids?\b|\bknown (?:primary|tumou?r)|\bdiagnos\w+")
_NUMBER_WORDS = {
    "one": 1, "single": 1, "solitary": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_COUNT = re.compile(rf"(?:(?P<more>\bmore than|\bover|>) ?|\b)(?P<count>\d{{1,3}}|{'|'.join(_NUMBER_WORDS)})\b"
                    r"(?:(?: \w+){0,3})? "
                    r"(?:bon[ey]|osseous|skeletal)(?: \w+){0,2} (?:metasta\w+|lesions?|deposits?)", re.I)  # fmt: skip
_DIFFUSE = re.compile(
    r"\bdiffuse\w*[^.;,]{0,40}\b(?:marrow|bon[ey]|osseous|skelet\w+)|\b(?:bone )?marrow (?:involvement|infiltrat\w+"
    r"|metasta\w+"
    r"|carcinosis)|\bsuper-?scan\b|\binnumerable[^.;,]{0,40}\b(?:bon[ey]|osseous|skelet\w+)"
    r"|\b(?:bon[ey]|osseous|skelet\w+)[^.;,]{0,40}\b(?:diffuse\w*|innumerable)|\bmarrow carcinosis",
    re.I,
)
_SHARE = re.compile(
    r"(?P<sign><=|>=|<|>|~|more than|over|above|less than|below|under|about|approximately|up to)? ?"
    r"(?P<low>\d{1,3}(?:[.,]\d)?) ?%?(?: ?(?:-|to|and) ?(?P<high>\d{1,3}(?:[.,]\d)?))? ?(?:%|per ?cent)",
    re.I,
)
_OF_LIVER = re.compile(r"\b(?:liver|hepatic)[- ](?:tumou?r )?(?:involvement|burden|replacement|infiltration|load)"
                       r"|(?:of|involv\w+|replac\w+|occupy\w*)[^.;%]{0,25}\b(?:the )?(?:whole |entire |total )?liver"
                       r"|liver volume|hepatic parenchyma|liver parenchyma", re.I)  # fmt: skip
_OBSTRUCTED = re.compile(r"\b(?:obstruct\w*|ileus|stenos\w*|strictur\w*|subileus|prestenotic|occlu\w*"
                         r"|dilated (?:small )?bowel"
                         r"|bowel dilat\w*)\b", re.I)  # fmt: skip
_CRITICAL: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("orbit", re.compile(r"\b(?:intra-?)?orbit(?:al|s|a)?\b|\bextra-?ocular muscle|\bchoroid\w*", re.I)),
    ("brain", re.compile(r"\bbrain\b|\bcerebr(?:al|i)\b|\bcerebell\w+|\bintracranial|\bmening(?:eal|es)\b"
                         r"|\bpituitary met", re.I)),
    ("spinal canal", re.compile(r"\bspinal (?:canal|cord)|\bepidural|\bintraspinal|\bmyelon\b"
                                r"|\bcord compression", re.I)),
    ("pericardium", re.compile(r"\bpericardi\w+|\bmyocardi\w+|\bcardiac met|\bintracardiac|\bepicardi\w+", re.I)),
)  # fmt: skip
_EFFUSION = re.compile(r"\beffusion\b", re.I)
_HIGH_UPTAKE = re.compile(r"\b(?:high|intense|strong|marked|very high)\b(?![ -]?(?:er|grade|risk|resolution"
                          r"|ly suspicious))"
                          r"[^.;\n]{0,50}\b(?:express\w*|uptake|avid\w*|accumulat\w*|tracer|activity)"
                          r"|\bhighly avid", re.I)  # fmt: skip


def clauses(words: str) -> Iterator[str]:
    """The text clause by clause, in the plain alphabet."""
    for part in _BREAK.split(plain(words).text):
        if part and (line := " ".join(part.split())):
            yield line


def _asserted(words: str) -> Iterator[str]:
    return (clause for clause in clauses(words) if not _NOT_NOW.search(clause))


def critical_sites(words: str) -> tuple[str, ...]:
    """Sites where swelling is dangerous and disease is asserted: orbit, brain, spinal canal, pericardium, and a
    mesenteric or peritoneal mass with obstruction."""
    found = set()
    for clause in _asserted(words):
        if not _DISEASE.search(clause):
            continue
        for name, pattern in _CRITICAL:
            if pattern.search(clause) and not (name == "pericardium" and _EFFUSION.search(clause)):
                found.add(name)
        organs = {organ for organ, _, _ in organs_in(clause)}
        if organs & {"mesentery", "peritoneum"} and _OBSTRUCTED.search(clause):
            found.add("mesenteric or peritoneal mass with obstruction")
    return tuple(sorted(found))


def bone_lesions(words: str) -> int:
    """How many bone lesions the text counts ("seven bone metastases"; "more than five" are six); 0 without a number."""
    counts = [0]
    for clause in _asserted(words):
        for match in _COUNT.finditer(clause):
            written = match["count"].lower()
            counts.append((int(written) if written.isdigit() else _NUMBER_WORDS[written]) + bool(match["more"]))
    return max(counts)


def diffuse_marrow(words: str) -> bool:
    """Whether diffuse, innumerable or marrow-replacing skeletal disease is asserted."""
    return any(_DIFFUSE.search(clause) for clause in _asserted(words))


def liver_involvement(words: str) -> Range | None:
    """The share of the liver that tumour replaces, in per cent, as an interval; the highest of several."""
    found: list[Range] = []
    for clause in _asserted(words):
        for match in _SHARE.finditer(clause):
            near = clause[max(0, match.start() - 60) : match.end() + 40]
            if _OF_LIVER.search(near) and (share := _share(match)) is not None:
                found.append(share)
    return max(found, key=lambda share: (share.high, share.low), default=None)


def _share(match: re.Match[str]) -> Range | None:
    low = Decimal(match["low"].replace(",", "."))
    high = Decimal(match["high"].replace(",", ".")) if match["high"] else low
    if not 0 <= low <= high <= 100:
        return None
    sign = (match["sign"] or "").lower()
    if sign in ("<", "<=", "less than", "below", "under", "up to"):
        return Range(low=Decimal(0), high=high, comparator="<")
    if sign in (">", ">=", "more than", "over", "above"):
        return Range(low=low, high=Decimal(100), comparator=">")
    return Range(low=low, high=high, comparator="~" if sign else None)


def diseased_organs(words: str) -> frozenset[str]:
    """The organs in which the text asserts tumour now, whether or not it scores them."""
    found = set()
    for clause in _asserted(words):
        if _DIAGNOSIS.search(clause):
            continue
        for phrase in _organ_phrases(clause):
            near = clause[max(0, phrase[0] - 30) : phrase[1] + 30]
            if _LESION.search(near) and not _BOWEL_AFTER.match(clause[phrase[1] :]):
                found.add(organ_of(clause[phrase[0] : phrase[1]]))
    return frozenset(found - {"spleen", ""})


_BOWEL_AFTER = re.compile(r" (?:obstruct\w*|dilat\w*|loops?|wall|ileus)", re.I)
_WITHIN = re.compile(r"[ -]|(?: (?:of|in|at))(?: the)? ")


def _organ_phrases(clause: str) -> Iterator[tuple[int, int]]:
    """Where organs are named; "mesenteric lymph node" is one place, not two."""
    held: tuple[int, int] | None = None
    for _, start, end in organs_in(clause):
        if held and (start <= held[1] or _WITHIN.fullmatch(clause[held[1] : start])):
            held = (held[0], max(end, held[1]))
        else:
            if held:
                yield held
            held = (start, end)
    if held:
        yield held


def worded_high(words: str) -> tuple[bool, tuple[Decimal, ...]]:
    """Whether uptake is worded high or intense, and the numbers standing in those clauses (SUVs worded so)."""
    numbers: list[Decimal] = []
    said = False
    for clause in _asserted(words):
        if _HIGH_UPTAKE.search(clause):
            said = True
            numbers += [Decimal(n.replace(",", ".")) for n in re.findall(r"\d{1,3}(?:[.,]\d{1,2})?", clause)]
    return said, tuple(numbers)


_FDG_POSITIVE = re.compile(
    r"\bfdg[- ](?:avid|positive|pos\b)|\b(?:intense|increased|marked|focal|high|clear|strong|elevated"
    r"|pathological)(?: \w+)? fdg"
    r"|\bfdg[- ](?:uptake|accumulation) (?:in|of)|\bhypermetabolic",
    re.I,
)
_FDG_NEGATIVE = re.compile(
    r"\bfdg[- ](?:neg\w*|non-?avid)|\bnon-?fdg|\b(?:no|without|not|lack of)(?: \w+){0,3} fdg"
    r"|\bfdg[- ]uptake (?:is )?absent"
    r"|\b(?:no|without|not) (?:\w+ )?hypermetabol",
    re.I,
)
_FDG_OTHER = re.compile(
    r"\b(?:no (?:other|further|additional|new)|previous(?:ly)?|prior|history|if|physiolog\w+|benign|inflammat\w+"
    r"|infect\w*"
    r"|comparison|indication|possibl[ey]|question\w*|suspicio\w+|thyroid|lymphom\w*|recommend\w*)\b|\?",
    re.I,
)


def fdg_states(words: str) -> tuple[tuple[str, Literal["positive", "negative"]], ...]:
    """Sites the text calls FDG-positive or FDG-negative, each with its words; a site called both is left out."""
    found: dict[str, set[Literal["positive", "negative"]]] = {}
    for clause in clauses(words):
        if _FDG_OTHER.search(clause):
            continue
        parts = re.split(r",(?! and)|;", clause)
        if len({_fdg_state(part) for part in parts} - {None}) == 1:  # one statement about all its sites
            parts = [", ".join(part for part in parts if _fdg_state(part) or not _NOT_NOW.search(part))]
        for part in parts:
            if (state := _fdg_state(part)) is not None:
                for site in _sites(part):
                    found.setdefault(site, set()).add(state)
    return tuple((site, next(iter(states))) for site, states in sorted(found.items()) if len(states) == 1)


def _fdg_state(part: str) -> Literal["positive", "negative"] | None:
    if _FDG_NEGATIVE.search(part):
        return "negative"
    return "positive" if _FDG_POSITIVE.search(part) else None


def _sites(part: str) -> Iterator[str]:
    """The sites a clause names, the closer naming of one organ instead of the general one."""
    named = organs_in(part)
    for organ, start, end in named:
        closer = any(o == organ and part[s:e].lower().startswith("segment") for o, s, e in named)
        if not closer or part[start:end].lower().startswith("segment"):
            yield part[start:end]
