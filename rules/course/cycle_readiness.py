"""F-01: Cycle readiness."""

from datetime import date

from cds_service.rulebook import Advice, Also, Ask, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="cycle-readiness",
    code="F-01",
    title="Cycle readiness",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Between cycles, say whether the next one is due, and whether the checked items are fresh and within limits.",
    explanation="Due from 7 weeks after the last cycle (on the planned date when an order is signed). Laboratory values not older than "
    "14 days on the planned date. Ready only when no rule found a stop and none asks for data. Earlier, with nothing due, the course runs.",
    citations=("L01", "L05", "L12"),
    evidence="label",
    own_default=True,
    stage=3,
    branches=(
        Branch(
            name="ready",
            when=(fact.cycle_due_days >= param.cycle_ready_days)
            & fact.cycle_hb_g_dl.known
            & fact.cycle_wbc_10_9_l.known
            & fact.cycle_platelets_10_9_l.known
            & fact.cycle_crcl_ml_min.known
            & fact.cycle_bilirubin_uln.known
            & fact.cycle_albumin_g_l.known
            & fact.cycle_clotting_open.no
            & fact.record_lacks.unknown
            & (fact.stop_count == 0)
            & (fact.needs_data_count == 0),
            outcome="criteria-met",
            reason="cycle-ready",
            advice=Advice(
                indicator="info",
                summary="[[Cycle {cycle_next}: ]]Hb, WBC, platelets, CrCl, bilirubin, albumin within configured limits[[; interval {cycle_due_weeks}]].",
                record="Record shows the checked items within the configured limits[[, {cycle_due_weeks} after the last cycle]]; whether this patient should have the next cycle is the team's question.",
                detail=(
                    "Not checked here: events since the last cycle that are not in the record.",
                    "[[Growth was called on {early_worsening:date}, soon after the last cycle: it can be pseudo-progression, discuss it first.]]",
                    "[[Baseline unknown: no {baseline_missing} before cycle 1, so the relative kidney limits were not checked.]]",
                    "[[Count shortly after {count_support}.]]",
                ),
                suggestions=(
                    Suggestion(label="Discuss with the treating team"),
                    Suggestion(label="Consider asking for events since the last cycle"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "cycle_hb_g_dl",
                    "cycle_wbc_10_9_l",
                    "cycle_platelets_10_9_l",
                    "cycle_crcl_ml_min",
                    "cycle_bilirubin_uln",
                    "cycle_albumin_g_l",
                    "course_gbq",
                ),
            ),
            ask=(Ask("crcl", fact.baseline_missing.known),),
        ),
        Branch(
            name="labs",
            when=(fact.cycle_due_days >= param.cycle_ready_days) & fact.cycle_labs_missing.known,
            outcome="needs-data",
            reason="cycle-labs",
            also=(Also("needs-data", "record-incomplete", fact.record_lacks.known),),
            advice=Advice(
                indicator="info",
                summary="[[Cycle {cycle_next}]] due; missing or older than {param.cycle_lab_days}: {cycle_labs_missing}.",
                record="Record shows a cycle due[[, {cycle_due_weeks} after the last one]], and no fresh value of: {cycle_labs_missing}.",
                detail=(
                    "The values count to the planned date, or to today.",
                    "[[Did not come, or not whole: {record_lacks}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the missing laboratory panel", order="lab-panel", recommended=True),
                    Suggestion(label="No change until the values are there"),
                ),
                shows=(
                    "cycles_given",
                    "cycle_hb_g_dl",
                    "cycle_wbc_10_9_l",
                    "cycle_platelets_10_9_l",
                    "cycle_crcl_ml_min",
                ),
            ),
            ask=(
                Ask("hb", fact.cycle_hb_g_dl.unknown),
                Ask("wbc", fact.cycle_wbc_10_9_l.unknown),
                Ask("platelets", fact.cycle_platelets_10_9_l.unknown),
                Ask("crcl", fact.cycle_crcl_ml_min.unknown),
                Ask("bilirubin", fact.cycle_bilirubin_uln.unknown),
                Ask("albumin", fact.cycle_albumin_g_l.unknown),
                Ask("prothrombin", fact.cycle_clotting_open.yes),
            ),
        ),
        Branch(
            name="record-incomplete",
            when=fact.record_lacks.known,
            outcome="needs-data",
            reason="record-incomplete",
            advice=Advice(
                indicator="info",
                summary="The record came incomplete ({record_lacks}); readiness for the next cycle cannot be judged.",
                record="Record shows only part of the patient's data: {record_lacks} did not come, or not whole.",
                suggestions=(
                    Suggestion(label="Consider asking again with the full record", recommended=True),
                    Suggestion(label="No change: nothing is concluded from what did not come"),
                ),
                shows=("cycles_given", "cycle_weeks"),
            ),
        ),
        Branch(
            name="running",
            when=(fact.stop_count == 0) & (fact.needs_data_count == 0),
            outcome="no-advice",
            reason="course-running",
        ),
    ),
    speaks_in=("in-progress",),
)
