"""Report text in one plain alphabet, with the way back to the words as written.

Reports come with thin spaces, soft hyphens, superscripts, bidirectional marks and accents. All readers work on
the plain form; every quote is cut from the original.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

_ENTITIES = {"&lt;": "<", "&gt;": ">", "&le;": "<=", "&ge;": ">=", "&amp;": "&", "&nbsp;": " ", "&ndash;": "-"}
_PLAIN = {
    "\u2264": "<=", "\u2a7d": "<=", "\u2266": "<=", "\u2265": ">=", "\u2a7e": ">=", "\u2267": ">=",
    "\u2248": "~", "\u223c": "~", "\u2243": "~", "\u2245": "~", "\u02dc": "~", "\u00d7": "x", "\u00b7": ".",
    "\u2022": "\u2022", "\u25cf": "\u2022", "\u25aa": "\u2022", "\u25e6": "\u2022", "\u2023": "\u2022",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2026": "...",
    "\u2190": "<-", "\u00b1": "+/-", "\u2212": "-", "\u00df": "ss", "\u2044": "/",
    "\u2191": " increased ", "\u2193": " decreased ", "\u00b5": "u", "\u03bc": "u", "\u00a0": " ",
    "\t": "\t", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n",
    # Cyrillic and Greek letters that look like Latin ones (scanned or pasted text)
    **dict(zip("АВЕКМНОРСТХаеорсухі\u0131", "ABEKMHOPCTXaeopcyxii", strict=True)),
}  # fmt: skip
_EDGE = (
    " \t\r\n\x0b\x0c\u00a0\u00ad\u2009\u202f\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
)
_SPECIAL = re.compile(r"&(?:lt|gt|le|ge|amp|nbsp|ndash);|\r\n|[^\x20-\x7e\n]| {2,}|(?<!-)-{2,}+>|(?<!=)={2,}+>")


def _plain(found: str) -> str:
    if found[0] in "-=":
        return "->"
    # a gap of several spaces may be a table's column
    return "\t" if found[0] == " " else _plain_character(found)


@lru_cache(maxsize=4096)
def _plain_character(found: str) -> str:
    if found in _ENTITIES:
        return _ENTITIES[found]
    if found == "\r\n":
        return "\n"
    if found in _PLAIN:
        return _PLAIN[found]
    category = unicodedata.category(found)
    if category in {"Cf", "Mn", "Me"}:  # zero-width, bidirectional marks, soft hyphen, combining accents
        return ""
    if category in {"Zs", "Cc", "Cs", "Co", "Cn"}:
        return " "
    if category == "Pd":
        return "-"
    if category in {"Sm", "So"} and "RIGHTWARDS" in (name := unicodedata.name(found, "")) and "ARROW" in name:
        return "->"
    decomposed = unicodedata.normalize("NFKD", found)
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return bare if bare.isascii() and len(bare) <= 4 else found


@dataclass(frozen=True, slots=True)
class Plain:
    """`text` in the plain alphabet; `verbatim` gives back the words of `original` between two plain positions."""

    text: str
    original: str
    _plain_at: tuple[int, ...]
    _original_at: tuple[int, ...]

    def position(self, at: int) -> int:
        """The place in the original that the plain position `at` came from."""
        piece = bisect_right(self._plain_at, at) - 1
        return min(self._original_at[piece] + at - self._plain_at[piece], len(self.original))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where these words stand in the original, without surrounding space or invisible characters."""
        first = self.position(start)
        words = self.original[first : self.position(end)]
        begin = first + len(words) - len(words.lstrip(_EDGE))
        return begin, max(begin, first + len(words.rstrip(_EDGE)))

    def verbatim(self, start: int, end: int) -> str:
        """The original words, without surrounding space or invisible characters."""
        begin, finish = self.place(start, end)
        return self.original[begin:finish]


def _is_plain(text: str) -> bool:
    """Whether nothing in a text can be `_SPECIAL`, which is quickly seen of most."""
    gaps_and_signs = "  " in text or "&" in text or "-->" in text or "==>" in text
    return text.isascii() and not gaps_and_signs and text.replace("\n", "").isprintable()


def plain(original: str) -> Plain:
    """Brings any text into the plain alphabet, in linear time."""
    if _is_plain(original):
        return Plain(original, original, (0,), (0,))
    parts: list[str] = []
    plain_at, original_at = [0], [0]
    done, length = 0, 0
    for match in _SPECIAL.finditer(original):
        replacement = _plain(match.group())
        before = original[done : match.start()]
        parts += (before, replacement)
        length += len(before) + len(replacement)
        done = match.end()
        if len(replacement) != len(match.group()):
            plain_at.append(length)
            original_at.append(done)
    parts.append(original[done:])
    return Plain("".join(parts), original, tuple(plain_at), tuple(original_at))
