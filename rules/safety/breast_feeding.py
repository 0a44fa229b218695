"""C-03: Breast-feeding."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact

rule = Rule(
    id="breast-feeding",
    code="C-03",
    title="Breast-feeding",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say that the labels advise against PRRT while the patient breast-feeds.",
    explanation="Breast-feeding recorded as current; in the US also ended less than two and a half months before a planned dose.",
    citations=("L12", "L14"),
    evidence="label",
    own_default=True,
    branches=(
        Branch(
            name="us",
            when=fact.breast_feeding.yes & (fact.jurisdiction == "US"),
            outcome="contraindicated",
            reason="breastfeeding",
            advice=Advice(
                indicator="critical",
                summary="Breast-feeding recorded; labels advise against PRRT while breast-feeding (US: nor for 2.5 months after).",
                record="Record shows breast-feeding ({breast_feeding:date}).",
                detail=("US label: no breast-feeding during treatment and for {param.lactation_months} after a dose.",),
                suggestions=(
                    Suggestion(label="Discuss lactation counselling and weaning before a dose"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the patient has weaned"),
                ),
                shows=("breast_feeding",),
            ),
        ),
        Branch(
            name="eu",
            when=fact.breast_feeding.yes & (fact.jurisdiction == "EU"),
            outcome="contraindicated",
            reason="breastfeeding",
            advice=Advice(
                indicator="critical",
                summary="Breast-feeding recorded; labels advise against PRRT while breast-feeding (EU label: must stop).",
                record="Record shows breast-feeding ({breast_feeding:date}).",
                detail=("EU label: breast-feeding must stop before treatment.",),
                suggestions=(
                    Suggestion(label="Discuss lactation counselling and weaning before a dose"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until the patient has weaned"),
                ),
                shows=("breast_feeding",),
            ),
        ),
        Branch(
            name="recent-us",
            when=fact.breast_feeding_recent.yes & (fact.jurisdiction == "US"),
            outcome="contraindicated",
            reason="breastfeeding",
            advice=Advice(
                indicator="critical",
                summary="Breast-feeding recorded until {breast_feeding_recent:date}, within 2.5 months of planned PRRT (US label).",
                record="Record shows breast-feeding that ended {breast_feeding_recent:date}, less than {param.lactation_months} before the planned dose.",
                detail=(
                    "Confirm that the patient has weaned; the US label names {param.lactation_months} after a dose.",
                ),
                suggestions=(
                    Suggestion(label="Consider confirming the date of weaning"),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                    Suggestion(label="No change until weaning is confirmed"),
                ),
                shows=("breast_feeding_recent", "prrt_planned_date"),
            ),
        ),
    ),
)
