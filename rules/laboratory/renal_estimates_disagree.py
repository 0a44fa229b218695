"""L-10: Renal estimates disagree."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="renal-estimates-disagree",
    code="L-10",
    title="Renal estimates disagree",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Ask for a measured value when Cockcroft-Gault passes the limit and CKD-EPI does not.",
    explanation="CKD-EPI 2021 is taken as the lower of the indexed and, where height and weight are known, the de-indexed value (Du Bois). A fresh measured GFR above the limit answers the question. A high body mass index or ascites alone is listed.",
    citations=("B10", "B11", "EXP"),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="disagree",
            when=(fact.crcl_ml_min >= param.crcl_stop)
            & (fact.egfr_lowest < param.crcl_stop)
            & (fact.measured_gfr.unknown | (fact.measured_gfr < param.crcl_stop)),
            outcome="needs-data",
            reason="renal-estimates-disagree",
            advice=Advice(
                indicator="warning",
                summary="CrCl {crcl_ml_min}[[ ({crcl_formula})]] but eGFR {egfr_lowest}: estimates disagree; measured GFR suggested.",
                record="Record shows a creatinine clearance of {crcl_ml_min} and an eGFR (CKD-EPI 2021) of {egfr_lowest}, on different sides of {param.crcl_stop}.",
                detail=("Weight from fat or fluid raises Cockcroft-Gault without raising kidney function.",),
                suggestions=(
                    Suggestion(label="Consider a measured GFR or cystatin C", order="measured-gfr", recommended=True),
                    Suggestion(label="Consider a nephrology opinion"),
                    Suggestion(label="No change: neither estimate is taken as right"),
                ),
                shows=(
                    "creatinine_mg_dl",
                    "weight_kg",
                    "height_cm",
                    "bmi_kg_m2",
                    "egfr_ckd_epi",
                    "measured_gfr",
                ),
            ),
            ask=("measured-gfr", Ask("height", fact.height_cm.unknown)),
        ),
        Branch(
            name="measured",
            when=(fact.crcl_ml_min >= param.crcl_stop) & (fact.egfr_lowest < param.crcl_stop),
            advice=Advice(
                indicator="info",
                summary="Renal estimates disagree (CrCl {crcl_ml_min}, eGFR {egfr_lowest})[[; measured GFR {measured_gfr}]].",
                record="Record shows estimates on different sides of {param.crcl_stop}[[ and a measured GFR of {measured_gfr} ({measured_gfr:date})]].",
                suggestions=(
                    Suggestion(label="Consider the measured value as the better one"),
                    Suggestion(label="No change"),
                ),
                shows=("measured_gfr",),
            ),
        ),
        Branch(
            name="body",
            when=(fact.bmi_kg_m2 >= param.bmi_high) | fact.ascites_recorded.yes,
            advice=Advice(
                indicator="info",
                summary="Cockcroft-Gault with actual weight may read high[[ (body mass index {bmi_kg_m2})]]; measured GFR could help.",
                record="Record shows a body composition in which Cockcroft-Gault may read high[[: body mass index {bmi_kg_m2}]].",
                suggestions=(
                    Suggestion(label="Consider a measured GFR or cystatin C", order="measured-gfr"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "crcl_ml_min",
                    "egfr_ckd_epi",
                    "ascites_recorded",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
