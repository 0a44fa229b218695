"""F-08: Cycle interval or number unusual."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="cycle-interval-or-number-unusual",
    code="F-08",
    title="Cycle interval or number unusual",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Before a cycle is signed, point at an interval, a number of cycles or an activity outside the label.",
    explanation="177Lu ordered less than 7 or more than 9 weeks after the last cycle, a fifth cycle or more than 29.6 GBq in the course, or "
    "an activity outside 3.7 to 7.4 GBq by more than 10 %. A warning, never a stop.",
    citations=("L01",),
    evidence="label",
    own_default=True,
    notable=True,
    branches=(
        Branch(
            name="activity",
            when=fact.order_dose_outside.yes,
            advice=Advice(
                indicator="warning",
                summary="Ordered activity[[ {order_gbq}]]: label doses are {param.dose_gbq_half:bare} and {param.dose_gbq}; check the unit.",
                record="Record shows an ordered activity[[ of {order_gbq}]] outside {param.dose_gbq_half} to {param.dose_gbq} by more than 10 %.",
                detail=(
                    "[[It would be cycle {order_cycle_number},]][[ {order_cycle_weeks} after the last one,]][[ total {order_total_gbq}.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider checking date, activity and unit of the order"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change: the reason may stand outside the record"),
                ),
                shows=("order_cycle_days", "order_cycle_number", "order_gbq", "order_total_gbq", "course_gbq"),
            ),
        ),
        Branch(
            name="number",
            when=fact.order_cycle_number > param.cycles_full,
            advice=Advice(
                indicator="warning",
                summary="Order would be cycle {order_cycle_number} of the course; label: every 8 (+/-1) wk, {param.cycles_full} doses.",
                record="Record shows an order for cycle {order_cycle_number}[[, {order_cycle_weeks} after the last one]][[, total {order_total_gbq}]].",
                suggestions=(
                    Suggestion(label="Consider checking date, activity and unit of the order"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change: the reason may stand outside the record"),
                ),
                shows=("order_cycle_days", "order_cycle_number", "order_gbq", "order_total_gbq", "course_gbq"),
            ),
        ),
        Branch(
            name="total",
            when=fact.order_total_gbq > param.course_gbq,
            advice=Advice(
                indicator="warning",
                summary="Order would bring the total to {order_total_gbq}; label: {param.cycles_full} doses, {param.course_gbq}.",
                record="Record shows an order that would bring the course to {order_total_gbq}[[, {order_cycle_weeks} after the last cycle]].",
                suggestions=(
                    Suggestion(label="Consider checking date, activity and unit of the order"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change: the reason may stand outside the record"),
                ),
                shows=("order_cycle_days", "order_cycle_number", "order_gbq", "order_total_gbq", "course_gbq"),
            ),
        ),
        Branch(
            name="interval",
            when=((fact.order_cycle_weeks < param.cycle_weeks_min) | (fact.order_cycle_weeks > param.cycle_weeks_max)),
            advice=Advice(
                indicator="warning",
                summary="Order is {order_cycle_weeks} after the last cycle[[ (number {cycles_given})]]; label: every 8 (+/-1) wk.",
                record="Record shows an order {order_cycle_weeks} after the last cycle.",
                detail=("[[The total would be {order_total_gbq}.]]",),
                suggestions=(
                    Suggestion(label="Consider checking date, activity and unit of the order"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change: the reason may stand outside the record"),
                ),
                shows=("order_cycle_days", "order_cycle_number", "order_gbq", "order_total_gbq", "course_gbq"),
            ),
        ),
    ),
    speaks_in=("in-progress", "completed"),
)
