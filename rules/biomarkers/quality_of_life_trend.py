"""B-04: Quality of life trend."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="quality-of-life-trend",
    code="B-04",
    title="Quality of life trend",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Describe how quality of life changed around a PRRT course; it never decides anything here.",
    explanation="Global health (0 to 100) of one instrument, before and after the first cycle of the latest course. Ten points or more are "
    "called meaningful.",
    citations=("SEED1",),
    evidence="case reports",
    own_default=True,
    branches=(
        Branch(
            name="meaningful",
            when=fact.qol_instrument.known
            & fact.qol_first.known
            & fact.qol_last.known
            & fact.qol_first_date.known
            & (fact.qol_change >= param.qol_change),
            advice=Advice(
                indicator="info",
                summary="{qol_instrument} global health {qol_first:bare} to {qol_last:bare} between {qol_first_date} and {qol_last:date} ({param.qol_change:bare} or more: called meaningful).",
                record="Record shows {qol_instrument} global health {qol_first:bare} ({qol_first_date}) and {qol_last:bare} ({qol_last:date}).",
                detail=("A change of {qol_change}; {param.qol_change} or more are usually called meaningful.",),
                suggestions=(
                    Suggestion(label="Consider continuing follow-up with the same instrument"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="small",
            when=fact.qol_instrument.known
            & fact.qol_first.known
            & fact.qol_last.known
            & fact.qol_first_date.known
            & (fact.qol_change < param.qol_change),
            advice=Advice(
                indicator="info",
                summary="{qol_instrument} global health {qol_first:bare} to {qol_last:bare} between {qol_first_date} and {qol_last:date}.",
                record="Record shows {qol_instrument} global health {qol_first:bare} ({qol_first_date}) and {qol_last:bare} ({qol_last:date}).",
                detail=("A change of {qol_change}; below {param.qol_change}, usually not called meaningful.",),
                suggestions=(
                    Suggestion(label="Consider continuing follow-up with the same instrument"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
)
