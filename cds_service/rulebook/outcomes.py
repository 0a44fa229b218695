"""Outcomes and reasons in the order of their rank (public interface, contract section 4)."""

from __future__ import annotations

RANK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("contraindicated", ("pregnancy", "breastfeeding", "hypersensitivity", "crcl-lt-30-eu")),
    ("not-now", (
        "histology-nec", "ki67-over-55", "age-lt-12", "resectable", "toxicity-hold", "permanent-stop",
    )),
    ("re-image", ("post-therapy", "sstr-stale")),
    ("not-now", (
        "sstr-insufficient", "fdg-discordant", "lab-hb", "lab-wbc", "lab-plt", "lab-renal", "lab-bili", "lab-liver",
        "ecog-ge-3", "cardiac", "marrow-risk", "retreat-early", "washout",
    )),
    ("needs-data", (
        "age-or-sex-missing", "histology-unconfirmed", "ki67-missing", "sstr-missing", "sstr-preliminary",
        "krenning-missing", "sstr-conflict", "record-incomplete", "mixed-needs-fdg", "mixed-mdt",
        "uptake-equals-liver-eu", "fdg-for-g3", "response-missing", "labs-missing-or-old", "renal-estimates-disagree",
        "pt-for-low-albumin", "haematology-opinion", "pregnancy-test", "ecog-missing", "off-label-eu-g3",
        "off-label-eu-age", "off-label-primary", "eu-progression-not-shown", "retreat-pfs-12-18",
        "retreat-pfs-unknown", "retreat-course-incomplete", "cycle-labs", "cbc-due",
    )),
    ("criteria-met", ("all-criteria-in-record", "cycle-ready")),
    ("no-advice", (
        "wrong-patient", "deceased", "out-of-scope", "no-active-disease", "scan-already-ordered", "course-complete",
        "course-running",
    )),
)  # fmt: skip

OVERRIDING: tuple[tuple[str, str], ...] = (
    ("no-advice", "wrong-patient"),
    ("no-advice", "deceased"),
    ("no-advice", "out-of-scope"),
    ("no-advice", "no-active-disease"),
)
"""These stand alone, in this order (that of their ranks), whatever else was found."""

SCAN_ORDERED = ("no-advice", "scan-already-ordered")
"""Takes the rank of the re-imaging it replaces."""

_PAIRS = ((outcome, reason) for outcome, reasons in RANK for reason in reasons)
_ORDER = {pair: position for position, pair in enumerate(_PAIRS)}
_ORDER[SCAN_ORDERED] = _ORDER["re-image", "post-therapy"]


def rank(outcome: str, reason: str) -> int:
    """Position in the order of the contract; smaller is more urgent. Raises KeyError for an unknown pair."""
    return _ORDER[outcome, reason]


def is_outcome(outcome: str, reason: str) -> bool:
    """Whether the contract knows this pair."""
    return (outcome, reason) in _ORDER


MISSING_EXTRA = frozenset((
    "bilirubin-uln", "weight", "height", "differentiation", "primary-site", "progression", "operability",
    "washout-date", "ssa-date", "birth-date", "sex", "lesion-size", "lowest-uptake", "prothrombin", "ki67-exact",
    "response", "final-report", "potassium", "measured-gfr",
))  # fmt: skip
"""Ids that may be asked for beside the criteria's own."""
