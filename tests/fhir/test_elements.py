"""Accessors over decoded JSON: right shapes are read exactly, wrong ones say nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cds_service.dates import Span, on_day
from cds_service.fhir import elements as e

JUNK = [
    None,
    0,
    1.5,
    True,
    "",
    "x",
    [],
    {},
    [None],
    [[]],
    {"coding": 5},
    {"coding": [None, 3]},
    {"value": {}},
    {"text": []},
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("8.0"), "8.0"),
        (7.95, "7.95"),
        (8, "8"),
        ("8.0", "8.0"),
        ("8,5", "8.5"),
        ("-1", "-1"),
        ("1e3", "1E+3"),
        ("1,200", None),  # 1200 or 1.2
        ("0,125", "0.125"),
        (True, None),
        ("about 8", None),
        ("NaN", None),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("Infinity"), None),
        (Decimal("1e400"), None),
        (10**60, None),
    ],
)
def test_number(value, expected):
    found = e.number(value)
    assert (None if found is None else str(found)) == expected


def test_text_is_one_plain_line():
    assert e.text(" Crea\u200btinine\n [Mass] \t ") == "Creatinine [Mass]"
    assert e.text(5) == ""
    assert len(e.text("a" * (e.MAX_TEXT + 7))) == e.MAX_TEXT


def test_codings_and_words():
    data = {"code": [{"coding": [{"system": "s", "code": "1", "display": "one"}, {"display": "uno"}], "text": "eins"}]}
    assert e.codings(data, "code") == (e.Coding("s", "1", "one"), e.Coding("", "", "uno"))
    assert e.words_at(data, "code") == "eins one uno"
    assert e.text_of(data["code"]) == "eins"
    assert e.codings({"valueCoding": {"system": "s", "code": "1"}}, "valueCoding") == (e.Coding("s", "1", ""),)


def test_quantity():
    found = e.quantity({"value": Decimal("4.50"), "comparator": "<", "unit": "K/uL", "code": "10*3/uL"})
    assert found == e.Quantity(Decimal("4.50"), "<", "10*3/uL", "K/uL")
    assert found is not None and found.units == ("10*3/uL", "K/uL")
    assert e.quantity({"value": "4,5"}) == e.Quantity(Decimal("4.5"))
    assert e.quantity({"unit": "g/L"}) is None


@pytest.mark.parametrize(
    ("written", "sign"), [("< ", "<"), ("≤", "<="), ("=>", ">="), ("=", None), ("", None), (None, None)]
)
def test_a_comparator_is_read_however_it_is_written(written, sign):
    assert e.quantity({"value": 1, "comparator": written}) == e.Quantity(Decimal(1), sign)


@pytest.mark.parametrize("comparator", ["ad", "~", "lt", ["<"], 3])
def test_without_a_comparator_that_cannot_be_read_a_number_says_nothing(comparator):
    assert e.quantity({"value": 1, "comparator": comparator}) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"effectiveDateTime": "2024-05-03T23:59:00-11:00"}, on_day(date(2024, 5, 3))),
        ({"effectiveDateTime": "2024-05-03 23:59:00"}, on_day(date(2024, 5, 3))),
        ({"effectiveDateTime": "2024-05-03 or so"}, None),
        ({"effectiveDateTime": "2024-02"}, Span(date(2024, 2, 1), date(2024, 2, 29))),
        ({"effectiveInstant": "2024-05-03T01:00:00Z"}, on_day(date(2024, 5, 3))),
        ({"effectivePeriod": {"start": "2024-05-01", "end": "2024-05-03"}}, Span(date(2024, 5, 1), date(2024, 5, 3))),
        ({"effectivePeriod": {"start": "2024-05-03", "end": "2024-05-01"}}, Span(date(2024, 5, 1), date(2024, 5, 3))),
        ({"effectivePeriod": {"start": "2024-05-01"}}, on_day(date(2024, 5, 1))),
        ({"effectivePeriod": {"end": "2024-05-03"}}, on_day(date(2024, 5, 3))),
        ({"effectiveTiming": {"event": ["2024-05-09", "2024-05-03"]}}, on_day(date(2024, 5, 3))),
        ({"issued": "2024-05-04T00:00:00Z"}, None),
        ({"effectiveDateTime": "2024-13-45"}, None),
        ({"effectiveDateTime": 20240503}, None),
    ],
)
def test_effective(data, expected):
    found = e.effective(data)
    if "effectiveTiming" in data:
        assert found is not None and found.first == expected.first
    else:
        assert found == expected


def test_effective_falls_back_only_where_asked():
    data = {"issued": "2024-05-04T00:00:00Z"}
    assert e.effective(data, "issued") == on_day(date(2024, 5, 4))
    assert e.effective({**data, "effectiveDateTime": "2024-05-01"}, "issued") == on_day(date(2024, 5, 1))


def test_a_period_with_its_ends_the_wrong_way_round_is_put_right():
    days = {"start": "2024-05-03", "end": "2024-05-01"}
    assert e.period(days) == (on_day(date(2024, 5, 1)), on_day(date(2024, 5, 3)))
    assert e.dated({"performedPeriod": days}, "performed") == e.period(days)


@pytest.mark.parametrize("damaged", [{"effectiveDateTime": "yesterday"}, {"effectivePeriod": {"start": "27.5.2024"}}])
def test_a_damaged_effective_date_has_no_substitute(damaged):
    assert e.effective({"issued": "2024-05-04T00:00:00Z", **damaged}, "issued") is None
    absent = {"issued": "2024-05-04T00:00:00Z", "effectivePeriod": {"extension": [{"url": "absent"}]}}
    assert e.effective(absent, "issued") == on_day(date(2024, 5, 4))


def test_absent_values_and_extensions():
    assert e.data_absent({"dataAbsentReason": {"text": "unknown"}})
    url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert e.data_absent({"_valueQuantity": {"extension": [{"url": url, "valueCode": "unknown"}]}})
    assert not e.data_absent({"valueInteger": 0})
    morphology = {"extension": [{"url": "http://x/mcode-histology-morphology-behavior", "valueCodeableConcept": {}}]}
    assert len(list(e.extensions(morphology, "mcode-histology-morphology-behavior"))) == 1


@pytest.mark.parametrize("junk", JUNK)
def test_junk_never_fails(junk):
    data = {
        "code": junk,
        "effectivePeriod": junk,
        "valueQuantity": junk,
        "note": junk,
        "extension": junk,
        "_value": junk,
    }
    e.codings(data, "code")
    e.words_at(data, "code", "coding")
    e.text_of(junk)
    e.quantity(junk)
    e.effective(data, "issued")
    e.notes(data)
    e.data_absent(data)
    list(e.extensions(data, "x"))
