"""R-07: SSTR uptake still low after treatment."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="sstr-still-low-after-therapy",
    code="R-07",
    title="SSTR uptake still low after treatment",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Do not raise the same scan again after it has answered.",
    explanation="The scan before was insufficient, cytotoxic or mTOR treatment followed, and the current scan is insufficient too: only treatment after the current scan counts for R-01.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="still-low",
            when=fact.sstr_still_low.yes,
            advice=Advice(
                indicator="info",
                summary="SSTR uptake still low after [[{sstr_between_regimen}]]; only treatment after this scan counts for another one.",
                record="Record shows low uptake before[[ ({sstr_earlier_score:date})]] and after [[{sstr_between_regimen}]] ({sstr_still_low:date}).",
                suggestions=(Suggestion(label="No change: no further SSTR PET on the same treatment"),),
                shows=("sstr_earlier_score", "sstr_between_regimen"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
