"""P-06: Configured criteria met."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact
from rules.criteria import no_stop

rule = Rule(
    id="criteria-met",
    code="P-06",
    title="Configured criteria met",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say that the record meets every configured criterion, and what nobody checked, so that a board can discuss it.",
    explanation="Every required criterion of the checklist is met, the record came whole, and no finding stands against PRRT or asks for data.",
    citations=("L31", "S03", "A01", "A02"),
    evidence="guideline",
    disagree="Krenning 3 (NETTER-2) or uptake equal to liver (EU label); all lesions or most lesions",
    stage=2,
    silenced_by=("I-06",),
    branches=(
        Branch(
            name="all-met",
            when=no_stop
            & (fact.needs_data_count == 0)
            & (fact.required_unknown_count == 0)
            & (fact.required_not_met_count == 0)
            & fact.record_incomplete.no,
            outcome="criteria-met",
            reason="all-criteria-in-record",
            advice=Advice(
                indicator="info",
                summary="Record meets configured PRRT criteria; discuss at NET tumour board.",
                record="Record shows every configured criterion met; whether PRRT is right for this patient is the board's question.",
                detail=(
                    "[[Marrow caution in record: {marrow_cautions}.]]",
                    "Alternatives stay open: somatostatin analogue, everolimus, chemotherapy, liver-directed treatment, trial, watching.",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral", recommended=True),
                    Suggestion(label="Consider the alternatives with the patient"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "diagnosis",
                    "grade",
                    "ki67_percent",
                    "krenning_best_low",
                    "sstr_pet_age_days",
                    "hb_g_dl",
                    "wbc_10_9_l",
                    "platelets_10_9_l",
                    "crcl_ml_min",
                    "egfr_ckd_epi",
                    "bilirubin_uln",
                    "albumin_g_l",
                    "ecog",
                    "washout_days",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
