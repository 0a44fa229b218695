"""P-05: Items missing."""

from datetime import date

from cds_service.rulebook import Advice, Also, Ask, Branch, Rule, Suggestion, fact
from rules.criteria import no_stop, nothing_else_asked

rule = Rule(
    id="items-missing",
    code="P-05",
    title="Items missing",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="When nothing stands against PRRT, say in one card what is still missing, most important first.",
    explanation="Missing items are asked for, never guessed. A record that came incomplete cannot meet the criteria.",
    citations=("L05", "EXP"),
    evidence="expert",
    stage=2,
    branches=(
        Branch(
            name="items",
            when=no_stop & (fact.required_unknown_count > 0),
            also=(
                Also("needs-data", "ki67-missing", fact.ki67_missing.yes),
                Also("needs-data", "ecog-missing", fact.ecog.unknown),
                Also("needs-data", "record-incomplete", fact.record_incomplete.yes | nothing_else_asked),
            ),
            advice=Advice(
                indicator="info",
                summary="No recorded stop; {required_unknown_count} items missing[[: {required_unknown_top}]].",
                record="Record shows no stop; items are missing[[: {required_unknown_list}]].",
                detail=(
                    "[[Not met: {required_not_met_list}.]]",
                    "[[The record came incomplete ({record_lacks}): what it lacks is unknown, not absent.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the missing laboratory panel", order="lab-panel"),
                    Suggestion(label="Discuss the missing items at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the items are there"),
                ),
                shows=("ki67_percent", "grade", "krenning_best_low", "age_years"),
            ),
            ask=(Ask("primary-site", fact.primary_site.unknown),),
        ),
        Branch(
            name="record-incomplete",
            when=fact.record_incomplete.yes,
            outcome="needs-data",
            reason="record-incomplete",
            advice=Advice(
                indicator="info",
                summary="The record came incomplete[[ ({record_lacks})]]; what it lacks is unknown, not absent.",
                record="Record shows only part of the patient's data[[: {record_lacks} did not come, or not whole]].",
                suggestions=(
                    Suggestion(label="Consider asking again with the full record", recommended=True),
                    Suggestion(label="No change: nothing is concluded from what did not come"),
                ),
            ),
        ),
        Branch(
            name="not-met-only",
            when=no_stop & (fact.needs_data_count == 0) & (fact.required_not_met_count > 0),
            outcome="needs-data",
            reason="record-incomplete",
            advice=Advice(
                indicator="info",
                summary="No recorded stop, but not met[[: {required_not_met_list}]].",
                record="Record shows items not met, without a finding of their own[[: {required_not_met_list}]].",
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the items are met"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
