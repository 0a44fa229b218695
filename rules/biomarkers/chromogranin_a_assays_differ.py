"""B-03: Chromogranin A assays differ."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="chromogranin-a-assays-differ",
    code="B-03",
    title="Chromogranin A assays differ",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say that two chromogranin A results cannot be compared.",
    explanation="The newest two differ in unit, test, assay or reference range. There is no valid conversion between U/L, ng/mL and nmol/L.",
    citations=("B05",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="differ",
            when=fact.cga_differs.known,
            advice=Advice(
                indicator="info",
                summary="CgA results use different units/assays ({cga_differs}); trend not calculated.",
                record="Record shows two chromogranin A results that differ in {cga_differs}.",
                suggestions=(
                    Suggestion(label="Consider repeating it in the same laboratory"),
                    Suggestion(label="No change"),
                ),
                shows=("cga_uln",),
            ),
        ),
    ),
)
