"""Numbers as records write them, also as intervals: "7-8 %", "<= 1", "III-IV", "about 15 %", "10 x 6 x 5.3 cm".

A text that does not read wholly as such a number gives None: a damaged number is never guessed.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal

from cds_service.fhir.elements import Quantity
from cds_service.narrative.normalise import plain
from cds_service.record.model import Range, Score

_WORDS: tuple[tuple[str, str], ...] = (
    (r"less than or equal to|at most|not more than|up to|max(?:imum|imal)?\.?", "<="),
    (r"greater than or equal to|more than or equal to|at least|min(?:imum|imal)?\.?", ">="),
    (r"less than|below|under|fewer than", "<"),
    (r"greater than|more than|above|over", ">"),
    (r"approximately|approx\.?|about|around|circa|ca\.?|c\.", "~"),
    (r"=<", "<="),
    (r"=>", ">="),
)
_REPLACE = tuple((re.compile(rf"(?:^|(?<=[\s:(=])){pattern}(?=[\s\d.])", re.I), sign) for pattern, sign in _WORDS)
_COMPARES = re.compile(r"[a-z=]", re.I)  # no comparing word without a letter, no sign to be put right without "="
_NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?"
_RANGE = re.compile(
    rf"(?P<sign><=|>=|<|>|~)?\s*(?P<low>{_NUMBER})\s*(?P<unit1>%)?"
    rf"(?:\s*(?:-|--|\.\.|to|and|bis)\s*(?P<high>{_NUMBER}))?\s*(?P<unit2>%|per ?cent)?"
)

_OF_KI67 = re.compile(
    r"^(?:ki[- ]?67|mib[- ]?1)(?: (?:index|proliferation index|li|labell?ing index))?(?: of)?\s*[:=]?\s*", re.I
)


def _tidy(written: str) -> str:
    """The text in the plain alphabet, comparing words as signs."""
    words = " ".join(plain(written[:200]).text.split())
    for pattern, sign in _REPLACE if _COMPARES.search(words) else ():
        words = pattern.sub(sign, words)
    return words.strip(" .;:")


def decimal(written: str) -> Decimal:
    """A matched number, decimal comma allowed."""
    return Decimal(written.replace(",", "."))


def bounded(value: Decimal, comparator: str | None, lowest: Decimal, highest: Decimal) -> Range:
    """A number with its comparator as an interval inside [lowest, highest]."""
    if comparator in ("<", "<="):
        return Range(low=min(lowest, value), high=value, comparator="<" if comparator == "<" else "<=")
    if comparator in (">", ">="):
        return Range(low=value, high=max(highest, value), comparator=">" if comparator == ">" else ">=")
    return Range(low=value, high=value, comparator="~" if comparator == "~" else None)


def percent(written: str) -> tuple[Range, bool] | None:
    """A percentage ("7-8 %", "<2 %", "~15 %", "Ki-67: 10 %") and whether its unit is written; else None."""
    match = _RANGE.fullmatch(_tidy(_OF_KI67.sub("", _tidy(written))))
    if match is None:
        return None
    unit = bool(match["unit1"] or match["unit2"])
    low = decimal(match["low"])
    if match["high"] is None:
        return bounded(low, match["sign"], Decimal(0), Decimal(100)), unit
    high = decimal(match["high"])
    if match["sign"] not in (None, "~") or high < low:
        return None
    return Range(low=low, high=high, comparator="~" if match["sign"] else None), unit


_ROMAN = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4}
_STEP = r"(?:[0-9](?:\.\d)?|IV|III|II|I)"
_SCORE = re.compile(
    rf"(?:(?:modified )?krenning)?(?:['s]{{0,2}} (?:score|scale|grade|class))?\s*(?:score|grade"
    rf"|class)?(?: of)?\s*[:=]?\s*"
    rf"(?P<sign><=|>=|<|>)?\s*(?P<low>{_STEP})(?:\s*(?:-|--|to|/|or)\s*(?P<high>{_STEP}))?\s*(?:\((?P<why>[^()]{{0,80}})\))?",
    re.I,
)


class NotAScore(ValueError):
    """The number is not on the Krenning scale."""


def _step(written: str) -> Decimal:
    return Decimal(_ROMAN[written.upper()]) if written.upper() in _ROMAN else decimal(written)


def score(written: str) -> Score | None:
    """A Krenning score as an interval ("3", "<= 1", "III-IV", "Krenning 2-3"); None if the text is no score.

    Raises NotAScore when the number lies outside 0-4.
    """
    match = _SCORE.fullmatch(_tidy(written))
    if match is None:
        return None
    low = _step(match["low"])
    if match["high"] is None:
        found = score_of(low, match["sign"])
    else:
        high = _step(match["high"])
        if match["sign"] or high < low:
            return None
        found = score_of(low)[0], score_of(high)[1]
    return None if compared(match["why"] or "") not in (None, found) else found  # "3 (below liver)" says neither


_MORE, _LESS, _AS = r"(?:above|greater|higher|more|>)", r"(?:below|less|lower|<)", r"(?:equal|similar|same|comparable)"
_REST = r"(?: intense)?(?: than| to| as| with)?(?: the)?(?: normal)? "
_COMPARED: tuple[tuple[re.Pattern[str], Score], ...] = (
    (re.compile(rf"^{_LESS}{_REST}(?:liver|hepatic)", re.I), (1, 1)),
    (re.compile(rf"^{_AS}{_REST}(?:liver|hepatic)", re.I), (2, 2)),
    (re.compile(rf"^{_MORE}{_REST}(?:liver|hepatic)(?!.*sple)", re.I), (3, 3)),
    (re.compile(rf"^{_MORE}{_REST}(?:spleen|splenic)", re.I), (4, 4)),
)  # fmt: skip
_NEGATION = re.compile(r"\b(?:no|not|without)\b", re.I)
_UPTAKE = re.compile(r"^(?:tracer )?(?:uptake|intensity|activity)(?: is)? ", re.I)


def compared(said: str) -> Score | None:
    """A score from a comparison with the liver or the spleen ("above liver" is 3); None if it says no or several."""
    if _NEGATION.search(said):
        return None
    said = _UPTAKE.sub("", said)
    scores = {score for pattern, score in _COMPARED if pattern.search(said)}
    return scores.pop() if len(scores) == 1 else None


_EXPLAINED = re.compile(r"(?P<score>[^:;,=(]{1,24}?)\s*(?:[:;,=(]|\s-\s)\s*(?P<why>[^()]+)\)?")


def explained_score(written: str) -> Score | None:
    """A score with its meaning beside it ("Grade 3: uptake greater than liver"); None unless both say the same."""
    match = _EXPLAINED.fullmatch(_tidy(written))
    if match is None or (found := score(match["score"])) is None:
        return None
    return found if found == compared(match["why"]) else None


def score_of(value: Decimal, comparator: str | None = None) -> Score:
    """A number on the Krenning scale with its comparator as an interval; 2.5 lies between 2 and 3.

    Raises NotAScore outside 0-4, also for "< 0" and "> 4".
    """
    if not 0 <= value <= 4 or (comparator == "<" and value == 0) or (comparator == ">" and value == 4):
        raise NotAScore
    low, high = math.floor(value), math.ceil(value)
    match comparator:
        case "<":
            return 0, high - 1
        case "<=":
            return 0, low
        case ">":
            return low + 1, 4
        case ">=":
            return high, 4
    return low, high


_MM = {"mm": Decimal(1), "millimeter": Decimal(1), "millimetre": Decimal(1), "cm": Decimal(10),
       "centimeter": Decimal(10), "centimetre": Decimal(10), "m": Decimal(1000), "um": Decimal("0.001")}  # fmt: skip
_SIZE = re.compile(rf"(?P<sign><=|>=|<|>|~)?\s*(?P<numbers>{_NUMBER}(?:\s*(?:x|by|\*)\s*{_NUMBER}){{0,2}})\s*"
                   r"(?P<unit>mm|cm)\b.{0,20}", re.I)  # fmt: skip


def size_mm(written: str) -> Decimal | None:
    """The largest diameter in a written size, in mm; None without a unit, or for an open bound ("> 12 mm")."""
    match = _SIZE.fullmatch(_tidy(written))
    if match is None or match["sign"] in (">", ">="):
        return None
    largest = max(decimal(part) for part in re.findall(_NUMBER, match["numbers"]))
    return largest * _MM[match["unit"].lower()]


def size_of(found: Quantity) -> Decimal | None:
    """A measured size in mm; None if its unit is not a length, it is not above zero, or it is only a lower bound.

    "< 10 mm" counts as 10 mm, the largest it can be.
    """
    factor = next((_MM[unit.lower().rstrip("s")] for unit in found.units if unit.lower().rstrip("s") in _MM), None)
    if factor is None or found.value <= 0 or found.comparator in (">", ">="):
        return None
    return found.value * factor


_PER = r"(?P<per>(?:(?:10|20|50) ?(?:hpfs?|high[- ]power(?:ed)? fields?))|(?:(?:2|10|1)? ?mm ?(?:2|\^2|\*2|squared)))"
_MITOSES = re.compile(
    rf"(?:mitos[ei]s|mitotic (?:count|rate|index|figures?))?\s*[:=]?\s*(?P<sign><=|>=|<|>|~)?\s*(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?\s*(?:mitos[ei]s|mitotic figures?|mitoses)?\s*(?:/|per|in)\s*{_PER}",
    re.I,
)


def mitoses(written: str) -> tuple[Range, str] | None:
    """A mitotic count and its denominator ("5 mitoses/10 HPF" -> 5, "10 HPF"; "<2 per 2 mm2"); None otherwise."""
    match = _MITOSES.fullmatch(_tidy(written))
    if match is None:
        return None
    low = decimal(match["low"])
    if match["high"]:
        high = decimal(match["high"])
        return (Range(low=low, high=high), denominator(match["per"])) if high >= low and not match["sign"] else None
    return bounded(low, match["sign"], Decimal(0), Decimal(1000)), denominator(match["per"])


def denominator(written: str) -> str:
    """ "2 mm2", "10 HPF" and their spellings in one form; "" if it is not a field of mitoses."""
    words = re.sub(r"[{}()\[\]]", "", plain(written[:60]).text).strip(" /.").replace(".", " ")
    words = re.sub(r"^per\s+", "", words)
    if match := re.fullmatch(r"(\d{1,2}) ?(?:hpfs?|high[- ]power(?:ed)? fields?)", words, re.I):
        return f"{match[1]} HPF"
    if match := re.fullmatch(r"(\d{0,2}) ?mm ?(?:2|\^2|\*2|squared)", words, re.I):
        return f"{match[1] or '1'} mm2"
    return ""
