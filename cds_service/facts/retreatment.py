"""Progression after a PRRT course: how long it held, and whether that can be told (rulings, section 4, F-06)."""

from __future__ import annotations

from datetime import date

from cds_service.dates import Span, whole_months
from cds_service.facts.course import early_until, worsenings
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.pathology import latest, sources
from cds_service.facts.prrt import Course, courses, given
from cds_service.facts.scope import disease_statements
from cds_service.facts.timing import DRUG_TYPES, WASHED_OUT
from cds_service.facts.view import View, surely_before
from cds_service.record.model import Intervention, Item

GLOSSARY = (
    FactSpec("pfs_months", "number", "progression-free months after PRRT",
             "whole calendar months from the last cycle to the first worsening after it; unknown if a partial date "
             "leaves open which side of a limit it is on", "mo"),
    FactSpec("pfs_progression_date", "text", "first worsening after PRRT", "date of that statement"),
    FactSpec("pfs_other_line", "truth", "other treatment begun between the last cycle and that worsening",
             "systemic other than somatostatin analogues, or local tumour treatment; also if its date leaves it open"),
    FactSpec("course_cut_short", "truth", "previous course incomplete",
             "fewer cycles than a full course, or a dose of it stopped and a toxicity recorded"),
)  # fmt: skip

_GOOD = frozenset(("CR", "PR", "SD", "improved", "stable", "not-detected"))
_LOCAL: frozenset[Intervention] = frozenset({
    "pancreatectomy", "liver-resection", "metastasectomy", "tumour-resection", "ablation", "embolisation", "sirt",
    "external-beam-radiotherapy",
})  # fmt: skip


def compute(view: View) -> Facts:
    """The interval, if there is dated PRRT and a worsening after it."""
    found = courses(view)
    if not found:
        return {}
    course = found[-1]
    facts: Facts = {"course_cut_short": _cut_short(view, course)}
    progression = first_progression(view, course)
    if progression is None:
        return facts
    last = Span(course.last.first, course.last.day)
    when, said = progression
    facts |= _months(view, last, when, (*course.last.sources, said))
    other = [item for item in _other_lines(view) if _may_begin_between(item.when, last, when)]
    if other:
        facts["pfs_other_line"] = yes(sources(other), latest(other))
    elif view.provided(*DRUG_TYPES, "Procedure"):
        facts["pfs_other_line"] = no()
    return facts


def first_progression(view: View, course: Course) -> tuple[Span, str] | None:
    """The first worsening after the last cycle, and its source.

    An early one that a good statement refuted before the next worsening is passed over: it was pseudo-progression.
    """
    after = [(when, s.source) for s, when in worsenings(view) if when.last > course.last.day]
    good = [s.when for s in disease_statements(view) if s.status in _GOOD and not s.new_lesions]
    until: date = early_until(view, course.last.day)
    for when, source in after:
        following = next((later for later, _ in after if later > when), None)
        refuted = any(surely_before(when, g) and (following is None or surely_before(g, following)) for g in good)
        if when.last >= until or not refuted:
            return when, source
    return None


def _months(view: View, last: Span, progression: Span, where: tuple[str, ...]) -> Facts:
    least, most = whole_months(last.last, progression.first), whole_months(last.first, progression.last)
    if least < 0:
        return {}
    facts: Facts = {"pfs_progression_date": Known(value=str(progression), read_as="derived")}
    limits = (view.params["retreat_pfs_min_months"], view.params["retreat_pfs_ok_months"])
    if all((least >= limit) == (most >= limit) for limit in limits):
        facts["pfs_months"] = Known(
            value=float(least), shown="" if least == most else f"{least}-{most}", when=progression, sources=where,
            read_as="derived",
        )  # fmt: skip
    return facts


def _other_lines(view: View) -> list[Item]:
    drugs: list[Item] = [t for t in view.chart.treatments if t.given and t.group in WASHED_OUT]
    local = [p for p in view.chart.procedures if p.kind in _LOCAL]
    # An undated Condition ("absence of pancreas") tells of an operation long done, not of a new line.
    return [*drugs, *(p for p in local if p.when is not None or not p.source.startswith("Condition/"))]


def _may_begin_between(begin: Span | None, last: Span, progression: Span) -> bool:
    """Unless it surely began up to the last cycle, or on or after the day of the worsening."""
    if begin is None:
        return True
    return begin.last > last.first and begin.first < progression.last


def _cut_short(view: View, course: Course) -> Known:
    if course.count < view.params["cycles_full"]:
        return yes(course.sources)
    stopped = [t for t in given(view) if t.stopped and t.source in course.sources]
    said = [p for p in view.problems("toxicity") if p.when is None or p.when.last >= course.first.first]
    return yes(sources([*stopped, *said]), latest(said)) if stopped and said else no(course.sources)
