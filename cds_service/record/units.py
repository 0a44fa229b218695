"""Units laboratories really send, brought to one unit per quantity, exactly (Decimal).

A UCUM library is of no use here: most of what is sent is not UCUM ("K/uL" read as UCUM is kelvin per microlitre),
and what a spelling means depends on the quantity ("G/L" is giga per litre for platelets, grams for haemoglobin).
Molar factors: haemoglobin x 1.611 (Fe), creatinine / 88.4, bilirubin / 17.1 (``knowledge.md`` unit shorthand);
1 mCi = 37 MBq, 1 ukat = 60 U, 1 lb = 0.45359237 kg, 1 in = 2.54 cm by definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal
from functools import lru_cache
from typing import Literal

UnitProblem = Literal["no-unit", "unknown-unit"]

_DIGITS = Context(prec=24)
_RATIO = Context(prec=12)


_ONE = Decimal(1)


def _same(unit: str, *spellings: str, by: str = "1", over: str = "1") -> dict[str, tuple[str, Decimal, Decimal]]:
    return {spelling: (unit, Decimal(by), Decimal(over)) for spelling in spellings}


_THOUSAND_PER_UL = (
    "10*9/l", "10*3/ul", "10*3/mm3", "10*6/ml", "k/ul", "k/mm3", "g/l", "gpt/l", "giga/l", "thou/ul", "thous/ul",
    "thousand/ul", "thousands/ul", "th/ul", "tsd/ul", "/nl", "thou/mm3", "109/l", "103/ul", "103/mm3", "bil/l",
    "billion/l", "b/l", "thsd/ul", "1000/ul", "1000/mm3",
    "1/nl", "mrd/l", "e9/l",
)  # fmt: skip
_COUNT = (
    _same("10*9/L", *_THOUSAND_PER_UL)
    | _same("10*9/L", "/ul", "/mm3", "10*6/l", "10*3/ml", "1/ul", "1/mm3", by="0.001")
    | _same("10*9/L", "10*12/l", "10*6/ul", "10*9/ml", "10*6/mm3", by="1000")
    | _same("10*9/L", "10*4/ul", by="10")
    | _same("10*9/L", "10*5/ul", "lakh/mm3", "lakhs/mm3", "lac/mm3", by="100")
    | _same("10*9/L", "/ml", by="0.000001")
    | _same("10*9/L", "/l", by="0.000000001")
)
_PER_DL = ("mg/dl", "mg/100ml", "mg%", "mgs/dl")
_UMOL = ("umol/l", "umole/l", "umoles/l", "mcmol/l", "micromol/l", "mmol/m3", "nmol/ml")
_ENZYME = (
    _same("U/L", "u/l", "iu/l", "[iu]/l", "e/l", "ie/l", "unit/l", "units/l", "mu/ml", "miu/ml")
    | _same("U/L", "ukat/l", "mckat/l", by="60")
    | _same("U/L", "nkat/l", by="0.06")
    | _same("U/L", "u/ml", "iu/ml", by="1000")
)
_PER_DAY_MASS = _same("mg/24h", "mg/24h") | _same("mg/24h", "ug/24h", by="0.001")
_PER_DAY_MOLES = _same("umol/24h", "umol/24h") | _same("umol/24h", "nmol/24h", by="0.001")
_MASS_PER_ML = _same("ng/mL", "ng/ml", "ug/l", "mcg/l", "ngm/ml") | _same("ng/mL", "pg/ml", "ng/l", by="0.001")
_MOLES = (
    _same("nmol/L", "nmol/l", "pmol/ml")
    | _same("nmol/L", "pmol/l", by="0.001")
    | _same("nmol/L", "umol/l", "mcmol/l", "micromol/l", by="1000")
)
_PER_CREATININE = _same("mg/g", "mg/g", "ug/mg", "mg/gcrea", "mg/gcreat") | _same("mmol/mol", "mmol/mol", "umol/mmol")
_CLEARANCE = _same("mL/min", "ml/min", "cc/min") | _same("mL/min", "ml/s", by="60")
_GFR = _same("mL/min/{1.73_m2}", "ml/min/1.73m2") | _same("mL/min/{1.73_m2}", "ml/s/1.73m2", by="60")
_LENGTH = {
    "mm": "1", "cm": "10", "m": "1000", "[in_i]": "25.4", "in": "25.4", "inch": "25.4", "inches": "25.4",
    "[in_us]": "25.4", "[ft_i]": "304.8", "ft": "304.8", "feet": "304.8", "foot": "304.8", "millimeter": "1",
    "centimeter": "10", "millimetre": "1", "centimetre": "10", "meter": "1000", "metre": "1000",
}  # fmt: skip

TABLE: dict[str, dict[str, tuple[str, Decimal, Decimal]]] = {
    "hb": _same("g/dL", "g/dl", "g/100ml", "g%", "gm/dl", "gms/dl", "gm%", "gr/dl")
    | _same("g/dL", "g/l", "gm/l", "mg/ml", by="0.1")
    | _same("g/dL", "mg/dl", by="0.001")
    | _same("g/dL", "mmol/l", "mmol/l(fe)", by="1.611"),
    "wbc": _COUNT,
    "anc": _COUNT,
    "lymphocytes": _COUNT,
    "platelets": _COUNT,
    "creatinine": _same("mg/dL", *_PER_DL)
    | _same("mg/dL", *_UMOL, over="88.4")
    | _same("mg/dL", "mmol/l", by="1000", over="88.4")
    | _same("mg/dL", "mg/l", "ug/ml", by="0.1"),
    "bilirubin": _same("mg/dL", *_PER_DL) | _same("mg/dL", *_UMOL, over="17.1") | _same("mg/dL", "mg/l", by="0.1"),
    "albumin": _same("g/L", "g/l", "gm/l", "mg/ml")
    | _same("g/L", "g/dl", "gm/dl", "gms/dl", "g/100ml", "g%", "gm%", by="10")
    | _same("g/L", "mg/dl", by="0.01"),
    "alt": _ENZYME,
    "ast": _ENZYME,
    "potassium": _same("mmol/L", "mmol/l", "meq/l", "mval/l", "mm", "mmol/dm3"),
    "egfr": _GFR | _same("mL/min/{1.73_m2}", "ml/min") | _same("mL/min/{1.73_m2}", "ml/s", by="60"),
    "crcl": _CLEARANCE,
    "measured-gfr": _CLEARANCE | _GFR,
    "inr": _same("1", "", "1", "inr", "ratio", "[ratio]", "index", "[inr]", "rel", "unitless", "n/a", "none"),
    "prothrombin": _same("%", "%", "percent", "prozent", "pct", "%activity"),
    "weight": _same("kg", "kg", "kgs", "kilogram", "kilograms", "kilo", "kilos")
    | _same("kg", "g", "gram", "grams", "gr", by="0.001")
    | _same("kg", "[lb_av]", "lb", "lbs", "pound", "pounds", "[lb_us]", "lb_av", by="0.45359237")
    | _same("kg", "[oz_av]", "oz", "ounce", "ounces", by="0.028349523125"),
    "height": {name: ("cm", Decimal(factor), Decimal(10)) for name, factor in _LENGTH.items()},
    "size": {name: ("mm", Decimal(factor), Decimal(1)) for name, factor in _LENGTH.items()},
    "mcv": _same("fL", "fl", "um3", "um*3", "femtoliter", "femtolitre", "cubicmicron"),
    "chromogranin-a": _MASS_PER_ML | _MOLES | _ENZYME | _same("U/L", "ku/l", "kiu/l", by="1000"),
    "5-hiaa": _PER_DAY_MASS | _PER_DAY_MOLES | _MASS_PER_ML | _MOLES | _PER_CREATININE
    | _same("mg/L", "mg/l", "ug/ml") | _same("mg/L", "mg/dl", by="10"),
    "nt-probnp": _same("pg/mL", "pg/ml", "ng/l") | _same("pg/mL", "ng/ml", "ug/l", by="1000")
    | _same("pmol/L", "pmol/l"),
    "catecholamines": _PER_DAY_MASS | _PER_DAY_MOLES | _MASS_PER_ML | _MOLES | _PER_CREATININE,
    "activity": _same("GBq", "gbq", "gigabecquerel") | _same("GBq", "mbq", "megabecquerel", over="1000")
    | _same("GBq", "kbq", over="1000000") | _same("GBq", "bq", over="1000000000")
    | _same("GBq", "mci", "millicurie", "millicuries", by="0.037") | _same("GBq", "ci", "curie", by="37"),
    "mass": _same("mg", "mg", "mgs", "milligram", "milligrams") | _same("mg", "g", "gm", "gram", "grams", by="1000")
    | _same("mg", "ug", "mcg", "microgram", "micrograms", by="0.001"),
    "volume": _same("L", "l", "liter", "litre") | _same("L", "ml", "cc", "milliliter", "millilitre", over="1000")
    | _same("L", "dl", over="10"),
}  # fmt: skip

UNITS: dict[str, str] = {name: next(iter(spellings.values()))[0] for name, spellings in TABLE.items()}
"""The unit each quantity is given in. Tumour markers keep what cannot be converted (see ``convert``)."""

_MARKERS = frozenset({"chromogranin-a", "5-hiaa", "nt-probnp", "catecholamines", "measured-gfr"})
_SUPERSCRIPT = {ord(sign): f"^{digit}" for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_LETTERS = str.maketrans(
    {"\u00b5": "u", "\u03bc": "u", "×": "x", "∗": "*", "⋅": ".", "·": ".", "∕": "/", "⁄": "/", "−": "-"}
)
_SPELLINGS = (
    (re.compile(r"\{[^{}]*1[.,]73[^{}]*\}"), "1.73m2"),
    (re.compile(r"\{[^{}]*\}"), ""),
    (re.compile(r"\s+"), ""),
    (re.compile(r"(?:m\^2|m\*2|sqm|qm|m²)"), "m2"),
    (re.compile(r"(?:mm\^3|mm\*3|cumm|cmm|cu\.mm)"), "mm3"),
    (re.compile(r"1[.,]73_?"), "1.73"),
    (re.compile(r"\.(?=/)"), ""),
    (re.compile(r"(?:/|\*|per)?\(?(?:/)?1\.73m2\)?(?:bsa|kof)?$"), "/1.73m2"),
    (re.compile(r"10\((\d+)\)"), r"10*\1"),
    (re.compile(r"^[x*]?10(?:\*\*|\^\^|\^|\*|e\+?|exp)0?(\d+)"), r"10*\1"),
    (re.compile(r"^1e\+?0?(\d+)"), r"10*\1"),
    (re.compile(r"^x(?=10)"), ""),
    (re.compile(r"^(?:#|cells?|zellen|per|count)(?=/|ul|mm3|10)"), ""),
    (re.compile(r"^(?:ul|mm3)$"), r"/\g<0>"),
    (re.compile(r"(?<=/)(?:mcl|microl|microliter|microlitre)s?"), "ul"),
    (re.compile(r"(?<=/)(?:liter|litre|ltr)s?$"), "l"),
    (re.compile(r"(?<=/)(?:deciliter|decilitre)s?$"), "dl"),
    (re.compile(r"(?<=/)\(?(?:24\.?h(?:r|rs|our|ours)?|d|day|tag|24hurine)\)?$"), "24h"),
    (re.compile(r"\.([a-z]+)-1$"), r"/\1"),
    (re.compile(r"/$"), ""),
)


@lru_cache(maxsize=2048)
def normalised(unit: str) -> str:
    """One spelling for the many of a unit: lower case, no blanks or annotations, powers as ``10*9``."""
    plain = unit[:60].translate(_SUPERSCRIPT).translate(_LETTERS).lower()
    for pattern, spelling in _SPELLINGS:
        plain = pattern.sub(spelling, plain)
    return plain


def convert(quantity: str, value: Decimal, units: Iterable[str]) -> tuple[Decimal, str] | UnitProblem:
    """``value`` in the unit of ``quantity`` and that unit; ``units`` are the spellings sent, best first.

    Markers whose assays are not convertible keep their own unit (CgA in U/L stays U/L).
    """
    factor = _factor(quantity, tuple(units))
    if isinstance(factor, str):
        return factor
    unit, by, over = factor
    return _DIGITS.divide(value * by, over) if over != _ONE else value * by, unit


@lru_cache(maxsize=2048)
def _factor(quantity: str, units: tuple[str, ...]) -> tuple[str, Decimal, Decimal] | UnitProblem:
    """The unit a quantity sent with these ``units`` is given in, and the factor and divisor to it."""
    spellings = [normalised(unit) for unit in units if unit.strip()]
    table = TABLE[quantity]
    if not spellings and "" not in table:
        return "no-unit"
    found = [table[spelling] for spelling in spellings or [""] if spelling in table]
    # Annotation-only units ("{INR}") normalise to nothing and then say nothing.
    if not found and all(not spelling for spelling in spellings):
        return "no-unit"
    if not found or len({entry[1:] for entry in found}) > 1:  # code and unit contradict each other
        return "unknown-unit"
    return "unknown-unit" if found[0][0] != UNITS[quantity] and quantity not in _MARKERS else found[0]


def to_canonical(quantity: str, value: Decimal, unit: str) -> Decimal | UnitProblem:
    """``value`` in ``UNITS[quantity]``, exact; or why that cannot be said."""
    result = convert(quantity, value, (unit,) if unit else ())
    if isinstance(result, str):
        return result
    return result[0] if result[1] == UNITS[quantity] else "unknown-unit"


def ratio(value: Decimal, base: Decimal) -> Decimal | None:
    """``value / base`` to twelve digits, so that the last digits of a conversion never decide; None for base 0."""
    return _RATIO.divide(value, base) if base else None
