"""L-05: Bilirubin high."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="bilirubin-high",
    code="L-05",
    title="Bilirubin high",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when bilirubin is above the site's multiple of its upper limit.",
    explanation="Newest fresh total bilirubin over the upper limit of its own reference range; without that limit nothing is concluded.",
    citations=("L10", "N08"),
    evidence="label",
    branches=(
        Branch(
            name="stop",
            when=fact.bilirubin_uln > param.bili_stop_uln,
            outcome="not-now",
            reason="lab-bili",
            advice=Advice(
                indicator="warning",
                summary="Bilirubin {bilirubin_uln} above {param.bili_stop_uln:bare}; PRRT usually deferred.",
                record="Record shows bilirubin at {bilirubin_uln} ({bilirubin_uln:date}), above the limit of {param.bili_stop_uln}.",
                suggestions=(
                    Suggestion(label="Consider biliary imaging: an obstruction can be drained"),
                    Suggestion(label="Consider a fresh laboratory panel", order="lab-panel"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
                shows=("bilirubin_mg_dl",),
            ),
        ),
        Branch(
            name="limit-unknown",
            when=fact.bilirubin_mg_dl.known & fact.bilirubin_uln.unknown,
            advice=Advice(
                indicator="info",
                summary="Bilirubin {bilirubin_mg_dl} without its upper limit of normal: not judged.",
                record="Record shows bilirubin {bilirubin_mg_dl} ({bilirubin_mg_dl:date}) without a reference range.",
                suggestions=(
                    Suggestion(label="Consider asking the laboratory for the upper limit of normal"),
                    Suggestion(label="No change: nothing is concluded without it"),
                ),
            ),
            ask=("bilirubin-uln",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
