"""P-07: Das clinical score."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="das-clinical-score",
    code="P-07",
    title="Das clinical score",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Show the items of a prognostic score as information. There is no cut-off and no consequence.",
    explanation="Other treatments by primary, earlier systemic treatment, symptoms, critical-organ burden, peritoneal disease. A total only "
    "when all five are known: a partial total reads as a good one.",
    citations=("Q01", "Q02"),
    evidence="cohort",
    own_default=True,
    branches=(
        Branch(
            name="total",
            when=fact.das_total.known & fact.das_items.known,
            advice=Advice(
                indicator="info",
                summary="Das clinical score items: {das_total}/9 (information only).",
                record="Record shows these items: {das_items}.",
                detail=("Lower goes with longer control on PRRT; no value of it stands against PRRT.",),
                suggestions=(Suggestion(label="No change: information only"),),
            ),
        ),
        Branch(
            name="items",
            when=fact.net_in_scope.yes & fact.das_items.known & fact.das_unknown.known,
            advice=Advice(
                indicator="info",
                summary="Das clinical score items known: {das_items}; not known: {das_unknown}. No total.",
                record="Record shows these items: {das_items}; not known: {das_unknown}.",
                suggestions=(Suggestion(label="No change: information only"),),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
