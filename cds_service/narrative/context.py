"""How a sentence means what it says: negated, hedged, of an earlier time, conditional, about someone else.

Each cue has a reach inside its sentence (in the manner of ConText: Harkema 2009), ended by semicolons, contrast words,
the bracket it stands in and, for most cues, commas.
"""

from __future__ import annotations

import re
from functools import cached_property

from cds_service.narrative.cues import (
    ADVICE,
    AGO_IN_BRACKETS,
    CLASSIFICATION,
    COMPARED,
    COMPARING,
    CONTRAST,
    EARLIER,
    EARLIER_STUDY,
    FAMILY,
    GRADED,
    HEDGE,
    HEDGE_AFTER,
    IF,
    JUDGED_CRITERIA,
    LEGEND_LINE,
    LESION_SUBJECT,
    NEGATED_BEFORE,
    NEGATION,
    NOT_OF_LESION,
    NOW,
    OLD,
    OLD_WORDS,
    PREPOSITION,
    RELATIVE,
    SAID_BEFORE,
    SCALE,
    SHORT_OF,
    TITLE_ENDS,
    VALUE_ENDS,
    WHOLE_PHRASE,
    YEAR_IN_BRACKETS,
)
from cds_service.narrative.sections import Section, Sentence
from cds_service.narrative.words import Words

MOST_CUES = 60  # of one kind in one sentence; more is not prose


class Context:
    """Scopes of one sentence's cues; `start` and `end` everywhere are positions in the sentence's text."""

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

    def _behind_label(self, at: int) -> int:
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

    def _found(self, cue: Words) -> list[re.Match[str]]:
        if cue not in self._cues:
            self._cues[cue] = list(cue.finditer(self.text))[:MOST_CUES]
        return self._cues[cue]

    # ---- negation ----
    @cached_property
    def _negations(self) -> list[tuple[int, int, int]]:
        """(cue start, cue end, end of reach up to a comma)."""
        return [(m.start(), m.end(), self.end_of(m.end(), comma=True)) for m in self._found(NEGATION)]

    def negated_value(self, start: int, end: int) -> bool:
        """Whether a value or judgement at start..end is denied."""
        if SHORT_OF.search(self.text, max(0, start - 30), start):
            return True
        for cue, after, reach in self._negations:
            label = self.text.find(": ", after + 10, reach)  # "not fulfilling the criteria of PR: stable disease"
            if 0 < label < start:
                continue
            if cue < start < reach and not re.search(
                r"\b(?:change|changes|difference)\b", self.text[after:start], re.I
            ):
                return True
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self._found(NEGATED_BEFORE))

    def negated_lesion(self, start: int, end: int) -> bool:
        """Whether the existence of a lesion named at start..end is denied."""
        for _, after, reach in self._negations:
            if after > start or _none_of(self.text, after):
                continue
            if start >= reach:
                rest = self.text[reach : self.end_of(after, comma=False)]
                if start >= reach + len(rest) or not re.match(
                    r",[\w\s,/-]*\b(?:or|nor|and no)\s[\w\s/-]*$", rest[:200]
                ):
                    continue
            if not NOT_OF_LESION.search(self.text, after, start):
                return True
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self._found(NEGATED_BEFORE))

    # ---- hedge ----
    def hedged(self, start: int, end: int) -> bool:
        """Whether the statement at start..end is hedged."""
        if self.hedged_before(start):
            return True
        reach = self.end_of(end, comma=False)
        return any(end - 1 <= m.start() < reach for m in self._found(HEDGE_AFTER))

    def hedged_before(self, start: int) -> bool:
        """Whether a hedge stands before `start` in the same part of the sentence."""
        return any(m.start() < start < self.end_of(m.end(), comma=True) for m in self._found(HEDGE))

    # ---- time ----
    @cached_property
    def _earlier(self) -> list[tuple[int, int]]:
        nows = [m.start() for m in self._found(NOW)]

        def until_now(start: int, end: int) -> int:
            return min([n for n in nows if start < n < end], default=end)

        spans: list[tuple[int, int]] = []
        compared: list[tuple[int, int]] = []
        for m in self._found(COMPARED):
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
        for m in self._found(EARLIER_STUDY):
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
                begin = self._behind_label(begin)
            if not leading and not re.search(OLD, m.group(), re.I):  # "Krenning 3 in 2021", "biopsy 2019: Ki-67"
                begin = self._behind_label(begin)
            spans.append((begin, until_now(begin, end)))
        for m in self._found(EARLIER):
            if any(s <= m.start() < e for s, e in compared):
                continue
            end = self.end_of(m.end(), comma=not self._opens_bracket(m.start()))
            begin = m.start()
            if SAID_BEFORE.match(self.text[m.end() : m.end() + 40]) and re.search(
                r"\d|\b(?:I{1,3}|IV)\b", self.text[self._behind_label(begin) : begin]
            ):
                end = m.end()  # "Krenning 4 before and Krenning 2 after chemotherapy"
            if not re.search(
                r"\d|\b(?:stable|progress\w+|CR|PR|SD|PD|I{1,3}V?)\b", self.text[m.end() : until_now(m.end(), end)]
            ):
                begin = self._behind_label(m.start())
            spans.append((begin, until_now(begin, end)))
        for m in YEAR_IN_BRACKETS.finditer(self.text):
            before = self.text[max(0, m.start() - 25) : m.start()]
            only_date = m.end() - m.start() <= 12 and not TITLE_ENDS.search(before)
            if not only_date and not VALUE_ENDS.search(before):
                continue
            spans.append((self._behind_label(m.start()), m.end()))
        for m in self._found(AGO_IN_BRACKETS):
            end = self.end_of(m.end(), comma=False)
            spans.append((self._behind_label(m.start()), until_now(m.start(), end)))
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
            any(start <= m.start() < end for m in self._found(EARLIER))
            and not any(start <= m.start() < end for m in self._found(NOW))
            and ";" not in self.text[start:end]
        )

    @cached_property
    def standing_apart(self) -> bool:
        """The whole section tells of other times: clinical information, comparison."""
        return self.section in {Section.INDICATION, Section.COMPARISON}

    # ---- conditions, advice, legends, other people ----
    def conditional(self, start: int, end: int) -> bool:
        """Whether the words at start..end stand in a condition, threshold, question or recommendation."""
        if self.section is Section.RECOMMENDATION:
            return True
        for m in self._found(IF):
            onward = m.group().startswith("criteri") or (
                m.group() == "would" and RELATIVE.search(self.text[: m.start()])
            )
            begin = m.start() if onward else self.start_of(m.start(), comma=False)
            end_at = self.end_of(m.end(), comma=m.group().startswith("criteri"))
            if m.group().startswith("criteri") and (colon := self.text.find(":", m.end())) > 0:
                if JUDGED_CRITERIA.search(self.text, m.end(), colon):
                    end_at = min(colon, end_at)
                else:  # "criterion for PRRT in our centre: Krenning 3 in all lesions"
                    end_at = self.end_of(colon, comma=False)
            if begin <= start < end_at:
                return True
        for m in self._found(ADVICE):
            if self.start_of(m.start(), comma=True) <= start < self.end_of(m.end(), comma=False):
                return True
        return self.section is Section.INDICATION and self.text.rstrip().endswith("?")

    @cached_property
    def legend(self) -> bool:
        """Whether the sentence explains a scale instead of reporting."""
        return (
            self.section is Section.LEGEND
            or self._explains
            or len(GRADED.findall(self.text)) > 2
            or LEGEND_LINE.match(self.text) is not None
        )

    @cached_property
    def _explains(self) -> bool:
        """Whether a scale is named; "the lesion in segment V corresponds to Krenning 2" is a finding."""
        for m in SCALE.finditer(self.text):
            finding = m["equated"] and LESION_SUBJECT.match(self.text[: m.start()])
            if not finding or not re.search(r"krenning|score|grade", self.text[m.end() :], re.I):
                return True
        return False

    @cached_property
    def other_person(self) -> bool:
        """Whether the sentence is about a relative or another patient."""
        return FAMILY.search(self.text) is not None


def _none_of(text: str, after: int) -> bool:
    return text[max(0, after - 8) : after].lower().endswith(("none of", "none")) and not text[
        after:
    ].lower().startswith(" seen")


def speaks_of_before(text: str) -> bool:
    """Whether a sentence compares or names an earlier study at all."""
    return COMPARING.search(text) is not None or re.search(rf"(?<!year-)(?<!years )\b{OLD}\b", text, re.I) is not None


def _current_date(text: str, match: re.Match[str]) -> bool:
    """ "PET/CT of 4.3.2024" as a title names this examination."""
    before = text[: match.start()].strip()
    title = r"(?:PET[^\s:]*|CT|MRI|SPECT[^\s:]*|\S*DOTA[^\s:]+|FDG|TATE|TOC|NOC|octreotide|performed|acquired)[\s,(-]*$"
    named = re.search(title, before, re.I) or re.search(title, before + " " + match.group().split(" ")[0], re.I)
    return (
        named is not None
        and not re.search(OLD, match.group(), re.I)
        and len(before) < 60
        and not COMPARING.search(before)
    )
