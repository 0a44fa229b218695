"""PRRT given so far: cycles, courses and what is due (rulings, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cds_service.dates import Span, add_months
from cds_service.facts.view import View, once
from cds_service.record.model import Treatment


@dataclass(frozen=True, slots=True)
class Cycle:
    """Administrations less than ``course_cycle_gap_days`` apart: one cycle."""

    first: date
    day: date  # the last day any of its doses may have been given: the cautious one for intervals since
    doses: tuple[Treatment, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({dose.source for dose in self.doses}))

    @property
    def gbq(self) -> Decimal | None:
        """Its activity; None if that of a day is not recorded. Entries of one day are one dose told twice."""
        by_day: dict[Span | None, list[Decimal]] = {}
        for dose in self.doses:
            by_day.setdefault(dose.when, []).extend([dose.activity_gbq] if dose.activity_gbq is not None else [])
        if not all(by_day.values()):
            return None
        return sum((max(values) for values in by_day.values()), Decimal(0))

    @property
    def lutetium(self) -> bool:
        """Whether none of its doses names another isotope than 177Lu."""
        return all(dose.isotope in ("177Lu", "") for dose in self.doses)


@dataclass(frozen=True, slots=True)
class Course:
    """Cycles without a gap of ``course_gap_months``, oldest first. ``count``: how many; a summary may state more of
    them than have a day."""

    cycles: tuple[Cycle, ...]
    count: int

    @property
    def first(self) -> Cycle:
        return self.cycles[0]

    @property
    def last(self) -> Cycle:
        return self.cycles[-1]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({source for cycle in self.cycles for source in cycle.sources}))


@once
def courses(view: View) -> Sequence[Course]:
    """All dated PRRT on record, oldest first. Only treatment given counts, never orders."""
    months = int(view.params["course_gap_months"])
    found: list[Course] = []
    for block in sorted(_blocks(view), key=lambda b: (b.last.day, b.first.first)):
        if found and block.first.first < add_months(found[-1].last.day, months):
            before = found.pop()
            block = Course(before.cycles + block.cycles, before.count + block.count)
        found.append(block)
    return found


@once
def given(view: View) -> Sequence[Treatment]:
    """Every therapeutic somatostatin-receptor radioligand given, also undated."""
    return [t for t in view.chart.treatments if t.group == "prrt" and t.given]


def days_since_cycle(view: View, until: date | None = None) -> int | None:
    """Whole days from the last cycle to ``until`` (today if None), from the latest day it may have been."""
    found = courses(view)
    return ((until or view.today) - found[-1].last.day).days if found else None


def state(view: View) -> str:
    """Of the latest course, without regard to progression: none, in-progress, completed; undated: unknown."""
    found = courses(view)
    if not found:
        return "unknown" if given(view) else "none"
    if found[-1].count >= view.params["cycles_full"]:
        return "completed"
    running = view.today < add_months(found[-1].last.day, int(view.params["course_gap_months"]))
    return "in-progress" if running else "completed"


def next_cycle_due(view: View) -> bool:
    """Whether a course is under way and its next cycle due today."""
    days = days_since_cycle(view)
    return state(view) == "in-progress" and days is not None and days >= view.params["cycle_ready_days"]


def _blocks(view: View) -> list[Course]:
    """Each cycle told by its day, and each summary of several cycles in whose time no such cycle lies."""
    doses = [(t, t.when) for t in given(view) if t.when is not None and t.when.first <= view.today]
    if not doses:
        return []
    gap = timedelta(days=view.params["course_cycle_gap_days"])
    alone = len({when for _, when in doses}) == 1
    whole = [pair for pair in doses if _is_summary(*pair, gap, alone=alone)]
    cycles = _cycles(view, [pair for pair in doses if pair not in whole], gap)
    blocks = [Course((cycle,), 1) for cycle in cycles]
    told = [_summary(view, *pair, gap) for pair in whole]
    for block in sorted(told, key=lambda b: (b.last.day, b.first.first, b.count)):
        if not any(b.first.first - gap < block.last.day and block.first.first < b.last.day + gap for b in blocks):
            blocks.append(block)
    return blocks


def _is_summary(dose: Treatment, when: Span, gap: timedelta, *, alone: bool) -> bool:
    """Whether an entry speaks of several cycles: it lasts too long for one, or is the only one and says their number.

    Beside other entries "the second of four cycles" is one cycle.
    """
    lasts = dose.end is not None and dose.end.last - when.first >= gap
    return lasts or (alone and dose.kind == "statement" and (dose.cycles_written or 0) > 1)


def _summary(view: View, dose: Treatment, when: Span, gap: timedelta) -> Course:
    """A summary as a course: its first and last day, and the number it states (at least the days it has)."""
    end = dose.end or when
    last = Cycle(min(end.first, view.today), min(end.last, view.today), (dose,))
    first = Cycle(when.first, min(when.last, view.today), (dose,))
    cycles = (first, last) if last.day - first.first >= gap else (last,)
    return Course(cycles, max(len(cycles), dose.cycles_written or 0))


def _cycles(view: View, doses: Iterable[tuple[Treatment, Span]], gap: timedelta) -> list[Cycle]:
    """Exact days first; a partial date that may be a day of a cycle already known is that cycle."""
    found: list[Cycle] = []
    for dose, when in sorted(doses, key=lambda pair: (not pair[1].exact, pair[1], pair[0].source)):
        first, last = when.first, min(when.last, view.today)
        if not when.exact:
            if not any(first <= c.day and c.first <= last for c in found):
                found.append(Cycle(first, last, (dose,)))
            continue
        near = [c for c in found if first - gap < c.day and c.first < last + gap]
        together = Cycle(
            min(first, *(c.first for c in near)) if near else first,
            max(last, *(c.day for c in near)) if near else last,
            (*(d for c in near for d in c.doses), dose),
        )
        found = [*(c for c in found if c not in near), together]
    return sorted(found, key=lambda c: (c.day, c.first))
