"""C-07: Poor performance status."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="poor-performance-status",
    code="C-07",
    title="Poor performance status",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when the newest performance status, or a short life expectancy, stands against PRRT.",
    explanation="The newest of ECOG and Karnofsky, of one day the worse; no age limit. ECOG 2 is a caution.",
    citations=("L11",),
    evidence="protocol",
    disagree="HEPAR PLUS allowed ECOG 2, LUTIA and others did not",
    branches=(
        Branch(
            name="stop",
            when=fact.ecog >= param.ecog_stop,
            outcome="not-now",
            reason="ecog-ge-3",
            advice=Advice(
                indicator="info",
                summary="Performance status ECOG {ecog}; PRRT trials excluded ECOG {param.ecog_stop:bare} and above.",
                record="Record shows ECOG {ecog} ({ecog:date}).",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board, supportive care included", order="mdt-referral"),
                    Suggestion(label="Consider what limits the patient and whether it can be treated"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="life-expectancy",
            when=fact.short_life_expectancy.yes,
            outcome="not-now",
            reason="ecog-ge-3",
            advice=Advice(
                indicator="info",
                summary="A short life expectancy is recorded; PRRT trials asked for at least three months.",
                record="Record shows a short life expectancy ({short_life_expectancy:date}).",
                detail=("PRRT needs several cycles at eight-week intervals before it can help.",),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board, supportive care included", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "ecog",
                    "short_life_expectancy",
                ),
            ),
        ),
        Branch(
            name="caution",
            when=fact.ecog >= param.ecog_caution,
            advice=Advice(
                indicator="info",
                summary="Performance status ECOG {ecog}: a caution, some trials excluded it.",
                record="Record shows ECOG {ecog} ({ecog:date}).",
                suggestions=(
                    Suggestion(label="Discuss the expected benefit with the patient"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
