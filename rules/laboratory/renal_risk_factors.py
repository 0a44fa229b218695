"""L-11: Kidney risk factors."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="renal-risk-factors",
    code="L-11",
    title="Kidney risk factors",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Name what raises the risk to the kidneys, so that obstruction is relieved and follow-up planned.",
    explanation="Diabetes, hypertension, single kidney, hydronephrosis, prior cisplatin, prior PRRT, nephrotoxic drugs, as recorded. Silence is not their absence.",
    citations=("L19", "L33"),
    evidence="guideline",
    branches=(
        Branch(
            name="listed",
            when=fact.renal_risk_list.known,
            advice=Advice(
                indicator="info",
                summary="Kidney risk factors recorded ({renal_risk_list}); obstruction is usually relieved first.",
                record="Record shows kidney risk factors: {renal_risk_list}.",
                suggestions=(
                    Suggestion(label="Consider a urology opinion where there is obstruction"),
                    Suggestion(label="Consider renal follow-up and dosimetry"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "renal_risk_list",
                    "crcl_ml_min",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
