"""C-09: Carcinoid heart unknown."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="carcinoid-heart-unknown",
    code="C-09",
    title="Carcinoid heart unknown",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Ask for an echocardiogram where carcinoid heart disease is likely enough to be looked for before the amino-acid load.",
    explanation="Carcinoid syndrome, 5-HIAA above five times its upper limit, or NT-proBNP above its own, and no echocardiogram of the last "
    "six months.",
    citations=("L17",),
    evidence="protocol",
    own_default=True,
    branches=(
        Branch(
            name="no-echo",
            when=fact.echo_recent.no
            & (fact.carcinoid_syndrome.yes | (fact.hiaa_uln > param.hiaa_uln) | fact.nt_probnp_raised.yes),
            advice=Advice(
                indicator="info",
                summary="Carcinoid syndrome or its markers without recent echocardiography; protocols ask for it before the amino-acid load.",
                record="Record shows what points to carcinoid heart disease, and no echocardiogram of the last {param.echo_max_age_months}[[; 5-HIAA {hiaa_uln}]].",
                suggestions=(
                    Suggestion(label="Consider an echocardiogram", order="echo"),
                    Suggestion(label="Consider NT-proBNP"),
                    Suggestion(label="No change"),
                ),
                shows=("carcinoid_syndrome", "hiaa_uln", "nt_probnp_raised", "echo_recent"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
