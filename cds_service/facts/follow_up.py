"""After PRRT: late cytopenia and follow-up imaging (rulings, section 4, F-07; section 9, F-09)."""

from __future__ import annotations

from decimal import Decimal

from cds_service.dates import Span, add_months, on_day
from cds_service.facts.course import early_until, worsenings
from cds_service.facts.glossary import Facts, FactSpec, no, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.prrt import courses
from cds_service.facts.results import decided, is_usable, known, newest
from cds_service.facts.view import View
from cds_service.record.model import Analyte

_LATE = "newest count more than late_after_months after the last cycle"
_TWICE = "the higher of that count and the lowest one at least late_apart_months before it, after the last cycle"

_COUNTS: tuple[tuple[str, Analyte, str, str, str], ...] = (
    ("platelets_10_9_l", "platelets", "platelets", "10*9/L", "late_plt"),
    ("anc_10_9_l", "anc", "neutrophils", "10*9/L", "late_anc"),
    ("hb_g_dl", "hb", "haemoglobin", "g/dL", "late_hb"),
)

GLOSSARY = (
    *(
        FactSpec(f"late_{name}", "number", f"late {words} after PRRT", _LATE, unit)
        for name, _, words, unit, _ in _COUNTS
    ),
    *(
        FactSpec(f"lasting_{name}", "number", f"{words} on two late counts", _TWICE, unit)
        for name, _, words, unit, _ in _COUNTS
    ),
    FactSpec("late_mcv_fl", "number", "late mean cell volume after PRRT", _LATE, "fL"),
    FactSpec("ct_mri_after_course", "truth", "CT or MRI after the course",
             "between imaging_after_from_months and imaging_after_to_months after the last cycle"),
    FactSpec("early_worsening", "truth", "growth soon after the last cycle",
             "called worse less than pseudoprogression_months after it, also by a scan; never no"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """Nothing without dated PRRT."""
    found = courses(view)
    if not found:
        return {}
    last = found[-1].last.day
    return _late_counts(view, last_cycle=on_day(last)) | _imaging(view, last_cycle=on_day(last))


def _late_counts(view: View, last_cycle: Span) -> Facts:
    facts: Facts = {}
    late = on_day(add_months(last_cycle.last, int(view.params["late_after_months"])))
    for name, analyte, _, _, limit in _COUNTS:
        reading = newest(view, analyte, float("inf"), late)
        value = decided(reading, "low", view.params[limit]) if reading else None
        if reading is None or value is None or reading.when is None:
            continue
        facts[f"late_{name}"] = known(reading, value)
        earlier = _earlier(view, analyte, last_cycle, reading.when)
        if earlier is not None:
            facts[f"lasting_{name}"] = known(reading, max(value, earlier))
    volume = newest(view, "mcv", float("inf"), late)
    if volume and (value := decided(volume, "high", view.params["mcv_high"])) is not None:
        facts["late_mcv_fl"] = known(volume, value)
    return facts


def _earlier(view: View, analyte: Analyte, last_cycle: Span, newest_day: Span) -> Decimal | None:
    """The lowest count after the last cycle that lies far enough before the newest one."""
    apart = int(view.params["late_apart_months"])
    values = [
        r.value for r in view.labs(analyte)
        if is_usable(view, r) and r.value is not None and r.when
        and r.when.first > last_cycle.last and add_months(r.when.last, apart) <= newest_day.first
    ]  # fmt: skip
    return min(values, default=None)


def _imaging(view: View, last_cycle: Span) -> Facts:
    facts: Facts = {}
    first, last = (
        add_months(last_cycle.last, int(view.params[f"imaging_after_{end}_months"])) for end in ("from", "to")
    )
    scans = [s for s in view.chart.scans if s.modality == "ct-mri" and s.when and not s.preliminary]
    done = [s for s in scans if s.when and s.when.last >= first and s.when.first <= last]
    if done:
        facts["ct_mri_after_course"] = yes(sources(done), latest(done), read_as(done))
    elif view.provided("DiagnosticReport"):
        facts["ct_mri_after_course"] = no()
    until = early_until(view, last_cycle.last)
    early = [s for s, when in worsenings(view) if when.first >= last_cycle.last and when.last < until]
    if early:
        facts["early_worsening"] = yes(sources(early), latest(early), read_as(early))
    return facts
