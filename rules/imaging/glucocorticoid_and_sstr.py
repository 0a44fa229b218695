"""I-13: High-dose glucocorticoid around an SSTR scan."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="glucocorticoid-and-sstr",
    code="I-13",
    title="High-dose glucocorticoid around an SSTR scan",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Remember that glucocorticoids can lower SSTR uptake before a low scan is taken at its word.",
    explanation="Prednisolone-equivalent of steroid_mg_per_day for steroid_min_days within steroid_window_days of the scan, or Cushing syndrome, and a scan that is not sufficient; also while a scan is being suggested.",
    citations=("N06",),
    evidence="label",
    own_default=True,
    stage=2,
    branches=(
        Branch(
            name="scan-low",
            when=fact.steroid_around_scan.yes & (fact.krenning_sufficient.no | fact.krenning_sufficient.unknown),
            advice=Advice(
                indicator="info",
                summary="High-dose glucocorticoid around the scan of {steroid_around_scan:date}: uptake may read low (label).",
                record="Record shows high-dose glucocorticoid or Cushing syndrome around the SSTR PET of {steroid_around_scan:date}.",
                detail=(
                    "Glucocorticoids can down-regulate the receptor (N06); the dose cut-off is this rule set's own.",
                ),
                suggestions=(
                    Suggestion(label="Consider imaging again after a taper if that is clinically possible"),
                    Suggestion(label="No change: steroids are not stopped for a scan"),
                ),
                shows=("steroid_around_scan",),
            ),
        ),
        Branch(
            name="scan-suggested",
            when=fact.steroid_now.yes & (fact.fired_r_01.yes | fact.fired_i_08.yes | fact.fired_i_01.yes),
            advice=Advice(
                indicator="info",
                summary="High-dose glucocorticoid now: uptake on an SSTR PET may read low (label).",
                record="Record shows high-dose glucocorticoid or Cushing syndrome now, while an SSTR PET is being considered.",
                detail=(
                    "Glucocorticoids can down-regulate the receptor (N06); the dose cut-off is this rule set's own.",
                ),
                suggestions=(
                    Suggestion(label="Consider imaging after a taper if that is clinically possible"),
                    Suggestion(label="No change: steroids are not stopped for a scan"),
                ),
                shows=("steroid_now",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
