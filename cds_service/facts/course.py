"""Facts about the running or past PRRT course."""

from __future__ import annotations

from cds_service.dates import add_months, on_day
from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.prrt import Cycle, courses
from cds_service.facts.scope import disease_statements
from cds_service.facts.view import View

GLOSSARY = (
    FactSpec(
        "course", "text", "PRRT course", "rulings, section 4", "", ("none", "in-progress", "completed", "retreatment")
    ),
    FactSpec("cycles_given", "number", "cycles of the latest course", "administrations of one cycle counted once"),
)  # fmt: skip


def compute(view: View) -> Facts:
    found = courses(view)
    if not found:
        return {"course": Known(value="none", read_as="derived")}
    latest = found[-1]
    sources = tuple(sorted({source for cycle in latest for source in cycle.sources}))
    when = on_day(latest[-1].day)
    return {
        "course": Known(value=_state(view, latest), sources=sources, when=when),
        "cycles_given": Known(value=float(len(latest)), sources=sources, when=when),
    }


def _state(view: View, course: list[Cycle]) -> str:
    if _progressed(view, course):
        return "retreatment"
    if len(course) >= view.params["cycles_full"]:
        return "completed"
    running = view.today < add_months(course[-1].day, int(view.params["course_gap_months"]))
    return "in-progress" if running else "completed"


def _progressed(view: View, course: list[Cycle]) -> bool:
    """Progression after the first cycle; soon after the last one it may be pseudo-progression and does not count."""
    early_until = add_months(course[-1].day, int(view.params["pseudoprogression_months"]))
    for said in disease_statements(view):
        if said.status not in ("PD", "worsened") and not said.new_lesions:
            continue
        if said.when is None or said.when.first <= course[0].day:
            continue
        if not course[-1].day <= said.when.first < early_until:
            return True
    return False
