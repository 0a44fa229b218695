"""G-09: Resectable disease."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="resectable-disease",
    code="G-09",
    title="Resectable disease",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Surgery is usually considered before PRRT; ask when operability is open.",
    explanation="A stated judgement that the disease is resectable. Localised alone only asks for operability and does not "
    "silence the imaging rules.",
    citations=("A02",),
    evidence="label",
    branches=(
        Branch(
            name="resectable",
            when=fact.operability == "resectable",
            outcome="not-now",
            reason="resectable",
            advice=Advice(
                indicator="info",
                summary="Record suggests resectable disease; surgery is usually considered before PRRT.",
                record="Record shows the disease called resectable ({operability:date}).",
                suggestions=(
                    Suggestion(label="Discuss at the surgical tumour board", order="mdt-referral"),
                    Suggestion(label="No change: PRRT is not discussed while surgery is open"),
                ),
            ),
        ),
        Branch(
            name="localised",
            when=fact.operability == "localised",
            advice=Advice(
                indicator="info",
                summary="Record calls the disease localised; operability is not stated.",
                record="Record shows localised disease ({operability:date}) without a statement on operability.",
                suggestions=(
                    Suggestion(label="Consider asking for an operability statement"),
                    Suggestion(label="No change"),
                ),
            ),
            ask=("operability",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
