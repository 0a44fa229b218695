"""L-08: Laboratory values missing or old."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact

rule = Rule(
    id="laboratory-missing-or-old",
    code="L-08",
    title="Laboratory values missing or old",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Ask in one card for every laboratory value that an assessment needs and the record does not show fresh.",
    explanation="Haemoglobin, white cells, platelets, creatinine with weight (under 18 height), ALT, AST, bilirubin with its upper limit, albumin. A reported clearance replaces creatinine and weight.",
    citations=("L05",),
    evidence="label",
    branches=(
        Branch(
            name="missing",
            when=fact.labs_missing_list.known,
            outcome="needs-data",
            reason="labs-missing-or-old",
            advice=Advice(
                indicator="info",
                summary="Before PRRT assessment, missing or older than {param.lab_max_age_days:bare} d: {labs_missing_list}.",
                record="Record shows no fresh value of: {labs_missing_list}.",
                detail=(
                    "[[In the record but too old or undated: {too_old_detail}.]]",
                    "[[In the record but not usable: {unusable_detail}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the laboratory panel", order="lab-panel", recommended=True),
                    Suggestion(label="No change: nothing is concluded from values that are not there"),
                ),
            ),
            # every value that is not known is asked for by its criterion
            ask=(Ask("weight", fact.weight_missing.yes), Ask("height", fact.height_missing.yes)),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
