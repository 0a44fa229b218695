"""Whether FDG and somatostatin receptor findings disagree, as a report states it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.context import Context
from cds_service.narrative.lexicon import OTHER
from cds_service.narrative.sections import Span
from cds_service.narrative.words import Words

_NETPET = Words(
    r"\bNET-?PET\b(?:[- ](?:grade|score|class|grading|category))*\s?(?:\(P0-P?5\)\s?)?(?:is|was|of|:|"
    r"=)?\s?P?\s?(?P<grade>[0-5])\s?[ab]?\b|\bP(?P<bare>[0-5])[ab]?\s\(?NET-?PET"
)
_DISCORDANT = Words(r"\bdiscordan(?:t|ce|ces|cy)\b|\bmis-?match(?:ed|es)?\b")
_CONCORDANT = Words(
    r"(?<!non-)(?<!non )\bconcordan(?:t|ce)\b|\bno mis-?match\b|\bmatched (?:lesions|uptake|findings)\b"
)
_PAIR = Words(
    r"FDG[ -](?:positive|avid)(?:,|\sand|\s?/|\sbut)?\s(?:\w+\s){0,2}?/?\s?(?:(?:SSTR|somatostatin[ -]receptor|"
    r"receptor|DOTA\w+)[ -]negative|non-?(?:SSTR|DOTA\w+)[ -]avid)|"
    r"(?:SSTR|somatostatin[ -]receptor|receptor|DOTA\w+)[ -]negative(?:,|\sand|\s?/|"
    r"\sbut)?\s(?:\w+\s){0,2}?/?\s?FDG[ -](?:positive|avid)",
    holds="fdg",
)
_NOT_FOLLOWED = re.compile(
    r"^\s(?:with|to|between)\s(?:the\s)?(?:CT|MRI|clinical|previous|prior|laboratory|histolog)", re.I
)


@dataclass(slots=True)
class Discordance:
    """Statements for (True), against (False); `doubtful`: hedged ones."""

    stated: list[tuple[bool, Span]] = field(default_factory=list)
    doubtful: bool = False


def read_discordance(context: Context, start: int, into: Discordance) -> None:
    """Adds one sentence's statements on discordance."""
    text = context.text
    if context.legend or context.other_person or context.standing_apart:
        return
    for match in _NETPET.finditer(text):
        begin, end = match.span()
        grade = int(match["grade"] or match["bare"])
        if context.conditional(begin, end) or context.earlier(begin, end) or context.negated_value(begin, end):
            continue
        if context.hedged(begin, end):
            into.doubtful = True
            continue
        into.stated.append((grade == 5, (start + begin, start + end)))
    for pattern, meaning in ((_DISCORDANT, True), (_PAIR, True), (_CONCORDANT, False)):
        for match in pattern.finditer(text):
            begin, end = match.span()
            if context.conditional(begin, end) or context.earlier(begin, end) or _NOT_FOLLOWED.match(text[end:]):
                continue
            if OTHER.search(
                text, context.start_of(begin, comma=False), context.end_of(end, comma=False)
            ) and not re.search(r"\bNET\b|metasta", text, re.I):
                continue
            if context.hedged(begin, end):
                into.doubtful = True
            elif context.negated_value(begin, end):
                if meaning and not re.search(r"\b(?:not|cannot)\s(?:be\s)?(?:assess|evaluat|exclud)", text, re.I):
                    into.stated.append((False, (start + begin, start + end)))
            else:
                into.stated.append((meaning, (start + begin, start + end)))
