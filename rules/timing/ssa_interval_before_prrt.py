"""T-02: Somatostatin analogue before PRRT."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="ssa-interval-before-prrt",
    code="T-02",
    title="Somatostatin analogue before PRRT",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Help to schedule somatostatin analogues around a planned dose. Never a stop.",
    explanation="Long-acting and short-acting analogues against the planned date; without one today is used and the rule is only listed. A running order or statement counts as taken today.",
    citations=("L02", "S11"),
    evidence="label",
    disagree="label interval against three cohorts that found uptake not lower on an analogue",
    stage=3,
    notable=True,
    branches=(
        Branch(
            name="long-acting",
            when=fact.prrt_planned_date.known & (fact.ssa_long_days < param.ssa_long_acting_days),
            advice=Advice(
                indicator="warning",
                summary="Long-acting SSA {ssa_long_days} before planned PRRT: label asks {param.ssa_long_acting_days}[[ (from {ssa_long_until})]]; short-acting until {param.ssa_short_acting_hours:bare} h before.",
                record="Record shows a long-acting somatostatin analogue {ssa_long_days} before PRRT planned for {prrt_planned_date}.",
                detail=(
                    "[[Record names {ssa_symptoms}: discuss cover, so that the patient is not left uncovered.]]",
                    "Interference of the analogue with uptake is disputed (S11); the label's interval still stands.",
                ),
                suggestions=(
                    Suggestion(label="Consider another date for the dose or for the analogue, with short-acting cover"),
                    Suggestion(label="Discuss with endocrinology if the tumour is functional"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "ssa_long_until",
                    "ssa_symptoms",
                ),
            ),
        ),
        Branch(
            name="short-acting",
            when=fact.prrt_planned_date.known & (fact.ssa_short_hours < param.ssa_short_acting_hours),
            advice=Advice(
                indicator="warning",
                summary="Short-acting octreotide {ssa_short_hours} before planned PRRT: label asks {param.ssa_short_acting_hours}.",
                record="Record shows short-acting octreotide less than {param.ssa_short_acting_hours} before PRRT planned for {prrt_planned_date}.",
                detail=(
                    "[[Record names {ssa_symptoms}: discuss cover, so that the patient is not left uncovered.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the time of the last injection before the dose"),
                    Suggestion(label="Discuss with endocrinology if the tumour is functional"),
                    Suggestion(label="No change"),
                ),
                shows=("ssa_symptoms",),
            ),
        ),
        Branch(
            name="no-planned-date",
            quiet=True,
            when=(fact.prrt_ordered.yes | (fact.course == "in-progress") | fact.fired_p_06.yes)
            & (
                (fact.ssa_long_days < param.ssa_long_acting_days)
                | (fact.ssa_short_hours < param.ssa_short_acting_hours)
            ),
            advice=Advice(
                indicator="warning",
                summary="Somatostatin analogue[[: long-acting {ssa_long_days} ago]]; label asks {param.ssa_long_acting_days} (short-acting {param.ssa_short_acting_hours}) before PRRT.",
                record="Record shows a somatostatin analogue closer to today than the label's interval before PRRT; no PRRT date is recorded.",
                detail=(
                    "[[Record names {ssa_symptoms}: discuss cover, so that the patient is not left uncovered.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider the analogue's dates when PRRT is planned"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "ssa_long_until",
                    "ssa_symptoms",
                ),
            ),
        ),
        Branch(
            name="date-missing",
            when=(fact.prrt_ordered.yes | (fact.course == "in-progress") | fact.fired_p_06.yes)
            & fact.ssa_date_missing.yes,
            advice=Advice(
                indicator="warning",
                summary="Somatostatin analogue on record without date or form; its interval before PRRT is not assessable.",
                record="Record shows a somatostatin analogue without the date of its last dose, or without its form.",
                suggestions=(
                    Suggestion(label="Consider entering date and form of the last dose"),
                    Suggestion(label="No change: it is not guessed"),
                ),
                shows=("ssa_date_missing",),
            ),
            ask=("ssa-date",),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
