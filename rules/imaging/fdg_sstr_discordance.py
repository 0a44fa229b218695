"""I-05: FDG-positive, SSTR-negative lesion."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="fdg-sstr-discordance",
    code="I-05",
    title="FDG-positive, SSTR-negative lesion",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Stop before PRRT when a lesion takes up FDG but not the SSTR tracer.",
    explanation="NETPET P5, discordance stated, or a lesion FDG-positive with its Krenning score below krenning_min on scans at most scan_pair_days apart. Neither an SUV of the SSTR PET nor P4 is discordance.",
    citations=("S17", "S18", "S19", "S20"),
    evidence="cohort",
    disagree="any FDG-positive, SSTR-negative lesion (Zidan, Karfis) or the most telling one (NETPET)",
    own_default=True,
    branches=(
        Branch(
            name="far-apart",
            when=fact.fdg_discordant.yes & (fact.fdg_pair_days > param.scan_pair_note_days),
            outcome="not-now",
            reason="fdg-discordant",
            advice=Advice(
                indicator="warning",
                summary="FDG-positive, SSTR-negative lesion[[ ({fdg_discordant_site})]] recorded, scans {fdg_pair_days} apart; PRRT alone may miss it.",
                record="Record shows a lesion with FDG uptake and too little SSTR uptake[[ at {fdg_discordant_site}]]; the scans are {fdg_pair_days} apart.",
                detail=(
                    "Discordant disease had the shortest survival of all NETPET grades (S18).",
                    "The published pairs lay within {param.scan_pair_note_days} (S20): consider whether both scans still show the same disease.",
                ),
                suggestions=(
                    Suggestion(label="Consider biopsy of the discordant lesion", order="biopsy", recommended=True),
                    Suggestion(label="Discuss systemic treatment at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=("fdg_discordant", "fdg_discordant_site", "krenning_best_low"),
            ),
        ),
        Branch(
            name="discordant",
            when=fact.fdg_discordant.yes,
            outcome="not-now",
            reason="fdg-discordant",
            advice=Advice(
                indicator="warning",
                summary="FDG-positive, SSTR-negative lesion[[ ({fdg_discordant_site})]] recorded; PRRT alone may miss it.",
                record="Record shows a lesion with FDG uptake and too little SSTR uptake[[ at {fdg_discordant_site}]] ({fdg_discordant:date}).",
                detail=("Discordant disease had the shortest survival of all NETPET grades (S18).",),
                suggestions=(
                    Suggestion(label="Consider biopsy of the discordant lesion", order="biopsy", recommended=True),
                    Suggestion(label="Discuss systemic treatment at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=("fdg_discordant", "fdg_discordant_site", "fdg_pair_days", "krenning_best_low"),
            ),
        ),
        Branch(
            name="called-negative",
            when=fact.fdg_negative_high_suv.yes,
            advice=Advice(
                indicator="info",
                summary="Lesion called FDG-negative has an SUVmax above {param.fdg_suv_positive:bare}[[ ({fdg_negative_site})]]; counted as negative.",
                record="Record shows a lesion called FDG-negative whose SUVmax lies above {param.fdg_suv_positive:bare} ({fdg_negative_high_suv:date}).",
                detail=("The reader's word counts; the number is shown so that it can be checked.",),
                suggestions=(Suggestion(label="No change: consider asking the reader if in doubt"),),
                shows=("fdg_negative_high_suv", "fdg_negative_site"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("I-06",),
)
