"""F-02: Toxicity hold."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="toxicity-hold",
    code="F-02",
    title="Toxicity hold",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say when the newest value since the last cycle lies beyond a limit at which the label withholds the next one.",
    explanation="Newest values since the last cycle, whatever their age: platelets, haemoglobin, neutrophils, clearance, bilirubin, albumin "
    "with prothrombin; creatinine and clearance also against the last value before cycle 1. These limits are not site policy.",
    citations=("L23", "L24", "L25", "L26", "L27"),
    evidence="label",
    own_default=True,
    silenced_by=("F-03",),
    branches=(
        Branch(
            name="platelets",
            when=fact.tox_platelets_10_9_l < param.tox_plt,
            outcome="not-now",
            reason="toxicity-hold",
            advice=Advice(
                indicator="critical",
                summary="Platelets {tox_platelets_10_9_l} before[[ cycle {cycle_next}]]: label advises withholding until recovery.",
                record="Record shows platelets {tox_platelets_10_9_l} ({tox_platelets_10_9_l:date}) since the last cycle, below {param.tox_plt}.",
                detail=(
                    "The label describes {param.dose_gbq_half} for the next dose once the value has recovered.",
                    "[[Baseline unknown: no {baseline_missing} before cycle 1, so the relative kidney limits were not checked.]]",
                    "[[Count shortly after {count_support}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider withholding the cycle, with a weekly blood count", order="lab-panel"),
                    Suggestion(label="Discuss a reduced dose on recovery with the treating team"),
                    Suggestion(label="No change until recovery"),
                ),
                shows=(
                    "tox_platelets_10_9_l",
                    "tox_hb_g_dl",
                    "tox_anc_10_9_l",
                    "tox_crcl_ml_min",
                    "tox_creatinine_ratio",
                    "tox_crcl_ratio",
                    "tox_bilirubin_uln",
                    "tox_albumin_g_l",
                    "last_cycle_gbq",
                    "cycle_weeks",
                ),
            ),
            ask=(Ask("crcl", fact.baseline_missing.known),),
        ),
        Branch(
            name="blood",
            when=(fact.tox_hb_g_dl < param.tox_hb) | (fact.tox_anc_10_9_l < param.tox_anc),
            outcome="not-now",
            reason="toxicity-hold",
            advice=Advice(
                indicator="critical",
                summary="Blood count[[, haemoglobin {tox_hb_g_dl}]][[, neutrophils {tox_anc_10_9_l}]], before[[ cycle {cycle_next}]]: label advises withholding until recovery.",
                record="Record shows blood counts since the last cycle beyond a limit (haemoglobin {param.tox_hb}, neutrophils {param.tox_anc})[[; haemoglobin {tox_hb_g_dl} ({tox_hb_g_dl:date})]][[; neutrophils {tox_anc_10_9_l} ({tox_anc_10_9_l:date})]].",
                detail=(
                    "The label describes {param.dose_gbq_half} for the next dose once the value has recovered.",
                    "[[Baseline unknown: no {baseline_missing} before cycle 1, so the relative kidney limits were not checked.]]",
                    "[[Count shortly after {count_support}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider withholding the cycle, with a weekly blood count", order="lab-panel"),
                    Suggestion(label="Discuss a reduced dose on recovery with the treating team"),
                    Suggestion(label="No change until recovery"),
                ),
                shows=(
                    "tox_platelets_10_9_l",
                    "tox_hb_g_dl",
                    "tox_anc_10_9_l",
                    "tox_crcl_ml_min",
                    "tox_creatinine_ratio",
                    "tox_crcl_ratio",
                    "tox_bilirubin_uln",
                    "tox_albumin_g_l",
                    "last_cycle_gbq",
                    "cycle_weeks",
                ),
            ),
            ask=(Ask("crcl", fact.baseline_missing.known),),
        ),
        Branch(
            name="kidney",
            when=(fact.tox_crcl_ml_min < param.tox_crcl)
            | (fact.tox_creatinine_ratio >= param.tox_creatinine_ratio)
            | (fact.tox_crcl_ratio <= param.tox_crcl_ratio),
            outcome="not-now",
            reason="toxicity-hold",
            advice=Advice(
                indicator="critical",
                summary="Kidney values[[, CrCl {tox_crcl_ml_min}]][[, creatinine {tox_creatinine_ratio} x baseline]], before[[ cycle {cycle_next}]]: label advises withholding until recovery.",
                record="Record shows kidney function since the last cycle beyond a limit[[; clearance {tox_crcl_ml_min} ({tox_crcl_ml_min:date})]][[; creatinine {tox_creatinine_ratio} times that before cycle 1]][[; clearance {tox_crcl_ratio} times that before cycle 1]].",
                detail=(
                    "The label describes {param.dose_gbq_half} for the next dose once the value has recovered.",
                    "[[Baseline unknown: no {baseline_missing} before cycle 1, so the relative kidney limits were not checked.]]",
                    "[[Count shortly after {count_support}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider withholding the cycle, with a weekly blood count", order="lab-panel"),
                    Suggestion(label="Discuss a reduced dose on recovery with the treating team"),
                    Suggestion(label="No change until recovery"),
                ),
                shows=(
                    "tox_platelets_10_9_l",
                    "tox_hb_g_dl",
                    "tox_anc_10_9_l",
                    "tox_crcl_ml_min",
                    "tox_creatinine_ratio",
                    "tox_crcl_ratio",
                    "tox_bilirubin_uln",
                    "tox_albumin_g_l",
                    "last_cycle_gbq",
                    "cycle_weeks",
                ),
            ),
            ask=(Ask("crcl", fact.baseline_missing.known),),
        ),
        Branch(
            name="liver",
            when=(fact.tox_bilirubin_uln > param.tox_bili_uln)
            | ((fact.tox_albumin_g_l < param.tox_albumin) & (fact.tox_prothrombin_percent < param.prothrombin_low)),
            outcome="not-now",
            reason="toxicity-hold",
            advice=Advice(
                indicator="critical",
                summary="Liver values[[, bilirubin {tox_bilirubin_uln}]][[, albumin {tox_albumin_g_l}]][[, prothrombin {tox_prothrombin_percent}]], before[[ cycle {cycle_next}]]: label advises withholding until recovery.",
                record="Record shows liver function since the last cycle beyond a limit[[; bilirubin {tox_bilirubin_uln} ({tox_bilirubin_uln:date})]][[; albumin {tox_albumin_g_l}]][[, prothrombin {tox_prothrombin_percent}]].",
                detail=(
                    "The label describes {param.dose_gbq_half} for the next dose once the value has recovered.",
                    "[[Baseline unknown: no {baseline_missing} before cycle 1, so the relative kidney limits were not checked.]]",
                    "[[Count shortly after {count_support}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider withholding the cycle, with a weekly blood count", order="lab-panel"),
                    Suggestion(label="Discuss a reduced dose on recovery with the treating team"),
                    Suggestion(label="No change until recovery"),
                ),
                shows=(
                    "tox_platelets_10_9_l",
                    "tox_hb_g_dl",
                    "tox_anc_10_9_l",
                    "tox_crcl_ml_min",
                    "tox_creatinine_ratio",
                    "tox_crcl_ratio",
                    "tox_bilirubin_uln",
                    "tox_albumin_g_l",
                    "last_cycle_gbq",
                    "cycle_weeks",
                ),
            ),
            ask=(Ask("crcl", fact.baseline_missing.known),),
        ),
    ),
    speaks_in=("in-progress",),
)
