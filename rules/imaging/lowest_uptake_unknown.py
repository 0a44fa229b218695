"""I-14: Lowest uptake not stated."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="lowest-uptake-unknown",
    code="I-14",
    title="Lowest uptake not stated",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Do not take the hottest lesion for all of them.",
    explanation="Only a maximum is known, it reaches krenning_min, other lesions or organs with disease are on record, and nothing is said of all lesions.",
    citations=("S03", "S10", "S19"),
    evidence="RCT",
    branches=(
        Branch(
            name="maximum-only",
            when=fact.krenning_only_maximum.yes,
            outcome="needs-data",
            reason="krenning-missing",
            advice=Advice(
                indicator="info",
                summary="Highest uptake Krenning[[ {krenning_best_low}]]; lowest lesion not stated[[ ({krenning_sites_scored} sites scored)]]. Ask reader.",
                record="Record shows only the highest uptake of the SSTR PET of {krenning_only_maximum:date}, while more disease is on record.",
                detail=("The lesion with the least uptake carries more prognosis than the hottest (S10).",),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum: score per lesion, or a statement on all lesions",
                        recommended=True,
                    ),
                    Suggestion(label="Consider comparing with CT or MRI for lesions without uptake"),
                    Suggestion(label="No change until the lowest score is known"),
                ),
                shows=("krenning_only_maximum", "krenning_best_low"),
            ),
            ask=("lowest-uptake",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
