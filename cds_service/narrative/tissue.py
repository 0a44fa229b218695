"""What a text says of the tissue, and how a tissue value counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.context import Context
from cds_service.narrative.sections import Section, Span

Number = int | float
Mitoses = tuple[object, str]


@dataclass(slots=True)
class KiValue:
    """One Ki-67 statement: percent (or None), interval, comparator."""

    percent: Number | None
    interval: tuple[Number, Number] | None
    comparator: str | None
    span: Span
    section: Section
    at: int = 0  # of the number itself, in its sentence


@dataclass(slots=True)
class Found:
    """A grade, differentiation or mitotic count with its place."""

    value: Any
    span: Span
    section: Section
    block: int


@dataclass(slots=True)
class Tissue:
    """All that a text says of the tissue."""

    ki67: list[KiValue] = field(default_factory=list)
    grades: list[Found] = field(default_factory=list)
    differentiation: list[Found] = field(default_factory=list)
    mitoses: list[Found] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)
    uncertain: bool = False
    doubtful: set[str] = field(default_factory=set)
    foreign_block: int | None = None
    ki67_goes_on: bool = False  # the sentence before spoke of Ki-67


_KNOWN = re.compile(r"\bknown\b[^.;]*$", re.I)


def standing(context: Context, begin: int, end: int) -> str:
    if context.conditional(begin, end):
        return "skip"
    if context.standing_apart or context.earlier(begin, end):
        return "prior"
    if context.negated_value(begin, end):
        return "skip"
    if _KNOWN.search(context.text[max(0, begin - 60) : begin]):
        return "prior"
    return "hedged" if context.hedged(begin, end) else "now"
