"""Facts about what surrounds SSTR scans: long-acting SSA, glucocorticoids, comparability (I-09, I-12, I-13)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from cds_service.dates import Span, on_day
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging import current
from cds_service.facts.imaging_checks import days_apart
from cds_service.facts.imaging_lesions import Reading
from cds_service.facts.reimaging import earlier_scans
from cds_service.facts.sites import same_place
from cds_service.facts.view import View, once, surely_before
from cds_service.record.model import Treatment

GLOSSARY = (
    FactSpec("scan_ssa_long", "truth", "on a long-acting somatostatin analogue", "taken, or ordered and not stopped"),
    FactSpec("scan_ssa_days", "number", "days since the last long-acting SSA", "newest dated administration", "d"),
    FactSpec(
        "steroid_around_scan", "truth", "high-dose glucocorticoid around the current SSTR PET",
        "at least steroid_mg_per_day prednisolone-equivalent for steroid_min_days within steroid_window_days of the "
        "scan, or Cushing syndrome",
    ),
    FactSpec("steroid_now", "truth", "high-dose glucocorticoid now", "the same, within steroid_window_days of today"),
    FactSpec(
        "scan_comparison_limited", "truth", "comparison of the two newest SSTR scans limited",
        "different tracer, modality, scanner, SSA, spleen or steroid state, or an SUVmax change below the noise",
    ),
    FactSpec("scan_comparison_reasons", "text", "why the comparison is limited", "in a fixed order"),
    FactSpec("scan_suv_change", "number", "largest change of SUVmax at one site", "relative to the earlier scan", "%"),
)  # fmt: skip

_FACTORS = ("dexamethasone", "methylprednisolone", "hydrocortisone", "prednisone", "prednisolone")
_TYPES = ("MedicationAdministration", "MedicationStatement")
_Period = tuple[date, date, str]


def compute(view: View) -> Facts:
    now = current(view)
    facts = _analogue(view) | _steroids(view, now.when if now else None)
    if now is None:
        return facts
    before = next(earlier_scans(view, now), None)
    if before is not None:
        facts |= _comparison(view, before, now)
    return facts


def _analogue(view: View) -> Facts:
    """A dated administration tells the days; a prescription or statement only that the patient is on it."""
    taken = [t for t in view.chart.treatments if t.group == "ssa-long"]
    days = [t for t in taken if t.given and t.when is not None and not t.open_ended and not t.stopped]
    newest = max((t for t in days), key=lambda t: (t.end or t.when or on_day(date.min), t.source), default=None)
    running = [t for t in taken if t.open_ended and not t.stopped]
    facts: Facts = {}
    age = view.days_since(newest.end or newest.when) if newest else None
    if newest is not None and age is not None and age >= 0:
        facts["scan_ssa_days"] = Known(value=float(age), when=newest.end or newest.when, sources=(newest.source,))
    recent = age is not None and age < view.params["ssa_long_acting_days"]
    if running or recent:
        sources = {t.source for t in running} | ({newest.source} if recent and newest else set())
        facts["scan_ssa_long"] = yes(tuple(sorted(sources)))
    elif view.provided(*_TYPES, "MedicationRequest"):
        facts["scan_ssa_long"] = no()
    return facts


def _steroids(view: View, scan: Span | None) -> Facts:
    facts: Facts = {}
    cushing = {p.source for p in view.problems("acth-cushing") if p.active}
    high, unclear = _high_dose(view)
    for name, day in (("steroid_around_scan", scan), ("steroid_now", on_day(view.today))):
        if day is None:
            continue
        near = {source for first, last, source in high if _near(view, first, last, day)}
        if near | cushing:
            facts[name] = yes(tuple(sorted(near | cushing)), day)
        elif not unclear and view.provided(*_TYPES, "Condition"):
            facts[name] = no()
    return facts


def _near(view: View, first: date, last: date, day: Span) -> bool:
    least, _ = days_apart(Span(first, last), day) if first > day.last or last < day.first else (0, 0)
    return least <= view.params["steroid_window_days"]


@once
def _high_dose(view: View) -> tuple[list[_Period], bool]:
    """Periods of high dose that lasted long enough, and whether one more could be but lacks dose or dates."""
    periods: list[_Period] = []
    unclear = False
    for item in view.chart.treatments:
        if item.group != "glucocorticoid" or not item.given:
            continue
        dose = _equivalent(view, item)
        if dose is None or item.when is None:
            unclear = True
        elif dose >= view.exact("steroid_mg_per_day"):
            last = item.end.last if item.end else view.today if item.open_ended else item.when.last
            periods.append((item.when.first, min(last, view.today), item.source))
    joined: list[_Period] = []
    for first, last, source in sorted(periods):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = joined[-1][0], max(last, joined[-1][1]), joined[-1][2]
        else:
            joined.append((first, last, source))
    long = [p for p in joined if (p[1] - p[0]).days + 1 >= view.params["steroid_min_days"]]
    return long, unclear


def _equivalent(view: View, item: Treatment) -> Decimal | None:
    """The daily dose as prednisolone; None without a dose, or for a drug without a factor."""
    name = next((drug for drug in _FACTORS if drug in item.drug.lower()), None)
    if item.dose_mg_per_day is None or name is None:
        return None
    return item.dose_mg_per_day * view.exact(f"prednisolone_per_{name}")


def _comparison(view: View, before: Reading, now: Reading) -> Facts:
    """What keeps an earlier and the current scan from being compared; only what the record shows counts."""
    about = tuple(dict.fromkeys((*before.sources, *now.sources))), now.when
    reasons = []
    if before.scans[0].modality != now.scans[0].modality:
        reasons.append("scintigraphy against PET")
    if _differ({s.tracer for s in before.scans}, {s.tracer for s in now.scans}):
        reasons.append("different tracer")
    if _differ({s.scanner for s in before.scans}, {s.scanner for s in now.scans}):
        reasons.append("different scanner")
    if _on_analogue(view, before.when) != _on_analogue(view, now.when):
        reasons.append("long-acting SSA at only one of them")
    if any(
        surely_before(before.when, p.when) and surely_before(p.when, now.when)
        for p in view.chart.procedures if p.kind == "splenectomy"
    ):  # fmt: skip
        reasons.append("splenectomy between them")
    high, _ = _high_dose(view)
    if len({any(_near(view, first, last, scan.when) for first, last, _ in high) for scan in (before, now)}) > 1:
        reasons.append("glucocorticoid at only one of them")
    facts: Facts = {}
    change = _suv_change(before, now)
    if change is not None:
        facts["scan_suv_change"] = Known(value=float(change), when=now.when, sources=about[0], read_as="derived")
        if abs(change) < view.exact("suv_change_percent"):
            reasons.append("SUVmax change may be noise")
    facts["scan_comparison_limited"] = (yes if reasons else no)(*about)
    if reasons:
        facts["scan_comparison_reasons"] = Known(
            value=", ".join(reasons), when=now.when, sources=about[0], read_as="derived"
        )
    return facts


def _differ(before: set[str | None], now: set[str | None]) -> bool:
    """Whether both are known and not the same."""
    return None not in before | now and before != now


def _on_analogue(view: View, day: Span) -> bool:
    """Whether a long-acting analogue was active on a scan's day."""
    reach = timedelta(days=view.params["ssa_long_acting_days"])
    for item in view.chart.treatments:
        if item.group != "ssa-long" or not item.given or item.when is None:
            continue
        last = item.end.last if item.end else view.today if item.open_ended else item.when.last
        if item.when.first <= day.last and last + reach > day.first:
            return True
    return False


def _suv_change(before: Reading, now: Reading) -> Decimal | None:
    """The largest relative change of SUVmax, in percent, of a lesion both scans measured."""
    old = [lesion for lesion in before.lesions if lesion.suvmax]
    changes = []
    for lesion in now.lesions:
        found = same_place(lesion.site, [x.site for x in old])
        if lesion.suvmax is not None and len(found) == 1 and (base := old[found[0]].suvmax):
            changes.append((lesion.suvmax - base) / base * 100)
    return max(changes, key=lambda change: (abs(change), change)).quantize(Decimal("0.1")) if changes else None
