"""D-03: SSTR PET report is preliminary."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="sstr-report-preliminary",
    code="D-03",
    title="SSTR PET report is preliminary",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Wait for the final report of the newest SSTR PET before saying anything about uptake.",
    explanation="A preliminary report newer than the last final one makes the older scan outdated and is itself not used.",
    citations=("EXP",),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="preliminary",
            when=fact.sstr_preliminary_newer.yes,
            outcome="needs-data",
            reason="sstr-preliminary",
            advice=Advice(
                indicator="info",
                summary="SSTR PET report is preliminary; candidacy not assessed until final.",
                record="Record shows an SSTR PET whose newest report is not final.",
                detail=("Uptake is judged on final reports only; an older final scan is not used in its place.",),
                suggestions=(
                    Suggestion(label="Consider waiting for the final SSTR PET report", recommended=True),
                    Suggestion(label="No change: an older scan is not used instead"),
                ),
                shows=("sstr_preliminary_newer",),
            ),
            ask=("final-report",),
        ),
    ),
)
