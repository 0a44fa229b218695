"""F-06: Retreatment interval."""

from datetime import date

from cds_service.rulebook import Advice, Also, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="retreatment-interval",
    code="F-06",
    title="Retreatment interval",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="research",
    purpose="After progression following PRRT, say how long the course held and what was studied for retreatment.",
    explanation="Whole calendar months from the last cycle to the first worsening after it. Unknown when another line of treatment, "
    "somatostatin analogues excepted, began in between. A previous course of fewer than four cycles, or stopped for toxicity, is asked about.",
    citations=("L33", "L34"),
    evidence="cohort",
    disagree="limits of cumulative kidney dose (23, 29 Gy, BED 40) are contested",
    own_default=True,
    branches=(
        Branch(
            name="early",
            when=(fact.pfs_months < param.retreat_pfs_min_months) & fact.pfs_other_line.no,
            outcome="not-now",
            reason="retreat-early",
            also=(
                Also(
                    "needs-data",
                    "retreat-course-incomplete",
                    fact.course_cut_short.yes,
                ),
            ),
            advice=Advice(
                indicator="info",
                summary="Progression {pfs_months} after PRRT; retreatment (outside label) was studied after {param.retreat_pfs_min_months:bare} to {param.retreat_pfs_ok_months} or more.",
                record="Record shows progression {pfs_months} after the last cycle ({pfs_months:date}).",
                detail=(
                    "Below {param.retreat_pfs_min_months} retreatment is not supported by what was studied.",
                    "Retreatment is outside the labels; it always needs an SSTR PET after the progression, and is usually 2 cycles.",
                    "[[Course of {cycles_given} cycles.]] [[Cumulative activity {prrt_gbq}.]]",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss at the NET tumour board, with dosimetry of kidneys and marrow",
                        order="mdt-referral",
                    ),
                    Suggestion(label="Consider best response to the first course and why it ended"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "prrt_gbq", "pfs_months", "crcl_ml_min"),
            ),
        ),
        Branch(
            name="contested",
            when=(fact.pfs_months >= param.retreat_pfs_min_months)
            & (fact.pfs_months < param.retreat_pfs_ok_months)
            & fact.pfs_other_line.no,
            outcome="needs-data",
            reason="retreat-pfs-12-18",
            also=(
                Also(
                    "needs-data",
                    "retreat-course-incomplete",
                    fact.course_cut_short.yes,
                ),
            ),
            advice=Advice(
                indicator="info",
                summary="Progression {pfs_months} after PRRT; retreatment (outside label) is contested below {param.retreat_pfs_ok_months}.",
                record="Record shows progression {pfs_months} after the last cycle ({pfs_months:date}).",
                detail=(
                    "Retreatment was studied after 18 months or more; many centres accept 12.",
                    "Retreatment is outside the labels; it always needs an SSTR PET after the progression, and is usually 2 cycles.",
                    "[[Course of {cycles_given} cycles.]] [[Cumulative activity {prrt_gbq}.]]",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss at the NET tumour board, with dosimetry of kidneys and marrow",
                        order="mdt-referral",
                    ),
                    Suggestion(label="Consider best response to the first course and why it ended"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "prrt_gbq", "pfs_months", "crcl_ml_min"),
            ),
        ),
        Branch(
            name="unknown",
            when=fact.pfs_months.unknown | fact.pfs_other_line.yes | fact.pfs_other_line.unknown,
            outcome="needs-data",
            reason="retreat-pfs-unknown",
            also=(
                Also(
                    "needs-data",
                    "retreat-course-incomplete",
                    fact.course_cut_short.yes,
                ),
            ),
            advice=Advice(
                indicator="info",
                summary="Progression-free months after PRRT unknown; needed to discuss retreatment (outside label).",
                record="Record shows progression after PRRT, but not how long the course held[[; progressed before {pfs_progression_date}]].",
                detail=(
                    "Unknown because a date is missing or partial, or because other treatment began between the last cycle and that progression.",
                    "Retreatment is outside the labels; it always needs an SSTR PET after the progression, and is usually 2 cycles.",
                    "[[Course of {cycles_given} cycles.]] [[Cumulative activity {prrt_gbq}.]]",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss at the NET tumour board, with dosimetry of kidneys and marrow",
                        order="mdt-referral",
                    ),
                    Suggestion(label="Consider best response to the first course and why it ended"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "prrt_gbq", "pfs_months", "crcl_ml_min"),
            ),
        ),
        Branch(
            name="long-enough",
            when=(fact.pfs_months >= param.retreat_pfs_ok_months) & fact.pfs_other_line.no,
            also=(
                Also(
                    "needs-data",
                    "retreat-course-incomplete",
                    fact.course_cut_short.yes,
                ),
            ),
            advice=Advice(
                indicator="info",
                summary="Progression {pfs_months} after PRRT[[ ({prrt_gbq})]]; retreatment (outside label) was studied after such an interval.",
                record="Record shows progression {pfs_months} after the last cycle ({pfs_months:date}).",
                detail=(
                    "All other rules speak as before a first course.",
                    "Retreatment is outside the labels; it always needs an SSTR PET after the progression, and is usually 2 cycles.",
                    "[[Course of {cycles_given} cycles.]] [[Cumulative activity {prrt_gbq}.]]",
                    "[[{qol_instrument}: global health {qol_first} to {qol_last}.]]",
                ),
                suggestions=(
                    Suggestion(
                        label="Discuss at the NET tumour board, with dosimetry of kidneys and marrow",
                        order="mdt-referral",
                    ),
                    Suggestion(label="Consider best response to the first course and why it ended"),
                    Suggestion(label="No change"),
                ),
                shows=("cycles_given", "prrt_gbq", "pfs_months", "crcl_ml_min"),
            ),
        ),
    ),
    speaks_in=("retreatment",),
)
