"""F-04: Blood count after a cycle due."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="blood-count-after-cycle-due",
    code="F-04",
    title="Blood count after a cycle due",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Ask for a blood count around the nadir of platelets after a cycle.",
    explanation="Four to six weeks after a cycle and no platelet or white cell count since.",
    citations=("L22",),
    evidence="label",
    branches=(
        Branch(
            name="due",
            when=(fact.cycle_days >= param.cbc_due_from_days)
            & (fact.cycle_days <= param.cbc_due_to_days)
            & fact.blood_count_since_cycle.no,
            outcome="needs-data",
            reason="cbc-due",
            advice=Advice(
                indicator="info",
                summary="No blood count since[[ cycle {cycles_given} ({cycle_weeks})]]; platelet nadir is about week 5.",
                record="Record shows the last cycle {cycle_days} ago and no blood count since.",
                suggestions=(
                    Suggestion(
                        label="Consider blood count, creatinine and liver values", order="lab-panel", recommended=True
                    ),
                    Suggestion(label="Consider asking for counts taken elsewhere"),
                    Suggestion(label="No change"),
                ),
            ),
            ask=("platelets", "wbc", "hb"),
        ),
    ),
    speaks_in=("in-progress", "completed"),
)
