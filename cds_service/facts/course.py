"""Facts about the running or past PRRT course (rulings, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from cds_service.dates import Span, add_months, on_day, whole_months
from cds_service.facts.around_dose import planned_day
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.pathology import sources
from cds_service.facts.prrt import Course, courses, given, state
from cds_service.facts.results import is_usable
from cds_service.facts.scope import disease_statements
from cds_service.facts.view import View
from cds_service.record.model import DiseaseStatement

GLOSSARY = (
    FactSpec("course", "text", "PRRT course", "of the latest course: its cycles, its age, progression since",
             values=("none", "in-progress", "completed", "retreatment")),
    FactSpec("cycles_given", "number", "cycles of the latest course", "administrations of one cycle counted once"),
    FactSpec("cycle_next", "number", "number of the next cycle", "cycles given plus one"),
    FactSpec("cycle_days", "number", "days since the last cycle", "from the latest day it may have been, to today",
             "d"),
    FactSpec("cycle_weeks", "number", "whole weeks since the last cycle", "the same in weeks", "wk"),
    FactSpec("cycle_months", "number", "whole months since the last cycle", "the same in calendar months", "mo"),
    FactSpec("cycle_due_days", "number", "days from the last cycle to the next",
             "to the planned date when an order is signed, else to today", "d"),
    FactSpec("cycle_due_weeks", "number", "whole weeks from the last cycle to the next", "the same in weeks", "wk"),
    FactSpec("last_cycle_gbq", "number", "activity of the last cycle", "unknown if a dose lacks it", "GBq"),
    FactSpec("course_gbq", "number", "activity of the latest course", "177Lu only; unknown if a cycle lacks it", "GBq"),
    FactSpec("prrt_gbq", "number", "activity of all PRRT", "177Lu only; unknown if a cycle lacks it", "GBq"),
    FactSpec("blood_count_since_cycle", "truth", "blood count since the last cycle",
             "a usable platelet or white cell count surely later"),
)  # fmt: skip

_BAD = ("PD", "worsened")


def compute(view: View) -> Facts:
    """The state of the course, always; its numbers if there is one."""
    found = courses(view)
    facts: Facts = {"course": Known(value=_state(view, found), sources=sources(given(view)), read_as="derived")}
    if not found:
        return facts
    latest = found[-1]
    when = on_day(latest.last.day)
    facts["course"] = Known(value=_state(view, found), when=when, sources=latest.sources)
    due = planned_day(view) if view.hook == "order-sign" else None
    days, due_days = ((day - latest.last.day).days for day in (view.today, due or view.today))
    numbers = {
        "cycles_given": latest.count,
        "cycle_next": latest.count + 1,
        "cycle_days": days,
        "cycle_weeks": days // 7,
        "cycle_months": whole_months(latest.last.day, view.today),
        "cycle_due_days": due_days,
        "cycle_due_weeks": due_days // 7,
        "last_cycle_gbq": latest.last.gbq,
        "course_gbq": total_gbq([latest]),
        "prrt_gbq": total_gbq(found),
    }
    for name, number in numbers.items():
        if number is not None:
            facts[name] = Known(value=float(number), when=when, sources=latest.last.sources, read_as="derived")
    return facts | _blood_count(view, Span(latest.last.first, latest.last.day))


def total_gbq(found: Iterable[Course]) -> Decimal | None:
    """The activity of whole courses of 177Lu; None if a cycle's is unknown, has no day, or is of another isotope."""
    total = Decimal(0)
    for course in found:
        known = [cycle.gbq for cycle in course.cycles if cycle.lutetium]
        activities = [gbq for gbq in known if gbq is not None]
        if len(activities) < course.count:
            return None
        total += sum(activities, Decimal(0))
    return total


def worsenings(view: View) -> list[tuple[DiseaseStatement, Span]]:
    """Every dated statement that the disease got worse, oldest first."""
    said = [s for s in disease_statements(view) if s.status in _BAD or s.new_lesions]
    return sorted(((s, s.when) for s in said if s.when), key=lambda pair: (pair[1], pair[0].source))


def early_until(view: View, last: date) -> date:
    """The first day on which growth after the last cycle no longer counts as possible pseudo-progression."""
    return add_months(last, int(view.params["pseudoprogression_months"]))


def _state(view: View, found: Sequence[Course]) -> str:
    """With undated PRRT alone most rules speak, and F-06 says that the interval is unknown."""
    now = state(view)
    if now == "unknown" or (found and _progressed(view, found[-1])):
        return "retreatment"
    return now


def _progressed(view: View, course: Course) -> bool:
    """Progression after the first cycle; surely soon after the last one it does not count."""
    last = course.last
    for _, when in worsenings(view):
        early = last.day <= when.first and when.last < early_until(view, last.day)
        if when.first > course.first.first and not early:
            return True
    return False


def _blood_count(view: View, cycle: Span) -> Facts:
    counts = [
        r for r in (*view.labs("platelets"), *view.labs("wbc"))
        if is_usable(view, r) and r.when and cycle.last < r.when.first <= view.today
    ]  # fmt: skip
    if counts:
        return {"blood_count_since_cycle": yes(sources(counts), max(r.when for r in counts if r.when))}
    return {"blood_count_since_cycle": no()} if view.provided("Observation") else {}
