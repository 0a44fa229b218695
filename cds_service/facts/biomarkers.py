"""Chromogranin A and quality of life: described, never deciding (knowledge B01 to B06, decision table B-01 to B-04)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.heart import newest_above
from cds_service.facts.pathology import sources
from cds_service.facts.prrt import courses
from cds_service.facts.results import latest
from cds_service.facts.timing import last_taken, was_taken
from cds_service.facts.view import View
from cds_service.record.model import Item, LabResult, ProblemKind, QualityOfLife
from cds_service.record.units import ratio

GLOSSARY = (
    FactSpec("cga_change_percent", "number", "change of chromogranin A",
             "newest against the one before it, only of the same test, unit and reference range; negative is a fall",
             "%"),
    FactSpec("cga_fall_percent", "number", "fall of chromogranin A", "the same with the sign turned, if it fell", "%"),
    FactSpec("cga_uln", "number", "chromogranin A in multiples of its upper limit", "newest, own range", "{ULN}"),
    FactSpec("cga_raised", "truth", "chromogranin A above its upper limit", "newest, own range"),
    FactSpec("cga_earlier", "text", "earlier chromogranin A", "value, unit and date"),
    FactSpec("cga_differs", "text", "what differs between the chromogranin A results",
             "test, assay, unit or range of the newest two; absent when one does not say"),
    FactSpec("cga_confounders", "text", "what may raise chromogranin A",
             "proton-pump inhibitor within ppi_days before it, renal failure, atrophic gastritis"),
    FactSpec("qol_instrument", "text", "quality-of-life instrument", "as named"),
    FactSpec("qol_first", "number", "global health before the course",
             "last score up to the first cycle of the latest course, else the first score after it", "{score}"),
    FactSpec("qol_last", "number", "global health now", "newest score of the same instrument", "{score}"),
    FactSpec("qol_change", "number", "size of the change of global health", "without its sign", "{score}"),
    FactSpec("qol_first_date", "text", "date of the first global health score", "as written"),
)  # fmt: skip

_CONFOUNDING: dict[ProblemKind, str] = {"renal-failure": "renal failure", "atrophic-gastritis": "atrophic gastritis"}


def compute(view: View) -> Facts:
    """Trends and what disturbs them."""
    return _chromogranin(view) | _quality_of_life(view)


def _chromogranin(view: View) -> Facts:
    results = [
        r for r in view.labs("chromogranin-a")
        if r.value is not None and r.problem is None and r.when and r.when.first <= view.today
    ]  # fmt: skip
    if not results:
        return {}
    facts: Facts = {}
    judged = newest_above(view, "chromogranin-a")
    if judged:
        above, result = judged
        facts["cga_raised"] = (yes if above else no)((result.source,), result.when)
        multiple = ratio(result.value, result.upper_limit) if result.value and result.upper_limit else None
        if multiple is not None and not result.comparator:
            facts["cga_uln"] = Known(value=float(multiple), when=result.when, sources=(result.source,))
        if above:
            facts |= _confounders(view, result.when)
    return facts | _trend(results)


def _trend(results: list[LabResult]) -> Facts:
    """The newest day against the day before it that has a result; of one day the highest."""
    now = _highest(latest(results))
    before = [r for r in results if r.when and now.when and r.when.last < now.when.first]
    if not before:
        return {}
    then = _highest(latest(before))
    differing = [words for words, one, other in _traits(now, then) if one and other and one != other]
    if differing:
        where = sources([now, then])
        return {"cga_differs": Known(value=", ".join(differing), when=now.when, sources=where)}
    if now.upper_limit is None or then.upper_limit is None or now.comparator or then.comparator or not then.value:
        return {}
    share = ratio((now.value or Decimal(0)) - then.value, then.value)
    if share is None:
        return {}
    where, percent = sources([now, then]), float(share * 100)
    facts: Facts = {
        "cga_change_percent": Known(value=percent, shown=f"{percent:.0f}", when=now.when, sources=where),
        "cga_earlier": Known(value=f"{then.value:f} {then.unit} ({then.when})", when=then.when, sources=(then.source,)),
    }
    if percent < 0:
        facts["cga_fall_percent"] = Known(value=-percent, shown=f"{-percent:.0f}", when=now.when, sources=where)
    return facts


def _highest(results: Iterable[LabResult]) -> LabResult:
    return max(results, key=lambda r: (r.value or Decimal(0), r.source))


def _traits(one: LabResult, other: LabResult) -> tuple[tuple[str, str, str], ...]:
    return (
        ("units", one.unit, other.unit),
        ("tests", one.code, other.code),
        ("assays", one.assay.lower(), other.assay.lower()),
        ("reference ranges", _limit(one), _limit(other)),
    )


def _limit(result: LabResult) -> str:
    return f"{result.upper_limit.normalize():f}" if result.upper_limit is not None else ""


def _confounders(view: View, when: Span | None) -> Facts:
    said: list[tuple[str, Item]] = [
        (_CONFOUNDING[p.kind], p) for p in view.chart.problems if p.kind in _CONFOUNDING and p.active
    ]
    from_day = when.first - timedelta(days=view.params["ppi_days"]) if when else view.today
    for drug in view.chart.treatments:
        if drug.group != "ppi" or not was_taken(drug, view):
            continue
        last = last_taken(drug, view)
        began_later = drug.when is not None and when is not None and drug.when.first > when.last
        if last is not None and last.last >= from_day and not began_later:
            said.append((drug.drug, drug))
    if not said:
        return {}
    words = ", ".join(sorted({name for name, _ in said}))
    return {"cga_confounders": Known(value=words, when=when, sources=sources([item for _, item in said]))}


def _quality_of_life(view: View) -> Facts:
    """Around the latest course, of the instrument with most dates."""
    found = courses(view)
    if not found:
        return {}
    best: list[tuple[Span, QualityOfLife]] = []
    for name in sorted({q.instrument for q in view.chart.quality_of_life}):
        series = _series(view, name)
        best = series if len(series) > len(best) else best
    start = found[-1].first.first
    upto = [(when, q) for when, q in best if when.last <= start]
    first = upto[-1:] or best[:1]
    after = [(when, q) for when, q in best if first and when.first > max(first[0][0].last, start)]
    if not after:
        return {}
    (then_day, then), (now_day, now) = first[0], after[-1]
    scores = {"qol_first": (then.global_health, then_day, then), "qol_last": (now.global_health, now_day, now)}
    facts: Facts = {
        name: Known(value=float(score), when=when, sources=(q.source,)) for name, (score, when, q) in scores.items()
    }
    where = sources([then, now])
    change = abs(now.global_health - then.global_health)
    facts["qol_change"] = Known(value=float(change), when=now_day, sources=where, read_as="derived")
    facts["qol_instrument"] = Known(value=now.instrument[:60], when=now_day, sources=where)
    facts["qol_first_date"] = Known(value=str(then_day), when=then_day, sources=(then.source,))
    return facts


def _series(view: View, instrument: str) -> list[tuple[Span, QualityOfLife]]:
    """One score a day, oldest first; of two on one day the lower."""
    by_day: dict[Span, QualityOfLife] = {}
    for score in view.chart.quality_of_life:
        if score.instrument != instrument or score.when is None or score.when.first > view.today:
            continue
        kept = by_day.get(score.when)
        rank = (score.global_health, score.source)
        if kept is None or rank < (kept.global_health, kept.source):
            by_day[score.when] = score
    return sorted(by_day.items(), key=lambda pair: pair[0])
