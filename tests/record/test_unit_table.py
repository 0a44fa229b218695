"""Units as laboratories really send them, exact at the thresholds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cds_service.record.units import TABLE, UNITS, convert, normalised, ratio, to_canonical

COUNTS = [
    "10*9/L", "10^9/L", "x10^9/L", "x10E9/L", "10E9/L", "10e9/l", "10**9/L", "X10(9)/L", "10⁹/L", "x 10*9/L",
    "G/L", "Gpt/L",
    "10*3/uL", "10^3/uL", "x10^3/µL", "X10E3/UL", "K/uL", "K/µL", "K/μL", "K/mcL", "k/ul", "K/mm3", "10*3/mm3",
    "x10³/µL",
    "thou/uL", "Thousand/uL", "/nL", "10*9{cells}/L", "10*3{cells}/uL", "Tsd./µl", "10*3.uL-1", "10*9.L-1", "1000/uL",
    "10 9/L", "E9/L", "1/nL", "Mrd/L",
]  # fmt: skip


@pytest.mark.parametrize("unit", COUNTS)
@pytest.mark.parametrize("analyte", ["platelets", "wbc", "anc", "lymphocytes"])
def test_counts(analyte, unit):
    assert to_canonical(analyte, Decimal("75"), unit) == Decimal("75")


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "expected"),
    [
        ("platelets", "75000", "/uL", "75"), ("platelets", "75000", "/mm3", "75"),
        ("platelets", "75000", "cells/uL", "75"),
        ("platelets", "75000", "/cumm", "75"), ("platelets", "75000", "10*6/L", "75"),
        ("platelets", "0.75", "10*5/uL", "75"),
        ("anc", "1000", "{cells}/uL", "1"), ("wbc", "0.002", "10*12/L", "2"), ("wbc", "0.002", "10*6/uL", "2"),
        ("hb", "8.0", "g/dL", "8.0"), ("hb", "80", "g/L", "8.0"), ("hb", "80", "G/L", "8.0"),
        ("hb", "8", "gm/dl", "8"),
        ("hb", "8", "g%", "8"), ("hb", "5", "mmol/L", "8.055"),
        ("creatinine", "88.4", "umol/L", "1"), ("creatinine", "88.4", "µmol/l", "1"),
        ("creatinine", "1", "MG/DL", "1"),
        ("creatinine", "0.0884", "mmol/L", "1"), ("creatinine", "10", "mg/L", "1"),
        ("creatinine", "17.68", "umol/L", "0.2"),
        ("bilirubin", "17.1", "umol/L", "1"), ("bilirubin", "12", "mg/L", "1.2"),
        ("albumin", "3.0", "g/dL", "30"), ("albumin", "30", "g/L", "30"), ("albumin", "3000", "mg/dL", "30"),
        ("alt", "40", "IU/L", "40"), ("alt", "40", "[iU]/L", "40"), ("ast", "1", "ukat/L", "60"),
        ("ast", "50", "nkat/L", "3"),
        ("potassium", "5.5", "mEq/L", "5.5"), ("potassium", "5.5", "mval/l", "5.5"),
        ("inr", "1.5", "", "1.5"), ("inr", "1.5", "{INR}", "1.5"), ("inr", "1.5", "ratio", "1.5"),
        ("prothrombin", "70", "%", "70"),
        ("weight", "70", "kg", "70"), ("weight", "70000", "g", "70"), ("weight", "100", "[lb_av]", "45.359237"),
        ("weight", "100", "lbs", "45.359237"), ("height", "1.7", "m", "170"), ("height", "67", "[in_i]", "170.18"),
        ("height", "1700", "mm", "170"), ("size", "1.5", "cm", "15"), ("mcv", "100", "um3", "100"),
        ("egfr", "60", "mL/min/{1.73_m2}", "60"), ("egfr", "60", "mL/min/1.73m²", "60"),
        ("egfr", "60", "ml/min/1,73 m2", "60"),
        ("egfr", "60", "mL/min/1.73_m2", "60"), ("egfr", "1", "mL/s/1.73m2", "60"), ("crcl", "50", "mL/min", "50"),
        ("activity", "7.4", "GBq", "7.4"), ("activity", "7400", "MBq", "7.4"), ("activity", "200", "mCi", "7.4"),
        ("chromogranin-a", "85", "ug/L", "85"), ("nt-probnp", "125", "ng/L", "125"),
        ("5-hiaa", "10", "mg/(24.h)", "10"),
        ("5-hiaa", "10", "mg/d", "10"), ("mass", "0.03", "g", "30"), ("volume", "2500", "mL", "2.5"),
    ],
)  # fmt: skip
def test_conversions(quantity, value, unit, expected):
    assert to_canonical(quantity, Decimal(value), unit) == Decimal(expected)


@pytest.mark.parametrize(
    ("quantity", "unit", "why"),
    [
        ("hb", "", "no-unit"), ("platelets", " ", "no-unit"), ("platelets", "{cells}", "no-unit"),
        ("hb", "g", "unknown-unit"),
        ("hb", "%", "unknown-unit"), ("platelets", "fL", "unknown-unit"), ("platelets", "%", "unknown-unit"),
        ("creatinine", "g/L", "unknown-unit"), ("creatinine", "mL/min", "unknown-unit"),
        ("albumin", "mg/L", "unknown-unit"),
        ("albumin", "%", "unknown-unit"), ("alt", "mg/dL", "unknown-unit"), ("crcl", "mL/min/1.73m2", "unknown-unit"),
        ("inr", "%", "unknown-unit"), ("inr", "s", "unknown-unit"), ("prothrombin", "s", "unknown-unit"),
        ("chromogranin-a", "U/L", "unknown-unit"), ("weight", "stone?", "unknown-unit"),
        ("potassium", "mg/dL", "unknown-unit"),
    ],
)  # fmt: skip
def test_what_cannot_be_told(quantity, unit, why):
    assert to_canonical(quantity, Decimal(1), unit) == why


def test_code_and_printed_unit():
    assert convert("platelets", Decimal(75), ("10*3/uL", "K/uL")) == (Decimal(75), "10*9/L")
    assert convert("platelets", Decimal(75), ("10*3/uL", "Tausend")) == (Decimal(75), "10*9/L")
    assert convert("hb", Decimal(80), ("g/dL", "g/L")) == "unknown-unit", "they contradict each other"


def test_markers_keep_what_cannot_be_converted():
    assert convert("chromogranin-a", Decimal(90), ("U/L",)) == (Decimal(90), "U/L")
    assert convert("chromogranin-a", Decimal(5), ("nmol/L",)) == (Decimal(5), "nmol/L")
    assert convert("5-hiaa", Decimal(50), ("umol/24h",)) == (Decimal(50), "umol/24h")


def test_ratios_are_not_decided_by_the_last_digit():
    limit, value = to_canonical("bilirubin", Decimal(21), "umol/L"), to_canonical("bilirubin", Decimal(63), "umol/L")
    assert isinstance(limit, Decimal) and isinstance(value, Decimal)
    assert ratio(value, limit) == 3
    assert ratio(Decimal(1), Decimal(0)) is None


def test_the_table_itself():
    for quantity, spellings in TABLE.items():
        assert UNITS[quantity]
        for spelling in spellings:
            assert normalised(spelling) == spelling, f"{quantity}: {spelling!r} can never be matched"
