"""R-01: Repeat SSTR PET after systemic treatment."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact
from rules.criteria import enough_treatment, reimage_after_therapy

rule = Rule(
    id="reimage-after-therapy",
    code="R-01",
    title="Repeat SSTR PET after systemic treatment",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Find the patient whose uptake may have returned, before PRRT is ruled out for good.",
    explanation="The last SSTR scan was insufficient; since then enough cycles or weeks of cytotoxic or mTOR treatment were given, the newest statement says responding, stable or less symptoms, and there is no later scan.",
    citations=("R01", "R02", "R03", "R07", "N07", "SEED2"),
    evidence="case reports",
    disagree="redifferentiation itself: about 4 case reports against SSA, tracer and partial-volume artefacts",
    own_default=True,
    branches=(
        Branch(
            name="after-therapy",
            when=reimage_after_therapy,
            outcome="re-image",
            reason="post-therapy",
            advice=Advice(
                indicator="info",
                summary="Low SSTR before [[{reimage_regimen}]], [[{reimage_response} after {reimage_extent}]]: repeat SSTR PET could be considered.",
                record="Record shows low uptake before [[{reimage_regimen}]][[ (Krenning {reimage_score}, {reimage_score:date})]], then [[{reimage_response} ({reimage_response:date}) after {reimage_extent}]], and no SSTR PET since.",
                detail=(
                    "Evidence: case reports only (about 4 patients, one centre); how often uptake returns is unknown (R01-R03).",
                    "[[Under {reimage_mtor_drug} a 29-patient series saw uptake fall in responders and rise in growing lesions (N07): falling uptake may be response.]]",
                    "The trigger, {param.reimage_min_cycles} cycles or {param.reimage_min_weeks}, is this rule set's own; uptake may well be unchanged.",
                    "Suitability is judged on the new scan alone; it says nothing yet about PRRT.",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider a repeat SSTR PET/CT[[ with the same tracer ({reimage_tracer})]]",
                        order="sstr-pet",
                        recommended=True,
                        unless=(
                            "C-03",
                            "C-04/eu",
                            "C-05/severe",
                            "G-07/below-us",
                            "G-07/below-eu",
                            "G-08",
                            "G-09/resectable",
                        ),
                    ),
                    Suggestion(
                        label="Consider FDG PET/CT instead or alongside",
                        order="fdg-pet",
                        unless=(
                            "C-03",
                            "C-04/eu",
                            "C-05/severe",
                            "G-07/below-us",
                            "G-07/below-eu",
                            "G-08",
                            "G-09/resectable",
                        ),
                    ),
                    Suggestion(label="No change: continue treatment and image at the next staging"),
                ),
                shows=(
                    "reimage_score",
                    "reimage_tracer",
                    "reimage_cycles_differ",
                    "reimage_response",
                ),
            ),
        ),
        Branch(
            name="response-missing",
            when=fact.reimage_scan_low.yes
            & enough_treatment
            & fact.reimage_fdg_discordant.no
            & fact.reimage_responding.unknown,
            outcome="needs-data",
            reason="response-missing",
            advice=Advice(
                indicator="info",
                summary="Low SSTR before [[{reimage_regimen}, {reimage_extent} given]]: response not recorded; it decides whether to image again.",
                record="Record shows low uptake[[ (Krenning {reimage_score}, {reimage_score:date})]], [[{reimage_extent} of {reimage_regimen}]] since, and no statement on the disease after that.",
                detail=(
                    "Response or stable disease would raise a repeat SSTR PET, progression would raise FDG PET or biopsy.",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider recording the response (CT report, clinic note, disease status)",
                        recommended=True,
                    ),
                    Suggestion(label="No change"),
                ),
                shows=("reimage_score", "reimage_regimen", "reimage_extent"),
            ),
            ask=("response",),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("D-03", "I-06", "C-01", "C-07/stop", "G-05", "R-05/instead", "R-05/duplicate-instead"),
)
