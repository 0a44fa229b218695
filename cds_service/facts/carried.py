"""Texts that repeat an older one (D-09): a text without an examination of its own keeps the oldest date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.view import View, once, surely_before
from cds_service.record.model import DiseaseStatement, Note, Pathology, Scan

GLOSSARY = (
    FactSpec("carried_source", "text", "repeated text", "a report or letter whose words stand in an older one"),
    FactSpec("carried_from", "text", "older text", "date of the older report or letter"),
    FactSpec("carried_redated", "truth", "older date used", "the repeating text has no examination of its own"),
)

_Item = TypeVar("_Item", Scan, Pathology, DiseaseStatement)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_TEXTS = 60  # every pair is compared
_MOST_WORDS = 1500  # beyond this only the beginning is compared, so that hostile texts cost little


@dataclass(frozen=True, slots=True)
class Carried:
    """``note`` repeats ``older``."""

    note: Note
    older: Note


def compute(view: View) -> Facts:
    found = carried_forward(view)
    if not found:
        return {}
    telling = min(found, key=lambda c: (c.note.own_date, c.note.source))  # one whose date was changed, if any
    values = {
        "carried_source": telling.note.source,
        "carried_from": str(telling.older.when),
        "carried_redated": "no" if telling.note.own_date else "yes",
    }
    sources = telling.note.source, telling.older.source
    return {
        name: Known(value=value, when=telling.note.when, sources=sources, read_as="derived")
        for name, value in values.items()
    }


@once
def carried_forward(view: View) -> Sequence[Carried]:
    """Every text that repeats an older one, with the oldest it repeats; by source."""
    fewest, share = view.params["carried_forward_min_words"], view.params["carried_forward_share"]
    notes = [(note, words) for note in _telling(view) if len(words := words_of(note.text)) >= fewest]
    found = []
    for note, words in notes:
        older = [
            other
            for other, earlier in notes
            if surely_before(other.when, note.when) and equal_share(words, earlier, share) >= share
        ]
        if older:
            found.append(Carried(note, min(older, key=lambda other: (str(other.when), other.source))))
    return sorted(found, key=lambda c: c.note.source)


def _telling(view: View) -> list[Note]:
    """The texts something was read from, the newest of them: a copy of anything else misleads nobody."""
    chart = view.chart
    used = {item.source for items in (chart.scans, chart.pathology, chart.statements) for item in items}
    notes = sorted((n for n in chart.notes if n.source in used), key=lambda n: (str(n.when), n.source))
    return notes[-_MOST_TEXTS:]


def with_oldest_dates(view: View) -> View:
    """The view with repeated texts dated as the oldest they repeat, where they have no examination of their own."""
    dates = {c.note.source: c.older.when for c in carried_forward(view) if not c.note.own_date}
    if not dates:
        return view
    chart = replace(
        view.chart,
        scans=_redated(view.chart.scans, dates),
        pathology=_redated(view.chart.pathology, dates),
        statements=_redated(view.chart.statements, dates),
    )
    return replace(view, chart=chart)


def _redated(items: Sequence[_Item], dates: Mapping[str, Span | None]) -> list[_Item]:
    return [replace(item, when=dates.get(item.source, item.when)) for item in items]


def words_of(text: str) -> list[str]:
    """The words in order, numbers and dates removed."""
    return _WORD.findall(text.lower())[:_MOST_WORDS]


def equal_share(first: Sequence[str], second: Sequence[str], enough: float) -> float:
    """Share of equal words in order, of the longer text; 0 as soon as ``enough`` is out of reach."""
    shorter, longer = sorted((len(first), len(second)))
    if shorter < enough * longer or sum((Counter(first) & Counter(second)).values()) < enough * longer:
        return 0.0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / longer
