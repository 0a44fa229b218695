"""Pregnancy and breast-feeding: recorded, suspected, excluded, asked (rulings, section 6, C-01 to C-03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from cds_service.dates import Span, add_months
from cds_service.facts.around_dose import planned_day, prrt_orders
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.prrt import next_cycle_due
from cds_service.facts.status import age_range
from cds_service.facts.view import View, surely_before
from cds_service.record.model import Item, PregnancyResult, ProblemKind

GLOSSARY = (
    FactSpec("pregnancy_question_applies", "truth", "question of pregnancy applies",
             "woman or sex unknown, of childbearing age, no sterilisation, hysterectomy, menopause or infertility"),
    FactSpec("pregnancy_recorded", "truth", "pregnancy recorded",
             "an active Condition, status or due date, or a positive test of the last hcg_days, not ended; never no"),
    FactSpec("pregnancy_by_test", "truth", "pregnancy test positive", "yes when a test alone says so; never no"),
    FactSpec("pregnancy_suspected", "truth", "pregnancy suspected or not excluded",
             "said within hcg_days (or undated) and not ended; never no"),
    FactSpec("hcg_above_range", "truth", "quantitative hCG above its reference range",
             "within hcg_days, no later negative test; neuroendocrine tumours may secrete hCG; never no"),
    FactSpec("pregnancy_excluded", "truth", "pregnancy excluded",
             "a negative test recent enough and nothing against it; no when a pregnancy is recorded"),
    FactSpec("pregnancy_test_window", "number", "days a pregnancy test counts before the dose",
             "shorter with a PRRT order, appointment or due cycle", "d"),
    FactSpec("breast_feeding", "truth", "breast-feeding", "recorded as active; no when all of it has ended"),
    FactSpec("breast_feeding_recent", "truth", "breast-feeding shortly before the planned dose",
             "ended less than lactation_months before the planned date; never no"),
)  # fmt: skip

_INFERTILE: frozenset[ProblemKind] = frozenset({"menopause", "sterilised", "hysterectomy", "infertility"})
_NEGATIVE = ("negative", "not-pregnant")
_AVERAGE_MONTH = 30  # days; only for the half month in "2.5 months"


def compute(view: View) -> Facts:
    """What is known about pregnancy and breast-feeding."""
    facts = _lactation(view)
    applies = _applies(view)
    if applies is not None:
        facts["pregnancy_question_applies"] = applies
    recorded, tests = _recorded(view), _positive_tests(view)
    if view.chart.person.sex == "male":  # a recorded pregnancy outweighs the recorded sex; a test alone does not
        return facts | ({"pregnancy_recorded": _told(recorded)} if recorded else {})
    if recorded or tests:
        facts["pregnancy_recorded"] = _told(recorded or tests)
    if tests and not recorded:
        facts["pregnancy_by_test"] = _told(tests)
    if suspected := _suspected(view):
        facts["pregnancy_suspected"] = _told(suspected)
    above = [r for r in _results(view, "above-range") if _within(view, r.when) and not _ended(view, r.when)]
    if above:
        facts["hcg_above_range"] = _told(above)
    return facts | _excluded(view, doubtful=bool(suspected or above), pregnant=bool(recorded or tests))


def _applies(view: View) -> Known | None:
    person = view.chart.person
    infertile = [p for p in view.chart.problems if p.kind in _INFERTILE]
    operated = [p for p in view.chart.procedures if p.kind in ("hysterectomy", "sterilisation")]
    ages = age_range(view)
    low, high = view.params["childbearing_age_min"], view.params["childbearing_age_max"]
    if person.sex == "male":
        return no((person.source,))
    if infertile or operated:
        return no(sources([*infertile, *operated]))
    if ages is None:
        return None
    return (yes if ages[0] <= high and ages[1] >= low else no)((person.source,))


def _recorded(view: View) -> list[Item]:
    """Conditions, due dates and statuses that say pregnant now."""
    found: list[Item] = []
    for problem in view.problems("pregnancy"):
        if not problem.active:
            continue
        if problem.due is not None and problem.due.last < view.today:
            continue
        if not _ended(view, problem.when):
            found.append(problem)
    for status in _results(view, "pregnant"):
        longest = view.today - timedelta(days=view.params["pregnancy_max_days"])
        if status.when and status.when.last >= longest and not _ended(view, status.when):
            found.append(status)
    return found


def _positive_tests(view: View) -> list[Item]:
    tests = _results(view, "positive")
    due = any(p.active and p.due and p.due.last >= view.today for p in view.problems("pregnancy"))
    return [t for t in tests if (due or _within(view, t.when)) and not _ended(view, t.when)]


def _suspected(view: View) -> list[Item]:
    said: list[Item] = [p for p in view.problems("possible-pregnancy") if p.active]
    said += _results(view, "possible")
    return [s for s in said if (s.when is None or _within(view, s.when)) and not _ended(view, s.when)]


def _results(view: View, *kinds: str) -> list[PregnancyResult]:
    return [r for r in view.chart.pregnancy if r.result in kinds and r.when and r.when.first <= view.today]


def _within(view: View, when: Span | None) -> bool:
    """At most ``hcg_days`` ago, counted from the latest day it may have been: for a danger the cautious side."""
    return when is not None and (view.today - when.last).days <= view.params["hcg_days"]


def _ended(view: View, since: Span | None) -> bool:
    """Whether a negative test, a delivery or the recorded end of a pregnancy is surely later than ``since``."""
    ends: list[Span | None] = [r.when for r in _results(view, *_NEGATIVE)]
    ends += [p.when for p in view.chart.procedures if p.kind == "delivery"]
    ends += [p.end for p in view.problems("pregnancy") if not p.active]
    return any(surely_before(since, end) for end in ends)


def _excluded(view: View, *, doubtful: bool, pregnant: bool) -> Facts:
    """Excluded by a negative test in the window before the dose (or today) that nothing later or equal contradicts."""
    day, window = _window(view)
    facts: Facts = {"pregnancy_test_window": Known(value=float(window), read_as="derived")}
    if pregnant:
        return facts | {"pregnancy_excluded": no()}
    against = _results(view, "positive", "above-range", "uninterpretable", "possible", "pregnant")
    tests = [r for r in _results(view, "negative") if r.when and 0 <= (day - r.when.first).days <= window]
    clear = [t for t in tests if all(surely_before(other.when, t.when) for other in against)]
    if clear and not doubtful:
        facts["pregnancy_excluded"] = _told(clear)
    return facts


def _window(view: View) -> tuple[date, int]:
    """The day a test is counted to, and how many days it counts."""
    if prrt_orders(view) or next_cycle_due(view):
        return planned_day(view) or view.today, int(view.params["pregnancy_test_planned_days"])
    return view.today, int(view.params["pregnancy_test_days"])


def _lactation(view: View) -> Facts:
    said = view.problems("lactation")
    if any(p.active for p in said):
        return {"breast_feeding": _told([p for p in said if p.active])}
    facts: Facts = {"breast_feeding": no(sources(said), latest(said))} if said else {}
    planned = planned_day(view)
    recent = [p for p in said if planned and p.end and planned < _weaned_until(view, p.end)]
    if recent:
        facts["breast_feeding_recent"] = yes(sources(recent), max(p.end for p in recent if p.end), read_as(recent))
    return facts


def _weaned_until(view: View, end: Span) -> date:
    months = view.params["lactation_months"]
    return add_months(end.last, int(months)) + timedelta(days=round(months % 1 * _AVERAGE_MONTH))


def _told(items: Sequence[Item]) -> Known:
    return yes(sources(items), latest(items), read_as(items))
