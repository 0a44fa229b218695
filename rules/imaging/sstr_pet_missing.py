"""I-01: No usable SSTR PET."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact
from rules.criteria import sstr_pet_needed

rule = Rule(
    id="sstr-pet-missing",
    code="I-01",
    title="No usable SSTR PET",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Ask for the scan without which PRRT cannot be assessed.",
    explanation="Well-differentiated, active disease and no final SSTR PET report. Scintigraphy and preliminary reports do not count; an old PET is I-08.",
    citations=("S23",),
    evidence="guideline",
    branches=(
        Branch(
            name="ordered",
            when=sstr_pet_needed & fact.sstr_order_open.yes,
            outcome="needs-data",
            reason="sstr-missing",
            advice=Advice(
                indicator="info",
                summary="No usable SSTR PET in record; one is ordered. PRRT is assessed on its final report.",
                record="Record shows active well-differentiated disease, no final SSTR PET, and an order or appointment for one ({sstr_order_open:date}).",
                detail=("Somatostatin receptor PET is the test that shows whether the radioligand can bind (S23).",),
                suggestions=(
                    Suggestion(label="Consider waiting for the SSTR PET already ordered", recommended=True),
                    Suggestion(label="No change: no second order"),
                ),
                shows=("sstr_order_open",),
            ),
            ask=("sstr-pet-current",),
        ),
        Branch(
            name="none",
            when=sstr_pet_needed,
            outcome="needs-data",
            reason="sstr-missing",
            advice=Advice(
                indicator="info",
                summary="No usable SSTR PET in record; needed to assess PRRT and stage disease.",
                record="Record shows active well-differentiated disease and no final SSTR PET report.",
                detail=(
                    "Somatostatin receptor PET is the test that shows whether the radioligand can bind (S23).",
                    "Scintigraphy scores run lower than PET scores and are not used in its place (S02).",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider ordering an SSTR PET/CT", order="sstr-pet", recommended=True, unless=("C-01",)
                    ),
                    Suggestion(label="Consider asking for the report of a scan done elsewhere"),
                    Suggestion(label="No change"),
                ),
                shows=("diagnosis", "active_disease"),
            ),
            ask=("sstr-pet-current",),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("D-03",),
)
