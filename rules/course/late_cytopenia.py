"""F-07: Late cytopenia."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="late-cytopenia",
    code="F-07",
    title="Late cytopenia",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Raise a possible therapy-related myeloid neoplasm when counts stay low, or cells grow large, long after PRRT.",
    explanation="More than six months after the last cycle: the same count low twice at least three months apart, or macrocytosis with any "
    "low count.",
    citations=("L20",),
    evidence="label",
    own_default=True,
    notable=True,
    branches=(
        Branch(
            name="lasting",
            when=(fact.lasting_platelets_10_9_l < param.late_plt)
            | (fact.lasting_anc_10_9_l < param.late_anc)
            | (fact.lasting_hb_g_dl < param.late_hb),
            advice=Advice(
                indicator="warning",
                summary="Persistent cytopenia after PRRT; consider MDS work-up.",
                record="Record shows a count that stayed low on two occasions after PRRT[[; platelets {late_platelets_10_9_l}]][[; neutrophils {late_anc_10_9_l}]][[; haemoglobin {late_hb_g_dl}]].",
                detail=("MDS was seen in about 2 of 100 patients, at a median of 29 to 55 months (L20).",),
                suggestions=(
                    Suggestion(label="Discuss with haematology: film, B12 and folate, marrow if it lasts"),
                    Suggestion(label="Consider repeating the count", order="lab-panel"),
                    Suggestion(label="No change"),
                ),
                shows=("late_platelets_10_9_l", "late_anc_10_9_l", "late_hb_g_dl", "late_mcv_fl", "cycle_months"),
            ),
        ),
        Branch(
            name="macrocytosis",
            when=(fact.late_mcv_fl > param.mcv_high)
            & (
                (fact.late_platelets_10_9_l < param.late_plt)
                | (fact.late_anc_10_9_l < param.late_anc)
                | (fact.late_hb_g_dl < param.late_hb)
            ),
            advice=Advice(
                indicator="warning",
                summary="Macrocytosis (MCV {late_mcv_fl}) with cytopenia after PRRT; consider MDS work-up.",
                record="Record shows MCV {late_mcv_fl} ({late_mcv_fl:date}) with a low count after PRRT[[; platelets {late_platelets_10_9_l}]][[; neutrophils {late_anc_10_9_l}]][[; haemoglobin {late_hb_g_dl}]].",
                detail=("MDS was seen in about 2 of 100 patients, at a median of 29 to 55 months (L20).",),
                suggestions=(
                    Suggestion(label="Discuss with haematology: film, B12 and folate, marrow if it lasts"),
                    Suggestion(label="Consider repeating the count", order="lab-panel"),
                    Suggestion(label="No change"),
                ),
                shows=("late_platelets_10_9_l", "late_anc_10_9_l", "late_hb_g_dl", "late_mcv_fl", "cycle_months"),
            ),
        ),
    ),
    speaks_in=("in-progress", "completed", "retreatment"),
)
