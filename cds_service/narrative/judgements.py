"""What a text says of the disease as a whole, judgement by judgement, and the one value that stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.response_words import GROWTH, WORD_OF
from cds_service.narrative.sections import Section, Span


@dataclass(slots=True)
class Stated:
    """One judgement: value, its place in the plain text, the section; `hedged` judgements have value None."""

    value: object
    span: Span
    section: Section
    hedged: bool = False
    part: bool = False  # of the metastases: of the whole only where nothing else got worse


@dataclass(slots=True)
class Judgements:
    """All judgements of one text."""

    response: list[Stated] = field(default_factory=list)
    new: list[Stated] = field(default_factory=list)
    clear: list[Stated] = field(default_factory=list)
    operability: list[Stated] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)


def settle(stated: list[Stated]) -> tuple[Any, Span | None, bool]:
    """(value, its place, doubtful?): the one value stated; two that contradict each other give none, doubtful.

    A RECIST word and the plain word of the same meaning agree: the RECIST word stands.
    """
    if not stated:
        return None, None, False
    sure = [s for s in stated if not s.hedged]
    values = list(dict.fromkeys(s.value for s in sure))
    for recist, word in (*WORD_OF.items(), ("CR", "improved")):
        if recist in values and word in values:
            values.remove(word)
    doubtful = any(s.hedged for s in stated) or len(values) > 1
    if len(values) != 1:
        return None, None, doubtful
    return values[0], next(s.span for s in sure if s.value == values[0]), doubtful


def of_the_whole(stated: list[Stated], text: str) -> list[Stated]:
    """The judgements that may speak for the whole disease: those on the metastases only where nothing got worse."""
    whole = [s for s in stated if not s.part]
    return whole if len(whole) < len(stated) and GROWTH.search(text) else stated
