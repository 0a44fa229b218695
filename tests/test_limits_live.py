"""The limits under the real server: slow clients, too many calls, and a stop while calls are in flight."""

from __future__ import annotations

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.hooks.fakes import NET, PATIENT, call_body
from tests.live import running_service
from tests.servers import Served, after, drip, resource, searchset, serving

LIMITS = """
[limits]
concurrent = 2
waiting = 2
wait_seconds = 0.5
receive_seconds = 1.0
send_seconds = 3.0
[fhir]
seconds = 2.0
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    path = tmp_path_factory.mktemp("limits") / "c.toml"
    path.write_text(LIMITS)
    with running_service("--workers", "1", environment={"PRRT_CDS_CONFIG": str(path)}) as (port, _):
        yield port


@pytest.fixture
def slow() -> Iterator[Served]:
    """A FHIR server that takes most of a second for the Patient."""
    with serving() as served:
        served.answers["*"] = resource(searchset())
        served.answers["GET /fhir/Patient/p1"] = after(0.8, resource(PATIENT))
        yield served


def post(port: int, body: Any) -> int:
    request = Request(f"http://127.0.0.1:{port}/cds-services/prrt-candidacy", json.dumps(body).encode())
    try:
        with urlopen(request, timeout=20) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            if error.code == 503:
                assert int(error.headers["Retry-After"]) > 0
            return error.code


def fetching(server: Served) -> dict[str, Any]:
    return call_body(prefetch=..., fhirServer=server.base)


def ready(port: int) -> bool:
    return post(port, call_body(prefetch={"patient": PATIENT, "conditions": NET})) == 200


def test_too_many_calls_are_refused_and_the_others_answered(port: int, slow: Served) -> None:
    with ThreadPoolExecutor(12) as pool:
        begun = time.monotonic()
        statuses = list(pool.map(lambda _: post(port, fetching(slow)), range(12)))
    assert set(statuses) == {200, 503}
    assert 2 <= statuses.count(200) <= 4
    assert time.monotonic() - begun < 5
    assert ready(port)


@pytest.mark.parametrize("part", ["head", "body"])
def test_clients_that_drip_are_ended_and_others_are_served_meanwhile(port: int, part: str) -> None:
    """More of them than the service has threads to work with."""
    stop = threading.Event()
    ended: list[float] = []
    answers: list[bytes] = []

    def dripping() -> None:
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(b"POST /cds-services/prrt-candidacy HTTP/1.1\r\nHost: x\r\n")
            connection.sendall(b"X-Drip: " if part == "head" else b"Content-Length: 5000\r\n\r\n")
            try:
                while not stop.wait(0.1):
                    connection.sendall(b"x")
                    connection.settimeout(0.01)
                    try:
                        if (got := connection.recv(10_000)) or got == b"":
                            answers.append(got)
                            break
                    except TimeoutError:
                        continue
            except OSError:
                answers.append(b"")
        ended.append(time.monotonic() - begun)

    threads = [threading.Thread(target=dripping) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert ready(port) or part == "body", "those that drip a body have a place, and leave it soon"
    for thread in threads:
        thread.join(6)
    stop.set()
    assert len(ended) == 2 and max(ended) < 4
    if part == "body":
        assert [answer[:13] for answer in answers] == [b"HTTP/1.1 408 "] * 2, answers
    assert ready(port)


def test_a_fhir_server_that_drips_does_not_hold_a_call_beyond_its_deadline(port: int) -> None:
    with serving() as server:
        server.answers["*"] = drip("head")
        begun = time.monotonic()
        assert post(port, fetching(server)) == 412
        assert time.monotonic() - begun < 4


def test_a_stop_waits_for_the_calls_in_flight(slow: Served, tmp_path: Path) -> None:
    slow.answers["GET /fhir/Patient/p1"] = after(1.0, resource(PATIENT))
    with running_service("--workers", "2") as (port, process):
        with ThreadPoolExecutor(6) as pool:
            calls = [pool.submit(post, port, fetching(slow)) for _ in range(6)]
            until = time.monotonic() + 10
            while sum("Patient" in path for path in slow.paths()) < 6 and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            assert [call.result(timeout=20) for call in calls] == [200] * 6
        assert process.wait(timeout=20) == 0
