"""L-06: Albumin low."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param
from rules.criteria import clotting_poor

rule = Rule(
    id="albumin-low",
    code="L-06",
    title="Albumin low",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Low albumin alone does not stop PRRT; with poor clotting it does. Ask for clotting when it is not known.",
    explanation="Albumin below the limit. Prothrombin below its limit, or INR at or above its limit without a vitamin-K antagonist or direct oral anticoagulant, decides. On an anticoagulant INR says nothing about the liver.",
    citations=("L10", "L26", "EXP"),
    evidence="label",
    own_default=True,
    branches=(
        Branch(
            name="clotting-poor",
            when=(fact.albumin_g_l < param.albumin_stop) & clotting_poor,
            outcome="not-now",
            reason="lab-liver",
            advice=Advice(
                indicator="warning",
                summary="Albumin {albumin_g_l}[[ with prothrombin {prothrombin_percent}]][[, INR {inr}]]: liver function needs review before PRRT.",
                record="Record shows albumin {albumin_g_l} ({albumin_g_l:date}) with poor clotting[[; prothrombin {prothrombin_percent}]][[; INR {inr}]].",
                suggestions=(
                    Suggestion(label="Consider a hepatology opinion"),
                    Suggestion(label="Consider a fresh laboratory panel", order="lab-panel"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
                shows=(
                    "prothrombin_percent",
                    "inr",
                ),
            ),
        ),
        Branch(
            name="clotting-unknown",
            when=(fact.albumin_g_l < param.albumin_stop)
            & fact.prothrombin_percent.unknown
            & (fact.inr.unknown | fact.anticoagulated.yes | fact.anticoagulated.unknown),
            outcome="needs-data",
            reason="pt-for-low-albumin",
            advice=Advice(
                indicator="warning",
                summary="Albumin {albumin_g_l}: clotting (prothrombin or INR) needed to judge liver function.",
                record="Record shows albumin {albumin_g_l} ({albumin_g_l:date}) without clotting that could decide.",
                detail=(
                    "[[INR {inr}: not decisive on an anticoagulant, or when it is not known whether one is taken.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider prothrombin time and INR", order="coagulation"),
                    Suggestion(label="Consider a hepatology opinion"),
                    Suggestion(label="No change: nothing is concluded without clotting"),
                ),
                shows=(
                    "inr",
                    "anticoagulated",
                ),
            ),
            ask=("prothrombin",),
        ),
        Branch(
            name="clotting-normal",
            when=fact.albumin_g_l < param.albumin_stop,
            advice=Advice(
                indicator="info",
                summary="Albumin {albumin_g_l} with normal clotting: a caution, not a stop.",
                record="Record shows albumin {albumin_g_l} ({albumin_g_l:date})[[; prothrombin {prothrombin_percent}]][[; INR {inr}]].",
                suggestions=(
                    Suggestion(label="Consider nutrition and protein loss"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "prothrombin_percent",
                    "inr",
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
