"""R-02: Evidence for returning SSTR uptake."""

from datetime import date

from cds_service.rulebook import Branch, Rule, fact

rule = Rule(
    id="redifferentiation-evidence",
    code="R-02",
    title="Evidence for returning SSTR uptake",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Keep the weakness of the evidence beside every suggestion to image again.",
    explanation="Acts whenever R-01 suggests a scan: its card then carries the sentence on the case reports, and after an mTOR inhibitor the one on the everolimus series.",
    citations=("R03", "N07"),
    evidence="case reports",
    stage=2,
    branches=(
        Branch(
            name="mtor",
            when=fact.fired_r_01.yes & fact.reimage_responding.yes & fact.reimage_mtor_drug.known,
        ),
        Branch(name="cytotoxic", when=fact.fired_r_01.yes & fact.reimage_responding.yes),
    ),
    silenced_by=("R-05/instead", "R-05/duplicate-instead"),
    speaks_in=("none", "retreatment"),
)
