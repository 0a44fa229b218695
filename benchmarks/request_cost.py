"""CPU time of a call beside a bare Flask handler that only parses the JSON, by size of the record.

Run: python -m benchmarks.request_cost [--repeats N] [--audit]
Both answer the same bodies as WSGI applications in this process, turn about; what is shown are medians of
`time.process_time`. The ratio is the median over the pairs. `--audit` keeps the audit trail in a SQLite file as
`prrt-cds serve` does.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from benchmarks.charts import DECISION_DAY, call_of
from cds_service.app import create_app
from cds_service.hooks.answer import load_answer
from cds_service.policy import Policy
from cds_service.rulebook import load_rulebook
from cds_service.store import AuditSettings, open_store
from cds_service.web.pages import Profile

BUDGETS = {20: 10.0, 200: 5.0, 2_000: 1.0, 20_000: 0.5}
"""Resources -> at most so many times the bare handler."""
EXPONENT_BUDGET = 1.1
_REPEATS = {20: 200, 200: 100, 2_000: 25, 20_000: 7}
_PATH = "/cds-services/prrt-candidacy"


@dataclass(frozen=True)
class Line:
    """Median milliseconds of CPU per request at one size; ``ratio`` is the median of the pairs."""

    resources: int
    kilobytes: int
    bare_ms: float
    service_ms: float
    ratio: float


def service(*, audit: bool, stack: ExitStack) -> Flask:
    """The whole service, as a worker builds it."""
    book = load_rulebook()
    store = None
    if audit:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        store = open_store(str(Path(folder) / "trail.sqlite"), AuditSettings(), {})
        stack.callback(store.close)
    answer = load_answer(book, Policy("US", {}, {}))
    return create_app(answer, profile=Profile("US"), today=lambda: DECISION_DAY, store=store)


def bare() -> Flask:
    """What a Flask handler costs that parses the JSON and does nothing with it."""
    app = Flask("bare")

    @app.post(_PATH)
    def parse() -> Response:
        json.loads(request.get_data())
        return Response(b'{"cards":[]}', mimetype="application/json")

    return app


def post(app: Flask, body: bytes) -> bytes:
    """One request through the WSGI interface, without a test client's own cost. Raises if it is not answered."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST", "PATH_INFO": _PATH, "SCRIPT_NAME": "", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    status: list[str] = []
    written = io.BytesIO()

    def start(line: str, headers: object, fault: object = None) -> Callable[[bytes], object]:
        status.append(line)
        return written.write

    answered = app.wsgi_app(environ, start)
    content = b"".join(answered)
    if not status[0].startswith("200"):
        raise RuntimeError(f"answered {status[0]}")
    return content


def measure(app: Flask, beside: Flask, resources: int, repeats: int) -> Line:
    """The two applications, turn about."""
    body = call_of(resources)
    for _ in range(3):
        post(app, body), post(beside, body)
    pairs = [(_milliseconds(beside, body), _milliseconds(app, body)) for _ in range(repeats)]
    lean, whole = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in pairs)
    return Line(resources, len(body) // 1024, lean, whole, ratio)


def _milliseconds(app: Flask, body: bytes) -> float:
    start = time.process_time()
    post(app, body)
    return (time.process_time() - start) * 1000


def exponent(lines: dict[int, Line]) -> float:
    """How the time grows from 2,000 to 20,000 resources: 1 is in proportion."""
    return math.log10(lines[20_000].service_ms / lines[2_000].service_ms)


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU per request beside a bare Flask handler")
    parser.add_argument("--repeats", type=float, default=1.0, help="times the usual number of repeats")
    parser.add_argument("--audit", action="store_true", help="with the audit trail in SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        app, beside = service(audit=asked.audit, stack=stack), bare()
        print("| resources | KB | bare ms | service ms | ratio | budget | kept |\n|--:|--:|--:|--:|--:|--:|---|")
        lines: dict[int, Line] = {}
        for size, budget in BUDGETS.items():
            line = lines[size] = measure(app, beside, size, max(3, round(_REPEATS[size] * asked.repeats)))
            kept = "yes" if line.ratio <= budget else "no"
            print(f"| {size:,} | {line.kilobytes:,} | {line.bare_ms:.2f} | {line.service_ms:.2f} | {line.ratio:.2f}x "
                  f"| {budget:g}x | {kept} |", flush=True)  # fmt: skip
    grown = exponent(lines)
    print(f"\nGrowth exponent from 2,000 to 20,000: {grown:.2f} (budget {EXPONENT_BUDGET}, "
          f"{'kept' if grown <= EXPONENT_BUDGET else 'not kept'})")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"Peak memory of this process, both applications and the bodies included: {peak:.0f} MB")


if __name__ == "__main__":
    main()
