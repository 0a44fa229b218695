"""Sifting changes nothing an answer depends on: every shape of a prefetch gives what decoding it in full gives."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.fhir.bundle import UNREAD
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.decode import JsonError, decode, encode
from cds_service.hooks.sift import decode_call
from cds_service.record import read_chart

SAMPLE = json.loads(Path("fhir_samples/sharma-basu-2e/request.json").read_bytes())
TODAY = date(2019, 8, 12)
LOINC = "http://loinc.org"


def observation(code: str, display: str, **more: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": LOINC, "code": code, "display": display}], "text": display}
    return {"resourceType": "Observation", "id": f"o-{code}", "status": "final", "code": coded,
            "subject": {"reference": "Patient/sharma-basu"}, "effectiveDateTime": "2019-08-01",
            "valueQuantity": {"value": 1.5, "unit": "mmol/L"}} | more  # fmt: skip


def call_with(*entries: Any) -> dict[str, Any]:
    call: dict[str, Any] = copy.deepcopy(SAMPLE)
    call["prefetch"]["more"] = {"resourceType": "Bundle", "type": "searchset", "entry": list(entries)}
    return call


def chart_of(prefetch: Any) -> object:
    try:
        return read_chart(prefetch, patient_id="sharma-basu", today=TODAY, declared=TEMPLATES)
    except RequiredDataMissing as missing:
        return missing.keys


def assert_same(call: dict[str, Any]) -> Any:
    """Sifted and whole give one chart; returns what was sifted."""
    body = json.dumps(call).encode()
    whole, sifted = decode(body), decode_call(body)
    assert chart_of(sifted["prefetch"]) == chart_of(whole["prefetch"])
    return sifted


UNREAD_ONES: list[dict[str, Any]] = [
    {"resourceType": "Encounter", "id": "e", "subject": {"reference": "Patient/someone-else"}},
    {"resourceType": "Nonsense"},
    observation("2345-7", "Glucose [Mass/volume] in Serum or Plasma"),
    observation("8867-4", "Heart rate"),
    observation("85354-9", "Blood pressure panel", component=[observation("8480-6", "Systolic blood pressure")]),
]
READ_ONES = [
    observation("718-7", "Hemoglobin [Mass/volume] in Blood"),
    observation("0000-0", "Ki-67 index"),
    observation("0000-0", "Panel", component=[observation("718-7", "Hemoglobin")]),
    observation("2345-7", "Glucose", bodySite={"text": "liver"}),
    observation("2345-7", "Glucose", focus=[{"reference": "Patient/other"}]),
    {"resourceType": "Observation", "id": "no-code"},
    {"resourceType": "Bundle", "entry": [{"resource": observation("718-7", "Hemoglobin")}]},
    {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]},
    {"resourceType": "Parameters", "parameter": [{"resource": observation("718-7", "Hemoglobin")}]},
    {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/other"}},
    {"resourceType": 5},
    {"id": "no type"},
    "no resource",
    None,
]


@pytest.mark.parametrize("resource", UNREAD_ONES)
def test_what_no_rule_can_use_is_passed_over(resource: Any) -> None:
    sifted = assert_same(call_with({"resource": resource}))
    assert sifted["prefetch"]["more"]["entry"] == [UNREAD]


@pytest.mark.parametrize("resource", READ_ONES)
def test_everything_else_is_kept(resource: Any) -> None:
    sifted = assert_same(call_with({"fullUrl": "urn:uuid:1", "resource": resource}))
    (entry,) = sifted["prefetch"]["more"]["entry"]
    assert entry.get("resource") == resource
    assert entry["fullUrl"] == "urn:uuid:1"


@pytest.mark.parametrize(
    "value",
    [None, 1, "text", [], [{"resourceType": "Observation"}], {}, {"resourceType": "Bundle"},
     {"resourceType": "Bundle", "entry": None}, {"resourceType": "Bundle", "entry": {}},
     {"resourceType": "Bundle", "entry": [None, 1, "x", [], {}]},
     {"resourceType": "Bundle", "entry": [{"request": {"method": "DELETE"}, "resource": UNREAD_ONES[0]}]},
     {"resourceType": "Bundle", "entry": [{"response": {"status": "404"}}]},
     {"resourceType": "Bundle", "entry": [], "link": [{"relation": "next", "url": "https://a.example/2"}]},
     {"resourceType": "Observation", "entry": [{"resource": UNREAD_ONES[0]}]}],
)  # fmt: skip
def test_any_shape_under_a_key_gives_what_it_gave(value: Any) -> None:
    call = copy.deepcopy(SAMPLE)
    call["prefetch"]["observations"] = value
    assert_same(call)


@pytest.mark.parametrize("prefetch", [None, [], "text", {}])
def test_any_shape_of_the_prefetch_is_as_sent(prefetch: Any) -> None:
    assert decode_call(json.dumps({"hook": "patient-view", "prefetch": prefetch}).encode())["prefetch"] == prefetch


def test_a_call_without_prefetch_and_what_is_no_object() -> None:
    assert decode_call(b'{"hook": "patient-view"}') == {"hook": "patient-view"}
    assert decode_call(b"[1]") == [1]


def test_a_byte_order_mark_and_the_last_of_repeated_members() -> None:
    sent = b'\xef\xbb\xbf{"hook": "a", "prefetch": {"k": 1, "k": {"resourceType": "Bundle", "entry": []}}, "hook": "b"}'
    assert decode_call(sent) == {"hook": "b", "prefetch": {"k": {"resourceType": "Bundle", "entry": []}}}


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"a":1}x', b'{"a":"\xff"}', b'{"prefetch":{"k":"\xed\xa0\x80"}}',
     b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"context":1e999999999999999999999}',
     b'{"prefetch":{"k":' + b"9" * 5000 + b"}}"],
)  # fmt: skip
def test_what_is_not_json_is_refused_without_a_quote(body: bytes) -> None:
    for reading in (decode, decode_call):
        with pytest.raises(JsonError, match=r"^(not valid JSON|not UTF-8|nested too deeply)$"):
            reading(body)


def test_a_passed_over_resource_must_still_be_utf8() -> None:
    body = json.dumps(call_with({"resource": UNREAD_ONES[0] | {"note": "MARK"}})).encode().replace(b"MARK", b"\xff")
    with pytest.raises(JsonError, match="not UTF-8"):
        decode_call(body)


def test_a_sifted_call_can_be_kept_and_answers_the_same() -> None:
    sifted = assert_same(call_with(*({"resource": resource} for resource in (*UNREAD_ONES, *READ_ONES))))
    assert chart_of(decode(encode(sifted))["prefetch"]) == chart_of(sifted["prefetch"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "Bundle", "Observation", "Patient/other"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["resourceType", "entry", "resource", "code", "coding", "component", "text", "subject", "id"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=JSON, entries=st.lists(JSON, max_size=3))
def test_generated_shapes_give_what_they_gave(value: Any, entries: list[Any]) -> None:
    call = call_with(*({"resource": entry} for entry in entries), *entries)
    call["prefetch"]["observations"] = value
    assert_same(call)
