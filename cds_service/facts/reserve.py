"""Organ reserve: liver involvement and liver conditions, anticoagulation, risks to the kidney."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.results import decided, in_upper_limits, known
from cds_service.facts.timing import DRUG_TYPES, last_taken, was_taken
from cds_service.facts.view import View, once
from cds_service.record.model import Item, ProblemKind, Range

_LIVER: dict[ProblemKind, str] = {
    "ascites": "ascites", "encephalopathy": "encephalopathy", "cholangitis": "cholangitis",
    "biliary-stent": "biliary stent",
}  # fmt: skip
_KIDNEY: dict[ProblemKind, str] = {
    "diabetes": "diabetes", "hypertension": "hypertension", "single-kidney": "single kidney",
    "hydronephrosis": "hydronephrosis",
}  # fmt: skip
_STRICT = Decimal("1e-9")

GLOSSARY = (
    FactSpec("alt_uln", "number", "ALT in multiples of its upper limit", "fresh value over its own limit", "{ULN}"),
    FactSpec("ast_uln", "number", "AST in multiples of its upper limit", "fresh value over its own limit", "{ULN}"),
    FactSpec("liver_involvement_least", "number", "liver involvement, at least",
             "low end of what the newest report with a share says", "%"),
    FactSpec("liver_involvement_most", "number", "liver involvement, at most", "its high end", "%"),
    FactSpec("liver_conditions", "text", "liver conditions and treatments",
             "ascites, encephalopathy, cholangitis, biliary stent, SIRT as recorded; absent when none is"),
    FactSpec("liver_reserve_list", "text", "what limits liver reserve", "everything that makes L-09 speak"),
    FactSpec("anticoagulated", "truth", "taking a vitamin-K antagonist or direct oral anticoagulant",
             "last taken within the laboratory limit; no only if all medication types came"),
    FactSpec("ascites_recorded", "truth", "ascites recorded", "yes when active; never no"),
    FactSpec("renal_risk_list", "text", "kidney risk factors", "as recorded; absent when none is"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """Every fact of organ reserve that is known."""
    facts: Facts = {}
    for name, reading in (("alt_uln", in_upper_limits(view, "alt")), ("ast_uln", in_upper_limits(view, "ast"))):
        if reading and (value := decided(reading, "high", view.params["transaminase_uln"])) is not None:
            facts[name] = known(reading, value)
    facts |= liver_involvement(view)
    liver = _named(view, _LIVER)
    liver += [("SIRT", p) for p in view.chart.procedures if p.kind == "sirt"]
    liver += [("biliary stent", p) for p in view.chart.procedures if p.kind == "biliary-stent"]
    if liver:
        facts["liver_conditions"] = _listed(liver)
    ascites = [item for words, item in liver if words == "ascites"]
    if ascites:
        facts["ascites_recorded"] = yes(_sources(ascites))
    kidney = _kidney(view)
    if kidney:
        facts["renal_risk_list"] = _listed(kidney)
    anticoagulant = anticoagulated(view)
    if anticoagulant:
        facts["anticoagulated"] = anticoagulant
    reserve = _reserve(view, facts)
    if reserve:
        facts["liver_reserve_list"] = reserve
    return facts


@once
def liver_involvement(view: View) -> Facts:
    """The share of the newest report that states one; of reports equally new the higher."""
    stated = [
        (scan, scan.liver_involvement_percent) for scan in view.chart.scans
        if scan.liver_involvement_percent and scan.when and scan.when.first <= view.today and not scan.preliminary
    ]  # fmt: skip
    newest_day = max((scan.when.first for scan, _ in stated if scan.when), default=None)
    newest = [(s, share) for s, share in stated if s.when and newest_day and s.when.last >= newest_day]
    if not newest:
        return {}
    scan, share = max(newest, key=lambda pair: (_least(pair[1]), pair[0].source))
    shown = f"{share.comparator or ''}{share.high if share.comparator in ('<', '<=') else share.low:f}"
    if share.comparator is None and share.low != share.high:
        shown = f"{share.low:f}-{share.high:f}"
    return {
        name: Known(value=float(end), shown=shown, when=scan.when, sources=(scan.source,), read_as=scan.read_as)
        for name, end in (("liver_involvement_least", _least(share)), ("liver_involvement_most", share.high))
    }


def _least(share: Range) -> Decimal:
    return share.low * (1 + _STRICT) if share.comparator == ">" else share.low


def _reserve(view: View, facts: Facts) -> Known | None:
    """The same list in words, with the numbers that count."""
    parts: list[str] = []
    sources: list[str] = []
    limits = {
        "liver_involvement_most": ("liver involvement", "%", "liver_involvement"),
        "alt_uln": ("ALT", "x ULN", "transaminase_uln"),
        "ast_uln": ("AST", "x ULN", "transaminase_uln"),
    }
    for name, (words, unit, limit) in limits.items():
        fact = facts.get(name)
        if fact and float(fact.value) > view.params[limit]:
            number = fact.shown or f"{float(fact.value):.1f}".removesuffix(".0")
            parts.append(f"{words} {number} {unit}")
            sources += fact.sources
    if conditions := facts.get("liver_conditions"):
        parts.append(str(conditions.value))
        sources += conditions.sources
    if not parts:
        return None
    return Known(value=", ".join(parts), sources=tuple(sorted(set(sources))), read_as="derived")


def _kidney(view: View) -> list[tuple[str, Item]]:
    found = _named(view, _KIDNEY)
    found += [("single kidney", p) for p in view.chart.procedures if p.kind == "nephrectomy"]
    past = [t for t in view.chart.treatments if was_taken(t, view)]
    found += [("prior cisplatin", t) for t in past if t.drug == "cisplatin" and t.given]
    found += [("prior PRRT", t) for t in past if t.group == "prrt" and t.given]
    limit = view.params["lab_max_age_days"]
    found += [
        ("nephrotoxic drug", t) for t in past
        if t.group == "nephrotoxic" and (last := last_taken(t, view)) and (view.today - last.last).days <= limit
    ]  # fmt: skip
    return found


@once
def anticoagulated(view: View) -> Known | None:
    limit = view.params["lab_max_age_days"]
    found = [t for t in view.chart.treatments if t.group == "anticoagulant" and was_taken(t, view)]
    lasts = [(t, last_taken(t, view)) for t in found]
    current = [t for t, last in lasts if last and (view.today - last.last).days <= limit]
    if current:
        return yes(_sources(current))
    if any(last is None for _, last in lasts) or not view.provided(*DRUG_TYPES):
        return None
    return no()


def _named(view: View, names: dict[ProblemKind, str]) -> list[tuple[str, Item]]:
    return [(names[p.kind], p) for p in view.chart.problems if p.kind in names and p.active]


def _listed(found: list[tuple[str, Item]]) -> Known:
    """Names once each, in the order of the alphabet, with their sources."""
    words = sorted({name for name, _ in found}, key=str.lower)
    return Known(value=", ".join(words), sources=_sources(item for _, item in found))


def _sources(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(sorted({item.source for item in items}))
