"""The service under its real server: start, stop, several workers, and what is not even HTTP."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest

from tests.hooks.fakes import call_body
from tests.live import COMMAND, ROOT, clean_environment, free_port, running_service

POST = b"POST /cds-services/prrt-candidacy HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running_service("--workers", "2") as (port, _):
        yield port


def send(port: int, raw: bytes) -> tuple[bytes, bytes]:
    """What comes back on a bare connection: head and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


def call(port: int, service: str = "prrt-candidacy") -> dict[str, object]:
    request = Request(f"http://127.0.0.1:{port}/cds-services/{service}", json.dumps(call_body()).encode())
    with urlopen(request, timeout=10) as response:
        found: dict[str, object] = json.load(response)
        return found


def test_a_call_is_answered_with_an_assessment(port: int) -> None:
    response = call(port)
    assert response["cards"] == []
    extension = response["extension"]
    assert isinstance(extension, dict)
    assert extension["prrt-cds.assessment"]["reason"] == "out-of-scope"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"Zebedee\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nZebedee\r\n\r\n", 400),
        (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n", 431),
        (
            b"POST /cds-services/prrt-candidacy HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZebedee\r\n",
            400,
        ),
        (b"POST /cds-services/prrt-candidacy HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{", 400),
    ],
)
def test_what_is_not_http_is_an_operation_outcome_too(port: int, raw: bytes, status: int) -> None:
    head, body = send(port, raw)
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"application/fhir+json" in head
    assert json.loads(body)["resourceType"] == "OperationOutcome"
    assert b"Zebedee" not in body


def test_a_body_above_the_limit_is_413_and_the_service_goes_on(port: int) -> None:
    size = 30_000_000
    head, body = send(
        port, b"POST /cds-services/prrt-candidacy HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    )
    assert b" 413 " in head and json.loads(body)["resourceType"] == "OperationOutcome"
    assert call(port)["cards"] == []


def test_metrics_are_the_sum_over_the_workers(port: int) -> None:
    def counted() -> float:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
            text = response.read().decode()
        lines = re.findall(r'prrt_cds_outcomes_total\{.*service="prrt-candidacy".*\} (\S+)', text)
        return sum(float(line) for line in lines)

    before = counted()
    for _ in range(12):
        call(port)
    assert {counted() - before for _ in range(6)} == {12.0}


def test_it_stops_when_told_and_leaves_nothing_behind() -> None:
    with running_service("--workers", "1") as (port, process):
        call(port)
        process.terminate()
        _, log = process.communicate(timeout=40)
    assert process.returncode == 0
    assert b"Traceback" not in log
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=2)


def refused(*options: str) -> str:
    run = subprocess.run(
        [*COMMAND, "serve", *options], cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    return line


def test_without_a_jurisdiction_it_does_not_start() -> None:
    assert "no jurisdiction" in refused("--port", str(free_port()))


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1 port {port}" in refused("--jurisdiction", "US", "--port", str(port))
