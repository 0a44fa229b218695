"""C-04: Severe renal impairment."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="severe-renal-impairment",
    code="C-04",
    title="Severe renal impairment",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Name the EU contraindication below 30 mL/min; in the US the same value is a reason to wait.",
    explanation="The clearance of L-04 below the EU label's limit. The US label lists no contraindication, so the card names the jurisdiction.",
    citations=("A08", "L09"),
    evidence="label",
    disagree="contraindications: none (US) against three (EU)",
    own_default=True,
    branches=(
        Branch(
            name="eu",
            when=(fact.crcl_ml_min < param.crcl_contraindicated) & (fact.jurisdiction == "EU"),
            outcome="contraindicated",
            reason="crcl-lt-30-eu",
            advice=Advice(
                indicator="warning",
                summary="CrCl {crcl_ml_min}[[ ({crcl_formula})]]: below {param.crcl_contraindicated:bare}, contraindicated in the EU label.",
                record="Record shows a creatinine clearance of {crcl_ml_min}[[ ({crcl_formula})]]; the EU label contraindicates below {param.crcl_contraindicated}.",
                suggestions=(
                    Suggestion(label="Consider a nephrology opinion"),
                    Suggestion(label="Consider repeating creatinine and weight, or cystatin C"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "creatinine_mg_dl",
                    "weight_kg",
                    "egfr_ckd_epi",
                ),
            ),
        ),
        Branch(
            name="us",
            when=fact.crcl_ml_min < param.crcl_contraindicated,
            outcome="not-now",
            reason="lab-renal",
            advice=Advice(
                indicator="warning",
                summary="CrCl {crcl_ml_min}[[ ({crcl_formula})]]: below {param.crcl_contraindicated:bare}; PRRT usually deferred.",
                record="Record shows a creatinine clearance of {crcl_ml_min}[[ ({crcl_formula})]], below {param.crcl_contraindicated}.",
                detail=("The US label names no contraindication; the EU label contraindicates PRRT at this value.",),
                suggestions=(
                    Suggestion(label="Consider a nephrology opinion"),
                    Suggestion(label="Consider repeating creatinine and weight, or cystatin C"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "creatinine_mg_dl",
                    "weight_kg",
                    "egfr_ckd_epi",
                ),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
