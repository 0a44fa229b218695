"""C-08: Marrow risk."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="marrow-risk",
    code="C-08",
    title="Marrow risk",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say what in the record makes the bone marrow vulnerable, and when a haematologist should look first.",
    explanation="MDS or AML now or before, radiotherapy to more than a quarter of the marrow and unexplained pancytopenia stop. Two or "
    "more cautions, or one with a low count, ask for a haematology opinion; one alone is listed. Earlier 177Lu PRRT is no caution.",
    citations=("L15", "L20", "L21", "N05"),
    evidence="cohort",
    disagree="how much earlier temozolomide adds to the risk of a therapy-related myeloid neoplasm is unsettled (L21)",
    own_default=True,
    branches=(
        Branch(
            name="stop",
            when=fact.marrow_stop.yes,
            outcome="not-now",
            reason="marrow-risk",
            advice=Advice(
                indicator="warning",
                summary="Marrow risk in record[[ ({marrow_stop_reason})]]; haematology review before PRRT.",
                record="Record shows a marrow risk ({marrow_stop:date})[[: {marrow_stop_reason}]].",
                detail=("[[Cautions besides: {marrow_cautions}.]]",),
                suggestions=(
                    Suggestion(label="Discuss with haematology; film, B12 and folate, marrow if indicated"),
                    Suggestion(label="Discuss other treatment at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=("hb_g_dl", "anc_10_9_l", "platelets_10_9_l", "mcv_fl"),
            ),
        ),
        Branch(
            name="opinion",
            when=fact.marrow_cautions.known
            & (
                (fact.marrow_caution_count >= param.marrow_cautions_many)
                | (fact.platelets_10_9_l < param.marrow_plt)
                | (fact.hb_g_dl < param.marrow_hb)
                | (fact.anc_10_9_l < param.marrow_anc)
            ),
            outcome="needs-data",
            reason="haematology-opinion",
            advice=Advice(
                indicator="warning",
                summary="Marrow risk in record ({marrow_cautions}); haematology review before PRRT.",
                record="Record shows marrow cautions: {marrow_cautions}[[; platelets {platelets_10_9_l}]][[, haemoglobin {hb_g_dl}]][[, neutrophils {anc_10_9_l}]].",
                detail=("Skeletal metastases had an odds ratio of 6 for toxicity that changed treatment (N05).",),
                suggestions=(
                    Suggestion(label="Discuss with haematology; film, B12 and folate"),
                    Suggestion(label="Discuss the order of treatments at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the opinion is there"),
                ),
                shows=("hb_g_dl", "anc_10_9_l", "platelets_10_9_l", "mcv_fl"),
            ),
        ),
        Branch(
            name="one-caution",
            when=fact.marrow_cautions.known,
            advice=Advice(
                indicator="info",
                summary="One marrow caution in record: {marrow_cautions}.",
                record="Record shows one marrow caution: {marrow_cautions} ({marrow_cautions:date}).",
                suggestions=(
                    Suggestion(label="Discuss the marrow reserve at the NET tumour board"),
                    Suggestion(label="No change: one caution alone does not defer PRRT"),
                ),
                shows=("hb_g_dl", "anc_10_9_l", "platelets_10_9_l", "mcv_fl"),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
