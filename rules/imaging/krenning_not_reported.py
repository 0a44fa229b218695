"""I-03: Krenning score not stated where it decides."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="krenning-not-reported",
    code="I-03",
    title="Krenning score not stated where it decides",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Ask the reader for the score instead of deriving one from an SUV.",
    explanation="The current SSTR PET has no score, or a lesion without a score, or a score on both sides of krenning_min, that could change the answer.",
    citations=("S07", "S08"),
    evidence="cohort",
    branches=(
        Branch(
            name="suv-only",
            when=fact.krenning_scored.no & fact.sstr_suvmax.known,
            outcome="needs-data",
            reason="krenning-missing",
            advice=Advice(
                indicator="info",
                summary="Report gives SUV but no Krenning/liver comparison; ask reader for per-lesion score.",
                record="Record shows an SSTR PET ({sstr_suvmax:date}) with SUVmax up to {sstr_suvmax:bare} and no comparison with the liver.",
                detail=(
                    "Krenning compares with the patient's own liver; SUVs of neighbouring classes overlap, so none is derived here (S07, S08).",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum: Krenning per lesion and SUV of normal liver",
                        recommended=True,
                    ),
                    Suggestion(label="No change until the score is known"),
                ),
                shows=("sstr_suvmax", "sstr_pet_tracer"),
            ),
            ask=("krenning",),
        ),
        Branch(
            name="no-score",
            when=fact.krenning_scored.no,
            outcome="needs-data",
            reason="krenning-missing",
            advice=Advice(
                indicator="info",
                summary="SSTR PET report gives no Krenning score or liver comparison; ask reader for per-lesion score.",
                record="Record shows an SSTR PET ({krenning_scored:date}) whose report scores no lesion.",
                detail=("Words such as high or avid without a reference organ are no score.",),
                suggestions=(
                    Suggestion(label="Consider asking for an addendum: Krenning per lesion", recommended=True),
                    Suggestion(label="No change until the score is known"),
                ),
                shows=("krenning_scored", "sstr_pet_tracer"),
            ),
            ask=("krenning",),
        ),
        Branch(
            name="undecided",
            when=fact.krenning_undecided.yes,
            outcome="needs-data",
            reason="krenning-missing",
            advice=Advice(
                indicator="info",
                summary="A lesion's score is missing or straddles Krenning {param.krenning_min}[[ ({krenning_undecided_sites})]]; ask reader.",
                record="Record shows an SSTR PET ({krenning_undecided:date}) on which the score of at least one lesion is open and could decide.",
                detail=("Two readers can differ by one point between 2 and 3 (S22).",),
                suggestions=(
                    Suggestion(label="Consider asking for an addendum: Krenning of every lesion", recommended=True),
                    Suggestion(label="No change until the score is known"),
                ),
                shows=("krenning_undecided_sites", "krenning_best_low", "sstr_pet_tracer"),
            ),
            ask=("krenning",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
