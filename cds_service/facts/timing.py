"""Time since other treatment: wash-out of antineoplastic drugs, local treatment (rulings, section 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from cds_service.dates import Span, on_day
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.view import View
from cds_service.record.model import Group, Intervention, Treatment

WASHED_OUT: frozenset[Group] = frozenset({
    "cytotoxic", "mtor", "kinase-inhibitor", "interferon", "bevacizumab", "immunotherapy", "other-antineoplastic",
    "lu-psma", "mibg", "radium-223",
})  # fmt: skip
"""Every antineoplastic drug but somatostatin analogues and PRRT itself."""
DRUG_TYPES = ("MedicationAdministration", "MedicationStatement", "MedicationRequest")
_LOCAL: frozenset[Intervention] = frozenset({
    "splenectomy", "pancreatectomy", "liver-resection", "metastasectomy", "tumour-resection", "ablation",
    "embolisation", "sirt", "hysterectomy", "nephrectomy",
})  # fmt: skip
_CONCURRENT = re.compile(r"concurrent|concomitant|combin|radiosensiti", re.IGNORECASE)
_RADIOLIGAND = re.compile(r"prrt|177|lutetium|dota|radioligand|radionuclide", re.IGNORECASE)
_TRIAL = re.compile(r"trial|study|protocol", re.IGNORECASE)
_MOST_DRUGS = 3

GLOSSARY = (
    FactSpec("washout_days", "number", "days since the last dose of other antineoplastic treatment",
             "from the latest day it may have been to today, or to the day a drafted PRRT dose is for; an order or "
             "statement without end counts as taken on that day", "d"),
    FactSpec("washout_planned", "text", "planned day of the drafted dose", "the wash-out is counted to it"),
    FactSpec("washout_reached", "truth", "wash-out reached", "yes also when none is on record and all types came"),
    FactSpec("washout_date_missing", "truth", "date of a last dose not recorded", "yes when it could decide"),
    FactSpec("washout_drug", "text", "last antineoplastic drug", "names of the drugs taken last"),
    FactSpec("washout_until", "text", "wash-out reached on", "last dose plus the wash-out"),
    FactSpec("concurrent_capecitabine", "truth", "capecitabine within a trial of concurrent treatment",
             "yes when its written reason names a trial with PRRT; such doses need no wash-out"),
    FactSpec("local_treatment_weeks", "number", "weeks since surgery, ablation or embolisation",
             "from the latest day it may have been, part weeks included", "wk"),
    FactSpec("local_treatment", "text", "last local treatment", "as recorded"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """Wash-out and local treatment, as far as known."""
    drugs = [t for t in view.chart.treatments if t.group in WASHED_OUT and was_taken(t, view)]
    concurrent = [t for t in drugs if _is_concurrent(t)]
    facts = _washout(view, [t for t in drugs if t not in concurrent]) | _local(view)
    if concurrent:
        facts["concurrent_capecitabine"] = yes(sources_of(concurrent))
    return facts


def was_taken(item: Treatment, view: View) -> bool:
    """Whether treatment counts for a wash-out: given, ordered, or planned with a start that has passed."""
    if item.when is not None and item.when.first > view.today:
        return False
    return item.given or item.kind == "request" or item.when is not None


def last_taken(item: Treatment, view: View) -> Span | None:
    """The days the last dose may have been on, none after today; None if the record does not bound them.

    The written end; without one, an order or statement still running counts as taken today.
    """
    if item.end is not None:
        return Span(min(item.end.first, view.today), min(item.end.last, view.today))
    if item.open_ended:
        return on_day(view.today)
    if item.when is None or end_missing(item):
        return None
    return Span(item.when.first, min(item.when.last, view.today))


def sources_of(items: Iterable[Treatment]) -> tuple[str, ...]:
    """Their resources, once each, sorted."""
    return tuple(sorted({item.source for item in items}))


def names_of(items: Iterable[Treatment]) -> str:
    """Their regimens, or drugs, once each."""
    items = list(items)
    named = sorted({item.regimen or item.drug for item in items})
    return " and ".join(named[:_MOST_DRUGS])


def _washout(view: View, drugs: list[Treatment]) -> Facts:
    limit = view.params["washout_days"]
    undated = [t for t in drugs if end_missing(t)]
    planned = drafted_day(view)
    until = planned or view.today
    dated = [(t, when) for t in drugs if t not in undated and (when := _last_before(t, view, until))]
    # begun so recently that the wash-out cannot be over, whenever it was stopped
    dated += [(t, on_day(t.when.first)) for t in undated if t.when and (view.today - t.when.first).days < limit]
    undated = [t for t in undated if t.when is None or (view.today - t.when.first).days >= limit]
    complete = view.provided(*DRUG_TYPES)
    last = max((when.last for _, when in dated), default=None)
    days = None if last is None else (until - last).days
    if undated and (days is None or days >= limit):
        return {"washout_date_missing": yes(sources_of(undated))}
    if last is None or days is None:
        return {"washout_reached": yes(), "washout_date_missing": no()} if complete else {}
    latest = [t for t, when in dated if when.last == last]
    when = max(when for _, when in dated if when.last == last)
    sources = sources_of(latest)
    facts: Facts = {
        "washout_days": Known(value=float(days), when=when, sources=sources, read_as="derived"),
        "washout_drug": Known(value=names_of(latest), when=when, sources=sources),
        "washout_until": Known(value=str(last + timedelta(days=limit)), sources=sources, read_as="derived"),
        "washout_date_missing": no(),
    }
    if planned:
        facts["washout_planned"] = Known(value=str(planned), read_as="derived")
    if days < limit:
        facts["washout_reached"] = no(sources, when)
    elif complete:
        facts["washout_reached"] = yes(sources, when)
    return facts


def drafted_day(view: View) -> date | None:
    """The earliest day a drafted PRRT dose is for, from today on; None without such a draft."""
    days = [o.planned.first for o in view.chart.orders if o.draft and o.kind == "prrt" and o.planned]
    return min((day for day in days if day >= view.today), default=None)


def _last_before(item: Treatment, view: View, until: date) -> Span | None:
    """As ``last_taken``; what runs without an end, or to a later one, goes on until ``until``."""
    if item.end is not None:
        return Span(min(item.end.first, until), min(item.end.last, until))
    return on_day(until) if item.open_ended else last_taken(item, view)


def end_missing(item: Treatment) -> bool:
    """All that is known is that it began, or that it was taken at all."""
    stopped = item.stopped and item.kind in ("statement", "request")
    return item.end is None and not item.open_ended and (item.when is None or stopped)


def _is_concurrent(item: Treatment) -> bool:
    return item.drug == "capecitabine" and all(
        pattern.search(item.indication) for pattern in (_CONCURRENT, _RADIOLIGAND, _TRIAL)
    )


def _local(view: View) -> Facts:
    done = [p for p in view.chart.procedures if p.kind in _LOCAL and p.when and p.when.first <= view.today]
    if not done:
        return {}
    last = max(min(p.when.last, view.today) for p in done if p.when)
    latest = [p for p in done if p.when and min(p.when.last, view.today) == last]
    days, sources = (view.today - last).days, tuple(sorted({p.source for p in latest}))
    when = max(p.when for p in latest if p.when)
    weeks = Known(value=days / 7, shown=str(days // 7), when=when, sources=sources, read_as="derived")
    words = " and ".join(sorted({p.kind.replace("-", " ") for p in latest}))
    return {"local_treatment_weeks": weeks, "local_treatment": Known(value=words, when=when, sources=sources)}
