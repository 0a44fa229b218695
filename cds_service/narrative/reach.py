"""How far a cue reaches inside its sentence, and which of the sentence's words speak of an earlier time."""

from __future__ import annotations

import re
from functools import cached_property

from cds_service.narrative.cues import (
    AGO_IN_BRACKETS,
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


class Reach:
    """How far a cue reaches; `start` and `end` everywhere are positions in the sentence's text."""

    def __init__(self, sentence: Sentence) -> None:
        self.text = sentence.text
        self.section = sentence.section
        contrasts = [m.span() for m in CONTRAST.finditer(self.text)]
        self._hard_starts = {start for start, _ in contrasts}
        self._hard_ends = {end for _, end in contrasts}
        self._cues: dict[Words, list[re.Match[str]]] = {}

    # ---- reach ----
    def end_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the right ends: bracket it stands in, semicolon, contrast word, comma if asked."""
        depth = 0
        for i in range(at, len(self.text)):
            c = self.text[i]
            if c in "([":
                depth += 1
            elif c in ")]":
                if depth == 0:
                    return i
                depth -= 1
            elif depth == 0 and (c == ";" or i in self._hard_starts or (comma and self._comma(i))):
                return i
        return len(self.text)

    def behind_label(self, at: int) -> int:
        """As `start_of` a comma, but also behind a label: "PET/CT: in 2022 ..."."""
        return max(self.start_of(at, comma=True), self.text.rfind(": ", 0, at) + 1)

    def start_of(self, at: int, *, comma: bool) -> int:
        """Where a reach to the left begins."""
        depth = 0
        for i in range(at - 1, -1, -1):
            c = self.text[i]
            if c in ")]":
                depth += 1
            elif c in "([":
                if depth == 0:
                    return i + 1
                depth -= 1
            elif depth == 0 and (c == ";" or i + 1 in self._hard_ends or (comma and self._comma(i))):
                return i + 1
        return 0

    def _comma(self, i: int) -> bool:
        t = self.text
        if t[i] == ",":
            return not (0 < i < len(t) - 1 and t[i - 1].isdigit() and t[i + 1].isdigit())
        return t[i] == "-" and 0 < i < len(t) - 1 and t[i - 1] == " " and t[i + 1] == " "

    def found(self, cue: Words) -> list[re.Match[str]]:
        if cue not in self._cues:
            self._cues[cue] = list(cue.finditer(self.text))[:MOST_CUES]
        return self._cues[cue]

    # ---- time ----
    @cached_property
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
                joined = self.text.find(" and ", m.end(), end)
                if joined > 0 and re.search(r"\d", self.text[m.end() : joined]):
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
            behind = PREPOSITION.match(m.group()) and not re.search(
                r"\d|\b(?:stable|progress\w+|I{1,3}V?)\b", self.text[m.end() : until_now(begin, end)]
            )
            if behind and not leading:  # "Krenning 4 on the previous PET"
                begin = self.behind_label(begin)
            if not leading and not re.search(OLD, m.group(), re.I):  # "Krenning 3 in 2021", "biopsy 2019: Ki-67"
                begin = self.behind_label(begin)
            spans.append((begin, until_now(begin, end)))
        for m in self.found(EARLIER):
            if any(s <= m.start() < e for s, e in compared):
                continue
            end = self.end_of(m.end(), comma=not self._opens_bracket(m.start()))
            begin = m.start()
            if SAID_BEFORE.match(self.text[m.end() : m.end() + 40]) and re.search(
                r"\d|\b(?:I{1,3}|IV)\b", self.text[self.behind_label(begin) : begin]
            ):
                end = m.end()  # "Krenning 4 before and Krenning 2 after chemotherapy"
            if not re.search(
                r"\d|\b(?:stable|progress\w+|CR|PR|SD|PD|I{1,3}V?)\b", self.text[m.end() : until_now(m.end(), end)]
            ):
                begin = self.behind_label(m.start())
            spans.append((begin, until_now(begin, end)))
        for m in YEAR_IN_BRACKETS.finditer(self.text):
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
        for m in re.finditer(
            r"\bfrom\s(?:\w+\s){0,3}?(?:<=?\s?)?(?:\d[\d.,]*|"
            r"[IV]{1,3})\b[^;.]{0,60}?\bto\s(?=(?:\w+\s){0,3}?(?:<=?|>=?)?\s?(?:\d|[IV]))",
            self.text,
        ):
            if not re.search(r"\b(?:rang|var)\w+\s$", self.text[: m.start()][-12:], re.I):
                found.append((m.start(), m.end()))
        found += [m.span() for m in re.finditer(r"(?<![\w.,])\d[\d.,]*\s?->", self.text)]
        return found

    def earlier(self, start: int, end: int) -> bool:
        """Whether the words at start..end speak of an earlier examination (or of a value taken back)."""
        return any(s <= start < e for s, e in self._earlier)

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
    title = (
        r"(?:PET[^\s:]*|CT|MRI|SPECT[^\s:]*|\S*DOTA[^\s:]+|FDG|TATE|TOC|NOC|octreotide|performed|acquired|addendum|"
        r"amendment|erratum|correction|supplement)[\s,(-]*$"
    )
    named = re.search(title, before, re.I) or re.search(title, before + " " + match.group().split(" ")[0], re.I)
    return (
        named is not None
        and not re.search(OLD, match.group(), re.I)
        and len(before) < 60
        and not COMPARING.search(before)
    )
