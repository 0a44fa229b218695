"""FHIR servers that are slow, busy, gone or hostile: what they may cost, and where they may be."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from typing import Any

import pytest

from cds_service.fhir.client import FhirAccess, failure
from cds_service.fhir.settings import FhirSettings
from tests.fhir.clients import DECODE, PATIENT, QUERY, TOKEN, access, connect, read
from tests.servers import Served, after, content, drip, in_turn, resource, serving, status


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


def test_of_several_addresses_the_one_that_answers_is_used(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """As "localhost" is ::1 first, where many servers do not listen."""
    real = socket.getaddrinfo

    def several(host: str, *more: Any, **named: Any) -> Any:
        if host != "localhost":
            return real(host, *more, **named)
        return [found for address in ("::1", "127.0.0.1") for found in real(address, *more, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", several)
    server.answers["*"] = resource(PATIENT)
    found = FhirAccess(FhirSettings(loopback=True), DECODE, max_entries=50)
    client = found.connect(f"http://localhost:{server.port}/fhir", TOKEN)
    assert client is not None
    assert client.gather([lambda: client.read("Patient/p1")]) == [PATIENT]


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
