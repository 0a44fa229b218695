"""How a sentence means what it says: negated, hedged, of an earlier time, conditional, about someone else.

Each cue has a reach inside its sentence (in the manner of ConText: Harkema 2009), ended by semicolons, contrast words,
the bracket it stands in and, for most cues, commas.
"""

from __future__ import annotations

import re

from cds_service.narrative.cues import (
    ADVICE,
    COMPARING,
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
    OLD,
    RELATIVE,
    SCALE,
    SHORT_OF,
)
from cds_service.narrative.reach import Reach, once
from cds_service.narrative.sections import Section


class Context(Reach):
    """Scopes of one sentence's cues; `start` and `end` everywhere are positions in the sentence's text."""

    # ---- negation ----
    @once
    def _negations(self) -> list[tuple[int, int, int]]:
        """(cue start, cue end, end of reach up to a comma)."""
        return [(m.start(), m.end(), self.end_of(m.end(), comma=True)) for m in self.found(NEGATION)]

    @once
    def denies(self) -> bool:
        """Whether anything at all is denied."""
        return bool(self._negations or self.found(NEGATED_BEFORE))

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
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self.found(NEGATED_BEFORE))

    def negated_lesion(self, start: int, end: int) -> bool:
        """Whether the existence of a lesion named at start..end is denied."""
        for _, after, reach in self._negations:
            if after > start or _none_of(self.text, after):
                continue
            if start >= reach:
                rest = self.text[reach : self.end_of(after, comma=False)]
                if start >= reach + len(rest) or not re.match(
                    r",[\w\s,/-]*\b(?:or|nor|and no)\s[\w\s/-]*$", rest[:200], re.I
                ):
                    continue
            if not NOT_OF_LESION.search(self.text, after, start):
                return True
        return any(m.start() >= end and self.end_of(end, comma=True) > m.start() for m in self.found(NEGATED_BEFORE))

    # ---- hedge ----
    @once
    def hedges(self) -> bool:
        """Whether anything at all is hedged beforehand."""
        return bool(self.found(HEDGE))

    def hedged(self, start: int, end: int) -> bool:
        """Whether the statement at start..end is hedged."""
        if self.hedged_before(start):
            return True
        reach = self.end_of(end, comma=False)
        return any(end - 1 <= m.start() < reach for m in self.found(HEDGE_AFTER))

    def hedged_before(self, start: int) -> bool:
        """Whether a hedge stands before `start` in the same part of the sentence."""
        return any(m.start() < start < self.end_of(m.end(), comma=True) for m in self.found(HEDGE))

    @property
    def standing_apart(self) -> bool:
        """The whole section tells of other times: clinical information, comparison."""
        return self.section is Section.INDICATION or self.section is Section.COMPARISON

    # ---- conditions, advice, legends, other people ----
    def conditional(self, start: int, end: int) -> bool:
        """Whether the words at start..end stand in a condition, threshold, question or recommendation."""
        if self.section is Section.RECOMMENDATION:
            return True
        for m in self.found(IF):
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
            if m.group().startswith("ask") and not self.text.rstrip().endswith("?"):
                colon = self.text.find(":", m.end())  # "the surgeon asks for the score: Krenning 3"
                end_at = min(end_at, colon) if colon > 0 else end_at
            if begin <= start < end_at:
                return True
        for m in self.found(ADVICE):
            if self.start_of(m.start(), comma=True) <= start < self.end_of(m.end(), comma=False):
                return True
        return self.section is Section.INDICATION and self.text.rstrip().endswith("?")

    @once
    def legend(self) -> bool:
        """Whether the sentence explains a scale instead of reporting."""
        return (
            self.section is Section.LEGEND
            or self._explains
            or len(GRADED.found(self.text)) > 2
            or LEGEND_LINE.match(self.text) is not None
        )

    @once
    def _explains(self) -> bool:
        """Whether a scale is named; "the lesion in segment V corresponds to Krenning 2" is a finding."""
        for m in SCALE.found(self.text):
            finding = m["equated"] and LESION_SUBJECT.match(self.text[: m.start()])
            response = m["equated"] and re.match(
                r"\s(?:an? )?\w+ (?:response|disease|remission)\b", self.text[m.end() :], re.I
            )
            if not response and not (finding and re.search(r"krenning|score|grade", self.text[m.end() :], re.I)):
                return True
        return False

    @once
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
