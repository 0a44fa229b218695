"""Calls of a service: what is passed on, what is refused and how (checklist sections 1, 4 and 5)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.fhir.resources import RequiredDataMissing
from tests.hooks.fakes import TODAY, FakeAnswer, call_body

URL = "/cds-services/prrt-candidacy"
SECRET = "Zebedee-4711"


def assert_refused(response: TestResponse, status: int) -> str:
    """An OperationOutcome in JSON, in one sentence, without anything that was sent."""
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype in ("application/json", "application/fhir+json")
    body = response.get_json()
    assert body["resourceType"] == "OperationOutcome"
    (issue,) = body["issue"]
    assert issue["severity"] in ("error", "fatal") and issue["code"]
    text = response.get_data(as_text=True)
    assert SECRET not in text and "Traceback" not in text and "<" not in text
    return str(issue["diagnostics"])


def test_a_right_call_is_assessed_on_the_days_date_and_answered_as_it_is(
    client: FlaskClient, answer: FakeAnswer
) -> None:
    response = client.post(URL, json=call_body())
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.get_json() == {
        "cards": [], "extension": {"prrt-cds.assessment": {"outcome": "no-advice", "reason": "x"}},
    }  # fmt: skip
    ((call, day),) = answer.calls
    assert day == TODAY
    assert (call.hook, call.patient_id) == ("patient-view", "p1")
    assert call.hook_instance == "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    assert call.draft_orders is None


def test_null_means_none_on_record_and_an_absent_key_stays_absent(client: FlaskClient, answer: FakeAnswer) -> None:
    client.post(URL, json=call_body(prefetch={"patient": {"resourceType": "Patient"}, "reports": None}))
    assert answer.calls[0][0].prefetch == {"patient": {"resourceType": "Patient"}, "reports": None}


@pytest.mark.parametrize("prefetch", [..., None])
def test_without_prefetch_nothing_is_provided_and_the_assessment_decides(
    client: FlaskClient, answer: FakeAnswer, prefetch: Any
) -> None:
    assert client.post(URL, json=call_body(prefetch=prefetch)).status_code == 200
    assert answer.calls[0][0].prefetch == {}


def test_required_data_that_did_not_come_are_412(client: FlaskClient, answer: FakeAnswer) -> None:
    answer.fault = RequiredDataMissing("patient", "conditions")
    assert "patient, conditions" in assert_refused(client.post(URL, json=call_body()), 412)


@pytest.mark.parametrize(
    ("service", "hook"), [("prrt-order-select", "order-select"), ("prrt-order-sign", "order-sign")]
)
def test_draft_orders_are_passed_on(client: FlaskClient, answer: FakeAnswer, service: str, hook: str) -> None:
    body = call_body(hook)
    body["context"]["draftOrders"]["entry"] = [{"resource": {"resourceType": "ServiceRequest"}}]
    assert client.post(f"/cds-services/{service}", json=body).status_code == 200
    assert answer.calls[0][0].hook == hook
    assert answer.calls[0][0].draft_orders == body["context"]["draftOrders"]


@pytest.mark.parametrize("drafts", [..., None, [], {"resourceType": "ServiceRequest"}])
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_hook_without_a_bundle_of_draft_orders_is_refused(client: FlaskClient, hook: str, drafts: Any) -> None:
    body = call_body(hook)
    body["context"]["draftOrders"] = drafts
    if drafts is ...:
        del body["context"]["draftOrders"]
    assert "draftOrders" in assert_refused(client.post(f"/cds-services/prrt-{hook}", json=body), 400)


@pytest.mark.parametrize("selections", [None, "ServiceRequest/1", [1]])
def test_order_select_needs_its_selections(client: FlaskClient, selections: Any) -> None:
    body = call_body("order-select")
    body["context"]["selections"] = selections
    assert "selections" in assert_refused(client.post("/cds-services/prrt-order-select", json=body), 400)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hook": ...}, "hook"),
        ({"hook": "order-sign"}, "hook"),
        ({"hook": None}, "hook"),
        ({"hook": ["patient-view"]}, "hook"),
        ({"hookInstance": ...}, "hookInstance"),
        ({"hookInstance": SECRET}, "hookInstance"),
        ({"hookInstance": 7}, "hookInstance"),
        ({"context": ...}, "context"),
        ({"context": []}, "context"),
        ({"context": {"userId": "Practitioner/1"}}, "patientId"),
        ({"context": {"userId": "Practitioner/1", "patientId": ""}}, "patientId"),
        ({"context": {"userId": "Practitioner/1", "patientId": 5}}, "patientId"),
        ({"context": {"userId": "Practitioner/1", "patientId": "a/../b"}}, "patientId"),
        ({"context": {"userId": "Practitioner/1", "patientId": "a\n" + SECRET}}, "patientId"),
        ({"context": {"patientId": "p1"}}, "userId"),
        ({"context": {"userId": " ", "patientId": "p1"}}, "userId"),
        ({"prefetch": [SECRET]}, "prefetch"),
        ({"prefetch": SECRET}, "prefetch"),
        ({"fhirServer": 5}, "fhirServer"),
        ({"fhirServer": "file:///etc"}, "fhirServer"),
        ({"fhirServer": "http://[::"}, "fhirServer"),
        ({"fhirAuthorization": {"access_token": SECRET, "token_type": "Bearer"}}, "fhirServer"),
        ({"fhirServer": "https://ehr.example", "fhirAuthorization": SECRET}, "fhirAuthorization"),
        ({"fhirServer": "https://ehr.example", "fhirAuthorization": {"access_token": SECRET}}, "fhirAuthorization"),
    ],
)
def test_a_malformed_call_is_refused_and_says_which_member(
    client: FlaskClient, answer: FakeAnswer, changes: dict[str, Any], named: str
) -> None:
    assert named in assert_refused(client.post(URL, json=call_body(**changes)), 400)
    assert not answer.calls


def test_what_is_unknown_is_tolerated(client: FlaskClient) -> None:
    body = call_body(
        extension={"org.example": {"a": 1}},
        somethingNew=[],
        fhirServer="https://ehr.example/fhir",
        fhirAuthorization={"access_token": SECRET, "token_type": "Bearer", "expires_in": 300, "subject": "s"},
    )
    body["context"] |= {"encounterId": None, "more": {}}
    body["prefetch"]["nobodyAskedForThis"] = {"resourceType": "Basic"}
    response = client.post(URL, json=body, headers={"Authorization": f"Bearer {SECRET}"})
    assert response.status_code == 200
    assert SECRET not in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/fhir+json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {"Accept": "application/fhir+json, */*;q=0.1"},
        {"Accept": "text/html"},
        {"Content-Encoding": "identity"},
    ],
)
def test_the_body_decides_not_its_declared_type(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post(URL, data=json.dumps(call_body()), headers=headers).status_code == 200


def test_a_compressed_body_is_415(client: FlaskClient) -> None:
    assert_refused(client.post(URL, data=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b'"' + SECRET.encode() + b'"', b"{", b"{} {}", b"{'a': 1}", b'{"a": 1,}', b'{"a": NaN}',
        b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 01}', b'\xff\xfe{\x00}\x00', b'{"a": "\xff"}',
        b'{"a": "\\ud800"}', b'{"a": "\xed\xa0\x80"}', b"[" * 200_000, b'{"a":' * 200_000, b"1" * 5_000,
        b'{"a": ' + b"9" * 6_000 + b"}", b"\x00", b"\xef\xbb\xbf",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_400(client: FlaskClient, body: bytes) -> None:
    assert_refused(client.post(URL, data=body, content_type="application/json"), 400)


@pytest.mark.parametrize(
    "prefix", ['{"extra": 1e999999999, ', '{"extra": ' + "9" * 400 + ", ", '{"hook": "x", "hook": 5, ', "\ufeff{"]
)
def test_odd_but_readable_json_is_answered(client: FlaskClient, prefix: str) -> None:
    body = prefix + json.dumps(call_body())[1:]
    assert client.post(URL, data=body.encode(), content_type="application/json").status_code == 200


def test_numbers_keep_their_decimals(client: FlaskClient, answer: FakeAnswer) -> None:
    body = b'{"hook":"patient-view","hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",'
    body += b'"context":{"userId":"Practitioner/1","patientId":"p1"},"prefetch":{"x":{"value":7.10,"n":3}}}'
    client.post(URL, data=body)
    value = answer.calls[0][0].prefetch["x"]
    assert str(value["value"]) == "7.10" and isinstance(value["value"], Decimal)
    assert value["n"] == 3 and isinstance(value["n"], int)


def test_a_body_above_the_limit_is_413(make_client: Callable[..., FlaskClient], answer: FakeAnswer) -> None:
    body = b"{" + b" " * 2_000
    client = make_client(max_body_bytes=2_000)
    assert_refused(client.post(URL, data=body), 413)
    assert_refused(make_client().post(URL, data=b" " * 30_000_000), 413)
    assert_refused(client.post(URL, data=body[:2_000]), 400)
    assert not answer.calls


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(make_client: Callable[..., FlaskClient]) -> None:
    right = json.dumps(call_body()).encode()
    client = make_client(max_body_bytes=2_000)

    def send(body: bytes) -> TestResponse:
        return client.post(URL, input_stream=io.BytesIO(body), environ_overrides={"wsgi.input_terminated": True})

    assert send(right + b" " * 200).status_code == 200
    assert_refused(send(right + b" " * 5_000), 413)


def test_a_body_that_breaks_off_is_400(client: FlaskClient) -> None:
    class Broken(io.BytesIO):
        def readinto(self, buffer: object) -> int:
            raise RuntimeError(SECRET)

    assert_refused(client.post(URL, input_stream=Broken(b"12345"), content_length=5), 400)


def test_more_entries_than_a_record_holds_are_413_also_inside_bundles(client: FlaskClient) -> None:
    many: list[dict[str, str]] = [{}] * 25_001
    nested = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Bundle", "entry": many}}]}
    assert client.post(URL, json=call_body(prefetch={"a": nested})).status_code == 200
    assert_refused(client.post(URL, json=call_body(prefetch={"a": nested, "b": nested})), 413)
    assert_refused(client.post(URL, json=call_body(prefetch={"a": many, "b": [[{}] * 25_000]})), 413)


def test_an_unknown_service_is_404_and_a_wrong_method_405(client: FlaskClient) -> None:
    assert_refused(client.post(f"/cds-services/{SECRET}", json=call_body()), 404)
    assert_refused(client.post("/cds-services/", json=call_body()), 404)
    assert_refused(client.get(f"/{SECRET}"), 404)
    assert_refused(client.post("/cds-services//prrt-candidacy", json=call_body()), 404)
    for method in ("get", "put", "delete", "patch"):
        response = getattr(client, method)(URL)
        assert_refused(response, 405)
        assert "POST" in response.headers["Allow"]
    assert_refused(client.post("/cds-services", json={}), 405)


def test_a_fault_is_500_with_no_advice_and_nothing_of_the_record(
    client: FlaskClient, answer: FakeAnswer, caplog: pytest.LogCaptureFixture
) -> None:
    answer.fault = ValueError(SECRET)
    text = assert_refused(client.post(URL, json=call_body()), 500)
    assert "no advice" in text
    assert "ValueError" in caplog.text and SECRET not in caplog.text


def test_running_out_of_stack_is_400_only_if_the_request_is_too_deep(client: FlaskClient, answer: FakeAnswer) -> None:
    answer.fault = RecursionError()
    assert_refused(client.post(URL, json=call_body()), 500)
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    assert "nested" in assert_refused(client.post(URL, json=call_body(prefetch={"a": deep})), 400)


def test_answers_are_not_kept_by_caches_nor_sniffed(client: FlaskClient) -> None:
    for response in (client.post(URL, json=call_body()), client.post(URL, data=b"")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
