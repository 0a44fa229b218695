"""Hostile and broken records through the whole service: answered or refused, never a fault, never slow to say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.hooks.fakes import HB, NET, PATIENT, call_body

URL = "/cds-services/prrt-candidacy"


def nested(make: Callable[[Any], Any], times: int) -> Any:
    value: Any = "x"
    for _ in range(times):
        value = make(value)
    return value


def post(real_client: FlaskClient, prefetch: dict[str, Any]) -> int:
    response = real_client.post(URL, data=json.dumps(call_body(prefetch=prefetch)).encode())
    assert response.is_json
    body = response.get_json()
    if response.status_code == 200:
        assert body["extension"]["prrt-cds.assessment"]["outcome"]
    else:
        assert body["resourceType"] == "OperationOutcome"
    return response.status_code


def test_the_record_all_cases_start_from_is_assessed(real_client: FlaskClient) -> None:
    assert post(real_client, {"patient": PATIENT, "conditions": NET, "observations": HB}) == 200


VALUES: list[Any] = [
    None, True, 0, -1, 1e308, 10**400, "", " ", "\u0000", "\u202e<b>", "x" * 100_000, [], {}, [[]], [None], [[[1]]],
    {"resourceType": 5}, {"resourceType": "Bundle", "entry": 5}, {"reference": None}, {"coding": {"code": []}},
    {"coding": [None, 5, {"system": 1, "code": {}}]}, {"value": "1e999999"}, {"value": [1]}, "9999-99-99", "0000",
]  # fmt: skip


@pytest.mark.parametrize("resource", [PATIENT, NET, HB], ids=lambda r: r["resourceType"])
def test_any_member_may_hold_anything(real_client: FlaskClient, resource: dict[str, Any]) -> None:
    record = {"patient": PATIENT, "conditions": NET, "observations": HB}
    key = next(key for key, value in record.items() if value is resource)
    for member in (*resource, "meta", "contained", "extension", "text", "value", "referenceRange", "component", "note"):
        for value in VALUES:
            status = post(real_client, record | {key: resource | {member: value}})
            assert status in (200, 412), (member, repr(value)[:40])


@pytest.mark.parametrize("value", VALUES, ids=lambda v: repr(v)[:20])
@pytest.mark.parametrize("key", ["patient", "conditions", "observations", "unknown"])
def test_any_key_may_hold_anything(real_client: FlaskClient, key: str, value: Any) -> None:
    assert post(real_client, {"patient": PATIENT, "conditions": NET, key: value}) in (200, 412)


@pytest.mark.parametrize("times", [20, 100, 300])
def test_deep_resources_are_left_out_or_refused(real_client: FlaskClient, times: int) -> None:
    for make in (
        lambda inner: {"url": "u", "extension": [inner]},
        lambda inner: [inner],
        lambda inner: {"resourceType": "Bundle", "entry": [{"resource": inner}]},
        lambda inner: {"resourceType": "Observation", "id": "o", "contained": [inner]},
    ):
        deep = nested(make, times)
        assert post(real_client, {"patient": PATIENT, "conditions": NET, "x": deep}) in (200, 400)
        assert post(real_client, {"patient": PATIENT, "conditions": NET, "x": HB | {"extension": [deep]}}) in (200, 400)


def test_numbers_beyond_any_measure_are_not_used(real_client: FlaskClient) -> None:
    body = json.dumps(call_body(prefetch={"patient": PATIENT, "conditions": NET, "observations": HB}))
    for number in ("1e999999999", "-1e999999999", "1e-999999999", "0e999999999", "9" * 4_000, "1." + "1" * 50_000):
        response = real_client.post(URL, data=body.replace("13.1", number).encode())
        assert response.status_code == 200, number[:20]
        criteria = response.get_json()["extension"]["prrt-cds.assessment"]["criteria"]
        (hb,) = [line for line in criteria if line["id"] == "hb"]
        assert "value" not in hb or number.startswith("1."), number[:20]


def test_very_many_empty_entries_are_answered(real_client: FlaskClient) -> None:
    many = {"resourceType": "Bundle", "entry": [{}] * 49_000}
    assert post(real_client, {"patient": PATIENT, "conditions": NET, "x": many}) == 200
