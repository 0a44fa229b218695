"""Whether the disease is called resectable: the newest judgement counts; contradictions of one day leave it open."""

from __future__ import annotations

from datetime import date

from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.pathology import latest, quote, read_as, sources
from cds_service.facts.scope import TUMOUR_SURGERY
from cds_service.facts.view import View, surely_before
from cds_service.record.model import Operability

GLOSSARY = (
    FactSpec(
        "operability", "text", "operability", "the newest judgement in the record", "",
        ("resectable", "unresectable", "localised"),
    ),
)  # fmt: skip


def compute(view: View) -> Facts:
    said = [judged for judged in view.chart.operability if not _operated_since(view, judged)]
    newest = max((o.when.last for o in said if o.when), default=date.min)
    current = [o for o in said if (o.when.last if o.when else date.min) == newest]
    verdicts = {o.verdict for o in current}
    if len(verdicts) != 1:
        return {}
    value = Known(
        value=verdicts.pop(), when=latest(current), sources=sources(current), read_as=read_as(current),
        quote=quote(current),
    )  # fmt: skip
    return {"operability": value}


def _operated_since(view: View, judged: Operability) -> bool:
    """Whether what was called resectable (or localised) has been operated on since: the judgement is used up."""
    return judged.verdict != "unresectable" and any(
        done.kind in TUMOUR_SURGERY and surely_before(judged.when, done.when) for done in view.chart.procedures
    )
