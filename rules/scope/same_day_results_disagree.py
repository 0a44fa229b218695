"""D-06: Same-day results disagree."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="same-day-results-disagree",
    code="D-06",
    title="Same-day results disagree",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Flag two results of one day that differ, and say which was used.",
    explanation="(high - low) / high above the limit among the newest fresh results of one test. The one worse for the patient is used.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="disagree",
            when=fact.same_day_list.known,
            advice=Advice(
                indicator="warning",
                summary="Two results of one day disagree ({same_day_list}); the more cautious was used.",
                record="Record shows two results of one day that disagree: {same_day_list}.",
                detail=("[[Values: {same_day_detail}.]]",),
                suggestions=(
                    Suggestion(label="Consider repeating the test", order="lab-panel"),
                    Suggestion(label="Consider asking the laboratory which one stands"),
                    Suggestion(label="No change: the more cautious one is used"),
                ),
                shows=("same_day_list",),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "completed", "retreatment"),
)
