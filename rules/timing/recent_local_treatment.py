"""T-03: Recent local treatment."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="recent-local-treatment",
    code="T-03",
    title="Recent local treatment",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when surgery, ablation or embolisation was more recent than trials allowed.",
    explanation="The latest local treatment on record; a partial date counts from its latest day. A caution, not a stop.",
    citations=("L16",),
    evidence="protocol",
    branches=(
        Branch(
            name="recent",
            when=fact.local_treatment_weeks < param.local_treatment_weeks,
            advice=Advice(
                indicator="info",
                summary="Local treatment[[ ({local_treatment})]] {local_treatment_weeks} ago; trials required {param.local_treatment_weeks} before PRRT.",
                record="Record shows local treatment[[ ({local_treatment})]] {local_treatment_weeks} ago ({local_treatment_weeks:date}).",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=("local_treatment",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
