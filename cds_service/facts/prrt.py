"""PRRT given so far: cycles, courses and the state of the latest course (rulings, section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cds_service.dates import add_months
from cds_service.facts.view import View
from cds_service.record.model import Treatment


@dataclass(frozen=True, slots=True)
class Cycle:
    """Administrations less than ``course_cycle_gap_days`` apart: one cycle."""

    doses: tuple[Treatment, ...]

    @property
    def day(self) -> date:
        """The last day any of its doses may have been given: the cautious one for intervals since."""
        return max(dose.when.last for dose in self.doses if dose.when)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({dose.source for dose in self.doses}))


def courses(view: View) -> list[list[Cycle]]:
    """All PRRT on record, oldest first: courses of cycles. Only treatment given counts, never orders."""
    doses = sorted(
        (
            t
            for t in view.chart.treatments
            if t.group == "prrt" and t.given and t.when is not None and t.when.last <= view.today
        ),
        key=lambda t: (t.when.last if t.when else view.today, t.source),
    )
    cycles: list[list[Treatment]] = []
    for dose in doses:
        gap = (_day(dose) - _day(cycles[-1][-1])).days if cycles else None
        if gap is not None and gap < view.params["course_cycle_gap_days"]:
            cycles[-1].append(dose)
        else:
            cycles.append([dose])
    found: list[list[Cycle]] = []
    for cycle in (Cycle(tuple(each)) for each in cycles):
        if found and cycle.day < add_months(found[-1][-1].day, int(view.params["course_gap_months"])):
            found[-1].append(cycle)
        else:
            found.append([cycle])
    return found


def _day(dose: Treatment) -> date:
    return dose.when.last if dose.when else date.min
