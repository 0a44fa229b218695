"""Extent of disease in the words of an imaging report: sites at risk, bone, liver share, diseased organs.

Plain reading, clause by clause; what is denied, hedged, past or of another nature is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cds_service.narrative.lowercase import folded, lower_pattern
from cds_service.narrative.normalise import plain
from cds_service.record.model import Range
from cds_service.record.organs import organs_in, the_organ

_BREAK = re.compile(r"(?<=[a-z)\]%\d])[.;!](?=\s|$)|(?<=\?)\s|\n+|,? but |,? however,? |,? whereas ", re.I)
_NOT_NOW = lower_pattern(
    r"\b(?:no|not|without|negative for|absence of|free of|rather than|never|excluded|ruled out|denies|resolved"
    r"|regressed"
    r"|disappeared|previous(?:ly)?|prior|former(?:ly)?|history of|status (?:post|after)|in case of|if|should|unlikely"
    r"|rule out|exclude|question(?:able)?|suspicio\w+|possibl[ey]|cannot|can't|\?|indication|clinical (?:information"
    r"|question)"
    r"|comparison|compared with|physiolog\w+|benign|degenerat\w+|cyst\w*|haemangioma\w*|hemangioma\w*"
    r"|post-?operative"
    r"|unremarkable|inconspicuous|(?:is|are|appears?) normal|normal (?:size|appearance|findings?))(?=\W|$)"
    r"|\?",
)
_DISEASE = lower_pattern(r"\b(?:metasta\w+|mets?|lesions?|mass(?:es)?|deposits?|tumou?rs?|implants?|nod(?:es?|ules?)"
                      r"|carcinomatosis"
                      r"|infiltrat\w+|primary|disease)\b")  # fmt: skip
_LESION = lower_pattern(
    r"\b(?:metasta\w+|mets?|lesions?|mass(?:es)?|deposits?|nodules?|carcinomatosis|periton\w+ implants?)\b"
    r"|\b(?:enlarged|patholog\w+|avid|malignant|conglomerate)\b[^.;,]{0,30}\bnodes?\b",
)
_DIAGNOSIS = lower_pattern(
    r"\bneuro-?endo\w+|\b\w{0,5}NETs?\b|\bcarcinoids?\b|\bknown (?:primary|tumou?r)|\bdiagnos\w+",
)
NUMBER_WORDS = {
    "one": 1, "single": 1, "solitary": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_COUNT = lower_pattern(r"(?:(?P<more>\bmore than|\bover|(?<![-=])>) ?"
                    r"|(?<![\d.,])(?<!krenning )(?<!score )(?<!suv )(?<!suvmax )\b)"
                    rf"(?P<count>\d{{1,3}}|{'|'.join(NUMBER_WORDS)})\b(?![.,]\d| ?%| ?(?:mm|cm|x|by)\b)"
                    r"(?:(?: \w+){0,3})? "
                    r"(?:bon[ey]|osseous|skeletal)(?: \w+){0,2} (?:metasta\w+|lesions?|deposits?)")  # fmt: skip
_DIFFUSE = lower_pattern(
    r"\bdiffuse\w*[^.;,]{0,40}\b(?:marrow|bon[ey]|osseous|skelet\w+)|\b(?:bone )?marrow (?:involvement|infiltrat\w+"
    r"|metasta\w+"
    r"|carcinosis)|\bsuper-?scan\b|\binnumerable[^.;,]{0,40}\b(?:bon[ey]|osseous|skelet\w+)"
    r"|\b(?:bon[ey]|osseous|skelet\w+)[^.;,]{0,40}\b(?:diffuse\w*|innumerable)|\bmarrow carcinosis",
)
_OF_BONE = re.compile(r"bone|bony|osseous|skelet|marrow|super-?scan")
"""Without one of these no bone lesions are counted, and no diffuse ones told."""
_SHARE = lower_pattern(
    r"(?P<sign><=|(?<!-)>=|<|(?<![-=])>|~|more than|over|above|less than|below|under|about|approximately|up to)? ?"
    r"(?P<low>\d{1,3}(?:[.,]\d)?) ?%?(?: ?(?:-|to|and) ?(?P<high>\d{1,3}(?:[.,]\d)?))? ?(?:%|per ?cent)",
)
_OF_LIVER = lower_pattern(r"\b(?:liver|hepatic)[- ](?:tumou?r )?(?:involvement|burden|replacement|infiltration|load)"
                       r"|(?:of|involv\w+|replac\w+|occupy\w*)[^.;%]{0,25}\b(?:the )?(?:whole |entire |total )?liver"
                       r"|liver volume|hepatic parenchyma|liver parenchyma")  # fmt: skip
_OBSTRUCTED = lower_pattern(r"\b(?:obstruct\w*|ileus|stenos\w*|strictur\w*|subileus|prestenotic|occlu\w*"
                         r"|dilated (?:small )?bowel"
                         r"|bowel dilat\w*)\b")  # fmt: skip
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?")
_CRITICAL = lower_pattern(
    r"\b(?:(?P<orbit>(?:intra-?)?orbit(?:al|s|a)?\b|extra-?ocular muscle|choroid\w*)"
    r"|(?P<brain>brain\b|cerebr(?:al|i)\b|cerebell\w+|intracranial|mening(?:eal|es)\b|pituitary met)"
    r"|(?P<spinal_canal>spinal (?:canal|cord)|epidural|intraspinal|myelon\b|cord compression)"
    r"|(?P<pericardium>pericardi\w+|myocardi\w+|cardiac met|intracardiac|epicardi\w+))"
)
_EFFUSION = lower_pattern(r"\beffusion\b")
_HIGH_UPTAKE = lower_pattern(r"\b(?:high|intense|strong|marked|very high)\b(?![ -]?(?:er|grade|risk|resolution"
                          r"|ly suspicious))"
                          r"[^.;\n]{0,50}\b(?:express\w*|uptake|avid\w*|accumulat\w*|tracer|activity)"
                          r"|\bhighly avid")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extent:
    """What a report's text asserts now.

    ``critical_sites``: where swelling is dangerous and disease is asserted: orbit, brain, spinal canal, pericardium,
    and a mesenteric or peritoneal mass with obstruction. ``bone_lesions``: how many the text counts ("seven bone
    metastases"; "more than five" are six), 0 without a number. ``diffuse_marrow``: diffuse, innumerable or
    marrow-replacing skeletal disease. ``liver_involvement``: the share of the liver that tumour replaces, in per cent,
    the highest of several. ``organs``: where it sees tumour, scored or not. ``high_uptake``: uptake is worded high or
    intense; ``high_numbers``: the numbers standing in those clauses (SUVs worded so).
    """

    critical_sites: tuple[str, ...]
    bone_lesions: int
    diffuse_marrow: bool
    liver_involvement: Range | None
    organs: frozenset[str]
    high_uptake: bool
    high_numbers: tuple[Decimal, ...]


def extent_of(words: str) -> Extent:
    """Reads a report's text for the extent of disease."""
    critical: set[str] = set()
    organs: set[str] = set()
    bones, diffuse, high = 0, False, False
    shares: list[Range] = []
    numbers: list[Decimal] = []
    for clause in clauses(words):
        low = folded(clause)
        if _NOT_NOW.search(low):
            continue
        if _DISEASE.search(low):
            critical |= _critical_sites(low)
            organs.update(_diseased_organs(low))
        if _OF_BONE.search(low):
            bones = max(bones, *_counts(low))
            diffuse = diffuse or _DIFFUSE.search(low) is not None
        if "%" in low or "cent" in low:
            shares += _shares(low)
        if _HIGH_UPTAKE.search(low):
            high = True
            numbers += [Decimal(n.replace(",", ".")) for n in _NUMBER.findall(low)]
    share = max(shares, key=lambda share: (share.high, share.low), default=None)
    return Extent(tuple(sorted(critical)), bones, diffuse, share, frozenset(organs), high, tuple(numbers))


def clauses(words: str) -> Iterator[str]:
    """The text clause by clause, in the plain alphabet."""
    for part in _BREAK.split(plain(words).text):
        if part and (line := " ".join(part.split())):
            yield line


def _critical_sites(low: str) -> set[str]:
    """The sites at risk a clause (in lower case) that speaks of disease names."""
    found = {(match.lastgroup or "").replace("_", " ") for match in _CRITICAL.finditer(low)}
    if "pericardium" in found and _EFFUSION.search(low):
        found.discard("pericardium")
    if _OBSTRUCTED.search(low) and any(organ in ("mesentery", "peritoneum") for organ, _, _ in organs_in(low)):
        found.add("mesenteric or peritoneal mass with obstruction")
    return found


def _counts(low: str) -> Iterator[int]:
    yield 0
    for match in _COUNT.finditer(low):
        written = match["count"]
        yield (int(written) if written.isdigit() else NUMBER_WORDS[written]) + bool(match["more"])


def _shares(low: str) -> Iterator[Range]:
    for match in _SHARE.finditer(low):
        near = low[max(0, match.start() - 60) : match.end() + 40]
        if _OF_LIVER.search(near) and (share := _share(match)) is not None:
            yield share


def _share(match: re.Match[str]) -> Range | None:
    low = Decimal(match["low"].replace(",", "."))
    high = Decimal(match["high"].replace(",", ".")) if match["high"] else low
    if not 0 <= low <= high <= 100:
        return None
    sign = match["sign"] or ""
    if sign in ("<", "<=", "less than", "below", "under", "up to"):
        return Range(low=Decimal(0), high=high, comparator="<")
    if sign in (">", ">=", "more than", "over", "above"):
        return Range(low=low, high=Decimal(100), comparator=">")
    return Range(low=low, high=high, comparator="~" if sign else None)


def _diseased_organs(low: str) -> Iterator[str]:
    """The organs in which a clause (in lower case) sees tumour."""
    if not _LESION.search(low) or _DIAGNOSIS.search(low):
        return
    for organ, start, end in _organ_phrases(low):
        lesion = _LESION.search(low[max(0, start - 30) : end + 30])
        if lesion and organ != "spleen" and not _BOWEL_AFTER.match(low, end):
            yield organ


_BOWEL_AFTER = lower_pattern(r" (?:obstruct\w*|dilat\w*|loops?|wall|ileus)")
_WITHIN = re.compile(r"[ -]|(?: (?:of|in|at))(?: the)? ")


def _organ_phrases(low: str) -> Iterator[tuple[str, int, int]]:
    """The organs named and where; "mesenteric lymph node" is one place, not two."""
    named: list[str] = []
    begin = stop = 0
    for organ, start, end in organs_in(low):
        if named and start > stop and not _WITHIN.fullmatch(low, stop, start):
            yield the_organ(named), begin, stop
            named = []
        if not named:
            begin = start
        named.append(organ)
        stop = max(end, stop)
    if named:
        yield the_organ(named), begin, stop


_FDG_POSITIVE = lower_pattern(
    r"\bfdg[- ](?:avid|positive|pos\b)|\b(?:intense|increased|marked|focal|high|clear|strong|elevated"
    r"|pathological)(?: \w+)? fdg"
    r"|\bfdg[- ](?:uptake|accumulation) (?:in|of)|\bhypermetabolic",
)
_FDG_NEGATIVE = lower_pattern(
    r"\bfdg[- ](?:neg\w*|non-?avid)|\bnon-?fdg|\b(?:no|without|not|lack of)(?: \w+){0,3} fdg"
    r"|\bfdg[- ]uptake (?:is )?absent"
    r"|\b(?:no|without|not) (?:\w+ )?hypermetabol",
)
_FDG_OTHER = lower_pattern(
    r"\b(?:no (?:other|further|additional|new)|previous(?:ly)?|prior|history|if|physiolog\w+|benign|inflammat\w+"
    r"|infect\w*"
    r"|comparison|indication|possibl[ey]|question\w*|suspicio\w+|thyroid|lymphom\w*|recommend\w*)\b|\?",
)


def fdg_states(words: str) -> tuple[tuple[str, Literal["positive", "negative"]], ...]:
    """Sites the text calls FDG-positive or FDG-negative, each with its words; a site called both is left out."""
    found: dict[str, set[Literal["positive", "negative"]]] = {}
    for clause in clauses(words):
        if _FDG_OTHER.search(folded(clause)):
            continue
        parts = re.split(r",(?! and)|;", clause)
        if len({_fdg_state(part) for part in parts} - {None}) == 1:  # one statement about all its sites
            parts = [", ".join(part for part in parts if _fdg_state(part) or not _NOT_NOW.search(folded(part)))]
        for part in parts:
            if (state := _fdg_state(part)) is not None:
                for site in _sites(part):
                    found.setdefault(site, set()).add(state)
    return tuple((site, next(iter(states))) for site, states in sorted(found.items()) if len(states) == 1)


def _fdg_state(part: str) -> Literal["positive", "negative"] | None:
    low = folded(part)
    if _FDG_NEGATIVE.search(low):
        return "negative"
    return "positive" if _FDG_POSITIVE.search(low) else None


def _sites(part: str) -> Iterator[str]:
    """The sites a clause names, the closer naming of one organ instead of the general one."""
    named = organs_in(part)
    for organ, start, end in named:
        closer = any(o == organ and part[s:e].lower().startswith("segment") for o, s, e in named)
        if not closer or part[start:end].lower().startswith("segment"):
            yield part[start:end]
