"""G-08: Ki-67 above the range studied."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="ki67-above-studied-range",
    code="G-08",
    title="Ki-67 above the range studied",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Beyond the Ki-67 range of the trial there is no randomised evidence for PRRT.",
    explanation="NETTER-2 enrolled Ki-67 10 to 55 %. A higher value needs pathology review, also when differentiation is unknown.",
    citations=("D11", "L30"),
    evidence="RCT",
    branches=(
        Branch(
            name="above",
            when=fact.ki67_percent > param.ki67_max,
            outcome="not-now",
            reason="ki67-over-55",
            advice=Advice(
                indicator="warning",
                summary="Ki-67 {ki67_percent} exceeds the {param.ki67_max} studied in NETTER-2; pathology review suggested.",
                record="Record shows Ki-67 {ki67_percent}.",
                suggestions=(
                    Suggestion(label="Consider expert pathology review", recommended=True),
                    Suggestion(label="Consider FDG PET", order="fdg-pet", unless=("C-01",)),
                ),
            ),
        ),
        Branch(
            name="surely-above",
            when=fact.ki67_surely_above.yes,
            outcome="not-now",
            reason="ki67-over-55",
            advice=Advice(
                indicator="warning",
                summary="Ki-67 recorded above the {param.ki67_max} studied in NETTER-2; pathology review suggested.",
                record="Record shows a Ki-67 above the range studied, without an exact value.",
                suggestions=(
                    Suggestion(label="Consider expert pathology review with an exact Ki-67", recommended=True),
                    Suggestion(label="Consider FDG PET", order="fdg-pet", unless=("C-01",)),
                ),
                shows=("ki67_surely_above",),
            ),
            ask=("ki67-exact",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
