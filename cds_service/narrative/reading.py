"""Everything read from one text, before the fields are decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

from cds_service.narrative.discordance import Discordance
from cds_service.narrative.judgements import Judgements
from cds_service.narrative.lesion import Seen
from cds_service.narrative.normalise import Plain
from cds_service.narrative.sections import Span
from cds_service.narrative.tissue import Tissue

Kind = Literal["sstr_pet", "fdg_pet", "ct", "pathology"]

FIELDS = (
    "tracer", "krenning_highest", "krenning_lowest", "krenning_implied_highest", "krenning_implied_lowest",
    "krenning_lesions", "suvmax", "suv_reference", "all_lesions_sstr_positive", "fdg_discordant", "ki67_percent",
    "ki67_range", "ki67_comparator", "mitoses", "grade", "differentiation", "response", "new_lesions",
    "no_evidence_of_disease", "operability", "uncertain", "prior", "quotes",
)  # fmt: skip
_END = re.compile(r"[.;:!?](?=\s|$)|\n\s*\n")
_WIDEST = 160  # characters of a clause on either side
LISTS = {"krenning_lesions", "suvmax", "suv_reference", "prior"}


@dataclass(slots=True)
class Reading:
    """Everything read from one text, before fields are decided."""

    page: Plain
    kind: Kind
    seen: Seen = field(default_factory=Seen)
    said: Judgements = field(default_factory=Judgements)
    tissue: Tissue = field(default_factory=Tissue)
    discord: Discordance = field(default_factory=Discordance)
    tracers_now: list[tuple[str, Span]] = field(default_factory=list)
    tracers_before: list[str] = field(default_factory=list)
    tracers_dated: list[tuple[str, Span]] = field(
        default_factory=list
    )  # beside a date that may be the examination's own
    withdrawn: set[str] = field(default_factory=set)
    void: bool = False
    out: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # of the quotes, in the original text

    def quote(self, name: str, span: Span | None) -> None:
        """Keeps the words a field was read from, and their place; the first words given for a field stay."""
        if span is not None and name not in self.out["quotes"]:
            begin, end = self.places[name] = self.page.place(*span)
            self.out["quotes"][name] = self.page.original[begin:end]

    def clause(self, span: Span) -> Span:
        """The clause around a span, where the words alone would not tell a reader what they are about."""
        before, after = self.page.text[max(0, span[0] - _WIDEST) : span[0]], self.page.text[span[1] :][:_WIDEST]
        left, right = list(_END.finditer(before)), _END.search(after)
        begin = span[0] - len(before) + (left[-1].end() if left else 0)
        return begin, span[1] + (right.start() if right else 0)
