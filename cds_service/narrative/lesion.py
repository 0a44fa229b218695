"""What the imaging sentences of one report say: lesion mentions and what else was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.narrative.sections import Section, Span
from cds_service.narrative.uptake import Uptake

ABOVE_LIVER = 3  # on the Krenning scale


@dataclass(slots=True)
class Lesion:
    """One mention of a lesion (or of all lesions) presented as current, with what was said of it.

    `span`: its sentence's values in the plain text; `score`: (low, high); `bound`: "max", "highest",
    "lowest", "<=", ">=" where the words say so, "others" for the rest of a group.
    """

    label: str
    organs: frozenset[str]
    span: Span
    section: Section
    score: tuple[int, int] | None = None
    bound: str = ""
    words: Uptake | None = None
    words_span: Span | None = None
    size_mm: float | None = None
    suvs: list[tuple[float, Span]] = field(default_factory=list)
    suv_sites: dict[float, str] = field(default_factory=dict)  # one SUVmax of several sites: its own label
    fdg: bool | None = None
    every: bool = False
    hedged_score: bool = False
    new: bool = False
    partial: bool = False
    doubtful: bool = False
    replaces: tuple[int, ...] = ()  # scores the same sentence takes back
    details: frozenset[str] | None = None  # of the label: segment, vertebra, side; worked out once

    @property
    def interval(self) -> tuple[int, int]:
        """The score's interval; the whole scale where there is none."""
        return self.score or (0, 4)


@dataclass(slots=True)
class Seen:
    """All that the imaging sentences of one report say."""

    lesions: list[Lesion] = field(default_factory=list)
    reference: list[tuple[str, float, Span]] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)
    withdrawn: list[tuple[float, str]] = field(default_factory=list)
    uncertain: bool = False
    doubtful_tumour: bool = False
    fdg_denied: bool = False
    only_others_denied: bool = False
    all_said: Span | None = None  # "all lesions are SSTR-positive"
    text_start: int = 0
    taken_back: list[int] = field(default_factory=list)
    topic: tuple[str, frozenset[str]] | None = None  # the place spoken of last
    block: tuple[Section, int] | None = None
    label_fdg: bool | None = None
    label_section: Section | None = None
