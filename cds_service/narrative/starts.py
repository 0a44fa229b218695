"""How the words that a pattern finds can begin, worked out from the pattern itself.

A text without any of these beginnings holds no match: a question that costs far less than the search. The answer may
be too wide, never too narrow; a pattern that is not understood here "can begin with anything".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_LONGEST, _MOST = 6, 40  # characters of a beginning; beginnings that are followed further at a time
_OPEN = frozenset({"", " ", "\n "})  # nothing known yet: anywhere, where a word begins, or behind what parts words
_GAPS = frozenset({r"\s", r"\W", " "})
_ANY = r"\S"
_REPEAT = re.compile(r"(?:[?*+]|\{(\d*),?\d*\})[?+]?")
_GROUP = re.compile(r"\(\?P<\w+>|\(\?<?[=!:]|\((?!\?)")
_LOOK = ("(?=", "(?!", "(?<=", "(?<!")
_CLASS = re.compile(r"\[\^?(?:\\.|[^\\])(?:\\.|[^\]\\])*\]", re.S)
_MEMBER = re.compile(r"([^\\])-([^\\])|\\?.", re.S)
_CODE = re.compile(r"\\u([0-9a-f]{4})")
_OF_WORDS = {" ": r"\W", "0": r"\d", "end": r"(?!\w)"}  # how the characters of a beginning stand in the text itself
_ANYWHERE = {chr(sign): re.escape(chr(sign)) for sign in range(128)} | {"end": " ", "\b": r"\b"}
_SIGNS = {".": _ANY, "^": r"\A", "$": r"\Z"}
_DIGIT, _GAP = re.compile(r"\d"), re.compile(r"\W")
_ASCII = _DIGIT.sub("0", _GAP.sub(" ", bytes(range(128)).decode())).encode() + bytes(128)


def starts_of(pattern: str) -> frozenset[str]:
    """The beginnings of everything a pattern (in lower case) can match; "" if that can be anything.

    " no " is a whole word, " metast" begins one, and a space in it is whatever parts words, "0" any digit; a beginning
    without a space in front stands anywhere, as it is written. A match begins one gap before what follows "\\n".
    """
    reader = _Reader(_CODE.sub(lambda m: chr(int(m[1], 16)), pattern))
    try:
        found = reader.alternatives({""}) | reader.done
    except _Anything:
        return frozenset({""})
    if found & _OPEN:
        return frozenset({""})
    return frozenset(head for head in found if not any(head[:length] in found for length in range(1, len(head))))


class Starts:
    """The beginnings of many patterns, all looked for in one pass; each pattern has its bit."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}
        self._next = 1
        self._any: re.Pattern[str] | None = None

    def add(self, starts: Iterable[str]) -> int:
        """One more pattern that begins with these words (" no "); its bit."""
        bit, self._next, self._any = self._next, self._next << 1, None
        for start in starts:
            self._bits[start[1:]] = self._bits.get(start[1:], 0) | bit
        return bit

    def bits(self, lowered: str) -> int:
        """The bits of all patterns that can begin with a word of the text."""
        if self._any is None:
            self._any = self._longest()
        if lowered.isascii():
            words = lowered.encode().translate(_ASCII).decode()
        else:
            words = _GAP.sub(" ", _DIGIT.sub("0", lowered))
        bits = 0
        for start in self._any.findall(f" {words} "):
            bits |= self._bits[start]
        return bits

    def _longest(self) -> re.Pattern[str]:
        """Finds at each word the longest beginning, which gets the bits of those it begins with itself."""
        for start in sorted(self._bits):
            for length in range(1, len(start)):
                self._bits[start] |= self._bits.get(start[:length], 0)
        return re.compile(f" (?=({_either(self._bits, {})}))")


def where(starts: Collection[str]) -> str:
    """A pattern of the places where one of these begins; "" where that cannot be told."""
    words = [start[1:] for start in starts if start[:1] == " "]
    others = [start for start in starts if start[:1] != " "]
    if not words or "" in starts or any(start[:1] == "\n" for start in starts):
        return ""
    begins = rf"\b(?={_either(words, _OF_WORDS)})"
    return f"(?:{begins}|(?={anywhere(others)}))" if others else begins


def anywhere(starts: Collection[str]) -> str:
    """A pattern of these words or beginnings as they are written ("\b" where a word must end)."""
    return _either(starts, _ANYWHERE)


def _either(starts: Iterable[str], written: dict[str, str]) -> str:
    """A pattern of any of these, letter by letter, the longest first."""
    onward: dict[str, list[str]] = {}
    for start in starts:
        onward.setdefault(start[:1], []).append(start[1:])
    optional = "?" if onward.pop("", None) else ""
    some = []
    for letter, rest in onward.items():
        last = letter == " " and rest == [""]
        some.append(written.get("end" if last else letter, letter) + _either(rest, written))
    return f"(?:{'|'.join(some)}){optional}" if some else ""


class _Anything(Exception):
    """A match can begin with anything."""


class _Reader:
    """Goes through a pattern with all beginnings that are possible so far; `done` are those long enough."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.done: set[str] = set()

    def alternatives(self, before: set[str]) -> set[str]:
        """Up to the closing bracket, or the end."""
        found: set[str] = set()
        current = before
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                found |= current
                current = before
            else:
                current = self._repeated(current)
        return found | current

    def _repeated(self, before: set[str]) -> set[str]:
        begin = self.at
        found = again = self._one(before)
        repeat = _REPEAT.match(self.pattern, self.at)
        if repeat is None:
            return found
        sign = repeat.group()[0]
        if sign in "?*" or (sign == "{" and not int(repeat[1] or 0)):
            found = found | before
        while sign != "?" and again:  # every round makes the beginnings longer, or finds no new ones
            self.at = begin
            again = self._one(again) - found
            found = found | again
        self.at = repeat.end()
        return found

    def _one(self, before: set[str]) -> set[str]:
        """One group, class or character."""
        begin = self.at
        if self.pattern[begin] == "(":
            return self._group(before)
        if bracket := _CLASS.match(self.pattern, begin):
            self.at = bracket.end()
            return self._followed(before, _members(bracket.group()[1:-1]))
        self.at += 2 if self.pattern[begin] == "\\" else 1
        piece = self.pattern[begin : self.at]
        return self._followed(before, [_SIGNS.get(piece) or _character(piece)])

    def _group(self, before: set[str]) -> set[str]:
        opening = _GROUP.match(self.pattern, self.at)
        if opening is None:
            raise _Anything
        self.at = opening.end()
        looks = opening.group() in _LOOK  # takes nothing up
        found = self.alternatives(set() if looks else before)
        self.at += 1
        return before if looks else found

    def _followed(self, before: set[str], pieces: list[str]) -> set[str]:
        found = {longer for head in before for piece in pieces for longer in self._longer(head, piece)}
        full = {head for head in found if len(head) >= _LONGEST} if len(found) <= _MOST else found - _OPEN
        self.done |= full
        return found - full

    def _longer(self, head: str, piece: str) -> set[str]:
        """A beginning with one more piece; none where no more can be said of it."""
        if head in _OPEN:
            return self._first(head, piece)
        of_words = head.startswith((" ", "\n "))
        if len(piece) == 1 and (not _GAP.match(piece) if of_words else piece != "0"):
            return {head + piece}
        if of_words and (len(piece) == 1 or piece in _GAPS):
            return {head + " "}
        if piece == r"\b" and _GAP.match(head[-1]):
            return {head}
        self.done.add(head + " " if of_words and piece in (r"\b", r"\Z") and head[-1] != " " else head)
        return set()

    def _first(self, head: str, piece: str) -> set[str]:
        if piece in _GAPS:
            return {"\n "}
        if piece in (r"\b", r"\A"):
            return {head or " "}
        if len(piece) > 1 or head + piece == "0":
            raise _Anything
        return {head.rstrip(" ") + piece if _GAP.match(piece) else head + piece}


def _character(piece: str) -> str:
    """A character, or the class or place that an escape means."""
    if piece.isdecimal() or piece == r"\d":
        return "0"
    if len(piece) == 1 or piece[1] in "bBDsSwW":
        return piece
    if piece[1].isalnum():
        raise _Anything
    return piece[1]


def _members(inside: str) -> list[str]:
    """The members of a character class."""
    if inside[0] == "^":
        return [_ANY]
    found: list[str] = []
    for piece in _MEMBER.finditer(inside):
        first, last = piece[1], piece[2]
        if last is None:
            found.append(_character(piece.group()))
        elif ord(last) - ord(first) > 10:
            found.append(_ANY)
        else:
            found += {_character(chr(member)) for member in range(ord(first), ord(last) + 1)}
    return found
