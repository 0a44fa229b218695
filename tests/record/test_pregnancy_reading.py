"""Pregnancy tests, status and due dates."""

from __future__ import annotations

import pytest

from tests.record.chart_shapes import (
    ICD10CM,
    LOINC,
    SNOMED,
    amount,
    chart,
    concept,
    condition,
    listed,
    loinc,
    observation,
)

HIGH = {"referenceRange": [{"high": amount(5, "mIU/mL")}]}


@pytest.mark.parametrize(
    ("resource", "result", "quantitative"),
    [
        (loinc("2106-3", valueCodeableConcept=concept(None, (SNOMED, "260385009"))), "negative", False),
        (loinc("2118-8", valueCodeableConcept=concept("Positive")), "positive", False),
        (loinc("2118-8", valueCodeableConcept=concept("Not detected")), "negative", False),
        (loinc("2118-8", valueString="NEGATIVE"), "negative", False), (loinc("2118-8", valueBoolean=True),
         "positive", False),
        (loinc("2118-8", interpretation=[{"coding": [{"code": "NEG"}]}]), "negative", False),
        (loinc("2118-8", valueString="invalid, please repeat"), "uninterpretable", False),
        (loinc("2118-8", valueString="weakly positive"), "uninterpretable", False),
        (observation(concept("Urine pregnancy test"), valueString="neg"), "negative", False),
        (loinc("19080-1", valueQuantity=amount(3, "mIU/mL"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(5, "IU/L"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(6, "mIU/mL"), **HIGH), "above-range", True),
        (loinc("19080-1", valueQuantity=amount(1, "mIU/mL", comparator="<"), **HIGH), "negative", True),
        (loinc("19080-1", valueQuantity=amount(10, "mIU/mL", comparator="<"), **HIGH), "uninterpretable", True),
        (loinc("19080-1", valueQuantity=amount(9000, "mIU/mL", comparator=">"), **HIGH), "above-range", True),
        (loinc("19080-1", valueQuantity=amount(3, "mIU/mL")), "uninterpretable", True),
        (loinc("19080-1", valueQuantity=amount(3, "ng/mL"), **HIGH), "uninterpretable", True),
        (loinc("21198-7", valueString="< 1 IU/L", **HIGH), "negative", True),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "77386006"))), "pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "60001007"))), "not-pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (SNOMED, "146799005"))), "possible", False),
        (loinc("82810-3", valueCodeableConcept=concept(None, (LOINC, "LA15173-0"))), "pregnant", False),
        (loinc("82810-3", valueCodeableConcept=concept("Not pregnant")), "not-pregnant", False),
        (loinc("82810-3", valueString="possibly pregnant"), "possible", False),
    ],
)  # fmt: skip
def test_pregnancy(resource, result, quantitative):
    assert [(item.result, item.quantitative) for item in chart(resource).pregnancy] == [(result, quantitative)]


def test_unknown_pregnancy_status_and_undated_tests():
    assert chart(loinc("82810-3", valueCodeableConcept=concept(None, (LOINC, "LA4489-6")))).pregnancy == []
    race = observation(concept("White", ("urn:oid:2.16.840.1.113883.6.238", "2106-3")), valueBoolean=True)
    assert chart(race).pregnancy == []
    undated = loinc("2106-3", valueString="negative", effectiveDateTime=None)
    found = chart(undated)
    assert found.pregnancy == [] and listed(found) == {("Observation/o", "no-date")}


def test_due_date():
    found = chart(loinc("11778-8", valueDateTime="2026-04-01"))
    assert [(item.kind, str(item.due)) for item in found.problems] == [("pregnancy", "2026-04-01")]


@pytest.mark.parametrize("value", [
    {"valueDateTime": "in April"}, {"valueDateTime": ["2026-04-01"]}, {"valueString": "40 weeks"},
    {"valueQuantity": {"value": 280, "unit": "d"}},
])  # fmt: skip
def test_a_due_date_that_cannot_be_read_is_listed(value):
    found = chart(loinc("11778-8", **value))
    assert found.problems == [] and listed(found) == {("Observation/o", "unreadable")}
    assert listed(chart(loinc("11778-8", **dict.fromkeys(value)))) == set(), "nothing was said"


def test_a_delivery_ends_a_pregnancy():
    found = chart(condition(concept(None, (ICD10CM, "O80")), onsetDateTime="2025-08-01")).problems
    assert [(item.kind, item.active, str(item.end)) for item in found] == [("pregnancy", False, "2025-08-01")]


def test_a_pregnancy_status_nobody_understands_is_listed():
    found = chart(loinc("82810-3", valueString="see scanned form"))
    assert found.pregnancy == [] and listed(found) == {("Observation/o", "unreadable")}
