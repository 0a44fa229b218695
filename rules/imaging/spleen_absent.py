"""I-07: Spleen absent."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="spleen-absent",
    code="I-07",
    title="Spleen absent",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Read a Krenning score that needs the spleen with care where there is none.",
    explanation="Splenectomy or asplenia on record and an SSTR PET whose score is 4, not stated, or referred to the spleen; a 4 then counts as 3 or more.",
    citations=("S16", "S01"),
    evidence="cohort",
    branches=(
        Branch(
            name="no-spleen",
            when=fact.spleen_absent.yes & fact.spleen_limits_score.yes,
            advice=Advice(
                indicator="warning",
                summary="Spleen absent: Krenning 4 (above spleen) not assessable; liver/kidney reference needed.",
                record="Record shows splenectomy or asplenia and an SSTR PET ({spleen_limits_score:date}) whose score refers, or may refer, to the spleen.",
                detail=(
                    "4 not assessable: it is treated as 3 or more, which does not change whether uptake is enough.",
                    "Splenosis or an accessory spleen can look like disease (S16).",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum with liver or kidney as reference", recommended=True
                    ),
                    Suggestion(label="Consider splenosis where a new focus is unexplained"),
                    Suggestion(label="No change"),
                ),
                shows=("spleen_absent", "krenning_best_low"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
