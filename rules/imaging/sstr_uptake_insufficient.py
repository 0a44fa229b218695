"""I-02: SSTR uptake below the threshold."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact, param
from rules.criteria import treatment_uncounted, uptake_insufficient

rule = Rule(
    id="sstr-uptake-insufficient",
    code="I-02",
    title="SSTR uptake below the threshold",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when the current SSTR PET does not support PRRT, and what may come next.",
    explanation="At least one score, no lesion reaching krenning_min, none unknown, and the scan is current. In the EU a best lesion of exactly 2 is a question, not a no.",
    citations=("S03", "S04", "S05"),
    evidence="RCT",
    disagree="Krenning 3 (NETTER-2) or uptake equal to liver, Krenning 2 (EU label)",
    branches=(
        Branch(
            name="equals-liver-eu",
            when=uptake_insufficient
            & (fact.jurisdiction == "EU")
            & (fact.krenning_best_low == param.krenning_liver)
            & (fact.krenning_best_high == param.krenning_liver),
            outcome="needs-data",
            reason="uptake-equals-liver-eu",
            advice=Advice(
                indicator="info",
                summary="Uptake equals liver (Krenning {krenning_best_low}): the EU label accepts this, this site's setting is {param.krenning_min}.",
                record="Record shows a best lesion of Krenning {krenning_best_low} on the SSTR PET of {krenning_best_low:date}.",
                detail=(
                    "The EU label asks for uptake at least as high as normal liver (S04); NETTER-2 asked for more than liver (S03).",
                    "Which of the two applies is a decision of the tumour board.",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral", recommended=True),
                    Suggestion(label="Consider asking the reader for a score of every lesion"),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_pet_tracer",),
            ),
            ask=(Ask("lesion-size", fact.sstr_low_size_unknown.yes),),
        ),
        Branch(
            name="insufficient",
            when=uptake_insufficient,
            outcome="not-now",
            reason="sstr-insufficient",
            advice=Advice(
                indicator="info",
                summary="SSTR uptake below this site's Krenning {param.krenning_min}[[ (max {krenning_best_low})]]; PRRT not supported now.",
                record="Record shows a current SSTR PET on which no lesion reaches Krenning {param.krenning_min}[[: the best is {krenning_best_low} ({krenning_best_low:date})]].",
                detail=(
                    "NETTER-2 treated patients whose lesions took up more than normal liver (S03).",
                    "Uptake can change: after enough chemotherapy or mTOR treatment with a response, a new scan may be raised (R-01).",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss other treatment at the NET tumour board", order="mdt-referral", recommended=True
                    ),
                    Suggestion(label="Consider other treatment first and a re-check after chemotherapy"),
                    Suggestion(label="No change"),
                ),
                shows=("krenning_best_low", "sstr_pet_tracer"),
            ),
            ask=(
                Ask("lesion-size", fact.sstr_low_size_unknown.yes),
                Ask("reimage-cycles", treatment_uncounted),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("D-03", "I-06", "R-05/instead", "R-05/duplicate-instead"),
)
