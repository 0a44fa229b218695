"""D-01: Data of another patient."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="wrong-patient",
    code="D-01",
    title="Data of another patient",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Never advise on one patient with the data of another.",
    explanation="Resources about somebody else are dropped and listed. When the Patient, or every Condition, is another "
    "person's, nothing clinical is said.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="wrong-patient",
            when=fact.wrong_patient.yes & fact.foreign_count.known,
            outcome="no-advice",
            reason="wrong-patient",
            advice=Advice(
                indicator="warning",
                summary="Data of another patient were in the request and were not used ({foreign_count:bare} items); check the chart.",
                record="Record shows that the data in this request belong to another patient; nothing was assessed.",
                suggestions=(
                    Suggestion(label="Check which patient's chart is open and which data were sent"),
                    Suggestion(label="No change: nothing was assessed"),
                ),
            ),
        ),
        Branch(name="foreign-items", when=fact.foreign_count > 0),
    ),
)
