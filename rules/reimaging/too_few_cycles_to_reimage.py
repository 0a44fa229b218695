"""R-03: Too few cycles to image again."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param
from rules.criteria import too_little_treatment

rule = Rule(
    id="too-few-cycles-to-reimage",
    code="R-03",
    title="Too few cycles to image again",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Explain why a low scan under treatment is not repeated yet.",
    explanation="The last SSTR scan was insufficient and treatment since then is below both reimage_min_cycles and reimage_min_weeks. While its last dose is at most stale_grace_days ago an old scan stays quiet too.",
    citations=("R07",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="in-progress",
            when=too_little_treatment & (fact.reimage_last_dose_days <= param.stale_grace_days),
            advice=Advice(
                indicator="info",
                summary="Low SSTR, treatment under way[[ ({reimage_extent} of {reimage_regimen})]]: too early to image again.",
                record="Record shows low uptake[[ ({reimage_score:date})]] and[[ {reimage_extent} of {reimage_regimen}]] treatment since, fewer than {param.reimage_min_cycles} cycles and {param.reimage_min_weeks}.",
                suggestions=(
                    Suggestion(
                        label="No change: the question returns after {param.reimage_min_cycles} cycles or {param.reimage_min_weeks}"
                    ),
                ),
                shows=("reimage_extent", "reimage_regimen"),
            ),
        ),
        Branch(
            name="ended",
            when=too_little_treatment & fact.reimage_last_dose_days.known,
            advice=Advice(
                indicator="info",
                summary="Low SSTR, little treatment since[[ ({reimage_extent} of {reimage_regimen})]]: no reason yet to expect a change.",
                record="Record shows low uptake[[ ({reimage_score:date})]] and[[ {reimage_extent} of {reimage_regimen}]] treatment since, fewer than {param.reimage_min_cycles} cycles and {param.reimage_min_weeks}.",
                suggestions=(
                    Suggestion(
                        label="No change: the question returns after {param.reimage_min_cycles} cycles or {param.reimage_min_weeks}"
                    ),
                ),
                shows=("reimage_extent", "reimage_regimen"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
