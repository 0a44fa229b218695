"""T-05: Dexamethasone as preventive anti-emetic."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="antiemetic-dexamethasone",
    code="T-05",
    title="Dexamethasone as preventive anti-emetic",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Point out dexamethasone ordered as a preventive anti-emetic beside PRRT.",
    explanation="Dexamethasone ordered beside a PRRT order; another written reason keeps the rule silent.",
    citations=("N06",),
    evidence="label",
    notable=True,
    branches=(
        Branch(
            name="preventive",
            when=fact.antiemetic_dexamethasone == "preventive",
            advice=Advice(
                indicator="warning",
                summary="Label advises against glucocorticoid as preventive anti-emetic with PRRT.",
                record="Record shows dexamethasone ordered against nausea beside PRRT.",
                detail=("Glucocorticoids can down-regulate somatostatin receptors (N06).",),
                suggestions=(
                    Suggestion(label="Consider another anti-emetic, for example a 5-HT3 antagonist"),
                    Suggestion(label="Consider a pharmacy review"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="unclear",
            when=fact.antiemetic_dexamethasone == "unclear",
            advice=Advice(
                indicator="warning",
                summary="Dexamethasone ordered beside PRRT without a reason; label advises against it as preventive anti-emetic.",
                record="Record shows dexamethasone ordered beside PRRT without a written reason.",
                suggestions=(
                    Suggestion(label="Consider entering the reason, or another anti-emetic"),
                    Suggestion(label="Consider a pharmacy review"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
