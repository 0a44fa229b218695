"""Patterns and text in lower case: what `re.I` finds, several times faster."""

from __future__ import annotations

import re

_PIECE = re.compile(r"\\.|\(\?P<\w+>|[^\\(]+|\(")
_SAME_LETTER = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")


def folded(text: str) -> str:
    """Lower case of the same length, in which whatever `re.I` takes for one letter is one letter."""
    return text.lower() if text.isascii() else text.translate(_SAME_LETTER).lower()


def lower_source(source: str) -> str:
    """The source of a pattern in lower case: its letters, not its escapes and names of groups."""
    return _PIECE.sub(lambda m: m.group() if m.group().startswith(("\\", "(?P")) else m.group().lower(), source)


def lower_pattern(source: str) -> re.Pattern[str]:
    """A pattern for `folded` text."""
    return re.compile(lower_source(source))
