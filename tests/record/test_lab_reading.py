"""Laboratory values: by code, by words, in panels; what cannot be used is never used and always listed."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.record.chart_shapes import LOINC, amount, chart, concept, listed, loinc, mixed, observation

USUAL = {"umol/L": 100, "g/L": 60, "g/dL": 5}
"""Values every analyte sent in that unit can have; others take any."""


def only(*resources):
    found = chart(*resources).labs
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("code", "unit", "analyte"),
    [
        ("718-7", "g/dL", "hb"), ("6690-2", "K/uL", "wbc"), ("751-8", "10*9/L", "anc"),
        ("777-3", "10*3/uL", "platelets"),
        ("2160-0", "mg/dL", "creatinine"), ("14682-9", "umol/L", "creatinine"), ("1975-2", "mg/dL", "bilirubin"),
        ("1751-7", "g/dL", "albumin"), ("1742-6", "U/L", "alt"), ("1920-8", "U/L", "ast"),
        ("2823-3", "mmol/L", "potassium"),
        ("6301-6", "{INR}", "inr"), ("5894-1", "%", "prothrombin"), ("29463-7", "kg", "weight"),
        ("8302-2", "cm", "height"),
        ("787-2", "fL", "mcv"), ("9811-1", "ng/mL", "chromogranin-a"), ("1695-6", "mg/(24.h)", "5-hiaa"),
        ("33762-6", "pg/mL", "nt-probnp"), ("98979-8", "mL/min/{1.73_m2}", "egfr"), ("35591-7", "mL/min", "crcl"),
        ("2164-2", "mL/min", "crcl"), ("731-0", "10*9/L", "lymphocytes"),
    ],
)  # fmt: skip
def test_by_code(code, unit, analyte):
    found = only(loinc(code, valueQuantity=amount(USUAL.get(unit, 10), unit)))
    assert (found.analyte, found.read_as, found.problem) == (analyte, "coded", None)
    assert found.code == f"{LOINC}|{code}" and found.source == "Observation/o"


@pytest.mark.parametrize(
    ("words", "unit", "analyte"),
    [
        ("Hemoglobin", "g/dL", "hb"), ("Haemoglobin (blood)", "g/L", "hb"), ("Hgb", "g/dL", "hb"),
        ("Hb", "g/dL", "hb"),
        ("Hämoglobin", "g/dL", "hb"), ("Platelets", "K/uL", "platelets"), ("Platelet count", "K/uL", "platelets"),
        ("Thrombozyten", "G/L", "platelets"), ("PLT", "10*9/L", "platelets"),
        ("White blood cell count", "K/uL", "wbc"),
        ("Leukozyten", "/nl", "wbc"), ("WBC", "K/uL", "wbc"), ("Neutrophils, absolute", "K/uL", "anc"),
        ("ANC", "K/uL", "anc"),
        ("Absolute neutrophil count", "/uL", "anc"), ("Serum creatinine", "umol/L", "creatinine"),
        ("Creatinine, serum", "mg/dL", "creatinine"),
        ("Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", "creatinine"),
        ("Kreatinin", "mg/dl", "creatinine"), ("Krea", "mg/dl", "creatinine"), ("Hämoglobin i.B.", "g/dl", "hb"),
        ("eGFR (CKD-EPI 2021)", "mL/min/1.73m2", "egfr"),
        ("Creatinine clearance (Cockcroft-Gault)", "mL/min", "crcl"), ("Bilirubin, total", "mg/dL", "bilirubin"),
        ("Total bilirubin", "umol/L", "bilirubin"), ("Gesamt-Bilirubin", "mg/dl", "bilirubin"),
        ("Albumin", "g/L", "albumin"),
        ("ALT (SGPT)", "U/L", "alt"), ("GPT", "U/l", "alt"), ("Alanine aminotransferase", "U/L", "alt"),
        ("AST", "U/L", "ast"),
        ("GOT", "U/l", "ast"), ("Potassium", "mmol/L", "potassium"), ("Kalium", "mmol/l", "potassium"),
        ("INR", None, "inr"),
        ("Quick", "%", "prothrombin"), ("Prothrombin activity", "%", "prothrombin"), ("Body weight", "kg", "weight"),
        ("Körpergewicht", "kg", "weight"), ("Height", "cm", "height"), ("MCV", "fL", "mcv"),
        ("CgA", "ng/mL", "chromogranin-a"),
        ("5-HIAA, 24 h urine", "mg/24h", "5-hiaa"), ("NT-proBNP", "ng/L", "nt-probnp"),
        ("Plasma normetanephrine", "nmol/L", "catecholamines"),
        ("Measured GFR (iohexol clearance)", "mL/min", "measured-gfr"),
    ],
)  # fmt: skip
def test_by_words(words, unit, analyte):
    value = amount(USUAL.get(unit, 20), unit)
    found = only(observation(concept(words), valueQuantity=value))
    assert (found.analyte, found.read_as) == (analyte, "narrative")
    local = observation(concept(words, ("urn:local:lab", "X1")), valueQuantity=value)
    assert only(local).analyte == analyte, "a local code with known words"


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Hemoglobin A1c", "%"), ("HbA1c", "%"), ("Urine creatinine", "mg/dL"), ("Creatinine, urine", "mg/dL"),
        ("Albumin/creatinine ratio", "mg/g"), ("Albumin in urine", "g/L"), ("Direct bilirubin", "mg/dL"),
        ("Conjugated bilirubin", "umol/L"), ("Neutrophils", "%"), ("Neutrophils %", "%"),
        ("Lymphocytes/100 leukocytes", "%"),
        ("Mean platelet volume", "fL"), ("Mean corpuscular hemoglobin", "pg"), ("Free haemoglobin", "g/L"),
        ("WBC in urine", "/uL"), ("Leukocytes, CSF", "/uL"), ("Birth weight", "g"), ("Ideal body weight", "kg"),
        ("Potassium, urine", "mmol/L"), ("Prothrombin time", "s"), ("Platelet distribution width", "fL"),
        ("Albumin, CSF", "g/L"),
        ("Weight loss", "kg"), ("Kreatinin [U]", "mg/dL"), ("U-Kreatinin", "mg/dL"), ("Albumin (dU)", "g/L"),
        ("Reticulocyte haemoglobin", "pg"), ("Fetal hemoglobin", "%"), ("GPT-4", "U/L"),
    ],
)  # fmt: skip
def test_look_alikes_are_not_read(words, unit):
    found = chart(observation(concept(words), valueQuantity=amount(20, unit)))
    assert found.labs == [] and found.ignored == []


def test_a_known_code_decides_against_its_words():
    wrong_words = observation(concept("Haemoglobin", (LOINC, "777-3")), valueQuantity=amount(20, "10*9/L"))
    assert only(wrong_words).analyte == "platelets"
    race = concept("Creatinine", ("urn:oid:2.16.840.1.113883.6.238", "2160-0"))
    assert only(observation(race, valueQuantity=amount(1, "mg/dL"))).read_as == "narrative"
    two = concept(None, (LOINC, "777-3"), (LOINC, "718-7"))
    assert chart(observation(two, valueQuantity=amount(20, "g/L"))).labs == []


@pytest.mark.parametrize(
    ("value", "expected", "comparator"),
    [
        ({"valueQuantity": {"value": Decimal("8.0"), "unit": "g/dL"}}, "8.0", None),
        ({"valueQuantity": {"value": "8.0", "code": "g/dL"}}, "8.0", None),
        ({"valueQuantity": {"value": 80, "unit": "g/L", "comparator": ">"}}, "8.0", ">"),
        ({"valueString": "8.0 g/dL"}, "8.0", None),
        ({"valueString": "8.0 g/dL (L)"}, "8.0", None),
        ({"valueString": "8.0 g/dL L"}, "8.0", None),
        ({"valueString": "8.0 g/dL *"}, "8.0", None),
        ({"valueString": "< 8,5 g/dl"}, "8.5", "<"),
        ({"valueString": "≥8.5g/dL"}, "8.5", ">="),
    ],
)
def test_values(value, expected, comparator):
    found = only(loinc("718-7", **value))
    assert found.value == Decimal(expected) and found.unit == "g/dL" and found.comparator == comparator


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"valueQuantity": {"value": 8}}, "no-unit"),
        ({"valueQuantity": {"value": 8, "unit": ""}}, "no-unit"),
        ({"valueInteger": 8}, "no-unit"),
        ({"valueString": "8.0"}, "no-unit"),
        ({"valueQuantity": {"value": 8, "unit": "furlong"}}, "unknown-unit"),
        ({"valueQuantity": {"value": 80, "unit": "g/dL"}}, "implausible"),
        ({"valueQuantity": {"value": Decimal("2.9"), "unit": "g/dL"}}, "implausible"),
        ({"valueQuantity": {"value": -8, "unit": "g/dL"}}, "implausible"),
        ({"valueString": "haemolysed"}, "unreadable"),
        ({"valueString": "1,200 g/dL"}, "unreadable"),
        ({"valueQuantity": {"value": "8 or 9", "unit": "g/dL"}}, "unreadable"),
        ({"valueRange": {"low": {"value": 8, "unit": "g/dL"}}}, "unreadable"),
        ({"valueQuantity": {"value": 8, "unit": "g/dL", "comparator": "~"}}, "unreadable"),
    ],
)
def test_what_cannot_be_used(value, why):
    found = chart(loinc("718-7", **value))
    assert [(item.value, item.problem) for item in found.labs] == [(None, why)]
    assert listed(found) == {("Observation/o", why)}


@pytest.mark.parametrize(
    "value",
    [
        {"valueQuantity": amount(13, "g/dL"), "valueString": "7 g/dL"},
        {"valueQuantity": amount(13, "g/dL"), "dataAbsentReason": concept("error")},
        {"component": [{"code": concept(None, (LOINC, "718-7")), "valueInteger": 1, "valueString": "2"}]},
    ],
)
def test_a_value_that_contradicts_itself_is_listed(value):
    found = chart(loinc("718-7", **value))
    assert found.labs == [] and listed(found) == {("Observation/o", "unreadable")}


def test_a_corrected_result_replaces_the_one_of_its_identifier():
    def result(identity, value, status="final", code="718-7", **more):
        return loinc(code, identity, status=status, valueQuantity=amount(value, "g/dL"), **more)

    name = {"identifier": [{"system": "urn:lab", "value": "4711"}]}
    old, new = result("a", 7, **name), result("b", 13, "corrected", **name)
    found = chart(old, new)
    assert [item.source for item in found.labs] == ["Observation/b"]
    assert listed(found) == {("Observation/a", "superseded")}
    for kept in (
        result("b", 13, "corrected"),  # perhaps another sample
        result("b", 13, **name),
        result("b", 5, "corrected", "1751-7", **name),
        {**new, "effectiveDateTime": "2025-12-21"},
    ):
        assert len(chart(old, kept).labs) == 2


def test_limits_themselves_are_plausible():
    assert only(loinc("718-7", valueQuantity=amount(25, "g/dL"))).value == 25
    assert only(loinc("718-7", valueQuantity=amount(30, "g/L"))).value == 3


def test_panels_and_absent_values_are_silent():
    assert chart(loinc("718-7")).ignored == []
    assert chart(loinc("718-7", dataAbsentReason=concept("not performed"))).ignored == []


def test_dates():
    undated = loinc("718-7", valueQuantity=amount(8, "g/dL"))
    del undated["effectiveDateTime"]
    found = chart(undated)
    assert found.labs == [] and listed(found) == {("Observation/o", "no-date")}
    assert str(only({**undated, "issued": "2025-12-19T07:00:00Z"}).when) == "2025-12-19"
    assert str(only({**undated, "effectiveDateTime": "2025-12"}).when) == "2025-12"
    future = chart({**undated, "effectiveDateTime": "2026-01-02"})
    assert future.labs == [] and listed(future) == {("Observation/o", "future")}
    specimen = {"resourceType": "Specimen", "id": "sp", "collection": {"collectedDateTime": "2025-12-18T06:00:00Z"}}
    assert str(chart({**undated, "specimen": {"reference": "Specimen/sp"}}, specimen).labs[0].when) == "2025-12-18"


def test_components_and_contained_results():
    panel = observation(concept("CBC"), component=[
        {"code": concept(None, (LOINC, "718-7")), "valueQuantity": amount(8, "g/dL")},
        {"code": concept("Platelets"), "valueQuantity": amount(80, "K/uL")},
        {"code": concept("Colour"), "valueString": "red"},
    ])  # fmt: skip
    assert [(item.analyte, item.value) for item in chart(panel).labs] == [("hb", 8), ("platelets", 80)]
    inner = {"resourceType": "Observation", "id": "hb", "status": "final", "code": concept(None, (LOINC, "718-7")),
             "valueQuantity": amount(9, "g/dL")}  # fmt: skip
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "effectiveDateTime": "2025-12-11",
              "code": concept("Blood count"), "contained": [inner], "result": [{"reference": "#hb"}]}  # fmt: skip
    found = only(report)
    assert (found.source, str(found.when), found.value) == ("DiagnosticReport/r#hb", "2025-12-11", 9)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"high": amount(21, "umol/L")}], "1.228"),
        ([{"low": amount(5, "umol/L"), "high": amount(Decimal("1.2"), "mg/dL")}], "1.2"),
        ([{"high": {"value": 21}}], "1.228"),  # the result's own unit
        ([{"text": "5 - 21"}], "1.228"),
        ([{"text": "< 21 umol/L"}], "1.228"),
        ([{"text": "0.2-1.2 mg/dL (adults)"}], "1.2"),  # its own unit
        ([{"text": "5 - 21 furlong"}], None),
        ([{"text": "5 - 21; newborns up to 200"}], None),
        ([{"high": amount(300, "umol/L"), "type": {"text": "Critical range"}}], None),
        ([{"high": amount(300, "umol/L"), "type": {"coding": [{"display": "Therapeutic"}]}}], None),
        ([{"high": amount(21, "umol/L"), "type": {"text": "Reference range"}}], "1.228"),
        ([{"high": amount(21, "umol/L")}, {"high": amount(17, "umol/L")}], "0.994"),  # the cautious one
        ([{"high": amount(21, "umol/L"), "type": {"coding": [{"code": "normal"}]}}], "1.228"),
        ([{"high": amount(300, "umol/L"), "type": {"coding": [{"code": "critical"}]}}], None),
        ([{"high": amount(21, "furlong")}], None),
        ([{"low": amount(30, "umol/L"), "high": amount(21, "umol/L")}], None),
        ([{"high": amount(0, "umol/L")}], None),
        ([], None),
        ("x", None),
    ],
)
def test_upper_limits(ranges, expected):
    found = only(loinc("14631-6", valueQuantity=amount(63, "umol/L"), referenceRange=ranges))
    assert (str(found.upper_limit)[:5] if found.upper_limit is not None else None) == expected


def test_a_value_in_urine_is_not_serum():
    creatinine = observation(concept("Creatinine"), valueQuantity=amount(1, "mg/dL"))
    assert chart({**creatinine, "specimen": {"display": "Urine"}}).labs == []
    specimen = {"resourceType": "Specimen", "id": "u", "type": concept("24 hour urine")}
    assert chart({**creatinine, "specimen": {"reference": "Specimen/u"}}, specimen).labs == []
    assert chart({**creatinine, "specimen": {"display": "Serum"}}).labs != []


SOME = [
    loinc("718-7", "a", valueQuantity=amount(8, "g/dL")),
    loinc("718-7", "b", valueQuantity=amount(9, "g/dL")),
    loinc("777-3", "c", valueQuantity=amount(80, "")),
    loinc("777-3", "d", valueQuantity=amount(80, "K/uL"), status="cancelled"),
    observation(concept("Weight"), "e", valueQuantity=amount(70, "kg")),
    loinc("2823-3", "f", valueQuantity=amount(4, "mmol/L"), effectiveDateTime=None),
]


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(chance: random.Random):
    expected, found = chart(*SOME), chart(*mixed(SOME, chance))
    assert found.labs == expected.labs and found.ignored == expected.ignored


def test_a_share_of_the_cells_is_no_count():
    neutrophil_share = observation(concept("Neutrophils", (LOINC, "770-8")), valueQuantity=amount(60, "%"))
    assert chart(neutrophil_share).labs == []


def test_codes_of_different_tests_are_listed_and_neither_is_read():
    codes = concept("Blood", (LOINC, "718-7"), (LOINC, "777-3"))
    found = chart(observation(codes, valueQuantity=amount(140, "g/L")))
    assert found.labs == [] and listed(found) == {("Observation/o", "unreadable")}


@pytest.mark.parametrize(("unit", "problems"), [("s", []), ("sec", []), ("mg/dL", ["unknown-unit"]), ("", ["no-unit"])])
def test_prothrombin_in_seconds_is_another_quantity_and_any_other_unit_is_listed(unit, problems):
    found = chart(loinc("5894-1", valueQuantity=amount(12, unit)))
    assert [result.problem for result in found.labs] == problems
    assert listed(found) == {("Observation/o", why) for why in problems}


@pytest.mark.parametrize(
    ("code", "value", "unit", "analyte", "canonical"),
    [
        ("59826-8", 88.4, "umol/L", "creatinine", "1"), ("59260-0", 7.5, "mmol/L", "hb", "12.0825"),
        ("30350-3", 12, "g/dL", "hb", "12"), ("804-5", 4.5, "10*3/uL", "wbc", "4.5"),
        ("732-8", 1.2, "10*3/uL", "lymphocytes", "1.2"), ("61152-5", 3.9, "g/dL", "albumin", "39"),
        ("1744-2", 22, "U/L", "alt", "22"), ("30239-8", 24, "U/L", "ast", "24"), ("46418-0", 1.1, "{INR}", "inr",
        "1.1"),
    ],
)  # fmt: skip
def test_other_specimens_and_methods_of_the_same_test(code, value, unit, analyte, canonical):
    found = only(loinc(code, valueQuantity=amount(Decimal(str(value)), unit)))
    assert (found.analyte, found.value, found.read_as) == (analyte, Decimal(canonical), "coded")
