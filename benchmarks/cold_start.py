"""How long `prrt-cds serve` takes from its start to its first answer, and how the first answers compare.

Run: python -m benchmarks.cold_start [--repeats 5]
Each repeat starts the command anew, with one worker and an empty database, and sends calls of 20 resources. Shown by
the clock, which says more the less else runs, and as CPU time of its processes (Linux).
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.charts import call_of

BUDGET_SECONDS = 3.0
SLOWER = 1.5
"""The first answer may take so many times the median of the others and count as no slower: one sample is noisy."""
_CALLS = 30
_PATIENCE = 60.0


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock and of CPU."""

    clock: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description="cold start and first answer of the service")
    parser.add_argument("--repeats", type=int, default=5)
    starts, firsts, others = zip(*(measure() for _ in range(parser.parse_args().repeats)), strict=True)
    start, first, other = (_median(column) for column in (starts, firsts, others))
    kept = "kept" if start.clock <= BUDGET_SECONDS else "not kept"
    print(f"start to ready: {start.clock:.2f} s, CPU {start.cpu:.2f} s (budget {BUDGET_SECONDS:g} s, {kept})")
    kept = "kept" if first.cpu <= SLOWER * other.cpu else "not kept"
    print(f"first answer: {first.clock * 1000:.1f} ms, CPU {first.cpu * 1000:.1f} ms")
    print(f"the others: {other.clock * 1000:.1f} ms, CPU {other.cpu * 1000:.1f} ms (first no slower in CPU: {kept})")


def _median(spent: Iterable[Spent]) -> Spent:
    clock, cpu = zip(*((each.clock, each.cpu) for each in spent), strict=True)
    return Spent(statistics.median(clock), statistics.median(cpu))


def measure() -> tuple[Spent, Spent, Spent]:
    """What was spent until the service was ready, on the first answer, and on the median of the later ones."""
    body = call_of(20)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {"PRRT_CDS_DATABASE": f"{folder}/trail.sqlite"}
        command = [sys.executable, "-m", "cds_service", "serve", "--jurisdiction", "US", "--workers", "1"]
        begun = time.perf_counter()
        server = subprocess.Popen(
            [*command, "--port", str(port)], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not _ready(port):
                if server.poll() is not None or time.perf_counter() - begun > _PATIENCE:
                    raise RuntimeError("the service did not start")
                time.sleep(0.01)
            start = Spent(time.perf_counter() - begun, _cpu(server.pid))
            answers = [_answer(port, body, server.pid) for _ in range(_CALLS)]
        finally:
            server.terminate()
            server.wait(_PATIENCE)
    return start, answers[0], _median(answers[1:])


def _cpu(process: int) -> float:
    """Seconds of CPU a process and its children have used."""
    used = 0.0
    for task in Path(f"/proc/{process}/task").iterdir():
        used += int((task / "schedstat").read_text(encoding="ascii").split()[0]) / 1e9
        used += sum(_cpu(int(child)) for child in (task / "children").read_text(encoding="ascii").split())
    return used


def _ready(port: int) -> bool:
    try:
        return _status(port, "GET", "/healthz") == 200
    except (OSError, http.client.HTTPException):
        return False


def _answer(port: int, body: bytes, process: int) -> Spent:
    begun, used = time.perf_counter(), _cpu(process)
    status = _status(port, "POST", "/cds-services/prrt-candidacy", body)
    if status != 200:
        raise RuntimeError(f"answered {status}")
    return Spent(time.perf_counter() - begun, _cpu(process) - used)


def _status(port: int, method: str, path: str, body: bytes | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


if __name__ == "__main__":
    main()
