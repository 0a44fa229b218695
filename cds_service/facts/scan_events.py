"""Facts about what outdates the current SSTR PET, and about orders for the next one (I-08, R-05)."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.dates import Span, whole_months
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging import current
from cds_service.facts.imaging_lesions import Reading
from cds_service.facts.reimaging import count_fact, show_extent
from cds_service.facts.scope import disease_statements
from cds_service.facts.treatment import TUMOUR_CHANGING, since
from cds_service.facts.view import View, surely_before
from cds_service.record.model import Intervention, Item, Order, ReadAs

GLOSSARY = (
    FactSpec("sstr_pet_age_months", "number", "age of the current SSTR PET", "whole calendar months", "mo"),
    FactSpec("sstr_progression_since", "truth", "progression recorded after the SSTR PET", "worsened or new lesions"),
    FactSpec("sstr_prrt_since", "truth", "PRRT given after the SSTR PET", "any therapeutic SSTR radioligand"),
    FactSpec("sstr_local_since", "truth", "local or surgical tumour treatment after the SSTR PET", "liver or tumour"),
    FactSpec(
        "sstr_since_cycles", "number", "cycles of tumour treatment after the SSTR PET",
        "as reimage_cycles, after the current scan; kinase inhibitors are not cyclic",
    ),
    FactSpec(
        "sstr_since_weeks", "number", "weeks of tumour treatment after the SSTR PET",
        "first to last day of cytotoxic, mTOR or kinase-inhibitor treatment after the current scan", "wk",
    ),
    FactSpec("sstr_event", "text", "what happened after the SSTR PET", "the first of progression, PRRT, local, drugs"),
    FactSpec(
        "sstr_order_open", "truth", "SSTR PET already ordered",
        "an active order or a booked or pending appointment, written or planned after the last SSTR PET",
    ),
    FactSpec("sstr_drafted", "truth", "SSTR PET being ordered now", "among the drafts of this call"),
)  # fmt: skip

LOCAL: dict[Intervention, str] = {
    "ablation": "ablation", "embolisation": "embolisation", "sirt": "SIRT", "liver-resection": "liver resection",
    "metastasectomy": "metastasectomy", "tumour-resection": "tumour resection", "pancreatectomy": "pancreatectomy",
}  # fmt: skip


def compute(view: View) -> Facts:
    now = current(view)
    facts = _orders(view, now)
    if now is None:
        return facts
    months = float(whole_months(now.when.first, view.today))
    facts["sstr_pet_age_months"] = Known(value=months, when=now.when, sources=now.sources, read_as="derived")
    return facts | _events(view, now)


def _events(view: View, now: Reading) -> Facts:
    facts: Facts = {}
    worse = [s for s in disease_statements(view) if s.status in ("PD", "worsened") or s.new_lesions]
    prrt = [t for t in view.chart.treatments if t.group == "prrt" and t.given]
    local = [p for p in view.chart.procedures if p.kind in LOCAL]
    drugs = since(view, now.when, TUMOUR_CHANGING)
    for name, items, types in (
        ("sstr_progression_since", worse, ("Observation", "DiagnosticReport")),
        ("sstr_prrt_since", prrt, ("MedicationAdministration", "Procedure")),
        ("sstr_local_since", local, ("Procedure",)),
    ):
        if (truth := _after(view, now, items, types)) is not None:
            facts[name] = truth
    for name, bounds in (("cycles", drugs.cycles), ("weeks", drugs.weeks)):
        if (known := count_fact(bounds, view.params[f"reimage_min_{name}"], drugs)) is not None:
            facts[f"sstr_since_{name}"] = known
    kinds = [LOCAL[p.kind] for p in sorted(local, key=_latest_first) if surely_before(now.when, p.when)]
    words = {
        "sstr_progression_since": "progression",
        "sstr_prrt_since": "PRRT",
        "sstr_local_since": ", ".join(kinds[:1]),
    }
    for name, event in words.items():
        if name in facts and facts[name].value == "yes":
            facts["sstr_event"] = Known(value=event, when=facts[name].when, sources=facts[name].sources)
            return facts
    if drugs.given and (extent := show_extent(drugs)):
        event = f"{extent} of {' '.join(drugs.regimen.split())}"[:60]
        facts["sstr_event"] = Known(value=event, when=drugs.last, sources=drugs.sources, read_as=drugs.read_as)
    return facts


def _latest_first(item: Item) -> tuple[int, str]:
    return -(item.when.last.toordinal() if item.when else 0), item.source


def _after(view: View, now: Reading, items: Iterable[Item], types: tuple[str, ...]) -> Known | None:
    """Whether any of these lies after the scan; no only if none can and the types they are read from came."""
    dated = list(items)
    later = [item for item in dated if surely_before(now.when, item.when)]
    if later:
        last = max((item.when for item in later if item.when), default=None)
        read_as: ReadAs = "coded" if any(item.read_as == "coded" for item in later) else "narrative"
        return yes(tuple(sorted({item.source for item in later})), last, read_as)
    if any(surely_before(now.when, item.when) is None for item in dated) or not view.provided(*types):
        return None
    return no()


def _orders(view: View, now: Reading | None) -> Facts:
    orders = [order for order in view.chart.orders if order.kind == "sstr-pet"]
    drafts = sorted({order.source for order in orders if order.draft})
    facts: Facts = {"sstr_drafted": yes(tuple(drafts)) if drafts else no()}
    placed = [order for order in orders if not order.draft]
    open_ones = [order for order in placed if _is_after(order, now)]
    if open_ones:
        days = [day for order in open_ones if (day := order.planned or order.when)]
        facts["sstr_order_open"] = yes(tuple(sorted({o.source for o in open_ones})), max(days, default=None), "coded")
    elif not any(_is_after(order, now) is None for order in placed) and view.provided("ServiceRequest", "Appointment"):
        facts["sstr_order_open"] = no()
    return facts


def _is_after(order: Order, now: Reading | None) -> bool | None:
    """Whether the order was written, or is planned, after the last scan; None if its dates do not tell."""
    if now is None:
        return True
    answers = [surely_before(now.when, day) for day in _days(order)]
    if True in answers:
        return True
    return False if answers and None not in answers else None


def _days(order: Order) -> list[Span]:
    return [day for day in (order.when, order.planned) if day is not None]
