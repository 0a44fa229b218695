"""I-09: Comparison of two SSTR scans limited."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="scan-comparison-limited",
    code="I-09",
    title="Comparison of two SSTR scans limited",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Keep a before-and-after comparison from being read as a biological change.",
    explanation="Two SSTR scans differ in tracer, modality, scanner, somatostatin analogue, spleen or steroid state, or SUVmax changed by less than suv_change_percent. Only differences the record shows are named.",
    citations=("S11", "S13", "S14", "S16"),
    evidence="cohort",
    own_default=True,
    branches=(
        Branch(
            name="limited",
            when=fact.scan_comparison_limited.yes,
            advice=Advice(
                indicator="info",
                summary="Scan comparison limited[[ ({scan_comparison_reasons})]]; judge suitability on the new scan alone.",
                record="Record shows two SSTR scans that are not fully comparable[[: {scan_comparison_reasons}]][[; SUVmax changed by {scan_suv_change}]].",
                detail=(
                    "A change of SUVmax under {param.suv_change_percent} may be noise (S14); tracers are not interchangeable (S13).",
                ),
                suggestions=(
                    Suggestion(label="No change: suitability is judged on the new scan alone"),
                    Suggestion(label="Consider the same tracer and scanner for a next scan if the comparison matters"),
                ),
                shows=("scan_comparison_limited", "scan_suv_change"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
