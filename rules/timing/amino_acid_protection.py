"""T-04: Amino-acid protection."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="amino-acid-protection",
    code="T-04",
    title="Amino-acid protection",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Check that amino acids are planned with the dose and that their composition is within the label's window.",
    explanation="Speaks when PRRT is ordered, booked, running, or the criteria are met. Lysine, arginine and volume as written.",
    citations=("L03",),
    evidence="label",
    own_default=True,
    stage=3,
    notable=True,
    branches=(
        Branch(
            name="outside",
            when=fact.amino_acids_outside.yes
            & (fact.prrt_ordered.yes | (fact.course == "in-progress") | fact.fired_p_06.yes),
            advice=Advice(
                indicator="warning",
                summary="Amino-acid infusion outside the label's composition[[ ({amino_acids_detail})]].",
                record="Record shows amino acids outside {param.lysine_min_g:bare}-{param.lysine_max_g} lysine and arginine, or above {param.amino_volume_max_l}[[: {amino_acids_detail}]].",
                suggestions=(
                    Suggestion(label="Consider a pharmacy review"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "amino_acids_outside",
                    "amino_acids_detail",
                ),
            ),
        ),
        Branch(
            name="missing",
            when=fact.amino_acids_recorded.no & fact.prrt_ordered.yes,
            advice=Advice(
                indicator="warning",
                summary="Amino-acid order missing; labels ask for lysine and arginine with every dose.",
                record="Record shows no amino acids ordered with PRRT.",
                suggestions=(
                    Suggestion(label="Consider a pharmacy review and the amino-acid order"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="missing-unplanned",
            when=fact.amino_acids_recorded.no & ((fact.course == "in-progress") | fact.fired_p_06.yes),
            quiet=True,
            advice=Advice(
                indicator="warning",
                summary="Amino-acid order missing; labels ask for lysine and arginine with every dose.",
                record="Record shows no amino acids ordered, and no dose either.",
                suggestions=(
                    Suggestion(label="Consider the amino-acid order with the dose"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
