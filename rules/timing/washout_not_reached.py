"""T-01: Wash-out not reached."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="washout-not-reached",
    code="T-01",
    title="Wash-out not reached",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when other antineoplastic treatment was taken too recently, and from which day it would be long enough ago.",
    explanation="Every antineoplastic drug but somatostatin analogues, kinase inhibitors and bevacizumab included. An order or statement without an end counts as taken today. No label names a number.",
    citations=("L16",),
    evidence="protocol",
    branches=(
        Branch(
            name="before-planned-dose",
            when=(fact.washout_days < param.washout_days) & fact.washout_planned.known,
            outcome="not-now",
            reason="washout",
            advice=Advice(
                indicator="info",
                summary="[[{washout_drug} last taken {washout_days} before the planned dose; protocols used {param.washout_days} (from {washout_until}).]]",
                record="Record shows[[ {washout_drug}]] last taken {washout_days} before the dose planned for {washout_planned}; the wash-out of {param.washout_days} is not reached by then.",
                detail=(
                    "An order or statement without an end counts as taken until the planned day; an entered end date may answer this card.",
                ),
                suggestions=(
                    Suggestion(label="Consider planning from the day the wash-out is reached, after recovery of the counts"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=("washout_drug", "washout_until"),
            ),
        ),
        Branch(
            name="not-reached",
            when=fact.washout_days < param.washout_days,
            outcome="not-now",
            reason="washout",
            advice=Advice(
                indicator="info",
                summary="[[{washout_drug} last taken {washout_days} ago; protocols used {param.washout_days} before PRRT (from {washout_until}).]]",
                record="Record shows[[ {washout_drug}]] last taken {washout_days} ago[[ ({washout_days:date})]]; the wash-out of {param.washout_days} is not reached.",
                detail=(
                    "An order or statement without an end counts as taken today; an entered end date may answer this card.",
                ),
                suggestions=(
                    Suggestion(label="Consider planning from that date, after recovery of the counts"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change"),
                ),
                shows=(
                    "washout_drug",
                    "washout_until",
                ),
            ),
        ),
        Branch(
            name="date-missing",
            when=fact.washout_date_missing.yes,
            advice=Advice(
                indicator="info",
                summary="Other antineoplastic treatment on record without the date of its last dose; wash-out not assessable.",
                record="Record shows other antineoplastic treatment whose last dose is not dated.",
                suggestions=(
                    Suggestion(label="Consider entering the date of the last dose"),
                    Suggestion(label="No change: it is not guessed"),
                ),
                shows=("washout_date_missing",),
            ),
            ask=("washout-date",),
        ),
        Branch(
            name="concurrent",
            when=fact.concurrent_capecitabine.yes,
            advice=Advice(
                indicator="info",
                summary="Capecitabine within a documented trial of concurrent treatment: noted, not counted as wash-out.",
                record="Record shows capecitabine taken within a trial of concurrent treatment.",
                suggestions=(
                    Suggestion(label="Discuss the trial protocol with the treating team"),
                    Suggestion(label="No change"),
                ),
                shows=("concurrent_capecitabine",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
