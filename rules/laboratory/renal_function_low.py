"""L-04: Renal function low."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="renal-function-low",
    code="L-04",
    title="Renal function low",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when creatinine clearance is below the site's limit, or in the range of caution.",
    explanation="Cockcroft-Gault from fresh creatinine and actual weight (under 18 bedside Schwartz); a reported clearance where nothing can be computed; the lower of both. CKD-EPI 2021 stands beside it and does not decide.",
    citations=("L09", "L37", "B09", "B10", "B11"),
    evidence="label",
    branches=(
        Branch(
            name="stop",
            when=fact.crcl_ml_min < param.crcl_stop,
            outcome="not-now",
            reason="lab-renal",
            advice=Advice(
                indicator="warning",
                summary="CrCl {crcl_ml_min}[[ ({crcl_formula})]][[, eGFR {egfr_ckd_epi:bare}]]: below this site's {param.crcl_stop}; PRRT usually deferred.",
                record="Record shows a creatinine clearance of {crcl_ml_min}[[ ({crcl_formula})]], below this site's limit of {param.crcl_stop}.",
                detail=(
                    "[[CKD-EPI 2021 estimates {egfr_ckd_epi}; it is normalised to body surface and is not the label's measure.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider hydration and a repeat of creatinine and weight"),
                    Suggestion(label="Consider a nephrology opinion"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
                shows=(
                    "creatinine_mg_dl",
                    "weight_kg",
                    "egfr_ckd_epi",
                    "age_years",
                ),
            ),
        ),
        Branch(
            name="caution",
            when=fact.crcl_ml_min < param.crcl_caution,
            advice=Advice(
                indicator="warning",
                summary="CrCl {crcl_ml_min}[[ ({crcl_formula})]][[, eGFR {egfr_ckd_epi:bare}]]: in the range of caution below {param.crcl_caution}.",
                record="Record shows a creatinine clearance of {crcl_ml_min}[[ ({crcl_formula})]], below {param.crcl_caution}.",
                detail=(
                    "Lower clearance means a higher kidney dose per GBq and more haematological toxicity (L37).",
                    "[[CKD-EPI 2021 estimates {egfr_ckd_epi}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the kidney dose per cycle (dosimetry) and closer follow-up"),
                    Suggestion(label="Discuss renal protection with the treating team"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "creatinine_mg_dl",
                    "weight_kg",
                    "egfr_ckd_epi",
                    "age_years",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
