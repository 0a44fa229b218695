"""Memory of one worker process over many requests: does it stay flat and under its budget?

Run: python -m benchmarks.memory [--requests 100000] [--resources 20 200] [--audit]
The whole service answers in this process, calls of the sizes in turn; resident memory is read from the system.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

from benchmarks.charts import call_of
from benchmarks.request_cost import post, service

BUDGET_MB = 200
FLAT_MB = 5
"""From a tenth of the requests on, memory may grow by so much and still count as flat."""
_STEPS = 10


def resident_mb() -> float:
    """Resident memory of this process (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="memory of a worker over many requests")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--resources", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--audit", action="store_true", help="with the audit trail in SQLite")
    asked = parser.parse_args()
    bodies = cycle([call_of(size) for size in asked.resources])
    with ExitStack() as stack:
        app = service(audit=asked.audit, stack=stack)
        print(f"at the start: {resident_mb():.0f} MB")
        seen: list[float] = []
        began = time.perf_counter()
        for step in range(1, _STEPS + 1):
            for body in islice(bodies, asked.requests // _STEPS):
                post(app, body)
            seen.append(resident_mb())
            print(f"{step * asked.requests // _STEPS:>9,} requests: {seen[-1]:6.1f} MB", flush=True)
    print(f"{(time.perf_counter() - began) / asked.requests * 1000:.1f} ms a request, one at a time")
    grown = seen[-1] - seen[0]
    kept = seen[-1] <= BUDGET_MB and grown <= FLAT_MB
    print(f"budget {BUDGET_MB} MB and flat (at most {FLAT_MB} MB more after the first tenth): "
          f"{seen[-1]:.0f} MB, {grown:+.1f} MB, {'kept' if kept else 'not kept'}")  # fmt: skip


if __name__ == "__main__":
    main()
