"""C-06: Severe cardiac disease."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="severe-cardiac-disease",
    code="C-06",
    title="Severe cardiac disease",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say that the heart needs a review before the volume of the amino-acid infusion.",
    explanation="Newest NYHA class III or IV, or heart failure or carcinoid heart disease called severe, uncontrolled or "
    "decompensated. Carcinoid heart disease alone is listed and an echocardiogram asked for.",
    citations=("L17",),
    evidence="protocol",
    branches=(
        Branch(
            name="severe",
            when=fact.severe_heart_disease.yes,
            outcome="not-now",
            reason="cardiac",
            advice=Advice(
                indicator="warning",
                summary="Severe cardiac disease recorded[[ ({heart_disease})]]; amino-acid volume load needs cardiology review first.",
                record="Record shows severe heart disease ({severe_heart_disease:date})[[: {heart_disease}]].",
                detail=("The amino-acid infusion brings one to two litres of fluid within hours.",),
                suggestions=(
                    Suggestion(label="Consider an echocardiogram", order="echo"),
                    Suggestion(label="Discuss with cardiology; valve board if carcinoid heart disease"),
                    Suggestion(label="No change until the heart has been reviewed"),
                ),
                shows=("nyha_class", "carcinoid_heart_disease"),
            ),
        ),
        Branch(
            name="carcinoid-heart-disease",
            when=fact.carcinoid_heart_disease.yes,
            advice=Advice(
                indicator="warning",
                summary="Carcinoid heart disease recorded; protocols ask for an echocardiogram before the amino-acid load.",
                record="Record shows carcinoid heart disease ({carcinoid_heart_disease:date}), not called severe.",
                suggestions=(
                    Suggestion(label="Consider an echocardiogram", order="echo"),
                    Suggestion(label="Discuss with cardiology"),
                    Suggestion(label="No change"),
                ),
                shows=("nyha_class", "echo_recent"),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
