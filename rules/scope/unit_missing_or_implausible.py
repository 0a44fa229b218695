"""D-05: Unit missing or value implausible."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="unit-missing-or-implausible",
    code="D-05",
    title="Unit missing or value implausible",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Name values that could not be used because their unit is missing or the value is not believable.",
    explanation="A value without a unit is as if it were not there. An implausible newest value makes its criterion unknown, also where an older one would do.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="unusable",
            when=fact.unusable_list.known,
            advice=Advice(
                indicator="warning",
                summary="No usable unit or implausible value, not used[[: {unusable_detail}]].",
                record="Record shows values that could not be used: {unusable_list}.",
                suggestions=(
                    Suggestion(label="Consider asking the laboratory to correct them", recommended=True),
                    Suggestion(label="Consider a fresh laboratory panel", order="lab-panel"),
                    Suggestion(label="No change: such a value is not used"),
                ),
                shows=("unusable_list",),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "completed", "retreatment"),
)
