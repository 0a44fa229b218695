"""P-04: Outside the label."""

from datetime import date

from cds_service.rulebook import Advice, Also, Ask, Branch, Rule, Suggestion, fact
from rules.criteria import eu, minor, other_primary, progression_not_shown

rule = Rule(
    id="outside-label",
    code="P-04",
    title="Outside the label",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say which part of the label the patient does not fit, so that the board decides knowingly.",
    explanation="EU: adults, G1 or G2, progressive, gastroenteropancreatic. US: gastroenteropancreatic, from 12 years. Nothing in "
    "the record clears an off-label finding; a documented board decision stands outside this rule set.",
    citations=("A01", "A02", "A03", "D08", "R10"),
    evidence="label",
    disagree="G3 is on the US label and outside the EU label; whether responding disease should get PRRT now or at progression "
    "is an MDT decision (R10)",
    branches=(
        Branch(
            name="eu-g3",
            when=eu & (fact.grade == "G3") & fact.poorly_differentiated.no,
            outcome="needs-data",
            reason="off-label-eu-g3",
            also=(
                Also("needs-data", "off-label-eu-age", minor),
                Also("needs-data", "off-label-primary", other_primary),
                Also("needs-data", "eu-progression-not-shown", progression_not_shown),
            ),
            ask=(Ask("progression", fact.progression_shown.unknown),),
            advice=Advice(
                indicator="info",
                summary="Use would be outside the {jurisdiction} label (G3); MDT decision needed.",
                record="Record shows a G3 tumour; the EU label covers G1 and G2.",
                detail=(
                    "The extension to G3 was withdrawn by the company in 2025 (A03).",
                    "The label also asks for an adult, a gastroenteropancreatic primary and progressive disease (A02).",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board as off-label use", order="mdt-referral"),
                    Suggestion(label="Consider a trial search"),
                    Suggestion(label="No change until the board has decided"),
                ),
                shows=("grade", "ki67_percent"),
            ),
        ),
        Branch(
            name="eu-age",
            when=eu & minor,
            outcome="needs-data",
            reason="off-label-eu-age",
            also=(
                Also("needs-data", "off-label-primary", other_primary),
                Also("needs-data", "eu-progression-not-shown", progression_not_shown),
            ),
            ask=(Ask("progression", fact.progression_shown.unknown),),
            advice=Advice(
                indicator="info",
                summary="Use would be outside the {jurisdiction} label (age); MDT decision needed.",
                record="Record shows a patient of {age_years}; the EU label covers adults.",
                detail=(
                    "The US label begins at 12 years (A01).",
                    "The EU label also asks for a gastroenteropancreatic primary and progressive disease (A02).",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board as off-label use", order="mdt-referral"),
                    Suggestion(label="Consider a trial search"),
                    Suggestion(label="No change until the board has decided"),
                ),
                shows=("age_years",),
            ),
        ),
        Branch(
            name="primary",
            when=other_primary & fact.jurisdiction.known,
            outcome="needs-data",
            reason="off-label-primary",
            also=(Also("needs-data", "eu-progression-not-shown", eu & progression_not_shown),),
            ask=(Ask("progression", eu & fact.progression_shown.unknown),),
            advice=Advice(
                indicator="info",
                summary="Use would be outside the {jurisdiction} label (primary site); MDT decision needed.",
                record="Record shows a primary outside the gastroenteropancreatic tract ({primary_site}).",
                detail=(
                    "Both labels are for gastroenteropancreatic tumours; for other primaries a trial is preferred (D08).",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board as off-label use", order="mdt-referral"),
                    Suggestion(label="Consider a trial search"),
                    Suggestion(label="No change until the board has decided"),
                ),
                shows=("primary_site",),
            ),
        ),
        Branch(
            name="eu-not-progressive",
            when=eu & progression_not_shown,
            outcome="needs-data",
            reason="eu-progression-not-shown",
            ask=(Ask("progression", fact.progression_shown.unknown),),
            advice=Advice(
                indicator="info",
                summary="Use would be outside the {jurisdiction} label (progression not shown); MDT decision needed.",
                record="Record shows no progressive disease at present[[; newest statement: {disease_status}]].",
                detail=(
                    "The EU label asks for progressive disease; a patient who responds to other treatment does not meet that now (R10).",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board as off-label use", order="mdt-referral"),
                    Suggestion(label="Consider a trial search"),
                    Suggestion(label="No change until the board has decided"),
                ),
                shows=("disease_status",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
