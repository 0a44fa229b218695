"""D-04: Data too old to use."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="data-too-old",
    code="D-04",
    title="Data too old to use",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Name the values that are in the record but too old, or without a date.",
    explanation="Newest result of each needed value older than the site's limit, or undated, and none fresh.",
    citations=("L05",),
    evidence="label",
    branches=(
        Branch(
            name="too-old",
            when=fact.too_old_list.known,
            advice=Advice(
                indicator="info",
                summary="Data too old to use: {too_old_list}. Repeat before PRRT assessment.",
                record="Record shows these values only older than {param.lab_max_age_days} or undated: {too_old_list}.",
                detail=("[[Newest on record: {too_old_detail}.]]",),
                suggestions=(
                    Suggestion(label="Consider repeating them", order="lab-panel", recommended=True),
                    Suggestion(label="No change: an old value is not used"),
                ),
                shows=("too_old_list",),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "completed", "retreatment"),
)
