"""L-02: White cells or neutrophils low."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="leucocytes-low",
    code="L-02",
    title="White cells or neutrophils low",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Say when white cells or neutrophils are below the limit; lymphopenia alone is not a reason to wait.",
    explanation="White cells below the limit, or neutrophils below theirs. White cells low with enough neutrophils are lymphopenia alone and only listed. A lymphocyte count never decides. During a course neutrophils speak through F-02.",
    citations=("L07", "N04", "L24"),
    evidence="label",
    own_default=True,
    branches=(
        Branch(
            name="stop",
            when=(
                (fact.wbc_10_9_l < param.wbc_stop)
                & (fact.anc_10_9_l.unknown | (fact.anc_10_9_l < param.anc_lymphopenia))
            )
            | ((fact.anc_10_9_l < param.anc_stop) & (fact.course != "in-progress")),
            outcome="not-now",
            reason="lab-wbc",
            advice=Advice(
                indicator="warning",
                summary="[[WBC {wbc_10_9_l}, ]][[neutrophils {anc_10_9_l}, ]]below limit; PRRT usually deferred.",
                record="Record shows white cells or neutrophils below the limit[[; white cells {wbc_10_9_l} ({wbc_10_9_l:date})]][[; neutrophils {anc_10_9_l} ({anc_10_9_l:date})]].",
                detail=(
                    "Low white cells with enough neutrophils would be lymphopenia alone, which is not counted.",
                    "[[Lymphocytes {lymphocytes_10_9_l}: shown, never decisive.]]",
                ),
                suggestions=(
                    Suggestion(label="Consider repeating the count with a differential", order="lab-panel"),
                    Suggestion(label="Consider the date of the last G-CSF and the cause"),
                    Suggestion(label="No change: repeat before PRRT is discussed again"),
                ),
                shows=(
                    "wbc_10_9_l",
                    "anc_10_9_l",
                    "lymphocytes_10_9_l",
                ),
            ),
        ),
        Branch(
            name="lymphopenia-alone",
            when=(fact.wbc_10_9_l < param.wbc_stop) & (fact.anc_10_9_l >= param.anc_lymphopenia),
            advice=Advice(
                indicator="info",
                summary="WBC {wbc_10_9_l} with neutrophils {anc_10_9_l}: lymphopenia alone, not counted.",
                record="Record shows white cells {wbc_10_9_l} with neutrophils {anc_10_9_l} ({anc_10_9_l:date}): lymphopenia alone.",
                suggestions=(
                    Suggestion(label="Consider the differential and opportunistic infections"),
                    Suggestion(label="No change: lymphopenia alone does not defer PRRT"),
                ),
                shows=("lymphocytes_10_9_l",),
            ),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
