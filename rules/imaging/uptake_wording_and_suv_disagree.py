"""I-10: Uptake wording and SUV disagree."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="uptake-wording-and-suv-disagree",
    code="I-10",
    title="Uptake wording and SUV disagree",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Have a contradiction between a lesion score, its wording and its SUV resolved by the reader.",
    explanation="Per lesion: score or words 0-1 with SUVmax above low_score_high_suv; score 3-4 or words high, intense with SUVmax below high_score_low_suv. The score is never changed by it.",
    citations=("S07", "S08", "SEED1", "SEED2"),
    evidence="cohort",
    own_default=True,
    branches=(
        Branch(
            name="both",
            when=fact.suv_too_high.yes & fact.suv_too_low.yes,
            advice=Advice(
                indicator="warning",
                summary="Uptake wording and SUV disagree at several lesions[[ (SUVmax {suv_too_high_value:bare}, {suv_too_low_value:bare})]]; ask for liver reference.",
                record="Record shows a lesion called low[[ with SUVmax {suv_too_high_value:bare}]] and one called high[[ with SUVmax {suv_too_low_value:bare}]].",
                detail=("Normal liver has an SUVmax of about 6 to 7 (S08); text and number cannot both be right.",),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum: SUV of normal liver, score per lesion", recommended=True
                    ),
                    Suggestion(label="No change: the reported score stands"),
                ),
                shows=("suv_too_high_value", "suv_too_high_text", "suv_too_low_value", "suv_too_low_text"),
            ),
        ),
        Branch(
            name="low-but-hot",
            when=fact.suv_too_high.yes,
            advice=Advice(
                indicator="warning",
                summary="Uptake wording and SUV disagree[[ ({suv_too_high_text}, SUVmax {suv_too_high_value:bare})]]; ask for liver reference.",
                record="Record shows a lesion[[ ({suv_too_high_site})]] called low[[ ({suv_too_high_text})]][[ with SUVmax {suv_too_high_value:bare}]].",
                detail=("Normal liver has an SUVmax of about 6 to 7 (S08); text and number cannot both be right.",),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum: SUV of normal liver, score per lesion", recommended=True
                    ),
                    Suggestion(label="No change: the reported score stands"),
                ),
                shows=("suv_too_high_value", "suv_too_high_text", "suv_too_high_site"),
            ),
        ),
        Branch(
            name="high-but-cold",
            when=fact.suv_too_low.yes,
            advice=Advice(
                indicator="warning",
                summary="Uptake wording and SUV disagree[[ ({suv_too_low_text}, SUVmax {suv_too_low_value:bare})]]; ask for liver reference.",
                record="Record shows a lesion[[ ({suv_too_low_site})]] called high[[ ({suv_too_low_text})]][[ with SUVmax {suv_too_low_value:bare}]].",
                detail=(
                    "Small bone or new lesions read low by partial volume (S15): a low SUV does not make a lesion SSTR-negative.",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider asking for an addendum: SUV of normal liver, score per lesion", recommended=True
                    ),
                    Suggestion(label="No change: the reported score stands"),
                ),
                shows=("suv_too_low_value", "suv_too_low_text", "suv_too_low_site"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
