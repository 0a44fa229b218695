"""How far a cue reaches inside its sentence, and which of the sentence's words speak of an earlier time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from cds_service.narrative.cues import (
    AGO_IN_BRACKETS,
    ARROW,
    CLASSIFICATION,
    COMPARED,
    COMPARING,
    CONTRAST,
    EARLIER,
    EARLIER_STUDY,
    NOW,
    OLD,
    OLD_WORDS,
    PREPOSITION,
    SAID_BEFORE,
    TITLE_ENDS,
    VALUE_ENDS,
    WHOLE_PHRASE,
    YEAR_IN_BRACKETS,
)
from cds_service.narrative.sections import Sentence
from cds_service.narrative.words import Words

MOST_CUES = 60  # of one kind in one sentence; more is not prose
Mark = tuple[int, str]
_MARK = re.compile(r"[()\[\];]|,(?!(?<=\d,)\d)|(?<= )-(?= )")
_MARKS = {"(": "(", "[": "(", ")": ")", "]": ")", ";": ";"}


_DIGIT = re.compile(r"\d")
_OLD = re.compile(OLD, re.I)
_SCORE = re.compile(r"\d|\b(?:I{1,3}|IV)\b")
_VALUE = re.compile(r"\d|\b(?:(?i:stable|progress\w+)|I{1,3}V?)\b")
_VALUE_OR_RESPONSE = re.compile(r"\d|\b(?:(?i:stable|progress\w+)|CR|PR|SD|PD|I{1,3}V?)\b")
_FROM_TO = re.compile(
    r"\bfrom\s(?:\w+\s){0,3}?(?:<=?\s?)?(?:\d[\d.,]*|"
    r"[IV]{1,3})\b[^;.]{0,60}?\bto\s(?=(?:\w+\s){0,3}?(?:<=?|>=?)?\s?(?:\d|[IV]{1,3}[ab]?\b))",
    re.I,
)
_RANGES = re.compile(r"\b(?:rang|var)\w+\s$", re.I)
_ARROW = re.compile(
    rf"(?<![\w.,])(?:grad(?:e|ing):?\s)?(?:\d[\d.,]*(?:\s?x\s?\d[\d.,]*){{0,2}}\s?(?:%|mm\b|cm\b)?|I{{1,3}}|IV|G[1-3])\s?"
    rf"{ARROW}",
    re.I,
)
_TITLE = re.compile(
    r"(?:PET[^\s:]*|CT|MRI|SPECT[^\s:]*|\S*DOTA[^\s:]+|FDG|TATE|TOC|NOC|octreotide|performed|acquired|addendum|"
    r"amendment|erratum|correction|supplement)[\s,(-]*$",
    re.I,
)


Value = TypeVar("Value")


class once(Generic[Value]):
    """A value worked out when it is first asked for (`cached_property` takes a lock in Python 3.11)."""

    def __init__(self, work: Callable[[Any], Value]) -> None:
        self.work, self.name = work, work.__name__

    def __get__(self, item: Any, owner: type) -> Value:
        """Of one sentence; kept with it."""
        value = item.__dict__[self.name] = self.work(item)
        return value


class Reach:
    """How far a cue reaches; `start` and `end` everywhere are positions in the sentence's text."""

    def __init__(self, sentence: Sentence) -> None:
        self.text = sentence.text
        self.section = sentence.section
        self._cues: dict[Words, Sequence[re.Match[str]]] = {}
        self._marks: tuple[list[Mark], list[Mark]] | None = None

    # ---- reach ----
    def end_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the right ends: bracket it stands in, semicolon, contrast word, comma if asked."""
        depth = 0
        for place, mark in self._ends()[0]:
            if place < at:
                continue
            if mark == "(":
                depth += 1
            elif mark == ")":
                if depth == 0:
                    return place
                depth -= 1
            elif depth == 0 and (comma or mark == ";"):
                return place
        return len(self.text)

    def start_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the left begins."""
        depth = 0
        for place, mark in self._ends()[1]:
            if place > at:
                continue
            if mark == ")":
                depth += 1
            elif mark == "(":
                if depth == 0:
                    return place
                depth -= 1
            elif depth == 0 and (comma or mark == ";"):
                return place
        return 0

    def _ends(self) -> tuple[list[Mark], list[Mark]]:
        """What can end a reach: to the right where it begins, in order; to the left where it is over, the last first.

        A contrast word counts as a semicolon.
        """
        if self._marks is None:
            ahead = [(m.start(), _MARKS.get(m.group(), ",")) for m in _MARK.finditer(self.text)]
            behind = [(place + 1, mark) for place, mark in ahead]
            for contrast in CONTRAST.found(self.text):
                ahead.append((contrast.start(), ";"))
                behind.append((contrast.end(), ";"))
            ahead.sort()
            behind.sort(reverse=True)
            self._marks = ahead, behind
        return self._marks

    def behind_label(self, at: int) -> int:
        """As `start_of` a comma, but also behind a label: "PET/CT: in 2022 ..."."""
        return max(self.start_of(at, comma=True), self.text.rfind(": ", 0, at) + 1)

    def found(self, cue: Words) -> Sequence[re.Match[str]]:
        """The matches of a cue, looked for once."""
        known = self._cues.get(cue)
        if known is None:
            known = self._cues[cue] = cue.found(self.text, MOST_CUES)
        return known

    # ---- time ----
    @once
    def _earlier(self) -> list[tuple[int, int]]:
        nows = [m.start() for m in self.found(NOW)]

        def until_now(start: int, end: int) -> int:
            return min([n for n in nows if start < n < end], default=end)

        spans: list[tuple[int, int]] = []
        compared: list[tuple[int, int]] = []
        for m in self.found(COMPARED):
            phrase = WHOLE_PHRASE.match(self.text, m.end())
            if m.group().lower() in {"as ", "than "} and (phrase is None or not OLD_WORDS.search(phrase.group())):
                continue
            if phrase is not None:
                end = phrase.end()
                tail = self.text[end : end + 12].lstrip(" ,")
                if tail.lower().startswith(("when ", "where ", "which ")):
                    end = self.end_of(end + 2, comma=True)
            else:
                end = self.end_of(m.end(), comma=True)
                if not OLD_WORDS.search(self.text, m.end(), end):
                    continue
                joined = self.text.lowered.find(" and ", m.end(), end)
                if joined > 0 and _DIGIT.search(self.text, m.end(), joined):
                    end = joined  # "15.4 versus 22.8 previously and a score of 3"
            compared.append((m.start(), end))
            spans.append((m.start(), until_now(m.start(), end)))
        for m in self.found(EARLIER_STUDY):
            if any(s <= m.start() < e for s, e in compared) or _current_date(self.text, m):
                continue
            if any(s <= m.end() - 1 < e for s, e in compared) or CLASSIFICATION.search(
                self.text[max(0, m.start() - 40) : m.start() + 1]
            ):
                continue
            begin = m.start() + len(m.group()) - len(m.group().lstrip("(.;: "))
            end = self.end_of(m.end(), comma=False)
            leading = not self.text[:begin].strip(" (:-")
            behind = PREPOSITION.match(m.group()) and not _VALUE.search(self.text[m.end() : until_now(begin, end)])
            if behind and not leading:  # "Krenning 4 on the previous PET"
                begin = self.behind_label(begin)
            if not leading and not _OLD.search(m.group()):  # "Krenning 3 in 2021", "biopsy 2019: Ki-67"
                begin = self.behind_label(begin)
            spans.append((begin, until_now(begin, end)))
        for m in self.found(EARLIER):
            if any(s <= m.start() < e for s, e in compared):
                continue
            end = self.end_of(m.end(), comma=not self._opens_bracket(m.start()))
            begin = m.start()
            if SAID_BEFORE.match(self.text[m.end() : m.end() + 40]) and _SCORE.search(
                self.text[self.behind_label(begin) : begin]
            ):
                end = m.end()  # "Krenning 4 before and Krenning 2 after chemotherapy"
            if not _VALUE_OR_RESPONSE.search(self.text[m.end() : until_now(m.end(), end)]):
                begin = self.behind_label(m.start())
            spans.append((begin, until_now(begin, end)))
        for m in YEAR_IN_BRACKETS.found(self.text):
            before = self.text[max(0, m.start() - 25) : m.start()]
            only_date = m.end() - m.start() <= 12 and not TITLE_ENDS.search(before)
            if not only_date and not VALUE_ENDS.search(before):
                continue
            spans.append((self.behind_label(m.start()), m.end()))
        for m in self.found(AGO_IN_BRACKETS):
            end = self.end_of(m.end(), comma=False)
            spans.append((self.behind_label(m.start()), until_now(m.start(), end)))
        spans += self._from_to()
        return spans

    def _opens_bracket(self, at: int) -> bool:
        """ "(previous Krenning 1, SUVmax 7)": the whole bracket is earlier."""
        return self.text[:at].rstrip().endswith("(")

    def _from_to(self) -> list[tuple[int, int]]:
        found = []
        if "from" in self.text.lowered:
            for m in _FROM_TO.finditer(self.text):
                if not _RANGES.search(self.text[: m.start()][-12:]):
                    found.append((m.start(), m.end()))
        if ">" in self.text or "\u00bb" in self.text:
            found += [m.span() for m in _ARROW.finditer(self.text)]
        return found

    def earlier(self, start: int, end: int) -> bool:
        """Whether the words at start..end speak of an earlier examination (or of a value taken back)."""
        return bool(self._earlier) and any(first <= start < last for first, last in self._earlier)

    def turns_back(self, start: int, end: int) -> bool:
        """Whether the text between turns to an earlier time ("previously") and not back."""
        return (
            any(start <= m.start() < end for m in self.found(EARLIER))
            and not any(start <= m.start() < end for m in self.found(NOW))
            and ";" not in self.text[start:end]
        )


def _current_date(text: str, match: re.Match[str]) -> bool:
    """ "PET/CT of 4.3.2024" as a title names this examination."""
    before = text[: match.start()].strip()
    return (
        len(before) < 60
        and not _OLD.search(match.group())
        and not COMPARING.search(before)
        and (_TITLE.search(before) or _TITLE.search(before + " " + match.group().split(" ")[0])) is not None
    )
