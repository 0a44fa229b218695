"""I-11: FDG PET beside SSTR PET."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="fdg-pet-advised",
    code="I-11",
    title="FDG PET beside SSTR PET",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Ask for FDG PET where grade or low SSTR uptake makes a second biology likely.",
    explanation="G3 without an FDG PET within scan_pair_days of the current SSTR PET is asked for; a relevant low lesion or Ki-67 of 10-20 % only gets the suggestion.",
    citations=("R11", "S17"),
    evidence="guideline",
    own_default=True,
    branches=(
        Branch(
            name="g3",
            when=(fact.grade == "G3") & fact.fdg_current.no,
            outcome="needs-data",
            reason="fdg-for-g3",
            advice=Advice(
                indicator="info",
                summary="Grade/Ki-67 suggests FDG PET alongside SSTR PET before PRRT ({grade}).",
                record="Record shows a {grade} tumour and no FDG PET within {param.scan_pair_days} of the current SSTR PET.",
                detail=("FDG PET looks for lesions that the SSTR tracer does not see (S17).",),
                suggestions=(
                    Suggestion(label="Consider FDG PET/CT", order="fdg-pet", recommended=True, unless=("C-01",)),
                    Suggestion(label="No change"),
                ),
                shows=("ki67_percent",),
            ),
            ask=("fdg",),
        ),
        Branch(
            name="low-lesion",
            when=fact.sstr_low_count.known & fact.fdg_current.no,
            advice=Advice(
                indicator="info",
                summary="Low SSTR uptake in {sstr_low_count} lesion(s): FDG PET alongside SSTR PET could be considered.",
                record="Record shows {sstr_low_count} relevant lesion(s) below the uptake threshold and no FDG PET beside the SSTR PET.",
                detail=("FDG PET looks for lesions that the SSTR tracer does not see (S17).",),
                suggestions=(
                    Suggestion(label="Consider FDG PET/CT", order="fdg-pet", unless=("C-01",)),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_low_sites",),
            ),
        ),
        Branch(
            name="ki67",
            when=(fact.ki67_percent >= param.ki67_fdg_from) & fact.fdg_current.no,
            advice=Advice(
                indicator="info",
                summary="Ki-67 {ki67_percent}: FDG PET alongside SSTR PET before PRRT could be considered.",
                record="Record shows Ki-67 {ki67_percent} ({ki67_percent:date}) and no FDG PET beside the SSTR PET.",
                detail=("From {param.ki67_fdg_from} many centres pair the two scans (R11).",),
                suggestions=(
                    Suggestion(label="Consider FDG PET/CT", order="fdg-pet", unless=("C-01",)),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
