"""F-03: Permanent stop."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="permanent-stop",
    code="F-03",
    title="Permanent stop",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say when the label advises to end the course: toxicity again after a reduced dose, or a long delay that toxicity caused.",
    explanation="F-02 holds, and the last cycle was a reduced dose, or more than 168 days (US) or 112 days (EU) have passed since it with "
    "toxicity on record as the cause. A gap without toxicity is never a reason to end a course.",
    citations=("L23", "L24", "L25", "L26", "L27", "N03"),
    evidence="label",
    disagree="US: 16 weeks of delay beyond the 8-week interval; EU: an interval of 16 weeks",
    own_default=True,
    branches=(
        Branch(
            name="after-reduced-dose",
            when=fact.toxicity_held.yes & (fact.last_cycle_gbq <= param.reduced_dose_max_gbq),
            outcome="not-now",
            reason="permanent-stop",
            advice=Advice(
                indicator="critical",
                summary="Toxicity again after a reduced dose ({last_cycle_gbq}): label advises permanent discontinuation.",
                record="Record shows a value beyond a toxicity limit after a last cycle of {last_cycle_gbq}.",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="Consider other treatment"),
                    Suggestion(label="No change: no further cycle while this stands"),
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
        ),
        Branch(
            name="delay-us",
            when=fact.toxicity_held.yes
            & (fact.cycle_days > param.tox_delay_days_us)
            & fact.toxicity_recorded.yes
            & (fact.jurisdiction == "US"),
            outcome="not-now",
            reason="permanent-stop",
            advice=Advice(
                indicator="critical",
                summary="Toxicity[[, {cycle_weeks} since the last cycle]]: label advises permanent discontinuation after such a delay.",
                record="Record shows toxicity as the cause of a delay, {cycle_days} after the last cycle.",
                detail=("US label: a delay of more than 16 weeks beyond the 8-week interval.",),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="Consider other treatment"),
                    Suggestion(label="No change: no further cycle while this stands"),
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
        ),
        Branch(
            name="delay-eu",
            when=fact.toxicity_held.yes
            & (fact.cycle_days > param.tox_delay_days_eu)
            & fact.toxicity_recorded.yes
            & (fact.jurisdiction == "EU"),
            outcome="not-now",
            reason="permanent-stop",
            advice=Advice(
                indicator="critical",
                summary="Toxicity[[, {cycle_weeks} since the last cycle]]: label advises permanent discontinuation after such a delay.",
                record="Record shows toxicity as the cause of a delay, {cycle_days} after the last cycle.",
                detail=("EU label: an interval of more than 16 weeks.",),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="Consider other treatment"),
                    Suggestion(label="No change: no further cycle while this stands"),
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
        ),
    ),
    speaks_in=("in-progress",),
)
