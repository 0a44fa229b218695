"""F-05: Course complete."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="course-complete",
    code="F-05",
    title="Course complete",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="After a course, say what follow-up is usual.",
    explanation="Four cycles, or fewer and the last one at least six months ago, and no progression since.",
    citations=("L35", "L36"),
    evidence="guideline",
    own_default=True,
    branches=(
        Branch(
            name="full",
            when=fact.cycles_given >= param.cycles_full,
            outcome="no-advice",
            reason="course-complete",
            advice=Advice(
                indicator="info",
                summary="PRRT course complete; follow-up labs due at 1, 3, 6, 12 months, then yearly.",
                record="Record shows {cycles_given} cycles[[, {course_gbq}]], the last {cycles_given:date}.",
                detail=(
                    "CT or MRI about 3 months after the last cycle, then every 6 months.",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the follow-up laboratory values", order="lab-panel"),
                    Suggestion(label="Consider CT or MRI about 3 months after the last cycle", order="ct-mri"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "course_gbq", "cycle_months"),
            ),
        ),
        Branch(
            name="fewer",
            when=fact.cycles_given < param.cycles_full,
            outcome="no-advice",
            reason="course-complete",
            advice=Advice(
                indicator="info",
                summary="PRRT course ended after {cycles_given} of {param.cycles_full} cycles; follow-up labs at 1, 3, 6, 12 months.",
                record="Record shows {cycles_given} of {param.cycles_full} cycles[[, {course_gbq}]], the last {cycles_given:date}.",
                detail=(
                    "CT or MRI about 3 months after the last cycle, then every 6 months.",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider recording why the course ended"),
                    Suggestion(label="Consider the follow-up laboratory values", order="lab-panel"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "course_gbq", "cycle_months"),
            ),
        ),
    ),
    speaks_in=("completed",),
)
