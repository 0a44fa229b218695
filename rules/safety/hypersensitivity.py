"""C-05: Hypersensitivity."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="hypersensitivity",
    code="C-05",
    title="Hypersensitivity",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say that a severe reaction to the PRRT agent or an excipient is recorded.",
    explanation="Grade 3 or 4, severity severe, or criticality high, to the agent, lysine, arginine or an excipient. A reaction "
    "without a grade is listed and its grade asked for.",
    citations=("L27", "A08"),
    evidence="label",
    branches=(
        Branch(
            name="severe",
            when=fact.severe_hypersensitivity.yes,
            outcome="contraindicated",
            reason="hypersensitivity",
            advice=Advice(
                indicator="critical",
                summary="Severe hypersensitivity recorded[[ ({hypersensitivity_agent})]]; re-exposure to the PRRT agent or excipient not advised.",
                record="Record shows severe hypersensitivity[[ to {hypersensitivity_agent}]] ({severe_hypersensitivity:date}).",
                detail=("The labels advise against another exposure after a grade 3 or 4 reaction.",),
                suggestions=(
                    Suggestion(label="Consider an allergy review"),
                    Suggestion(label="Discuss other treatment at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="grade-unknown",
            when=fact.hypersensitivity_ungraded.yes,
            advice=Advice(
                indicator="warning",
                summary="Hypersensitivity[[ to {hypersensitivity_agent}]] recorded without a grade; grade 3 or 4 would stand against PRRT.",
                record="Record shows hypersensitivity[[ to {hypersensitivity_agent}]] without severity or grade.",
                suggestions=(
                    Suggestion(label="Consider an allergy review and recording the grade"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
