"""C-10: Hormonal crisis risk."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="hormonal-crisis-risk",
    code="C-10",
    title="Hormonal crisis risk",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Remind, before the first two cycles, that a hormone-producing tumour can decompensate around a dose.",
    explanation="A functional syndrome, an earlier crisis, raised catecholamines, or high liver burden with raised 5-HIAA. Never a stop; "
    "shown until the second cycle has been given.",
    citations=("N01", "N02", "L18"),
    evidence="cohort",
    own_default=True,
    branches=(
        Branch(
            name="functional",
            when=fact.hormone_type.known
            & ((fact.course == "none") | (fact.course == "retreatment") | (fact.cycles_given < param.crisis_cycles)),
            advice=Advice(
                indicator="warning",
                summary="Hormone-producing tumour ({hormone_type}): crisis plan is usually agreed before PRRT and before SSA is withheld.",
                record="Record shows {hormone_type} ({hormone_type:date}).",
                detail=(
                    "Crises were seen in 1 to 2 of 100 patients, mostly 12 to 48 hours after the first dose (N01).",
                    "In insulinoma a somatostatin analogue can deepen hypoglycaemia, and its interruption can worsen it (N02).",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss an endocrine and anaesthetic plan, with short-acting octreotide as cover"
                    ),
                    Suggestion(label="Consider alpha-blockade (phaeochromocytoma) or a glucose plan (insulinoma)"),
                    Suggestion(label="No change: symptom control is documented elsewhere"),
                ),
                shows=("potassium_mmol_l", "hiaa_uln"),
            ),
        ),
        Branch(
            name="high-burden",
            when=fact.hiaa_raised.yes
            & (fact.liver_involvement_least > param.liver_involvement)
            & ((fact.course == "none") | (fact.course == "retreatment") | (fact.cycles_given < param.crisis_cycles)),
            advice=Advice(
                indicator="warning",
                summary="High liver burden with raised 5-HIAA: crisis plan is usually agreed before PRRT and before SSA is withheld.",
                record="Record shows liver involvement of {liver_involvement_least} or more with raised 5-HIAA ({hiaa_raised:date}).",
                suggestions=(
                    Suggestion(
                        label="Discuss an endocrine and anaesthetic plan, with short-acting octreotide as cover"
                    ),
                    Suggestion(label="No change"),
                ),
                shows=("hiaa_uln", "potassium_mmol_l"),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
