"""FHIR servers that are right, slow, paged, hostile or gone: real ones, on loopback."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from cds_service.fhir.client import FhirAccess, FhirClient, failure
from cds_service.fhir.settings import FhirSettings
from cds_service.hooks.limits import decode_fetched
from tests.servers import (
    Served,
    after,
    content,
    drip,
    in_turn,
    redirect,
    resource,
    searchset,
    serving,
    status,
)  # fmt: skip

TOKEN = "tok-4711"
DECODE = partial(decode_fetched, most=1_000_000)
PATIENT = {"resourceType": "Patient", "id": "p1"}
QUERY = {"patient": "p1", "_count": "1000"}


def observation(number: int) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": f"o{number}"}


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def other() -> Iterator[Served]:
    with serving() as served:
        yield served


def access(server: Served, **settings: Any) -> FhirAccess:
    settings = {"servers": (server.base,), "seconds": 10.0, **settings}
    return FhirAccess(FhirSettings(**settings), DECODE, max_entries=50)


def connect(found: FhirAccess, server: Served, token: str | None = TOKEN) -> FhirClient:
    client = found.connect(server.base, token)
    assert client is not None
    return client


def one(server: Served, job: Callable[[FhirClient], Any], **settings: Any) -> Any:
    client = connect(access(server, **settings), server)
    return client.gather([lambda: job(client)])[0]


def read(server: Served, **settings: Any) -> Any:
    return one(server, lambda client: client.read("Patient/p1"), **settings)


def search(server: Served, **settings: Any) -> Any:
    return one(server, lambda client: client.search("Observation", QUERY), **settings)


def ids(bundle: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", ())]


def test_row_28_a_resource_is_read(server: Served) -> None:
    server.answers["GET /fhir/Patient/p1"] = resource(PATIENT)
    assert read(server) == PATIENT


def test_row_44_the_bearer_token_goes_with_every_request(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(further=f"{server.base}?page=2"))
    server.answers["/fhir?page=2"] = resource(searchset())
    search(server)
    assert [one.headers["authorization"] for one in server.asked] == [f"Bearer {TOKEN}"] * 2


def test_without_a_token_none_is_made_up(server: Served) -> None:
    client = connect(access(server), server, None)
    client.gather([lambda: client.read("Patient/p1")])
    assert "authorization" not in server.asked[0].headers


def test_a_search_is_a_post_so_that_no_url_names_the_patient(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1)))
    assert ids(search(server)) == ["o1"]
    (asked,) = server.asked
    assert "p1" not in asked.path and asked.body == "patient=p1&_count=1000"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("code", [400, 403, 404, 405, 501])
def test_where_post_is_not_served_the_search_is_a_get_and_that_is_remembered(server: Served, code: int) -> None:
    server.answers |= {"POST /fhir/Observation/_search": status(code)}
    server.answers["/fhir/Observation?patient=p1&_count=1000"] = resource(searchset(observation(1)))
    found = access(server)
    for _ in range(2):
        client = connect(found, server)
        (bundle,) = client.gather([lambda client=client: client.search("Observation", QUERY)])
        assert ids(bundle) == ["o1"]
    assert [asked.method for asked in server.asked] == ["POST", "GET", "GET"]


def test_row_32_all_pages_are_followed_and_none_is_left(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir/x?page=2"))
    server.answers["/fhir/x?page=2"] = resource(searchset(observation(2), further=f"{server.base}?page=3"))
    server.answers["/fhir?page=3"] = resource(searchset(observation(3)))
    found = search(server)
    assert ids(found) == ["o1", "o2", "o3"] and "link" not in found


@pytest.mark.parametrize(
    "broken", [status(500), content(b"{"), resource(PATIENT), resource({"resourceType": "Bundle", "entry": 5})]
)
def test_row_32_a_page_that_fails_leaves_the_search_incomplete(server: Served, broken: Any) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir?page=2"))
    server.answers["/fhir?page=2"] = broken
    found = search(server)
    assert ids(found) == ["o1"] and found["link"] == [{"relation": "next", "url": "/fhir?page=2"}]


def test_row_44_a_next_link_to_another_origin_is_not_followed_and_gets_no_token(server: Served, other: Served) -> None:
    first = searchset(observation(1), further=f"{other.base}?page=2")
    server.answers["POST /fhir/Observation/_search"] = resource(first)
    other.answers["*"] = resource(searchset(observation(666)))
    found = search(server, servers=(server.base, other.base))
    assert ids(found) == ["o1"] and found["link"], "incomplete, and said so"
    assert not other.asked


def test_a_next_link_out_of_the_base_is_not_followed(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(further=f"{server.origin}/admin"))
    assert search(server)["link"]
    assert server.paths() == ["POST /fhir/Observation/_search"]


def test_pages_in_a_circle_end(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir?page=2"))
    server.answers["/fhir?page=2"] = resource(searchset(observation(2), further="/fhir?page=2"))
    found = search(server)
    assert ids(found) == ["o1", "o2"] and found["link"]


def test_pages_without_end_stop_at_the_entries_a_record_has(server: Served) -> None:
    def endless(handler: Any) -> None:
        number = len(server.asked)
        resource(searchset(*[observation(number)] * 10, further=f"/fhir?page={number}"))(handler)

    server.answers["*"] = endless
    found = search(server)
    assert len(ids(found)) == 50 and found["link"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_row_44_a_redirect_is_not_followed_and_the_token_stays(server: Served, other: Served, code: int) -> None:
    server.answers["*"] = redirect(f"{other.base}/Patient/p1", code)
    other.answers["*"] = resource(PATIENT)
    assert read(server)["resourceType"] == "OperationOutcome"
    assert search(server)["resourceType"] == "OperationOutcome"
    assert not other.asked


def test_row_30_an_error_is_an_operation_outcome_without_the_servers_words(server: Served) -> None:
    for code, why in ((401, "login"), (403, "forbidden"), (404, "not-found"), (500, "exception")):
        server.answers["*"] = status(code)
        assert read(server) == failure(why)
    assert "Zebedee" not in str(read(server))


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"[]", b"null", b'{"a":1}', b'{"resourceType":5}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_resource_is_a_failure_and_not_an_empty_record(server: Served, body: bytes) -> None:
    server.answers["*"] = content(body)
    assert read(server) == failure("structure")
    assert search(server) == failure("structure")


def test_row_31_an_empty_searchset_is_an_answer_and_a_failed_search_is_none(server: Served) -> None:
    server.answers["*"] = resource(searchset())
    assert search(server) == searchset()
    server.answers["*"] = resource({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]})
    assert search(server) == failure("exception")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_left_at_the_deadline(server: Served, part: str) -> None:
    server.answers["*"] = drip(part)
    begun = time.monotonic()
    assert read(server, seconds=0.4) == failure("timeout")
    assert time.monotonic() - begun < 1.0


def test_one_deadline_holds_for_everything_together_and_what_came_is_kept(server: Served) -> None:
    server.answers["GET /fhir/Patient/p1"] = resource(PATIENT)
    server.answers["*"] = drip("body")
    client = connect(access(server, seconds=0.5, parallel=2), server)
    begun = time.monotonic()
    answers = client.gather(
        [lambda: client.read("Patient/p1"), *[lambda: client.search("Observation", QUERY)] * 5]  # two at a time
    )
    assert time.monotonic() - begun < 1.2
    assert answers == [PATIENT] + [failure("timeout")] * 5


def test_nothing_is_left_running_after_the_deadline(server: Served) -> None:
    server.answers["*"] = drip("head")
    read(server, seconds=0.2)
    until = time.monotonic() + 2
    while (left := [t for t in threading.enumerate() if t.name.startswith("fetch")]) and time.monotonic() < until:
        time.sleep(0.02)
    assert not left


def test_requests_at_a_time_are_bounded(server: Served) -> None:
    now, most, lock = [0], [0], threading.Lock()

    def counted(handler: Any) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        resource(PATIENT)(handler)

    server.answers["*"] = counted
    client = connect(access(server, parallel=3), server)
    assert client.gather([lambda: client.read("Patient/p1")] * 9) == [PATIENT] * 9
    assert most[0] == 3


@pytest.mark.parametrize("busy", [status(503), status(429, Retry_After="0"), status(502)])
def test_a_busy_server_is_asked_again(server: Served, busy: Any) -> None:
    server.answers["*"] = in_turn(busy, busy, resource(PATIENT))
    assert read(server) == PATIENT
    assert len(server.asked) == 3


def test_it_is_not_asked_for_ever_nor_beyond_the_deadline(server: Served) -> None:
    server.answers["*"] = status(503)
    assert read(server) == failure("transient")
    assert len(server.asked) == 3
    server.asked.clear()
    server.answers["*"] = status(503, Retry_After="3600")
    begun = time.monotonic()
    assert read(server) == failure("transient")
    assert len(server.asked) == 1 and time.monotonic() - begun < 1


def test_a_server_that_is_gone_is_a_failure_in_time() -> None:
    with serving() as gone:
        pass
    begun = time.monotonic()
    assert read(gone) == failure("transient")
    assert time.monotonic() - begun < 2


def test_answers_that_are_too_large_or_packed_are_not_taken(server: Served) -> None:
    server.answers["*"] = content(b" " * 50_000)
    assert read(server, max_bytes=10_000) == failure("too-long")
    server.answers["*"] = content(gzip.compress(b" " * 10_000_000), Content_Encoding="gzip")
    assert read(server) == failure("not-supported")
    assert server.asked[-1].headers["accept-encoding"] == "identity"


def test_the_size_is_that_of_all_answers_together(server: Served) -> None:
    server.answers["*"] = content(b'{"resourceType":"Patient"}' + b" " * 4_000)
    client = connect(access(server, max_bytes=10_000, parallel=1), server)
    answers = client.gather([lambda: client.read("Patient/p1")] * 4)
    assert [answer["resourceType"] for answer in answers] == ["Patient"] * 2 + ["OperationOutcome"] * 2


def test_a_server_that_is_not_listed_is_not_called(server: Served, other: Served) -> None:
    found = access(server)
    for url in (other.base, server.origin, f"{server.origin}/fhirx", "nonsense", "http://169.254.169.254/latest"):
        assert found.connect(url, TOKEN) is None
    assert found.connect(f"{server.base}/tenant/1", TOKEN) is not None


def test_a_listed_name_is_called_at_the_address_that_was_checked(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the name leads elsewhere the second time it is asked for; it is asked once."""
    real, asked = socket.getaddrinfo, []

    def rebinding(host: str, *more: Any, **named: Any) -> Any:
        if host != "ehr.example":
            return real(host, *more, **named)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "127.0.0.2", *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    base = f"http://ehr.example:{server.port}/fhir"
    server.answers["*"] = resource(PATIENT)
    found = FhirAccess(FhirSettings(servers=(base,), networks=("127.0.0.0/8",)), DECODE, max_entries=50)
    client = found.connect(base, TOKEN)
    assert client is not None
    assert client.gather([lambda: client.read("Patient/p1")] * 3) == [PATIENT] * 3
    assert len(asked) == 1
    assert {one.headers["host"] for one in server.asked} == {f"ehr.example:{server.port}"}


def test_a_listed_name_that_leads_inside_is_not_called(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
    base = f"http://ehr.example:{server.port}/fhir"
    found = FhirAccess(FhirSettings(servers=(base,)), DECODE, max_entries=50)
    client = found.connect(base, TOKEN)
    assert client is not None
    assert client.gather([lambda: client.read("Patient/p1")]) == [failure("forbidden")]
    assert not server.asked


def test_the_environment_adds_neither_proxy_nor_credential(
    server: Served, other: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, other.origin)
    server.answers["*"] = resource(PATIENT)
    client = connect(access(server), server, None)
    assert client.gather([lambda: client.read("Patient/p1")]) == [PATIENT]
    assert not other.asked and "authorization" not in server.asked[0].headers


def test_a_slow_answer_within_the_deadline_is_an_answer(server: Served) -> None:
    server.answers["*"] = after(0.3, resource(PATIENT))
    assert read(server, seconds=5.0) == PATIENT
