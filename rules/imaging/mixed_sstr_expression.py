"""I-04: Mixed SSTR expression."""

from datetime import date

from cds_service.rulebook import Advice, Ask, Branch, Rule, Suggestion, fact

rule = Rule(
    id="mixed-sstr-expression",
    code="I-04",
    title="Mixed SSTR expression",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="prrt-cds clinical working group",
    validation="testing",
    purpose="Do not overlook a relevant lesion without enough uptake beside others that have it.",
    explanation="One lesion reaches krenning_min and one of at least small_lesion_mm, or of unknown size, misses it. Small low lesions alone are a caution.",
    citations=("S10", "S15", "S19"),
    evidence="cohort",
    disagree="all lesions (NETTER-2, Zidan, Karfis) or most lesions (LANTana, NETPET)",
    branches=(
        Branch(
            name="needs-fdg",
            when=fact.sstr_mixed.yes & (fact.fdg_current.no | fact.fdg_current.unknown),
            outcome="needs-data",
            reason="mixed-needs-fdg",
            advice=Advice(
                indicator="warning",
                summary="Mixed SSTR expression: [[{sstr_low_count} ]]lesion(s) >= {param.small_lesion_mm} below threshold. FDG PET may help.",
                record="Record shows an SSTR PET ({sstr_mixed:date}) with lesions at or above Krenning {param.krenning_min} and others below[[: {sstr_low_sites}]].",
                detail=(
                    "The lesion with the least uptake carries more prognosis than the hottest (S10); a lesion of unknown size counts as relevant.",
                    "An FDG PET within {param.scan_pair_days} shows whether the low lesion is FDG-positive.",
                ),
                suggestions=(
                    Suggestion(label="Consider FDG PET/CT", order="fdg-pet", recommended=True, unless=("C-01",)),
                    Suggestion(label="Consider biopsy of a low lesion"),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_low_count", "sstr_low_sites", "krenning_best_low"),
            ),
            ask=("fdg", Ask("lesion-size", fact.sstr_low_size_unknown.yes)),
        ),
        Branch(
            name="mdt",
            when=fact.sstr_mixed.yes & (fact.fdg_discordant.no | fact.fdg_discordant.unknown),
            outcome="needs-data",
            reason="mixed-mdt",
            advice=Advice(
                indicator="warning",
                summary="Mixed SSTR expression: [[{sstr_low_count} ]]lesion(s) below threshold, no FDG discordance recorded; tumour board decides.",
                record="Record shows mixed uptake on the SSTR PET ({sstr_mixed:date}) and an FDG PET[[ ({fdg_current:date})]] without a recorded discordant lesion.",
                detail=(
                    "NETTER-2 asked for uptake in all target lesions (S03); other protocols ask for most lesions.",
                ),
                suggestions=(
                    Suggestion(label="Discuss at the NET tumour board", order="mdt-referral", recommended=True),
                    Suggestion(label="Consider biopsy of a low lesion"),
                    Suggestion(label="No change"),
                ),
                shows=("sstr_low_count", "sstr_low_sites", "fdg_current"),
            ),
            ask=(Ask("lesion-size", fact.sstr_low_size_unknown.yes),),
        ),
        Branch(
            name="small-only",
            when=fact.sstr_small_low.yes,
            advice=Advice(
                indicator="info",
                summary="Only lesions below {param.small_lesion_mm} are under the uptake threshold: possibly partial volume.",
                record="Record shows enough uptake in every larger lesion and low uptake in small ones[[: {sstr_low_sites}]].",
                detail=(
                    "Below about {param.small_lesion_mm} a PET reads low (S15): such a lesion is indeterminate, not negative.",
                ),
                suggestions=(Suggestion(label="No change: follow the small lesions on the next scan"),),
                shows=("sstr_low_sites",),
            ),
        ),
    ),
    speaks_in=("none", "retreatment"),
    silenced_by=("I-06",),
)
