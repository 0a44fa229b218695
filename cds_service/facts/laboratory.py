"""Laboratory facts: fresh values only, and what the checklist of a candidate lacks (rulings, sections 1 and 6)."""

from __future__ import annotations

from cds_service.facts import renal, status
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.results import WORSE, decided, in_upper_limits, known, newest
from cds_service.facts.view import View
from cds_service.record.model import Analyte

_FRESH = "newest value within the laboratory limit; the worse of one day; unknown if the newest is implausible"

# fact, analyte, meaning, unit, the number that decides
_VALUES: tuple[tuple[str, Analyte, str, str, str], ...] = (
    ("hb_g_dl", "hb", "haemoglobin", "g/dL", "hb_stop"),
    ("wbc_10_9_l", "wbc", "white cells", "10*9/L", "wbc_stop"),
    ("anc_10_9_l", "anc", "neutrophils", "10*9/L", "anc_stop"),
    ("lymphocytes_10_9_l", "lymphocytes", "lymphocytes", "10*9/L", ""),
    ("platelets_10_9_l", "platelets", "platelets", "10*9/L", "plt_stop"),
    ("creatinine_mg_dl", "creatinine", "creatinine", "mg/dL", ""),
    ("bilirubin_mg_dl", "bilirubin", "bilirubin", "mg/dL", ""),
    ("albumin_g_l", "albumin", "albumin", "g/L", "albumin_stop"),
    ("alt_u_l", "alt", "ALT", "U/L", ""),
    ("ast_u_l", "ast", "AST", "U/L", ""),
    ("potassium_mmol_l", "potassium", "potassium", "mmol/L", ""),
    ("inr", "inr", "INR", "", "inr_high"),
    ("prothrombin_percent", "prothrombin", "prothrombin", "%", "prothrombin_low"),
)

GLOSSARY = (
    *(FactSpec(name, "number", meaning, _FRESH, unit) for name, _, meaning, unit, _ in _VALUES),
    FactSpec("bilirubin_uln", "number", "bilirubin in multiples of its upper limit",
             "the fresh value over the upper limit of its own reference range", "{ULN}"),
    FactSpec("labs_missing_list", "text", "laboratory values missing or old",
             "what a candidate needs and the record does not show fresh; absent when nothing is missing"),
    FactSpec("labs_missing_count", "number", "number of laboratory values missing or old", "length of that list"),
    FactSpec("weight_missing", "truth", "weight needed for the clearance", "yes when an adult's is not fresh"),
    FactSpec("height_missing", "truth", "height needed for the clearance", "yes when a child's is not known"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """Every laboratory fact that is known."""
    facts: Facts = {}
    for name, analyte, _, _, limit in _VALUES:
        reading = newest(view, analyte)
        bar = view.params[limit] if limit else None
        if reading and (value := decided(reading, WORSE.get(analyte, "high"), bar)) is not None:
            facts[name] = known(reading, value)
    in_limits = in_upper_limits(view, "bilirubin")
    if in_limits and (value := decided(in_limits, "high", view.params["bili_stop_uln"])) is not None:
        facts["bilirubin_uln"] = known(in_limits, value)
    return facts | _missing(view, facts)


def _missing(view: View, facts: Facts) -> Facts:
    """What a candidate needs and is not there, in the order of a request form."""
    names = {"hb_g_dl": "haemoglobin", "wbc_10_9_l": "white cells", "platelets_10_9_l": "platelets"}
    lacking = [words for name, words in names.items() if name not in facts]
    clearance = renal.clearance(view) is None
    ages = status.age_range(view)
    child = ages is not None and ages[1] < renal.ADULT_YEARS
    height = clearance and child and status.height(view) is None
    weight = clearance and not child and status.weight(view) is None
    undecided = clearance and not height and not weight and ages is not None and view.chart.person.sex is not None
    if clearance and ("creatinine_mg_dl" not in facts or undecided):
        lacking.append("creatinine")
    lacking += ["height"] * height + ["weight"] * weight
    lacking += [words for name, words in (("alt_u_l", "ALT"), ("ast_u_l", "AST")) if name not in facts]
    if "bilirubin_mg_dl" not in facts:
        lacking.append("bilirubin")
    elif "bilirubin_uln" not in facts:
        lacking.append("upper limit of bilirubin")
    lacking += ["albumin"] * ("albumin_g_l" not in facts)
    out: Facts = {
        "labs_missing_count": Known(value=float(len(lacking)), read_as="derived"),
        "weight_missing": yes() if weight else no(),
        "height_missing": yes() if height else no(),
    }
    if lacking:
        out["labs_missing_list"] = Known(value=", ".join(lacking), read_as="derived")
    return out
