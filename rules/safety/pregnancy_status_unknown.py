"""C-02: Pregnancy status unknown."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="pregnancy-status-unknown",
    code="C-02",
    title="Pregnancy status unknown",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Ask for a pregnancy test where pregnancy is possible and not excluded recently enough.",
    explanation="Women, and patients whose sex is not recorded, of 12 to 55 years without sterilisation, hysterectomy, menopause or "
    "infertility on record. A test counts 7 days before a planned dose or due cycle, 30 days when none is planned. A raised "
    "quantitative hCG asks for clarification and is never called a pregnancy.",
    citations=("L12", "L13"),
    evidence="label",
    disagree="contraception after the last dose: US label 7 months (women) and 4 months (men), older EU text 6 months for both",
    own_default=True,
    silenced_by=("C-01",),
    branches=(
        Branch(
            name="hcg-above-range",
            when=fact.hcg_above_range.yes
            & (fact.pregnancy_question_applies.yes | fact.pregnancy_question_applies.unknown),
            outcome="needs-data",
            reason="pregnancy-test",
            stands_first=True,
            advice=Advice(
                indicator="warning",
                summary="Quantitative hCG above its range {hcg_above_range:date}: pregnancy or tumour hCG; clarify before PRRT.",
                record="Record shows a quantitative hCG above its reference range ({hcg_above_range:date}) and no later negative test.",
                detail=(
                    "Neuroendocrine tumours can secrete hCG, so this is not called a pregnancy; it is not excluded either.",
                ),
                suggestions=(
                    Suggestion(label="Consider repeating hCG, and a pelvic ultrasound", order="hcg"),
                    Suggestion(label="Discuss with obstetrics"),
                    Suggestion(label="No change until it is clarified"),
                ),
                shows=("hcg_above_range", "age_years"),
            ),
            ask=("pregnancy",),
        ),
        Branch(
            name="suspected",
            when=fact.pregnancy_suspected.yes
            & (fact.pregnancy_question_applies.yes | fact.pregnancy_question_applies.unknown),
            outcome="needs-data",
            reason="pregnancy-test",
            stands_first=True,
            advice=Advice(
                indicator="warning",
                summary="Pregnancy suspected or not excluded {pregnancy_suspected:date}; a test is needed before PRRT.",
                record="Record shows a pregnancy suspected or not excluded ({pregnancy_suspected:date}) and no later negative test.",
                detail=(
                    "The US label warns of harm to the foetus; the EU label contraindicates PRRT while pregnancy is not excluded.",
                ),
                suggestions=(
                    Suggestion(label="Consider a pregnancy test", order="hcg", recommended=True),
                    Suggestion(label="Discuss with obstetrics"),
                    Suggestion(label="No change until pregnancy is excluded"),
                ),
                shows=("pregnancy_suspected", "age_years"),
            ),
            ask=("pregnancy",),
        ),
        Branch(
            name="no-test",
            when=fact.pregnancy_question_applies.yes & fact.pregnancy_excluded.unknown,
            outcome="needs-data",
            reason="pregnancy-test",
            advice=Advice(
                indicator="warning",
                summary="Pregnancy status unknown; test needed before PRRT. Contraception 7 mo (F) / 4 mo (M) US, 6/6 in older EU text.",
                record="Record shows no negative pregnancy test recent enough[[ (within {pregnancy_test_window} of the dose, or of today)]], and nothing that rules a pregnancy out.",
                detail=(
                    "A test counts for {param.pregnancy_test_planned_days} before a planned dose or due cycle, for {param.pregnancy_test_days} when none is planned.",
                    "Sterilisation, hysterectomy or menopause, once recorded, answer the question.",
                ),
                suggestions=(
                    Suggestion(label="Consider a pregnancy test", order="hcg", recommended=True),
                    Suggestion(label="Discuss contraception and fertility"),
                    Suggestion(label="No change until pregnancy is excluded"),
                ),
                shows=("age_years",),
            ),
            ask=("pregnancy",),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
