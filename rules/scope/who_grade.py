"""G-04: WHO grade from the record."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="who-grade",
    code="G-04",
    title="WHO grade from the record",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Show the grade the record supports, from which specimen, and what makes it uncertain.",
    explanation="The highest of Ki-67, mitoses per 2 mm2 and the stated grade counts. An interval is graded on its upper end. "
    "Mitoses per high-power fields are not converted: a field's area is not recorded.",
    citations=("D01", "D02", "D04", "D06", "D09", "D10"),
    evidence="guideline",
    branches=(
        Branch(
            name="straddles",
            when=fact.grade.known & fact.ki67_straddles.yes,
            advice=Advice(
                indicator="info",
                summary="WHO 2022 grade from record: {grade}[[ (Ki-67 {ki67_percent})]]; the interval spans a grade limit.",
                record="Record shows grade {grade}, graded on the upper end of an interval that spans a grade limit.",
                suggestions=(
                    Suggestion(label="Consider asking pathology for the exact Ki-67"),
                    Suggestion(label="No change: the higher grade is used"),
                ),
                shows=("ki67_percent", "mitoses"),
            ),
            ask=("ki67-exact",),
        ),
        Branch(
            name="per-field",
            when=fact.grade.known & fact.mitoses_per_field.yes,
            advice=Advice(
                indicator="info",
                summary="WHO 2022 grade from record: {grade}[[ (Ki-67 {ki67_percent})]]; mitoses are counted per field.",
                record="Record shows grade {grade}[[ and {mitoses} mitoses]]; the field's area is not recorded.",
                detail=(
                    "Mitoses per high-power fields are shown, not converted: fields differ about three-fold in area (D06).",
                ),
                suggestions=(
                    Suggestion(label="Consider asking pathology for mitoses per 2 mm2"),
                    Suggestion(label="No change: Ki-67 and the stated grade decide"),
                ),
                shows=("ki67_percent", "mitoses"),
            ),
        ),
        Branch(
            name="grade",
            when=fact.grade.known,
            advice=Advice(
                indicator="info",
                summary="WHO 2022 grade from record: {grade}[[ (Ki-67 {ki67_percent}, {ki67_percent:date})]].",
                record="Record shows grade {grade}.",
                suggestions=(Suggestion(label="No change: shown for information"),),
                shows=("ki67_percent", "mitoses"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
