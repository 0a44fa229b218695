"""G-07: Below the labelled age."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="below-labelled-age",
    code="G-07",
    title="Below the labelled age",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when the patient is below the lowest labelled age, and ask when age or sex is not recorded.",
    explanation="Completed years on the decision date; a partial birth date counts where no labelled age lies between the two ages it allows. Sex is needed for the clearance and the pregnancy question.",
    citations=("A01", "A02"),
    evidence="label",
    branches=(
        Branch(
            name="below-us",
            when=(fact.age_years < param.age_min_us) & (fact.jurisdiction == "US"),
            outcome="not-now",
            reason="age-lt-12",
            advice=Advice(
                indicator="info",
                summary="Patient is {age_years}; lowest labelled PRRT age here is {param.age_min_us}.",
                record="Record shows a patient of {age_years}; the US label begins at {param.age_min_us}.",
                suggestions=(
                    Suggestion(label="Consider a paediatric NET centre"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="below-eu",
            when=fact.age_years < param.age_min_us,
            outcome="not-now",
            reason="age-lt-12",
            advice=Advice(
                indicator="info",
                summary="Patient is {age_years}; lowest labelled PRRT age here is {param.age_min_eu}.",
                record="Record shows a patient of {age_years}; the EU label covers adults, no label covers this age.",
                suggestions=(
                    Suggestion(label="Consider a paediatric NET centre"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="age-or-sex-missing",
            when=fact.age_or_sex_missing.yes,
            outcome="needs-data",
            reason="age-or-sex-missing",
            advice=Advice(
                indicator="info",
                summary="Age or sex is not recorded well enough; both are needed to assess PRRT.",
                record="Record shows no usable birth date or no sex[[ (age {age_years})]][[ (sex {sex})]].",
                suggestions=(
                    Suggestion(label="Consider completing the patient's master data"),
                    Suggestion(label="No change: neither is guessed"),
                ),
            ),
            ask=(Ask("birth-date", fact.age_years.unknown), Ask("sex", fact.sex.unknown)),
        ),
        Branch(
            name="eu-minor",
            when=(fact.age_years < param.age_min_eu) & (fact.jurisdiction == "EU"),
            advice=Advice(
                indicator="info",
                summary="Patient is {age_years}; lowest labelled PRRT age here is {param.age_min_eu}.",
                record="Record shows a patient of {age_years}; the EU label covers adults, the US label begins at {param.age_min_us}.",
                suggestions=(
                    Suggestion(label="Consider a paediatric NET centre"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
