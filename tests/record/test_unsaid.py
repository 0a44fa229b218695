"""Resources whose code says nothing are listed, unless something else of them was read."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.record.relevance import useful
from tests.record.chart_shapes import HCPCS, amount, chart, concept, listed, loinc

SILENT: list[Any] = [None, {}, [], "", {"coding": []}, {"coding": [{}]}, {"coding": 5}, {"text": 5}, {"text": " "},
                     {"coding": [{"system": "http://loinc.org"}]}, [{}]]  # fmt: skip
KINDS = {
    "Observation": "final", "Condition": "", "DiagnosticReport": "final", "Procedure": "completed",
    "ServiceRequest": "active", "AllergyIntolerance": "",
}  # fmt: skip


def resource(kind: str, code: Any, **more: Any) -> dict[str, Any]:
    status = {"status": KINDS[kind]} if KINDS[kind] else {}
    return {"resourceType": kind, "id": "x", "code": code, **status, **more}


@pytest.mark.parametrize("code", SILENT, ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_of_nobody_knows_what(kind: str, code: Any) -> None:
    data = resource(kind, code, valueQuantity=amount(3, "g/dL"), effectiveDateTime="2025-11-01")
    assert useful(data)
    assert listed(chart(data)) == {(f"{kind}/x", "unreadable")}
    del data["code"]
    assert listed(chart(data)) == {(f"{kind}/x", "unreadable")}


@pytest.mark.parametrize("code", [
    concept("Something else"), [concept("Something else")], concept(None, (HCPCS, "X1")), {"coding": {"display": "x"}},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_what_no_rule_asks_for_is_not_listed(kind: str, code: Any) -> None:
    assert listed(chart(resource(kind, code))) == set()


def test_what_was_read_of_something_else_is_not_listed() -> None:
    given = resource("Procedure", None, usedCode=[concept("Lutathera")], performedDateTime="2025-11-01")
    found = chart(given)
    assert [item.group for item in found.treatments] == ["prrt"] and listed(found) == set()
    part = loinc("718-7", valueQuantity=amount(12, "g/dL"))
    panel = resource("Observation", None, component=[part], effectiveDateTime="2025-11-01")
    found = chart(panel)
    assert [item.analyte for item in found.labs] == ["hb"] and listed(found) == set()


def test_it_is_listed_once() -> None:
    refused = resource("Observation", None, valueQuantity=amount(3, "g/dL"))
    refused["status"] = "entered-in-error"
    assert listed(chart(refused)) == {("Observation/x", "entered-in-error")}
