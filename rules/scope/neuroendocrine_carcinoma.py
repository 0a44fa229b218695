"""G-05: Neuroendocrine carcinoma."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion
from rules.criteria import neuroendocrine_carcinoma

rule = Rule(
    id="neuroendocrine-carcinoma",
    code="G-05",
    title="Neuroendocrine carcinoma",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="PRRT evidence is for well-differentiated tumours; carcinoma takes another way.",
    explanation="A carcinoma code, the grade NEC or the words poorly differentiated, in any specimen, decide; Ki-67 alone never.",
    citations=("D03",),
    evidence="guideline",
    branches=(
        Branch(
            name="carcinoma",
            when=neuroendocrine_carcinoma,
            outcome="not-now",
            reason="histology-nec",
            advice=Advice(
                indicator="info",
                summary="Record shows neuroendocrine carcinoma; PRRT evidence is for well-differentiated NET.",
                record="Record shows poorly differentiated neuroendocrine carcinoma.",
                detail=("Differentiation, not Ki-67, separates carcinoma from NET G3 (D03).",),
                suggestions=(
                    Suggestion(label="Discuss the oncology pathway for neuroendocrine carcinoma", order="mdt-referral"),
                    Suggestion(label="Consider FDG PET", order="fdg-pet", unless=("C-01",)),
                    Suggestion(label="Consider a second pathology opinion if Ki-67 lies below {param.ki67_max}"),
                ),
                shows=("ki67_percent", "poorly_differentiated"),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
