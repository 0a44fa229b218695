"""Toxicity since the last PRRT cycle, absolute and against the values before cycle 1 (rulings, section 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from cds_service.dates import Span
from cds_service.facts import status
from cds_service.facts.glossary import Facts, FactSpec, Known, yes
from cds_service.facts.pathology import latest, read_as, sources
from cds_service.facts.prrt import Course, courses
from cds_service.facts.renal import estimated_clearance
from cds_service.facts.results import WORSE, Reading, decided, in_upper_limits, known, newest
from cds_service.facts.timing import last_taken
from cds_service.facts.view import View
from cds_service.record.model import Analyte, Item
from cds_service.record.units import ratio

_SINCE = "newest value since the last cycle, no age limit"

# fact, analyte, meaning, unit, the number that decides
_VALUES: tuple[tuple[str, Analyte, str, str, str], ...] = (
    ("tox_platelets_10_9_l", "platelets", "platelets since the last cycle", "10*9/L", "tox_plt"),
    ("tox_hb_g_dl", "hb", "haemoglobin since the last cycle", "g/dL", "tox_hb"),
    ("tox_anc_10_9_l", "anc", "neutrophils since the last cycle", "10*9/L", "tox_anc"),
    ("tox_albumin_g_l", "albumin", "albumin since the last cycle", "g/L", "tox_albumin"),
    ("tox_prothrombin_percent", "prothrombin", "prothrombin since the last cycle", "%", "prothrombin_low"),
)

GLOSSARY = (
    *(FactSpec(name, "number", meaning, _SINCE, unit) for name, _, meaning, unit, _ in _VALUES),
    FactSpec("tox_bilirubin_uln", "number", "bilirubin since the last cycle in multiples of its upper limit", _SINCE,
             "{ULN}"),
    FactSpec("tox_crcl_ml_min", "number", "creatinine clearance since the last cycle",
             "of the newest creatinine since the last cycle and a weight since then or fresh; the lower of it and a "
             "reported one", "mL/min"),
    FactSpec("tox_creatinine_mg_dl", "number", "creatinine since the last cycle", _SINCE, "mg/dL"),
    FactSpec("baseline_creatinine_mg_dl", "number", "creatinine before cycle 1", "last value before cycle 1", "mg/dL"),
    FactSpec("baseline_crcl_ml_min", "number", "creatinine clearance before cycle 1",
             "of that creatinine and a weight of its time", "mL/min"),
    FactSpec("tox_creatinine_ratio", "number", "creatinine relative to before cycle 1", "newest over baseline", "1"),
    FactSpec("tox_crcl_ratio", "number", "clearance relative to before cycle 1", "newest over baseline", "1"),
    FactSpec("baseline_missing", "text", "baseline not recorded", "known when there is no creatinine before cycle 1"),
    FactSpec("toxicity_held", "truth", "value beyond a toxicity limit", "any limit of F-02, by these values; never no"),
    FactSpec("toxicity_recorded", "truth", "toxicity recorded as the cause of the delay",
             "a toxicity of the radioligand in the record since the last cycle or still active, or a value beyond a "
             "toxicity limit once the next cycle was due; never no"),
    FactSpec("count_support", "text", "transfusion or G-CSF shortly before a count",
             "within transfusion_days before the newest count of its kind"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """What the record shows of toxicity since the last cycle of the latest course."""
    found = courses(view)
    if not found:
        return {}
    course = found[-1]
    since = Span(course.last.first, course.last.day)
    facts = _counts(view, since) | _kidney(view, course, since)
    if _withheld(facts, view.params):
        facts["toxicity_held"] = yes()
    recorded: list[Item] = [
        p for p in view.problems("toxicity") if p.active or (p.when is not None and p.when.last >= since.first)
    ]  # fmt: skip
    recorded += _when_due(view, course, since)
    if recorded:
        facts["toxicity_recorded"] = yes(sources(recorded), latest(recorded), read_as(recorded))
    support = sorted(set(_support(view, facts, since)))
    if support:
        facts["count_support"] = Known(value=", ".join(support), read_as="derived")
    return facts


def _counts(view: View, since: Span) -> Facts:
    facts: Facts = {}
    for name, analyte, _, _, limit in _VALUES:
        reading = newest(view, analyte, float("inf"), since)
        if reading and (value := decided(reading, WORSE[analyte], view.params[limit])) is not None:
            facts[name] = known(reading, value)
    multiple = in_upper_limits(view, "bilirubin", float("inf"), since)
    if multiple and (value := decided(multiple, "high", view.params["tox_bili_uln"])) is not None:
        facts["tox_bilirubin_uln"] = known(multiple, value)
    return facts


Measured = tuple[Decimal, Reading]
"""A value, and the laboratory results it is read from."""


def _kidney(view: View, course: Course, since: Span) -> Facts:
    """Creatinine and clearance now, before cycle 1, and one relative to the other."""
    before = _before_cycle_1(view, course)
    now_creatinine = newest(view, "creatinine", float("inf"), since)
    weight = newest(view, "weight", float("inf"), since) or newest(view, "weight")
    then_creatinine = newest(before, "creatinine", float("inf"))
    measured: dict[str, Measured | None] = {
        "tox_creatinine_mg_dl": _measured(now_creatinine),
        "tox_crcl_ml_min": clearance(view, now_creatinine, weight, newest(view, "crcl", float("inf"), since)),
        "baseline_creatinine_mg_dl": (then_creatinine.best, then_creatinine) if then_creatinine else None,
        "baseline_crcl_ml_min": clearance(
            before, then_creatinine, _weight_then(before, then_creatinine), newest(before, "crcl", float("inf"))
        ),
    }
    facts: Facts = {}
    for name, pair in measured.items():
        if pair:
            shown = f"{pair[0]:.1f}" if "crcl" in name else ""
            facts[name] = Known(value=float(pair[0]), shown=shown, when=pair[1].when, sources=pair[1].sources)
    for what, unit in (("creatinine", "mg_dl"), ("crcl", "ml_min")):
        now, then = measured[f"tox_{what}_{unit}"], measured[f"baseline_{what}_{unit}"]
        share = ratio(now[0], then[0]) if now and then else None
        if share is not None and now and then:
            where = tuple(dict.fromkeys((*now[1].sources, *then[1].sources)))
            facts[f"tox_{what}_ratio"] = Known(
                value=float(share), when=now[1].when, sources=where, read_as="derived"
            )  # fmt: skip
    if "baseline_creatinine_mg_dl" not in facts:
        facts["baseline_missing"] = Known(value="creatinine", read_as="derived")
    return facts


def _measured(reading: Reading | None) -> Measured | None:
    value = decided(reading, WORSE[reading.results[0].analyte]) if reading else None
    return None if reading is None or value is None else (value, reading)


def clearance(
    view: View, creatinine: Reading | None, weight: Reading | None, reported: Reading | None
) -> Measured | None:
    """The lower of the clearance computed from these readings and the reported one; None if neither is known."""
    computed = estimated_clearance(view, creatinine, weight, status.height(view))
    readings = [r for r in (computed[0] if computed else None, reported) if r]
    found = [(value, r) for r in readings if (value := decided(r, "low", view.params["tox_crcl"])) is not None]
    return min(found, key=lambda pair: pair[0], default=None)


def _before_cycle_1(view: View, course: Course) -> View:
    """The record as it stood on the day before cycle 1; on its very day if there is no earlier creatinine."""
    day_before = replace(view, today=course.first.first - timedelta(days=1))
    if newest(day_before, "creatinine", float("inf")):
        return day_before
    return replace(view, today=course.first.first)


def _weight_then(before: View, creatinine: Reading | None) -> Reading | None:
    """The newest weight before cycle 1 that is not much older than the creatinine it is used with."""
    if creatinine is None or creatinine.when is None:
        return None
    since_then = (before.today - creatinine.when.first).days
    return newest(before, "weight", before.params["lab_max_age_days"] + since_then)


def _when_due(view: View, course: Course, since: Span) -> list[Item]:
    """Results with which the cycle that was due would have been withheld, until the delay the label allows."""
    p = view.params
    due = since.last + timedelta(days=p["cycle_ready_days"])
    latest_day = since.last + timedelta(days=p[f"tox_delay_days_{view.jurisdiction.lower()}"])
    days = sorted({
        r.when.last for r in view.chart.labs if r.when and due <= r.when.last <= min(latest_day, view.today)
    })  # fmt: skip
    for day in days:
        then = replace(view, today=day)
        facts = _counts(then, since) | _kidney(then, course, since)
        if _withheld(facts, p):
            return [r for r in view.chart.labs if r.when and r.when.last == day]
    return []


def _withheld(facts: Facts, p: Mapping[str, float]) -> bool:
    """Whether a value lies beyond a limit of F-02."""
    below = {
        "tox_platelets_10_9_l": "tox_plt", "tox_hb_g_dl": "tox_hb", "tox_anc_10_9_l": "tox_anc",
        "tox_crcl_ml_min": "tox_crcl",
    }  # fmt: skip
    value = {name: float(known.value) for name, known in facts.items() if not isinstance(known.value, str)}
    low = any(value.get(name, float("inf")) < p[limit] for name, limit in below.items())
    kidney = (
        value.get("tox_creatinine_ratio", 0.0) >= p["tox_creatinine_ratio"]
        or value.get("tox_crcl_ratio", float("inf")) <= p["tox_crcl_ratio"]
    )
    liver = value.get("tox_bilirubin_uln", 0.0) > p["tox_bili_uln"] or (
        value.get("tox_albumin_g_l", float("inf")) < p["tox_albumin"]
        and value.get("tox_prothrombin_percent", float("inf")) < p["prothrombin_low"]
    )
    return low or kidney or liver


def _support(view: View, facts: Facts, since: Span) -> Iterator[str]:
    """Transfusions before a haemoglobin or platelet count, G-CSF before neutrophils or white cells."""
    white = newest(view, "wbc", float("inf"), since)
    counts: list[tuple[Span | None, str]] = [
        (facts[name].when if name in facts else None, kind)
        for name, kind in (
            ("tox_hb_g_dl", "transfusion"), ("tox_platelets_10_9_l", "transfusion"), ("tox_anc_10_9_l", "g-csf"),
        )
    ]  # fmt: skip
    for counted, kind in [*counts, (white.when if white else None, "g-csf")]:
        if counted is None:
            continue
        days = [last_taken(t, view) for t in view.chart.treatments if t.group == kind and t.given]
        days += [p.when for p in view.chart.procedures if p.kind == kind]
        for day in days:
            if day and 0 <= (counted.last - day.first).days <= view.params["transfusion_days"]:
                yield f"{'transfusion' if kind == 'transfusion' else 'G-CSF'} {day}"
