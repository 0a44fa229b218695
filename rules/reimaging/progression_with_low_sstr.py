"""R-04: Progression with low SSTR uptake."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="progression-with-low-sstr",
    code="R-04",
    title="Progression with low SSTR uptake",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Point to FDG PET or biopsy, not to a repeat SSTR PET, when disease grows under treatment.",
    explanation="The last SSTR scan was insufficient and the newest statement under the treatment given since says worsened.",
    citations=("R12",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="progression",
            when=fact.reimage_scan_low.yes & fact.reimage_responding.no,
            advice=Advice(
                indicator="info",
                summary="Progression on [[{reimage_regimen} ]]with low SSTR: FDG PET or biopsy may be more informative.",
                record="Record shows low uptake[[ ({reimage_score:date})]] and progression[[ ({reimage_response:date})]] under [[{reimage_regimen}]].",
                detail=("Growth with low uptake suggests another biology rather than returning receptors (R12).",),
                suggestions=(
                    Suggestion(label="Consider FDG PET/CT", order="fdg-pet", recommended=True, unless=("C-01",)),
                    Suggestion(label="Consider biopsy of a growing lesion", order="biopsy"),
                    Suggestion(label="No change"),
                ),
                shows=("reimage_response", "reimage_regimen"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
