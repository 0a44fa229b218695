"""L-03: Platelets low."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="platelets-low",
    code="L-03",
    title="Platelets low",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Say when platelets are below the limit at which protocols defer PRRT.",
    explanation="Newest fresh platelet count; of two results of one day the lower. During a course F-02 speaks instead.",
    citations=("L08", "N04"),
    evidence="label",
    branches=(
        Branch(
            name="stop",
            when=fact.platelets_10_9_l < param.plt_stop,
            outcome="not-now",
            reason="lab-plt",
            advice=Advice(
                indicator="warning",
                summary="Platelets {platelets_10_9_l} below {param.plt_stop:bare}; PRRT usually deferred.",
                record="Record shows platelets {platelets_10_9_l} ({platelets_10_9_l:date}), below the limit of {param.plt_stop}.",
                detail=(
                    "Where a large spleen holds back platelets, sources say PRRT could still be viable (L08): a question for the board.",
                ),
                suggestions=(
                    Suggestion(label="Consider the cause: marrow, drugs, spleen size"),
                    Suggestion(label="Consider a fresh laboratory panel", order="lab-panel"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
)
