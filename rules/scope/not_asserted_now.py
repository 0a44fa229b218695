"""D-08: A report that could not be read with certainty."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="not-asserted-now",
    code="D-08",
    title="A report that could not be read with certainty",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say when a report's words were hedged, damaged or contradictory, so that nothing was taken from them.",
    explanation="Negated, hypothetical, historical and other persons' statements make no fact; what remains doubtful is left "
    "unknown and the report is named.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="uncertain-text",
            when=fact.text_uncertain.yes,
            advice=Advice(
                indicator="info",
                summary="A report's wording was uncertain in part; what it leaves open was not used.",
                record="Record shows a report whose words are uncertain where they matter.",
                suggestions=(
                    Suggestion(label="Consider reading the original report"),
                    Suggestion(label="No change: the uncertain words were not used"),
                ),
                shows=("text_uncertain",),
            ),
        ),
    ),
)
