"""C-01: Pregnancy."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="pregnancy",
    code="C-01",
    title="Pregnancy",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say that a pregnancy is recorded, in the EU also that one is suspected or not excluded, before anything else.",
    explanation="An active pregnancy Condition or due date, the status pregnant, or a positive qualitative test of the last 45 days, "
    "with no later negative test, delivery or end. A quantitative hCG never makes this rule speak: these tumours may secrete hCG.",
    citations=("L12", "A08"),
    evidence="label",
    disagree="the EU label contraindicates PRRT in established or suspected pregnancy; the US label has no contraindication and "
    "warns of harm to the foetus",
    own_default=True,
    branches=(
        Branch(
            name="test-only",
            when=fact.pregnancy_recorded.yes & fact.pregnancy_by_test.yes,
            outcome="contraindicated",
            reason="pregnancy",
            advice=Advice(
                indicator="critical",
                summary="Pregnancy test positive {pregnancy_recorded:date}; confirm (tumour hCG possible). PRRT contraindicated (EU) / foetal harm (US).",
                record="Record shows a positive pregnancy test of {pregnancy_recorded:date} and no later negative one; no pregnancy is otherwise recorded.",
                detail=(
                    "Confirm it: neuroendocrine tumours can secrete hCG.",
                    "The EU label contraindicates PRRT in established or suspected pregnancy; the US label warns of harm to the foetus.",
                    "No SSTR PET is proposed while this is open.",
                ),
                suggestions=(
                    Suggestion(label="Consider a confirmatory serum hCG", order="hcg"),
                    Suggestion(label="Discuss with obstetrics and the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the test is confirmed or refuted"),
                ),
                shows=("pregnancy_recorded", "age_years"),
            ),
        ),
        Branch(
            name="recorded",
            when=fact.pregnancy_recorded.yes,
            outcome="contraindicated",
            reason="pregnancy",
            advice=Advice(
                indicator="critical",
                summary="Pregnancy recorded {pregnancy_recorded:date}. PRRT contraindicated (EU label) / foetal harm warning (US label).",
                record="Record shows a pregnancy ({pregnancy_recorded:date}) and no later negative test, delivery or end.",
                detail=(
                    "The EU label contraindicates PRRT in established or suspected pregnancy; the US label warns of harm to the foetus.",
                    "No SSTR PET is proposed while this stands.",
                ),
                suggestions=(
                    Suggestion(label="Discuss with obstetrics and the NET tumour board", order="mdt-referral"),
                    Suggestion(label="Consider correcting the record if the pregnancy has ended"),
                    Suggestion(label="No change"),
                ),
                shows=("pregnancy_recorded", "age_years"),
            ),
        ),
        Branch(
            name="suspected-eu",
            when=fact.pregnancy_suspected.yes & (fact.jurisdiction == "EU"),
            outcome="contraindicated",
            reason="pregnancy",
            advice=Advice(
                indicator="critical",
                summary="Pregnancy suspected or not excluded {pregnancy_suspected:date}. PRRT contraindicated (EU label) until excluded.",
                record="Record shows a pregnancy suspected or not excluded ({pregnancy_suspected:date}) and no later negative test.",
                detail=(
                    "The EU label contraindicates PRRT in suspected pregnancy, and when pregnancy has not been excluded.",
                    "No SSTR PET is proposed while this is open.",
                ),
                suggestions=(
                    Suggestion(label="Consider a pregnancy test", order="hcg", recommended=True),
                    Suggestion(label="Discuss with obstetrics and the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until pregnancy is excluded"),
                ),
                shows=("pregnancy_suspected", "age_years"),
            ),
        ),
    ),
)
