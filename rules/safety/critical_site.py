"""C-11: Critical site."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="critical-site",
    code="C-11",
    title="Critical site",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Point at disease where swelling after a dose can do harm.",
    explanation="Orbit, brain, spinal canal, pericardium, or bowel obstruction by a mesenteric or peritoneal mass, from active Conditions and "
    "the newest reports.",
    citations=("Q01", "EXP"),
    evidence="expert",
    own_default=True,
    branches=(
        Branch(
            name="site",
            when=fact.critical_sites.known,
            advice=Advice(
                indicator="warning",
                summary="Disease at {critical_sites}: swelling after PRRT can be harmful; plan before dosing.",
                record="Record shows disease at {critical_sites} ({critical_sites:date}).",
                suggestions=(
                    Suggestion(
                        label="Discuss a surgical, radiotherapy or steroid plan at the NET tumour board",
                        order="mdt-referral",
                    ),
                    Suggestion(label="Consider symptoms and imaging of the site"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
