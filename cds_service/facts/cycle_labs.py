"""Laboratory values before a PRRT cycle: fresh on the planned date (rulings, section 4, F-01)."""

from __future__ import annotations

from cds_service.facts.around_dose import planned_day
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.prrt import courses
from cds_service.facts.reserve import anticoagulated
from cds_service.facts.results import WORSE, decided, in_upper_limits, known, newest
from cds_service.facts.toxicity import clearance
from cds_service.facts.view import View
from cds_service.record.model import Analyte

_FRESH = "not older than cycle_lab_days on the planned date (today if none), nor than the laboratory limit"

# fact, analyte, meaning, unit, the number that decides, name in the list of what is missing
_VALUES: tuple[tuple[str, Analyte, str, str, str, str], ...] = (
    ("cycle_hb_g_dl", "hb", "haemoglobin before the cycle", "g/dL", "tox_hb", "haemoglobin"),
    ("cycle_wbc_10_9_l", "wbc", "white cells before the cycle", "10*9/L", "wbc_stop", "white cells"),
    ("cycle_platelets_10_9_l", "platelets", "platelets before the cycle", "10*9/L", "tox_plt", "platelets"),
    ("cycle_albumin_g_l", "albumin", "albumin before the cycle", "g/L", "tox_albumin", "albumin"),
)

_KIDNEY: tuple[Analyte, Analyte, Analyte] = ("creatinine", "weight", "crcl")

GLOSSARY = (
    *(FactSpec(name, "number", meaning, _FRESH, unit) for name, _, meaning, unit, _, _ in _VALUES),
    FactSpec("cycle_crcl_ml_min", "number", "creatinine clearance before the cycle",
             "Cockcroft-Gault (a child's bedside Schwartz) of values " + _FRESH, "mL/min"),
    FactSpec("cycle_bilirubin_uln", "number", "bilirubin before the cycle in multiples of its upper limit", _FRESH,
             "{ULN}"),
    FactSpec("cycle_clotting_open", "truth", "low albumin before the cycle without clotting that decides",
             "albumin below tox_albumin, and no normal prothrombin, nor a normal INR without an anticoagulant"),
    FactSpec("cycle_labs_missing", "text", "laboratory values missing or old for the cycle",
             "absent when nothing is missing, or without a course"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """The values that are fresh enough for the next cycle of the latest course, and what is not."""
    if not courses(view):
        return {}
    facts: Facts = {}
    lacking: list[str] = []
    ahead = ((planned_day(view) or view.today) - view.today).days
    age = min(view.params["cycle_lab_days"], view.params["lab_max_age_days"]) - ahead
    for name, analyte, _, _, limit, words in _VALUES:
        reading = newest(view, analyte, age)
        value = decided(reading, WORSE[analyte], view.params[limit]) if reading else None
        if reading and value is not None:
            facts[name] = known(reading, value)
        else:
            lacking.append(words)
    kidney = clearance(view, *(newest(view, analyte, age) for analyte in _KIDNEY))
    if kidney:
        facts["cycle_crcl_ml_min"] = Known(
            value=float(kidney[0]), shown=f"{kidney[0]:.1f}", when=kidney[1].when, sources=kidney[1].sources,
            read_as="derived",
        )  # fmt: skip
    else:
        absent = [name for name in _KIDNEY[:2] if newest(view, name, age) is None]
        lacking += absent or ["creatinine clearance"]
    ratio = in_upper_limits(view, "bilirubin", age)
    if ratio and (value := decided(ratio, "high", view.params["tox_bili_uln"])) is not None:
        facts["cycle_bilirubin_uln"] = known(ratio, value)
    else:
        lacking.append("bilirubin" if newest(view, "bilirubin", age) is None else "upper limit of bilirubin")
    low = facts.get("cycle_albumin_g_l")
    if low and float(low.value) < view.params["tox_albumin"] and not _clots(view, age):
        facts["cycle_clotting_open"] = yes(low.sources, low.when)
        lacking.append("prothrombin")
    else:
        facts["cycle_clotting_open"] = no()
    if lacking:
        facts["cycle_labs_missing"] = Known(value=", ".join(lacking), read_as="derived")
    return facts


def _clots(view: View, age: float) -> bool:
    """Whether clotting is known to be normal; an INR says nothing while an anticoagulant is, or may be, taken."""
    prothrombin, inr = newest(view, "prothrombin", age), newest(view, "inr", age)
    share = decided(prothrombin, WORSE["prothrombin"], view.params["prothrombin_low"]) if prothrombin else None
    if share is not None:
        return share >= view.params["prothrombin_low"]
    ratio = decided(inr, WORSE["inr"], view.params["inr_high"]) if inr else None
    taken = anticoagulated(view)
    return ratio is not None and ratio < view.params["inr_high"] and taken is not None and taken.value == "no"
