"""I-06: SSTR results conflict."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="sstr-results-conflict",
    code="I-06",
    title="SSTR results conflict",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Have two contradicting SSTR results adjudicated before either is used.",
    explanation="Two SSTR PETs at most conflict_days apart on different sides of krenning_min without cytotoxic or mTOR treatment between them, or text and coded scores of one study on different sides.",
    citations=("S22",),
    evidence="cohort",
    own_default=True,
    branches=(
        Branch(
            name="conflict",
            when=fact.sstr_results_conflict.yes,
            outcome="needs-data",
            reason="sstr-conflict",
            advice=Advice(
                indicator="warning",
                summary="SSTR results conflict[[ ({sstr_conflict_first} vs {sstr_conflict_second})]]; please adjudicate before using either.",
                record="Record shows SSTR results on both sides of Krenning {param.krenning_min}[[: {sstr_conflict_first} and {sstr_conflict_second}]].",
                detail=("Two readers can differ by one point between 2 and 3 (S22).",),
                suggestions=(
                    Suggestion(label="Consider a joint or central re-read of both results", recommended=True),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the results are adjudicated"),
                ),
                shows=("sstr_results_conflict", "sstr_conflict_first", "sstr_conflict_second"),
            ),
            ask=("sstr-consistent",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
