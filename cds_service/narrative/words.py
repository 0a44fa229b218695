"""Case-blind patterns that are several times faster than `re.I`: both pattern and text are in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PIECE = re.compile(r"\\.|\(\?P<\w+>|[^\\(]+|\(")


def lower_of(text: str) -> str:
    """Lower case of the same length (a few letters grow in `str.lower`)."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def group_of(match: re.Match[str]) -> str:
    """The named alternative that matched."""
    return match.lastgroup or ""


class Words:
    """A pattern without regard to case; matches hold the words in lower case, positions fit the text."""

    __slots__ = ("_pattern",)

    def __init__(self, source: str) -> None:
        self._pattern = re.compile(
            _PIECE.sub(lambda m: m.group() if m.group().startswith(("\\", "(?P")) else m.group().lower(), source)
        )

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self._pattern.search(lower_of(text), start, len(text) if end is None else end)

    def match(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self._pattern.match(lower_of(text), start, len(text) if end is None else end)

    def finditer(self, text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        return self._pattern.finditer(lower_of(text), start, len(text) if end is None else end)

    def sub(self, replacement: str, text: str) -> str:
        """The text (in lower case) with every match replaced."""
        return self._pattern.sub(replacement, lower_of(text))
