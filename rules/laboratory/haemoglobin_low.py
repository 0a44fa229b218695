"""L-01: Haemoglobin low."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="haemoglobin-low",
    code="L-01",
    title="Haemoglobin low",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when haemoglobin is below the limit at which protocols defer PRRT.",
    explanation="Newest fresh haemoglobin; of two results of one day the lower. During a course F-02 speaks instead.",
    citations=("L06", "N04"),
    evidence="label",
    branches=(
        Branch(
            name="stop",
            when=fact.hb_g_dl < param.hb_stop,
            outcome="not-now",
            reason="lab-hb",
            advice=Advice(
                indicator="warning",
                summary="Hb {hb_g_dl} below {param.hb_stop:bare}; PRRT usually deferred.",
                record="Record shows haemoglobin {hb_g_dl} ({hb_g_dl:date}), below the limit of {param.hb_stop}.",
                detail=(
                    "A value after a transfusion says little about the marrow; the date of the last transfusion matters.",
                ),
                suggestions=(
                    Suggestion(
                        label="Consider the cause (bleeding, iron, marrow) and whether a transfusion is indicated"
                    ),
                    Suggestion(label="Consider a fresh laboratory panel", order="lab-panel"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
