"""D-02: Items without a usable status."""

from datetime import date

from cds_service.rulebook import Branch, Rule, fact

rule = Rule(
    id="unusable-status",
    code="D-02",
    title="Items without a usable status",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say which items of the record were left out because of their status.",
    explanation="Entered in error, cancelled, not done, of unknown status, or refuted: dropped and listed, never used.",
    citations=("FHIR",),
    evidence="expert",
    branches=(Branch(name="dropped", when=fact.unusable_count > 0),),
)
