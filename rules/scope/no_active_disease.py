"""G-02: No active disease."""

from datetime import date

from cds_service.rulebook import Branch, Rule, fact

rule = Rule(
    id="no-active-disease",
    code="G-02",
    title="No active disease",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Stay silent while nothing active is recorded.",
    explanation="Every NET Condition is inactive, or the newest statement finds no disease, and no dated sign of disease is "
    "newer. Unknown is not inactive.",
    citations=("SEED1",),
    evidence="case reports",
    branches=(
        Branch(name="no-active-disease", when=fact.active_disease.no, outcome="no-advice", reason="no-active-disease"),
    ),
)
