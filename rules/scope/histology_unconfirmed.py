"""G-03: Histology not confirmed."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="histology-unconfirmed",
    code="G-03",
    title="Histology not confirmed",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Ask for histology before anything else is built on it.",
    explanation="A suspected neuroendocrine neoplasm without histology, a Ki-67 above the G3 limit without stated "
    "differentiation, and a mixed neoplasm all need pathology first.",
    citations=("A01", "D03"),
    evidence="guideline",
    branches=(
        Branch(
            name="suspected",
            when=fact.net_confirmed.no,
            outcome="needs-data",
            reason="histology-unconfirmed",
            advice=Advice(
                indicator="info",
                summary="NET suspected but no histology in record; PRRT assessment not possible.",
                record="Record shows a suspected neuroendocrine neoplasm[[ ({diagnosis})]] without histology that names it.",
                suggestions=(
                    Suggestion(label="Consider biopsy or asking for the pathology report", recommended=True),
                    Suggestion(label="No change: the diagnosis stays suspected"),
                ),
                shows=("diagnosis",),
            ),
            ask=("net-confirmed", "differentiation", Ask("ki67", fact.ki67_percent.unknown)),
        ),
        Branch(
            name="mixed",
            when=fact.mixed_neoplasm.yes & fact.poorly_differentiated.no,
            outcome="needs-data",
            reason="histology-unconfirmed",
            advice=Advice(
                indicator="info",
                summary="Mixed neuroendocrine / non-neuroendocrine neoplasm in record; pathology review before PRRT assessment.",
                record="Record shows a mixed neuroendocrine / non-neuroendocrine neoplasm.",
                detail=(
                    "PRRT evidence is for well-differentiated neuroendocrine tumours; the other part decides treatment too.",
                ),
                suggestions=(
                    Suggestion(label="Consider expert pathology review of both components", recommended=True),
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral"),
                ),
                shows=("mixed_neoplasm",),
            ),
            ask=("differentiation",),
        ),
        Branch(
            name="differentiation-open",
            when=fact.well_differentiated.unknown & (fact.ki67_percent > param.ki67_g3_above),
            outcome="needs-data",
            reason="histology-unconfirmed",
            advice=Advice(
                indicator="info",
                summary="Ki-67 {ki67_percent} without stated differentiation: NET G3 and carcinoma cannot be told apart.",
                record="Record shows Ki-67 {ki67_percent} and no statement on differentiation.",
                detail=("Differentiation, not Ki-67, separates NET G3 from neuroendocrine carcinoma (D03).",),
                suggestions=(
                    Suggestion(label="Consider pathology review for differentiation", recommended=True),
                    Suggestion(label="Consider FDG PET alongside", order="fdg-pet", unless=("C-01",)),
                ),
            ),
            ask=("differentiation",),
        ),
        Branch(
            name="differentiation-not-stated",
            when=fact.well_differentiated.unknown & fact.net_confirmed.yes,
            ask=("differentiation",),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
