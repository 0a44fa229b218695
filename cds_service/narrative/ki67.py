"""Ki-67 (percent) as a text states it: value, interval, comparator, damage."""

from __future__ import annotations

import re

from cds_service.narrative.context import Context
from cds_service.narrative.cues import ARROW
from cds_service.narrative.sections import Section
from cds_service.narrative.suv import to_number
from cds_service.narrative.tissue import KiValue, Number, Tissue, standing
from cds_service.narrative.words import Words

KI = Words(
    r"\b(?:ki\s?-?\s?[6b]7|mib\s?-?\s?1|proliferat(?:ion|ive) (?:index|rate|fraction|activity|marker)|"
    r"labell?ing index)(?![\d])"
)
_PERCENT = Words(
    rf"(?:(?P<old>\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?{ARROW}\s?)?"
    r"(?P<comparator><=?|(?<!-)=?>=?|~|\b(?:less than|below|under|lower than|fewer than|more than|above|over|"
    r"greater than|exceed(?:s|ing)|higher than|at least|at most|up to|max(?:imum|imally|\.)?(?: of)?|"
    r"approx(?:imately|\.)?|about|around|ca\.?|circa|roughly|estimated(?: at)?|nearly|almost))?\s?"
    r"(?<![\d.,lIO])(?P<low>\d{1,3}(?:[.,]\d{1,2})?)(?:\s?%?\s?(?:-|to|bis|"
    r"and)\s?(?P<high>\d{1,3}(?:[.,]\d{1,2})?))?\s?(?:%|per\s?cent\b|percent\b)(?!\s?of (?:the )?(?:field|"
    r"specimen|liver|gland|slide))",
    holds="%|cent",
)
_DAMAGED = re.compile(r"(?<![A-Za-z])(?=[\dlLIOSo]{1,4}\s?%)(?=\d*[lLIOSo])[\dlLIOSo]{1,4}\s?%|\?+\s?%")
_GOES_ON = Words(
    r"^[\s\u2022*-]*(?:\w\)?[.)]\s)?(?:primary|metasta\w+|liver|lymph node|node|hot ?spots?|average|mean|highest|"
    r"maxim\w+|specimen|focally|focal|second|other|pancreas|ileum|bone)\b(?=[^%.]{0,40}\d\s?%)"
)
_CHANGE = re.compile(r"(?<!rang)(?<!ranges )(?<!ranging )(?<!varies )(?<!varying )(?<!ranged )\bfrom\s?$", re.I)
_OTHER_MARKER = Words(
    r"\b(?:sstr\d?\w*|synaptophysin|chromogranin\w*|p53|cd\s?\d+|insm1|ER\b|PR\b|HER2\w*|rb1?\b|atrx|daxx|"
    r"necrosis|steatosis|fibrosis|mitos[ei]s|mitotic|cytokeratin|ck\d+|pd-?l1|somatostatin|cdx-?2|ttf-?1|"
    r"mgmt|tumou?r content|cellularity|vimentin|s-?100)\b"
)
BEFORE = Words(
    r"(?P<low>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|per ?cent)\s(?:of (?:the )?(?:tumou?r |tumou?ral |"
    r"neoplastic )?(?:cells|nuclei)\s)?(?:are |were |is |was |positive |positivity |stain\w* |express\w* |for |in |"
    r"with |\()*(?:ki\s?-?\s?67|mib\s?-?\s?1)",
    holds=r"\b(?:ki|mib)\s?-?\s?\d",
)
_DEFINES = {(3.0, 20.0), (2.0, 20.0)}  # "G2 (Ki-67 3-20 %)" quotes the definition of the grade


def ki67(context: Context, start: int, tissue: Tissue) -> list[KiValue]:
    """All Ki-67 statements of a sentence, without regard to what takes them back."""
    text = context.text
    names = KI.found(text, 40)
    if not names and tissue.ki67_goes_on and (going := _GOES_ON.match(text)):  # "Ki-67: primary 3 %. Metastasis: 25 %."
        names = (going,)
    tissue.ki67_goes_on = bool(names)
    found: list[KiValue] = []
    seen: set[int] = set()
    for number, name in enumerate(names):
        limit = min(names[number + 1].start() if number + 1 < len(names) else len(text), name.end() + 140)
        window_end = min(limit, _window_end(context, name.end()))
        if marker := _OTHER_MARKER.search(text, name.end(), window_end):
            window_end = marker.start()
        if (damage := _DAMAGED.search(text, name.end(), window_end)) and standing(
            context, damage.start(), damage.end()
        ) in {"now", "hedged"}:
            tissue.uncertain = True
            tissue.doubtful.add("ki67")
            continue
        for match in _PERCENT.finditer(text, name.end(), window_end):
            if match.start("low") in seen:
                continue
            seen.add(match.start("low"))
            if match["old"]:
                tissue.prior.append(("ki67", _number(match["old"])))
            low, high = _number(match["low"]), _number(match["high"] or match["low"])
            if low > 100 or high > 100 or (high < low and not _CHANGE.search(text[name.end() : match.start("low")])):
                tissue.uncertain = True
                tissue.doubtful.add("ki67")
            elif match["high"] and _CHANGE.search(text[name.end() : match.start("low")]):
                tissue.prior.append(("ki67", low))
                found.append(
                    KiValue(
                        high,
                        None,
                        None,
                        (start + name.start(), start + match.end()),
                        context.section,
                        match.start("high"),
                    )
                )
            elif value := _value(match, name, start, context.section):
                found.append(value)
    if not found:
        for match in BEFORE.found(text):
            percent = _number(match["low"])
            if percent <= 100:
                found.append(
                    KiValue(
                        percent,
                        None,
                        None,
                        (start + match.start(), start + match.end()),
                        context.section,
                        match.start(),
                    )
                )
    return found


def _window_end(context: Context, at: int) -> int:
    """To the end of the clause, over commas ("average 6 %, hot spot 14 %") and a bracket closing behind the name."""
    closing = context.end_of(at, comma=False)
    if (
        closing < len(context.text)
        and context.text[closing] == ")"
        and not re.search(r"\d\s?%", context.text[at:closing])
    ):
        return context.end_of(closing + 1, comma=False)
    return closing


def _value(match: re.Match[str], name: re.Match[str], start: int, section: Section) -> KiValue | None:
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else None
    if high is not None and (float(low), float(high)) in _DEFINES:
        return None
    words = (match["comparator"] or "").lower().strip()
    if words == "=>" and not re.search(r"\d", match.string[name.end() : match.start()]):
        words = ">="  # no arrow behind an earlier value
    span = (start + min(name.start(), match.start()), start + match.end())
    at = match.start("low")
    if high is None and words in {"<", "less than", "below", "under", "lower than", "fewer than", "<=", "at most"}:
        return KiValue(None, (0, low), "<", span, section, at)
    if high is None and words in {
        ">",
        ">=",
        "more than",
        "above",
        "over",
        "greater than",
        "exceeds",
        "exceeding",
        "higher than",
        "at least",
    }:
        return KiValue(None, (low, 100), ">", span, section, at)
    about = words.startswith(
        ("approx", "ca", "about", "around", "circa", "roughly", "estimated", "nearly", "almost", "~")
    )
    return KiValue(
        high if high is not None else low,
        (low, high) if high is not None else None,
        "~" if about else None,
        span,
        section,
        at,
    )


def _number(words: str) -> Number:
    value = to_number(words)
    return int(value) if value == int(value) else value
