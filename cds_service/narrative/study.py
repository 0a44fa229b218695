"""Which of two scans in one text a word speaks of: FDG or somatostatin receptor."""

from __future__ import annotations

import re

from cds_service.narrative.context import Context
from cds_service.narrative.tracer import study_mentions

_STUDY_BEHIND = re.compile(
    r"\s?(?:(?:on|in|at|for|by)\s(?:the\s)?(?:\w+\s)?|(?P<open>\())(?:\[?\(?\d{1,3}\S{0,6}?)?-?(?:(?P<fdg>FDG)|"
    r"DOTA|SSTR|somatostatin|octreo|SiTATE)(?(open)[^()\d]{0,25}\))",
    re.I,
)


def is_fdg(context: Context, at: int, to: int, default: bool) -> bool:
    """Whether the words at..to speak of the FDG study rather than of the somatostatin receptor study."""
    mentions = study_mentions(context.text)
    if not mentions:
        return default
    if behind := _STUDY_BEHIND.match(context.text, to):
        return behind["fdg"] is not None
    opening = context.text.rfind("(", 0, at)
    if opening > context.text.rfind(")", 0, at):
        closing = context.text.find(")", at)
        inside = [fdg for place, fdg in mentions if opening < place < (closing if closing > 0 else len(context.text))]
        if inside:
            return inside[0]
    begin, end = context.start_of(at, comma=False), context.end_of(at, comma=True)
    outside = [(place, fdg) for place, fdg in mentions if begin <= place and not _bracketed(context.text, place)]
    earlier = [fdg for place, fdg in outside if place < to]
    if earlier:
        return earlier[-1]
    later = [fdg for place, fdg in outside if at < place < end]
    return later[0] if later else default


def _bracketed(text: str, at: int) -> bool:
    return text.rfind("(", 0, at) > text.rfind(")", 0, at)
