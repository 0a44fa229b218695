"""R-05: SSTR PET already ordered."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact
from rules.criteria import reimaging_raised

rule = Rule(
    id="sstr-pet-already-ordered",
    code="R-05",
    title="SSTR PET already ordered",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Do not suggest a scan that is already on its way, and name it when a second one is drafted.",
    explanation="An active order, or a booked or pending appointment, for an SSTR PET, written or planned after the last one: R-01 and I-08 become this one finding. An order drafted in the same call does not count as existing.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    stage=2,
    notable=True,
    branches=(
        Branch(
            name="duplicate-instead",
            when=fact.sstr_order_open.yes & fact.sstr_drafted.yes & reimaging_raised,
            outcome="no-advice",
            reason="scan-already-ordered",
            advice=Advice(
                indicator="info",
                summary="An SSTR PET is already ordered ({sstr_order_open:date}); a second one is being drafted.",
                record="Record shows an order or appointment for an SSTR PET: {sstr_order_open:source} ({sstr_order_open:date}).",
                suggestions=(
                    Suggestion(label="Consider keeping the existing order and withdrawing the draft", recommended=True),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_order_open",),
            ),
        ),
        Branch(
            name="instead",
            when=fact.sstr_order_open.yes & reimaging_raised,
            outcome="no-advice",
            reason="scan-already-ordered",
        ),
        Branch(
            name="duplicate",
            when=fact.sstr_order_open.yes & fact.sstr_drafted.yes,
            outcome="no-advice",
            reason="scan-already-ordered",
            advice=Advice(
                indicator="info",
                summary="An SSTR PET is already ordered ({sstr_order_open:date}); a second one is being drafted.",
                record="Record shows an order or appointment for an SSTR PET: {sstr_order_open:source} ({sstr_order_open:date}).",
                suggestions=(
                    Suggestion(label="Consider keeping the existing order and withdrawing the draft", recommended=True),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_order_open",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
