"""What surrounds a planned PRRT dose: its date, somatostatin analogues, amino acids, preventive steroids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.timing import DRUG_TYPES, end_missing, last_taken, sources_of, was_taken
from cds_service.facts.view import View, once
from cds_service.record.model import Group, Order, ProblemKind, Treatment

_FUNCTIONAL: dict[ProblemKind, str] = {
    "carcinoid-syndrome": "carcinoid syndrome", "vipoma": "VIPoma", "insulinoma": "insulinoma",
    "hypoglycaemia": "hypoglycaemia", "glucagonoma": "glucagonoma", "gastrinoma": "gastrinoma",
    "acth-cushing": "ACTH / Cushing syndrome", "hormonal-crisis": "hormonal crisis",
}  # fmt: skip
_PREVENTIVE = re.compile(r"nause|vomit|emesis|emetic|prophyla|premedic|prevent", re.IGNORECASE)
_NOTHING_WRITTEN = re.compile(r"\s*")

GLOSSARY = (
    FactSpec("prrt_ordered", "truth", "PRRT ordered or booked", "an order or appointment in the record or the drafts"),
    FactSpec("prrt_drafted", "truth", "PRRT being ordered now", "a PRRT agent among the drafts of this call"),
    FactSpec("prrt_planned_date", "text", "planned date of PRRT", "of the draft, else of the next order or booking"),
    FactSpec("ssa_long_days", "number", "days from the last long-acting somatostatin analogue to the planned dose",
             "to today without a planned date; running treatment counts as taken today", "d"),
    FactSpec("ssa_long_until", "text", "long-acting analogue long enough ago on", "last dose plus the interval"),
    FactSpec("ssa_short_hours", "number", "hours from the last short-acting octreotide to the planned dose",
             "whole days times 24", "h"),
    FactSpec("ssa_date_missing", "truth", "date or form of the last somatostatin analogue not recorded",
             "yes when an analogue is on record without it"),
    FactSpec("ssa_symptoms", "text", "hormone syndrome on record", "for which an analogue may be needed"),
    FactSpec("amino_acids_recorded", "truth", "amino acids ordered or given with the course",
             "no only if the medication orders came"),
    FactSpec("amino_acids_outside", "truth", "amino acids outside the label's composition",
             "lysine, arginine or volume of the newest entry outside the window; unknown if none is written"),
    FactSpec("amino_acids_detail", "text", "amino acids as recorded", "lysine, arginine and volume"),
    FactSpec("antiemetic_dexamethasone", "text", "dexamethasone beside a PRRT order",
             "preventive when its reason says so, unclear without a reason", values=("preventive", "unclear")),
)  # fmt: skip


def compute(view: View) -> Facts:
    """Everything known about the surroundings of a dose."""
    facts: Facts = {}
    orders = prrt_orders(view)
    sources = tuple(sorted({o.source for o in orders}))
    if sources:
        facts["prrt_ordered"] = yes(sources)
    elif view.provided("MedicationRequest", "ServiceRequest", "Appointment"):
        facts["prrt_ordered"] = no()
    drafts = [o for o in orders if o.draft]
    facts["prrt_drafted"] = yes(tuple(sorted({o.source for o in drafts}))) if drafts else no()
    planned = planned_day(view)
    if planned:
        facts["prrt_planned_date"] = Known(value=str(planned), sources=sources, read_as="derived")
    facts |= _analogues(view, planned or view.today) | _amino_acids(view)
    steroid = _dexamethasone(view)
    if steroid and sources:
        facts["antiemetic_dexamethasone"] = steroid
    return facts


@once
def planned_day(view: View) -> date | None:
    """The day PRRT is planned for: of the drafts, else the next order or appointment from today on; None if none."""
    orders = prrt_orders(view)
    drafted = [o.planned.first for o in orders if o.draft and o.planned]
    days = drafted or [o.planned.first for o in orders if o.planned]
    return min((day for day in days if day >= view.today), default=None)


@once
def prrt_orders(view: View) -> Sequence[Order]:
    """Active orders, appointments and drafts for PRRT."""
    return [o for o in view.chart.orders if o.kind == "prrt"]


def _analogues(view: View, day: date) -> Facts:
    facts: Facts = {}
    long, short = (_last_dose(view, group) for group in ("ssa-long", "ssa-short"))
    if long:
        last, items = long
        until = last + timedelta(days=view.params["ssa_long_acting_days"])
        facts["ssa_long_days"] = _interval((day - last).days, last, items)
        facts["ssa_long_until"] = Known(value=str(until), sources=sources_of(items), read_as="derived")
    if short:
        last, items = short
        facts["ssa_short_hours"] = _interval((day - last).days * 24, last, items)
    unclear = [
        t for t in view.chart.treatments
        if t.group == "ssa-unknown" or (t.group in ("ssa-long", "ssa-short") and end_missing(t))
        if was_taken(t, view) or t.when is None
    ]  # fmt: skip
    if unclear:
        facts["ssa_date_missing"] = yes(sources_of(unclear))
    syndromes = [p for p in view.chart.problems if p.kind in _FUNCTIONAL and p.active]
    diagnoses = [d for d in view.chart.diagnoses if d.entity == "carcinoid-syndrome" and d.active]
    if syndromes or diagnoses:
        words = {_FUNCTIONAL[p.kind] for p in syndromes} | {"carcinoid syndrome" for _ in diagnoses}
        where = tuple(sorted({p.source for p in (*syndromes, *diagnoses)}))
        facts["ssa_symptoms"] = Known(value=", ".join(sorted(words)), sources=where)
    return facts


def _last_dose(view: View, group: Group) -> tuple[date, list[Treatment]] | None:
    """The latest day a drug of the group may have been taken, and the entries that say so."""
    taken = [
        (when.last, t) for t in view.chart.treatments
        if t.group == group and was_taken(t, view) and (when := last_taken(t, view))
    ]  # fmt: skip
    if not taken:
        return None
    last = max(day for day, _ in taken)
    return last, [t for day, t in taken if day == last]


def _interval(count: int, last: date, items: list[Treatment]) -> Known:
    spans = [when for t in items if (when := t.end or t.when) and when.last == last]
    return Known(
        value=float(count), when=max(spans, default=None), sources=sources_of(items), read_as="derived"
    )  # fmt: skip


def _amino_acids(view: View) -> Facts:
    """Amino acids for the coming dose: ordered; without an order for PRRT, those given with the last dose will do."""
    orders = [o for o in view.chart.orders if o.kind == "amino-acids"]
    given = [t for t in view.chart.treatments if t.given and t.when]
    last_dose = max((t.when.last for t in given if t.group == "prrt" and t.when), default=date.min)
    infused = [t for t in given if t.group == "amino-acids" and t.when and t.when.last >= last_dose]
    recorded = [o.source for o in orders] + [t.source for t in infused if not prrt_orders(view)]
    facts: Facts = {}
    if recorded:
        facts["amino_acids_recorded"] = yes(tuple(sorted(set(recorded))))
    elif view.provided(*DRUG_TYPES):
        facts["amino_acids_recorded"] = no()
    described: list[Order | Treatment] = [o for o in orders if _parts(o, view)]
    if not described and not prrt_orders(view):
        latest = max((t.when for t in infused if t.when and _parts(t, view)), default=None)
        described = [t for t in infused if t.when == latest and _parts(t, view)]
    if described:
        described.sort(key=lambda item: item.source)
        outside = [item for item in described if not all(fits for _, fits in _parts(item, view))]
        shown = (outside or described)[0]
        facts["amino_acids_outside"] = (yes if outside else no)((shown.source,), shown.when)
        detail = ", ".join(text for text, _ in _parts(shown, view))
        facts["amino_acids_detail"] = Known(value=detail, sources=(shown.source,), when=shown.when)
    return facts


def _parts(item: Order | Treatment, view: View) -> list[tuple[str, bool]]:
    """Each written part of the composition with whether it fits the label's window."""
    low, high, volume = (view.exact(name) for name in ("lysine_min_g", "lysine_max_g", "amino_volume_max_l"))
    amounts = (("lysine", item.lysine_g), ("arginine", item.arginine_g))
    parts = [(f"{name} {grams:f} g", low <= grams <= high) for name, grams in amounts if grams is not None]
    if item.volume_l is not None:
        parts.append((f"volume {item.volume_l:f} L", item.volume_l <= volume))
    return parts


def _dexamethasone(view: View) -> Known | None:
    """Dexamethasone being ordered, unless its written reason is another one."""
    orders = [o for o in view.chart.orders if o.kind == "dexamethasone"]
    for value, meant in (("preventive", _PREVENTIVE.search), ("unclear", _NOTHING_WRITTEN.fullmatch)):
        found = {o.source for o in orders if meant(o.indication)}
        if found:
            return Known(value=value, sources=tuple(sorted(found)))
    return None
