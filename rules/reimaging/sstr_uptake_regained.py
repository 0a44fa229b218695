"""R-06: SSTR uptake regained."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="sstr-uptake-regained",
    code="R-06",
    title="SSTR uptake regained",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Bring the patient whose uptake returned to the tumour board.",
    explanation="An earlier SSTR scan was insufficient, cytotoxic or mTOR treatment followed, and the current scan reaches krenning_min. The outcome is that of the candidacy rules.",
    citations=("R10", "R01", "SEED2"),
    evidence="case reports",
    disagree="PRRT now or at progression while chemotherapy works",
    branches=(
        Branch(
            name="responding",
            when=fact.sstr_regained.yes & fact.responding.yes,
            advice=Advice(
                indicator="info",
                summary="Uptake now Krenning[[ {krenning_best_low}]] after [[{sstr_between_regimen}]]; PRRT could be discussed (now or at progression).",
                record="Record shows uptake below the threshold[[ (Krenning {sstr_earlier_score}, {sstr_earlier_score:date})]], then [[{sstr_between_regimen}]], and uptake at or above it now ({sstr_regained:date}).",
                detail=(
                    "The disease is responding or stable: the EU label's progressive disease is then not met at this moment (R10).",
                    "PRRT as consolidation or at next progression is a decision of the tumour board.",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral", recommended=True),
                    Suggestion(label="No change: keep PRRT for progression"),
                ),
                shows=("krenning_best_low", "sstr_earlier_score", "sstr_between_regimen"),
            ),
        ),
        Branch(
            name="regained",
            when=fact.sstr_regained.yes,
            advice=Advice(
                indicator="info",
                summary="Uptake now Krenning[[ {krenning_best_low}]] after [[{sstr_between_regimen}]]; PRRT could be discussed.",
                record="Record shows uptake below the threshold[[ (Krenning {sstr_earlier_score}, {sstr_earlier_score:date})]], then [[{sstr_between_regimen}]], and uptake at or above it now ({sstr_regained:date}).",
                detail=("The effect is unexplained and seen in few patients (R01, R02).",),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral", recommended=True),
                    Suggestion(label="No change"),
                ),
                shows=("krenning_best_low", "sstr_earlier_score", "sstr_between_regimen"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("I-06",),
)
