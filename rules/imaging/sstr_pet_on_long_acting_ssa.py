"""I-12: SSTR PET while on a long-acting somatostatin analogue."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param
from rules.criteria import sstr_pet_in_hand

rule = Rule(
    id="sstr-pet-on-long-acting-ssa",
    code="I-12",
    title="SSTR PET while on a long-acting somatostatin analogue",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="A scheduling hint when an SSTR PET is ordered; it never blocks.",
    explanation="An SSTR PET is ordered or being ordered and a long-acting analogue is running. Labels prefer the scan just before the next dose; three cohorts found tumour uptake not lower.",
    citations=("S11", "S12"),
    evidence="cohort",
    disagree="labels (28 days, or just before the next dose) and three cohorts that found withdrawal unnecessary",
    branches=(
        Branch(
            name="dated",
            when=sstr_pet_in_hand & (fact.scan_ssa_days < param.ssa_long_acting_days),
            advice=Advice(
                indicator="info",
                summary="Long-acting SSA {scan_ssa_days} ago: labels prefer scan before next dose; three cohorts found tumour uptake not lower.",
                record="Record shows the last long-acting somatostatin analogue on {scan_ssa_days:date} and an order for an SSTR PET.",
                detail=(
                    "The analogue lowers uptake of liver and spleen more than of tumour, so ratios can rise (S11).",
                ),
                suggestions=(
                    Suggestion(label="Consider scheduling the scan just before the next dose"),
                    Suggestion(label="No change: the scan need not wait"),
                ),
                shows=("scan_ssa_long",),
            ),
        ),
        Branch(
            name="undated",
            when=sstr_pet_in_hand & fact.scan_ssa_long.yes,
            advice=Advice(
                indicator="info",
                summary="On a long-acting SSA, last dose not recorded: labels prefer the scan before the next dose; it need not wait.",
                record="Record shows a long-acting somatostatin analogue without a recent dose date and an order for an SSTR PET.",
                detail=("Three cohorts found tumour uptake not lower under the analogue (S11).",),
                suggestions=(
                    Suggestion(label="Consider scheduling the scan just before the next dose"),
                    Suggestion(label="No change: the scan need not wait"),
                ),
                shows=("scan_ssa_long",),
            ),
            ask=("ssa-date",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
