"""Kidney function: the published formulas, and which value counts (rulings, section 6, C-04 / L-04 / L-10).

Cockcroft-Gault (Nephron 1976;16:31; knowledge row B10), CKD-EPI 2021 creatinine (Inker, NEJM 2021;385:1737; B09),
bedside Schwartz (Schwartz, JASN 2009;20:629; B10), body surface of Du Bois (Arch Intern Med 1916;17:863).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from cds_service.facts import status
from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.results import ENDLESS, Reading, decided, known, newest
from cds_service.facts.view import View, once

Sex = Literal["female", "male"]

ADULT_YEARS = 18  # Cockcroft-Gault and CKD-EPI were derived in adults, bedside Schwartz in children
_CG_YEARS = 140

GLOSSARY = (
    FactSpec("crcl_ml_min", "number", "creatinine clearance", "Cockcroft-Gault of fresh creatinine and actual weight, "
             "under 18 bedside Schwartz; the lower of it and a fresh reported clearance", "mL/min"),
    FactSpec("crcl_formula", "text", "how the clearance was obtained", "formula, or reported by the laboratory"),
    FactSpec("egfr_ckd_epi", "number", "eGFR (CKD-EPI 2021)", "of the same fresh creatinine, age and sex, adults only",
             "mL/min/{1.73_m2}"),
    FactSpec("egfr_lowest", "number", "lower of eGFR per 1.73 m2 and de-indexed eGFR",
             "CKD-EPI 2021, de-indexed by Du Bois body surface where height and weight are known", "mL/min"),
    FactSpec("measured_gfr", "number", "measured glomerular filtration rate", "newest fresh measured value", "mL/min"),
    FactSpec("bmi_kg_m2", "number", "body mass index", "fresh weight and newest height, adults only", "kg/m2"),
)  # fmt: skip


def cockcroft_gault(age_years: int, weight_kg: Decimal, creatinine_mg_dl: Decimal, sex: Sex) -> Decimal:
    """Creatinine clearance in mL/min: (140 - age) x kg x (0.85 if female) / (72 x mg/dL); divided last, so exact."""
    factor = Decimal("0.85") if sex == "female" else Decimal(1)
    return (_CG_YEARS - age_years) * weight_kg * factor / (72 * creatinine_mg_dl)


def bedside_schwartz(height_cm: Decimal, creatinine_mg_dl: Decimal) -> Decimal:
    """Estimated GFR of a child in mL/min/1.73 m2: 0.413 x cm / (mg/dL)."""
    return Decimal("0.413") * height_cm / creatinine_mg_dl


def ckd_epi_2021(age_years: int, creatinine_mg_dl: Decimal, sex: Sex) -> float:
    """Estimated GFR of an adult in mL/min/1.73 m2, without a term for race."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    relative = float(creatinine_mg_dl) / kappa
    return float(142 * min(relative, 1.0) ** alpha * max(relative, 1.0) ** -1.200 * 0.9938**age_years * factor)


def du_bois_m2(weight_kg: Decimal, height_cm: Decimal) -> float:
    """Body surface in m2: 0.007184 x kg^0.425 x cm^0.725."""
    return float(0.007184 * float(weight_kg) ** 0.425 * float(height_cm) ** 0.725)


def compute(view: View) -> Facts:
    """Every kidney fact that is known. Estimates need a fresh creatinine; age as an interval uses its older end."""
    facts: Facts = {}
    creatinine, weight, height = newest(view, "creatinine"), status.weight(view), status.height(view)
    counting = clearance(view)
    if counting:
        facts["crcl_ml_min"], facts["crcl_formula"] = counting
    measured = newest(view, "measured-gfr")
    if measured and (value := decided(measured, "low", view.params["crcl_stop"])) is not None:
        facts["measured_gfr"] = known(measured, value)
    ages = status.age_range(view)
    if ages is None or ages[0] < ADULT_YEARS:
        return facts
    if weight and height:
        body_mass = weight.worst / (height.worst / 100) ** 2
        facts["bmi_kg_m2"] = _derived(float(body_mass), (weight, height), digits=1)
    sex = view.chart.person.sex
    if creatinine and creatinine.worst != ENDLESS and sex:
        indexed = ckd_epi_2021(ages[1], creatinine.worst, sex)
        facts["egfr_ckd_epi"] = _derived(indexed, (creatinine,), digits=0)
        facts["egfr_lowest"] = facts["egfr_ckd_epi"]
        if weight and height:
            own = indexed * du_bois_m2(weight.worst, height.worst) / 1.73
            if own < indexed:
                facts["egfr_lowest"] = _derived(own, (creatinine, weight, height), digits=0)
    return facts


@once
def clearance(view: View) -> tuple[Known, Known] | None:
    """The clearance that counts and how it was obtained: the lower of the computed and the reported one."""
    stop = view.params["crcl_stop"]
    found: list[tuple[Known, str]] = []
    reported = newest(view, "crcl")
    if reported and (value := decided(reported, "low", stop)) is not None:
        found.append((known(reported, value), "reported by the laboratory"))
    computed = estimated_clearance(view, newest(view, "creatinine"), status.weight(view), status.height(view))
    if computed:
        estimate, formula, readings = computed
        if (value := decided(estimate, "low", stop)) is not None:
            found.append((_derived(float(value), readings, digits=1), formula))
    if not found:
        return None
    lowest, how = min(found, key=lambda each: float(each[0].value))
    return lowest, Known(value=how, when=lowest.when, sources=lowest.sources, read_as="derived")


def estimated_clearance(
    view: View, creatinine: Reading | None, weight: Reading | None, height: Reading | None
) -> tuple[Reading, str, tuple[Reading, ...]] | None:
    """The estimate as a reading, its formula, and what it is read from; None if anything it needs is unknown."""
    ages, sex = status.age_range(view), view.chart.person.sex
    if creatinine is None or ages is None:
        return None
    if ages[1] < ADULT_YEARS:
        if height is None:
            return None
        shorter, taller = height.worst, height.best
        worst = _at(creatinine.worst, lambda c: bedside_schwartz(shorter, c))
        best = _at(creatinine.best, lambda c: bedside_schwartz(taller, c))
        return Reading(worst, best, creatinine.results), "bedside Schwartz", (creatinine, height)
    if ages[0] < ADULT_YEARS or ages[1] >= _CG_YEARS or weight is None or sex is None:
        return None
    (younger, older), lighter, heavier = ages, weight.worst, weight.best
    worst = _at(creatinine.worst, lambda c: cockcroft_gault(older, lighter, c, sex))
    best = _at(creatinine.best, lambda c: cockcroft_gault(younger, heavier, c, sex))
    return Reading(worst, best, creatinine.results), "Cockcroft-Gault", (creatinine, weight)


def _at(creatinine: Decimal, formula: Callable[[Decimal], Decimal]) -> Decimal:
    """The formula at one end of a reading: "< 0.5" may be 0, "> 20" has no end."""
    if creatinine == ENDLESS:
        return Decimal(0)
    return formula(creatinine) if creatinine else ENDLESS


def _derived(value: float, readings: tuple[Reading, ...], digits: int) -> Known:
    """A computed fact: the date of the first reading (the laboratory value), the sources of all."""
    sources = tuple(dict.fromkeys(source for reading in readings for source in reading.sources))
    return Known(value=value, shown=f"{value:.{digits}f}", when=readings[0].when, sources=sources, read_as="derived")
