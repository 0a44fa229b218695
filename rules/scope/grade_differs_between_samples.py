"""G-06: Grade differs between samples."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="grade-differs-between-samples",
    code="G-06",
    title="Grade differs between samples",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Behaviour follows the highest grade of active disease; say so when specimens differ.",
    explanation="Two specimens with different grades: the higher counts, whatever their dates. A later lower Ki-67 from another "
    "site does not lower the grade.",
    citations=("D09",),
    evidence="case reports",
    branches=(
        Branch(
            name="differs",
            when=fact.grades_differ.yes,
            advice=Advice(
                indicator="warning",
                summary="Tumour grade differs between samples [[({grade_lowest_shown} vs {grade_highest_shown})]]; the higher was used.",
                record="Record shows specimens of different grade[[: {grade_lowest_shown} and {grade_highest_shown}]].",
                suggestions=(
                    Suggestion(label="Consider pathology review or re-biopsy when behaviour has changed"),
                    Suggestion(label="No change: the higher grade is used"),
                ),
                shows=("grade_lowest_shown", "grade_highest_shown"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
