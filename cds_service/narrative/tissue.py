"""What a text says of the tissue, and how a tissue value counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.context import Context
from cds_service.narrative.sections import Section, Span
from cds_service.narrative.words import Words

Number = int | float


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


NET = Words(r"\b(?:neuroendocrine(?! (?:differentiation|features|markers?))|NETs?\b|NEN\b|NEC\b|MiNEN|carcinoid|NEN)\b")
FOREIGN = Words(
    r"\b(?:breast|mamma\w*|prostat\w+|lymphoma\w*|melanoma\w*|adenocarcinoma\w*|squamous|thyroid carcinoma|"
    r"papillary carcinoma|urothelial\w*|meningioma\w*|sarcoma\w*|GIST|glioma\w*|basal cell|carcinoma NST|"
    r"renal cell)\b"
)
_OTHER_CELLS = Words(
    r"\b(?:non-?neoplastic|crypts?|lymphocyt\w*|germinal|stroma\w*|normal|background|control|tonsils?|"
    r"endotheli\w*|hepatocyt\w*)\b"
)
_KNOWN = Words(r"\bknown\b[^.;]*$")
_METASTASIS_OF_KNOWN = re.compile(r"\bmetasta\w+ (?:of|from) (?:the|a) known\b[^.;(]*$", re.I)


def standing(context: Context, begin: int, end: int) -> str:
    """How a tissue value counts: "skip", "prior", "hedged" or "now"."""
    if context.conditional(begin, end) or _other_tissue(context, begin, end):
        return "skip"
    if context.standing_apart or context.earlier(begin, end):
        return "prior"
    if context.negated_value(begin, end):
        return "skip"
    if "known" in context.text.lowered:
        before = context.text[max(0, begin - 90) : begin]
        if _KNOWN.search(before[-60:]) and not _METASTASIS_OF_KNOWN.search(before):
            return "prior"
    return "hedged" if context.hedged(begin, end) else "now"


def _other_tissue(context: Context, begin: int, end: int) -> bool:
    """Whether the clause (or what stands between commas) is about another tumour or other cells."""
    text = context.text
    if not FOREIGN.possible(text) and not _OTHER_CELLS.possible(text):
        return False
    for comma in (True, False):
        part = context.start_of(begin, comma=comma), end if comma else context.end_of(end, comma=False)
        if (FOREIGN.search(text, *part) or (comma and _OTHER_CELLS.search(text, *part))) and not NET.search(
            text, *part
        ):
            return True
    return False
