"""F-09: Imaging after PRRT."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="imaging-after-prrt",
    code="F-09",
    title="Imaging after PRRT",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Remind of follow-up imaging, and that growth soon after PRRT can be pseudo-progression.",
    explanation="Growth called less than three months after the last cycle; or no CT or MRI between two and six months after it.",
    citations=("L36",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="early-growth",
            when=fact.early_worsening.yes,
            advice=Advice(
                indicator="info",
                summary="Growth or flare within 3 months of PRRT can be pseudo-progression; repeat imaging before changing therapy.",
                record="Record shows growth called {early_worsening:date}, less than {param.pseudoprogression_months} after the last cycle.",
                suggestions=(
                    Suggestion(label="Consider CT or MRI about 3 months after the last cycle", order="ct-mri"),
                    Suggestion(label="Consider SSTR PET 9 to 12 months after it"),
                    Suggestion(label="No change of treatment on this scan alone"),
                ),
                shows=("early_worsening", "cycle_months"),
            ),
        ),
        Branch(
            name="no-imaging",
            when=(fact.cycle_months >= param.imaging_after_from_months) & fact.ct_mri_after_course.no,
            advice=Advice(
                indicator="info",
                summary="No CT or MRI {param.imaging_after_from_months:bare} to {param.imaging_after_to_months} after PRRT; about 3 months is usual.",
                record="Record shows the last cycle {cycle_months} ago and no CT or MRI {param.imaging_after_from_months:bare} to {param.imaging_after_to_months} after it.",
                suggestions=(
                    Suggestion(label="Consider CT or MRI", order="ct-mri"),
                    Suggestion(label="Consider asking for imaging done elsewhere"),
                    Suggestion(label="No change"),
                ),
                shows=("cycle_months",),
            ),
        ),
    ),
    speaks_in=("completed",),
)
