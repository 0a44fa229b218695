"""What a request may cost: size, values, nesting, and how many at a time."""

from __future__ import annotations

import json
import resource
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cds_service.hooks.decode import JsonError
from cds_service.hooks.limits import Slots, decode_fetched, too_many_values
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.request import HookCall
from cds_service.hooks.settings import LimitSettings
from tests.hooks.fakes import HB, NET, PATIENT, FakeAnswer, call_body
from tests.hooks.test_calls import assert_refused

URL = "/cds-services/prrt-candidacy"
MEGABYTES = 1024 * 1024


@pytest.mark.parametrize("piece", [b"[],", b"{},", b'{"":0},', b"0,", b'"",', b"[[]],", b"[0,0],"])
def test_a_body_of_very_many_values_is_413_before_it_costs_memory(client: FlaskClient, piece: bytes) -> None:
    body = b'{"prefetch":[' + piece * (24 * MEGABYTES // len(piece)) + b"0]}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    assert_refused(client.post(URL, data=body), 413)
    assert time.monotonic() - begun < 2
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 3 * 24 + 40, "megabytes: the body itself and its copies, not what it would be decoded to"


def test_a_body_of_much_text_is_not_refused_for_its_commas(client: FlaskClient) -> None:
    report = {"resourceType": "DiagnosticReport", "conclusion": "liver, bone, " * 20_000}
    body = call_body(prefetch={"patient": PATIENT, "conditions": None, "reports": [report] * 20})
    assert client.post(URL, json=body).status_code == 200


def test_the_largest_record_that_is_read_stays_within_the_values() -> None:
    record = json.dumps(call_body(prefetch={"observations": [HB] * 20_000})).encode()
    assert not too_many_values(record, LimitSettings().max_values)


def _values(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_values, inner))


JSON = st.recursive(st.none() | st.integers(0, 9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(JSON, st.integers(1, 30))
def test_a_body_that_is_let_in_holds_no_more_values_however_short_it_is(value: object, most: int) -> None:
    body = json.dumps(value, separators=(",", ":")).encode()
    assert too_many_values(body, most) or _values(value) <= most


@pytest.mark.parametrize("most", [1_000, 5_000])
def test_the_number_of_values_is_a_setting(make_client: Callable[..., FlaskClient], most: int) -> None:
    client = make_client(limits=LimitSettings(max_values=most))
    prefetch = {"patient": PATIENT, "conditions": NET, "x": [0] * 2_000}
    assert (client.post(URL, json=call_body(prefetch=prefetch)).status_code == 413) == (most == 1_000)


@pytest.mark.parametrize("body", [b"[" * 90 + b"]" * 90, b'{"a":' * 90 + b"1" + b"}" * 90])
def test_answers_of_a_fhir_server_have_the_same_limits(body: bytes) -> None:
    decode_fetched(body, 1_000)
    for hostile in (body.replace(b"[", b"[[").replace(b"]", b"]]").replace(b"{", b'{"b":{').replace(b"}", b"}}"),
                    b"[" + b"0," * 2_000 + b"0]"):  # fmt: skip
        with pytest.raises(JsonError):
            decode_fetched(hostile, 1_000)


class Slow(FakeAnswer):
    """Answers when it is told to; at first it is."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.inside = threading.Event(), threading.Semaphore(0)
        self.go.set()

    def __call__(self, call: HookCall, today: date) -> dict[str, Any]:
        self.inside.release()
        assert self.go.wait(10)
        return super().__call__(call, today)


@pytest.fixture
def answer() -> Slow:
    return Slow()


def posting(client: FlaskClient, into: list[Any]) -> threading.Thread:
    thread = threading.Thread(target=lambda: into.append(client.post(URL, json=call_body())))
    thread.start()
    return thread


def test_more_calls_than_there_is_room_for_are_503_with_retry_after_and_those_inside_are_answered(
    make_client: Callable[..., FlaskClient], answer: Slow
) -> None:
    answer.go.clear()
    client = make_client(limits=LimitSettings(concurrent=2, waiting=1, wait_seconds=5))
    answered: list[Any] = []
    threads = [posting(client, answered) for _ in range(2)]
    for _ in threads:
        assert answer.inside.acquire(timeout=5)
    threads.append(posting(client, answered))  # waits
    time.sleep(0.2)
    begun = time.monotonic()
    refused = client.post(URL, json=call_body())
    assert time.monotonic() - begun < 1, "at once"
    assert_refused(refused, 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200
    assert client.get("/cds-services").status_code == 200, "always available"
    assert client.get("/metrics").status_code == 200
    answer.go.set()
    for thread in threads:
        thread.join(10)
    assert [response.status_code for response in answered] == [200, 200, 200]
    assert client.post(URL, json=call_body()).status_code == 200, "there is room again"


def test_who_waits_too_long_is_503(make_client: Callable[..., FlaskClient], answer: Slow) -> None:
    answer.go.clear()
    client = make_client(limits=LimitSettings(concurrent=1, waiting=4, wait_seconds=0.2))
    answered: list[Any] = []
    thread = posting(client, answered)
    assert answer.inside.acquire(timeout=5)
    begun = time.monotonic()
    assert_refused(client.post(URL, json=call_body()), 503)
    assert 0.15 < time.monotonic() - begun < 2
    answer.go.set()
    thread.join(10)


def test_a_place_is_given_back_whatever_happens(make_client: Callable[..., FlaskClient], answer: Slow) -> None:
    client = make_client(limits=LimitSettings(concurrent=1, waiting=0, wait_seconds=0))
    answer.fault = ValueError()
    for body, status in ((b"{", 400), (json.dumps(call_body()).encode(), 500), (b" " * 30 * MEGABYTES, 413)):
        for _ in range(3):
            assert client.post(URL, data=body).status_code == status
    assert client.post("/cds-services/nothing", json={}).status_code == 404
    assert client.get("/cds-services").status_code == 200


def test_slots_do_not_leak_when_taking_fails() -> None:
    slots = Slots(LimitSettings(concurrent=1, waiting=1, wait_seconds=0))
    slots.take()
    for _ in range(5):
        with pytest.raises(Refusal):
            slots.take()
    slots.free()
    slots.take()
