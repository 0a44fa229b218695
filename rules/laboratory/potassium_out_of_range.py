"""L-07: Potassium out of range."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="potassium-out-of-range",
    code="L-07",
    title="Potassium out of range",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="Potassium is checked before the amino-acid infusion, which raises it in most patients.",
    explanation="Newest fresh potassium. Out of the outer limits while a PRRT agent is being ordered it is to be repeated; out of the inner limits, or unknown before a planned dose, it is listed.",
    citations=("L04", "EXP"),
    evidence="cohort",
    own_default=True,
    notable=True,
    branches=(
        Branch(
            name="repeat",
            when=fact.prrt_drafted.yes
            & (
                (fact.potassium_mmol_l > param.potassium_very_high) | (fact.potassium_mmol_l < param.potassium_very_low)
            ),
            outcome="needs-data",
            reason="labs-missing-or-old",
            advice=Advice(
                indicator="warning",
                summary="Potassium {potassium_mmol_l}: repeat before dosing (amino acids raise K+; low K+ suggests VIPoma or diarrhoea).",
                record="Record shows potassium {potassium_mmol_l} ({potassium_mmol_l:date}) while PRRT is being ordered.",
                detail=(
                    "Amino-acid infusion raised potassium above {param.potassium_high} in 91 % of a small series (L04).",
                ),
                suggestions=(
                    Suggestion(label="Consider repeating potassium, with magnesium", order="potassium"),
                    Suggestion(label="Consider correcting it, and an ECG"),
                    Suggestion(label="No change: repeat before the order is signed"),
                ),
            ),
            ask=("potassium",),
        ),
        Branch(
            name="outside",
            when=(fact.potassium_mmol_l > param.potassium_high) | (fact.potassium_mmol_l < param.potassium_low),
            advice=Advice(
                indicator="warning",
                summary="Potassium {potassium_mmol_l}: check before dosing (amino acids raise K+; low K+ suggests VIPoma or diarrhoea).",
                record="Record shows potassium {potassium_mmol_l} ({potassium_mmol_l:date}), outside {param.potassium_low:bare}-{param.potassium_high}.",
                suggestions=(
                    Suggestion(label="Consider rechecking potassium, with magnesium", order="potassium"),
                    Suggestion(label="Consider its cause (drugs; diarrhoea, VIPoma), and an ECG"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
        Branch(
            name="unknown",
            when=fact.potassium_mmol_l.unknown & fact.prrt_ordered.yes,
            advice=Advice(
                indicator="warning",
                summary="Potassium unknown: check before dosing (amino acids raise K+).",
                record="Record shows no fresh potassium before a PRRT dose.",
                suggestions=(
                    Suggestion(label="Consider potassium before the amino acids", order="potassium"),
                    Suggestion(label="No change"),
                ),
            ),
            ask=("potassium",),
        ),
        Branch(
            name="unknown-unplanned",
            when=fact.potassium_mmol_l.unknown & (fact.course == "in-progress"),
            quiet=True,
            advice=Advice(
                indicator="warning",
                summary="Potassium unknown: check before dosing (amino acids raise K+).",
                record="Record shows no fresh potassium, and no dose ordered.",
                suggestions=(
                    Suggestion(label="Consider potassium before the next amino acids", order="potassium"),
                    Suggestion(label="No change"),
                ),
            ),
            ask=("potassium",),
        ),
    ),
    speaks_in=("none", "in-progress", "retreatment"),
)
