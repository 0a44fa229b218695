"""What operations see: counts, times and one log line a request. Never a value, an identifier or a path sent."""

from __future__ import annotations

import json
import logging
import os
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

LOG = logging.getLogger("cds_service")

_WATCHED = ("/healthz", "/readyz", "/metrics")
"""Asked every few seconds: logged only when something is wrong."""

_REQUESTS = Counter("prrt_cds_requests", "Requests answered", ("endpoint", "service", "status"))
_SECONDS = Histogram("prrt_cds_request_seconds", "Time to answer", ("endpoint", "service"))
_OUTCOMES = Counter("prrt_cds_outcomes", "Assessments by primary outcome and reason", ("service", "outcome", "reason"))


def observe(app: Flask) -> None:
    """Counts, times and logs every request of the app; each answer carries an ``X-Request-ID`` of our own."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = str(uuid.uuid4())

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.started
        # The route, not the path: a path that fits no route may hold anything. The service only once it is known.
        rule, status = request.url_rule, response.status_code
        endpoint = str(rule) if rule else "none"
        service = g.get("service", "")
        _REQUESTS.labels(endpoint, service, status).inc()
        _SECONDS.labels(endpoint, service).observe(seconds)
        response.headers["X-Request-ID"] = g.request_id
        if endpoint not in _WATCHED or status != 200:
            line = {"endpoint": endpoint, "service": service, "status": status}
            audit = {"audit": g.audit} if "audit" in g else {}
            log("request", **line, ms=round(seconds * 1000, 1), **audit)
        return response


def count_outcome(service: str, outcome: str, reason: str) -> None:
    """Counts one assessment."""
    _OUTCOMES.labels(service, outcome, reason).inc()


def log(event: str, level: int = logging.INFO, **fields: object) -> None:
    """One line of JSON."""
    if not LOG.isEnabledFor(level):
        return
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    LOG.log(level, json.dumps({"time": when, "event": event, "request_id": g.get("request_id"), **fields}))


def log_fault(error: BaseException) -> None:
    """A fault of ours: its kind and where it arose. Its text may quote the record and is left out."""
    frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    log("fault", logging.ERROR, error=type(error).__name__, at=frames[-12:])


def metrics() -> Response:
    """All counts in Prometheus' text format, over all workers when there are several."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        collect: Callable[[CollectorRegistry], object] = MultiProcessCollector
        collect(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
