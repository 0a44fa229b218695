"""A site or lesion named in a sentence, with what the sentence says about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.narrative.scores import Score
from cds_service.narrative.suv import Suv
from cds_service.narrative.uptake import Uptake
from cds_service.narrative.words import Words

MAIN_NOUN = Words(r"\b(?:metasta\w+|lesions?|filiae?|mets?|deposits?|implants?)\b")
MOST_PLACES = 80  # in one sentence; more is not prose


@dataclass(slots=True, eq=False)
class Place:
    """A site or lesion named at start..end of a sentence, with what the sentence says about it."""

    start: int
    end: int
    label: str
    organs: frozenset[str]
    named_lesion: bool = False  # a lesion noun stands with it
    other: bool = False  # another tumour, benign, physiological
    reference: bool = False  # an organ named for comparison
    denied: bool = False
    hedged: bool = False
    earlier: bool = False  # not of this examination
    every: bool = False  # "all lesions"
    partial: bool = False  # "most lesions", "nearly all": the others are unknown
    fellows: list[Place] = field(default_factory=list)  # "liver and bone metastases"
    scores: list[tuple[Score, int, int]] = field(default_factory=list)  # with low, high for this place
    suvs: list[Suv] = field(default_factory=list)
    words: list[Uptake] = field(default_factory=list)
    size_mm: float | None = None
    fdg: bool | None = None
    new: bool = False
    loose_words: bool = False  # uptake words that could not be read as a class
