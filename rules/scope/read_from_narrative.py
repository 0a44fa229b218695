"""D-07: Read from the report's text."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="read-from-narrative",
    code="D-07",
    title="Read from the report's text",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="A value that only a report's words give may raise a question; somebody has to confirm it.",
    explanation="Ki-67 and Krenning scores read from text count like coded ones and are marked; the words stand in the source.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="narrative",
            when=fact.narrative_list.known,
            advice=Advice(
                indicator="info",
                summary="{narrative_list} taken from narrative text; please confirm.",
                record="Record shows {narrative_list} only in a report's text.",
                suggestions=(
                    Suggestion(label="Consider confirming the value in a structured field"),
                    Suggestion(label="No change: the value is used as read"),
                ),
                shows=("narrative_list",),
            ),
        ),
    ),
)
