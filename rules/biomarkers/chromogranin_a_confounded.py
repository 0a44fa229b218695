"""B-02: Chromogranin A confounded."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="chromogranin-a-confounded",
    code="B-02",
    title="Chromogranin A confounded",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say what else may have raised chromogranin A.",
    explanation="Newest value above its own upper limit, with a proton-pump inhibitor up to two weeks before it, renal failure or atrophic "
    "gastritis.",
    citations=("B01", "B02"),
    evidence="cohort",
    disagree="one table lists H2 blockers as raising chromogranin A, a cohort saw no relevant rise (B02)",
    branches=(
        Branch(
            name="confounded",
            when=fact.cga_raised.yes & fact.cga_confounders.known,
            advice=Advice(
                indicator="info",
                summary="CgA raised with {cga_confounders}: repeat after {param.ppi_days} off PPI (or on H2 blocker) if possible.",
                record="Record shows chromogranin A above its upper limit ({cga_raised:date}) with {cga_confounders}.",
                suggestions=(
                    Suggestion(label="Consider repeating chromogranin A after a pause of the drug, if possible"),
                    Suggestion(label="Consider the cause before the trend"),
                    Suggestion(label="No change"),
                ),
                shows=("cga_uln",),
            ),
        ),
    ),
)
