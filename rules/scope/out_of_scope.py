"""G-01: No neuroendocrine neoplasm."""

from datetime import date

from cds_service.rulebook import Branch, Rule, fact

rule = Rule(
    id="out-of-scope",
    code="G-01",
    title="No neuroendocrine neoplasm",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Stay silent for patients without a neuroendocrine neoplasm, and for patients who have died.",
    explanation="No confirmed or suspected neuroendocrine neoplasm among the Conditions; look-alikes (Merkel cell, goblet "
    "cell, medullary thyroid) and relatives' disease do not count.",
    citations=("EXP",),
    evidence="expert",
    branches=(
        Branch(name="deceased", when=fact.deceased.yes, outcome="no-advice", reason="deceased"),
        Branch(name="no-nen", when=fact.net_in_scope.no, outcome="no-advice", reason="out-of-scope"),
    ),
)
