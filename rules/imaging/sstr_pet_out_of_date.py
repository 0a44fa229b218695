"""I-08: SSTR PET out of date."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param
from rules.criteria import outdating_event

rule = Rule(
    id="sstr-pet-out-of-date",
    code="I-08",
    title="SSTR PET out of date",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Raise re-imaging when the last SSTR PET no longer describes the disease.",
    explanation="The current scan is older than sstr_max_age_days, or it was sufficient and after it progression was recorded, PRRT or local treatment was given, or enough drug treatment. Somatostatin analogues never outdate a scan, and nothing but age outdates an insufficient one.",
    citations=("S24", "EXP"),
    evidence="protocol",
    disagree="NETTER-1 24 weeks; many centres 3 months",
    own_default=True,
    branches=(
        Branch(
            name="age",
            when=fact.sstr_pet_age_days > param.sstr_max_age_days,
            outcome="re-image",
            reason="sstr-stale",
            advice=Advice(
                indicator="info",
                summary="Last SSTR PET is [[{sstr_pet_age_months} ({sstr_pet_age_days})]] old; re-imaging could be considered.",
                record="Record shows the last SSTR PET on {sstr_pet_age_days:date}, {sstr_pet_age_days} ago.",
                detail=(
                    "This site asks for an SSTR PET of at most {param.sstr_max_age_days} before PRRT is assessed (S24).",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider ordering an SSTR PET/CT[[, same tracer as before: {sstr_pet_tracer}]]",
                        order="sstr-pet",
                        recommended=True,
                        unless=(
                            "C-03",
                            "C-04/eu",
                            "C-05/severe",
                            "G-07/below-us",
                            "G-07/below-eu",
                            "G-08",
                            "G-09/resectable",
                        ),
                    ),
                    Suggestion(label="No change: image again when treatment is next decided"),
                ),
                shows=("sstr_pet_tracer", "krenning_best_low"),
            ),
            ask=("sstr-pet-current",),
        ),
        Branch(
            name="event",
            when=outdating_event,
            outcome="re-image",
            reason="sstr-stale",
            advice=Advice(
                indicator="info",
                summary="Last SSTR PET describes an earlier state[[, before {sstr_event}]]; re-imaging could be considered.",
                record="Record shows a sufficient SSTR PET ({krenning_sufficient:date}) and since then [[{sstr_event} ({sstr_event:date})]].",
                detail=(
                    "What was sufficient then may have changed: uptake is judged on a scan of the disease as it is now.",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider ordering an SSTR PET/CT[[, same tracer as before: {sstr_pet_tracer}]]",
                        order="sstr-pet",
                        recommended=True,
                        unless=(
                            "C-03",
                            "C-04/eu",
                            "C-05/severe",
                            "G-07/below-us",
                            "G-07/below-eu",
                            "G-08",
                            "G-09/resectable",
                        ),
                    ),
                    Suggestion(label="No change: image again when treatment is next decided"),
                ),
                shows=("sstr_event", "sstr_pet_tracer", "krenning_best_low"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("D-03", "C-01", "C-07/stop", "G-05", "R-03/in-progress", "R-05/instead", "R-05/duplicate-instead"),
)
