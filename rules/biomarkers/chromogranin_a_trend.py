"""B-01: Chromogranin A trend."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="chromogranin-a-trend",
    code="B-01",
    title="Chromogranin A trend",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Describe how chromogranin A changed; it never decides anything here.",
    explanation="Newest against the result before it, only when test, assay, unit and reference range agree. A change of more than 25 % is "
    "described, as a multiple of the upper limit.",
    citations=("B03", "B05", "B06"),
    evidence="cohort",
    branches=(
        Branch(
            name="rose",
            when=(fact.cga_change_percent > param.cga_change_percent) & fact.cga_uln.known,
            advice=Advice(
                indicator="info",
                summary="CgA rose {cga_change_percent:bare} % to {cga_uln}; alone it predicts progression poorly (sens 36%).",
                record="Record shows chromogranin A at {cga_uln} ({cga_uln:date})[[, before {cga_earlier}]].",
                detail=("A change of 25 % had sensitivity 36 % and specificity 82 % for progression (B03).",),
                suggestions=(
                    Suggestion(label="Consider imaging if none is recent"),
                    Suggestion(label="Consider repeating it in the same laboratory"),
                    Suggestion(label="No change"),
                ),
                shows=("cga_change_percent", "cga_uln"),
            ),
        ),
        Branch(
            name="fell",
            when=(fact.cga_fall_percent > param.cga_change_percent) & fact.cga_uln.known,
            advice=Advice(
                indicator="info",
                summary="CgA fell {cga_fall_percent:bare} % to {cga_uln}; alone it says little about response.",
                record="Record shows chromogranin A at {cga_uln} ({cga_uln:date})[[, before {cga_earlier}]].",
                detail=("A change of 25 % had sensitivity 36 % and specificity 82 % for progression (B03).",),
                suggestions=(
                    Suggestion(label="Consider imaging if none is recent"),
                    Suggestion(label="Consider repeating it in the same laboratory"),
                    Suggestion(label="No change"),
                ),
                shows=("cga_fall_percent", "cga_uln"),
            ),
        ),
    ),
)
