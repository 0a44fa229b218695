"""D-09: Text carried forward."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="text-carried-forward",
    code="D-09",
    title="Text carried forward",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="A copied text must not make an old finding look new.",
    explanation="A report or letter whose words stand, nine in ten and in order, in an older one repeats it. Without an "
    "examination date of its own it keeps the oldest date; with one it keeps its date and is listed.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="older-date-used",
            when=fact.carried_redated.yes,
            advice=Advice(
                indicator="info",
                summary="Text appears carried forward[[ from {carried_from}]]; the older date was used.",
                record="Record shows a text that repeats an older one[[ ({carried_from})]] and has no examination date of its own.",
                suggestions=(
                    Suggestion(label="Consider checking the original report"),
                    Suggestion(label="No change: the older date is used"),
                ),
                shows=("carried_source", "carried_from"),
            ),
        ),
        Branch(
            name="listed",
            when=fact.carried_redated.no,
            advice=Advice(
                indicator="info",
                summary="Text repeats an older one[[ ({carried_from})]]; its own examination date was kept.",
                record="Record shows a text that repeats an older one[[ ({carried_from})]] under an examination date of its own.",
                suggestions=(
                    Suggestion(label="Consider checking the original report"),
                    Suggestion(label="No change: its own date is used"),
                ),
                shows=("carried_source", "carried_from"),
            ),
        ),
    ),
)
