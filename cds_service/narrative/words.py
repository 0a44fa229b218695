"""Case-blind patterns that are several times faster than `re.I`: both pattern and text are in lower case.

Most patterns match nothing in most sentences. A `Said` text notes once which patterns its words can begin; the others
are not searched for in it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice

from cds_service.narrative.lowercase import folded, lower_source
from cds_service.narrative.starts import Starts, anywhere, starts_of, where

_STARTS = Starts()  # of all patterns
_END = sys.maxsize
_Match = re.Match[str]


def group_of(match: _Match) -> str:
    """The named alternative that matched."""
    return match.lastgroup or ""


class Said(str):
    """Words that many patterns are searched in, with their lower case and the bits of the patterns they can begin."""

    __slots__ = ("bits", "lowered")

    bits: int
    lowered: str

    def __new__(cls, text: str) -> Said:
        """The same characters."""
        said = super().__new__(cls, text)
        said.lowered = folded(text)
        said.bits = _STARTS.bits(said.lowered)
        return said


def _ends_a_word(text: str, at: int) -> bool:
    """Whether no word of the text is cut in two there."""
    return at >= len(text) or " " in text[at - 1 : at + 1]


class Words:
    """A pattern without regard to case; matches hold the words in lower case, positions fit the text."""

    __slots__ = ("_anywhere", "_bit", "_pattern", "source")

    def __init__(self, source: str, *, holds: str = "") -> None:
        """`holds`: a pattern of what every match holds somewhere, where its beginning tells little."""
        self.source = lower_source(source)
        starts = starts_of(self.source)
        self._pattern = re.compile(f"{where(starts)}(?:{self.source})")
        if holds:
            starts = starts_of(lower_source(holds))
        shown = {start.lstrip("\n") for start in starts}
        self._bit = _STARTS.add(start for start in shown if start[:1] == " ")
        others = [start for start in shown if start[:1] != " "]
        self._anywhere = re.compile(anywhere(others)) if others else None

    def possible(self, text: Said) -> bool:
        """False where no match can be in the text."""
        if text.bits & self._bit:
            return True
        return self._anywhere is not None and self._anywhere.search(text.lowered) is not None

    def search(self, text: str, start: int = 0, end: int = _END) -> _Match | None:
        """As `re.Pattern.search`."""
        lowered = self._searched(text, end)
        return None if lowered is None else self._pattern.search(lowered, start, end)

    def match(self, text: str, start: int = 0, end: int = _END) -> _Match | None:
        """As `re.Pattern.match`."""
        lowered = self._searched(text, end)
        return None if lowered is None else self._pattern.match(lowered, start, end)

    def finditer(self, text: str, start: int = 0, end: int = _END) -> Iterator[_Match]:
        """As `re.Pattern.finditer`."""
        lowered = self._searched(text, end)
        return iter(()) if lowered is None else self._pattern.finditer(lowered, start, end)

    def _searched(self, text: str, end: int) -> str | None:
        """The lower case of a text up to `end`; None where no match can be in it."""
        if not isinstance(text, Said):
            return folded(text)
        if text.bits & self._bit or (self._anywhere is not None and self._anywhere.search(text.lowered)):
            return text.lowered
        return None if end == _END or _ends_a_word(text, end) else text.lowered

    def found(self, text: Said, most: int | None = None) -> Sequence[_Match]:
        """All matches, or the first ones."""
        if not text.bits & self._bit and (self._anywhere is None or not self.possible(text)):
            return ()
        return list(islice(self._pattern.finditer(text.lowered), most))

    def sub(self, replacement: str, text: str) -> str:
        """The text (in lower case) with every match replaced."""
        return self._pattern.sub(replacement, folded(text))
