"""The service under gunicorn: one engine a worker process, tried out before the worker accepts calls."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException, UnsupportedTransferCoding
from gunicorn.workers.gthread import ThreadWorker

from cds_service.hooks.decode import encode
from cds_service.hooks.outcome import operation_outcome
from cds_service.hooks.settings import Settings
from cds_service.hooks.watch import Watch
from cds_service.policy import Policy
from cds_service.rulebook import Rulebook
from cds_service.store import Store, open_store
from cds_service.terminal import fault


class ServeError(OSError):
    """The service cannot listen where it was told to; one line."""


def serve(
    rulebook: Rulebook, policy: Policy, settings: Settings, *, host: str = "127.0.0.1", port: int, workers: int
) -> None:
    """Runs the service until it is told to stop; does not return. Raises ServeError, SettingsError, StoreError."""
    settings = settings.listening_on(host)
    _check_address(host, port)
    _open_store(settings).close()  # the schema is brought up to date once, before there are workers
    _log_to_stderr()
    # Before the metrics are imported: this is where the workers' counts meet.
    counts = tempfile.mkdtemp(prefix="prrt-cds-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    started = (
        f"prrt-cds on http://{address}, jurisdiction {policy.jurisdiction}, not for clinical use without local approval"
    )

    def started_worker(worker: JsonErrorWorker) -> None:
        worker.watch = Watch(settings.limits)
        if worker.age == 1:
            print(started, flush=True)

    options = {
        "bind": address,
        "workers": workers,
        "worker_class": JsonErrorWorker,
        "threads": settings.limits.threads,  # they wait for slow clients; the engine is used by one at a time
        "timeout": 60,
        "graceful_timeout": 30,
        "loglevel": "warning",
        "control_socket_disable": True,
        "post_worker_init": started_worker,
        "on_exit": lambda server: shutil.rmtree(counts, ignore_errors=True),
    }
    _Server(rulebook, policy, settings, options).run()


def _open_store(settings: Settings) -> Store:
    return open_store(settings.database, settings.audit, os.environ)


def _check_address(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such address"
        raise ServeError(f"cannot listen on {host} port {port} ({why})") from None


class _Server(BaseApplication):
    """Gunicorn with our options; every worker builds its own engine."""

    def __init__(self, rulebook: Rulebook, policy: Policy, settings: Settings, options: Mapping[str, Any]) -> None:
        self._rulebook, self._policy, self._settings, self._options = rulebook, policy, settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Runs in the worker: a worker that cannot assess keeps the service from starting."""
        try:
            return self._tried_out()
        except Exception as error:
            print(f"prrt-cds: not started, {fault(error)}", file=sys.stderr, flush=True)
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from None

    def _tried_out(self) -> Any:
        """The application. Its metrics must not be imported before ``serve`` said where they meet."""
        from cds_service.app import create_app, warm_up
        from cds_service.hooks.answer import load_answer
        from cds_service.web.pages import Profile
        from cds_service.web.samples import load_samples
        from cds_service.web.self_test import published_cases

        limit = self._settings.limits.read_seconds
        answer, samples = load_answer(self._rulebook, self._policy, read_seconds=limit), load_samples()
        profile = Profile(self._policy.jurisdiction, self._policy.overrides, self._rulebook.wording)
        store = _open_store(self._settings)
        warm_up(answer, samples, store)
        self_test = published_cases(self._rulebook, self._policy.jurisdiction, samples)
        self_test()
        app = create_app(
            answer, profile=profile, settings=self._settings, samples=samples, store=store, self_test=self_test
        )
        gc.collect()
        gc.freeze()  # what was built by now stays: no collection during a request need look through it
        return app


class JsonErrorWorker(ThreadWorker):
    """Answers what is not even HTTP with an OperationOutcome too, and logs none of it. Ends what takes too long."""

    watch: Watch

    def handle(self, conn: Any) -> Any:
        with self.watch.over(conn.sock):
            return super().handle(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        status = next((status for kind, status in _STATUS.items() if isinstance(exc, kind)), 500)
        self.log.warning("request not readable: %s", type(exc).__name__)
        reason = HTTPStatus(status).phrase
        body = encode(operation_outcome(status, f"{reason}."))
        head = (
            f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\nContent-Type: application/fhir+json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode("ascii") + body)
        except OSError:
            self.log.debug("the client was gone before its error could be sent")


_STATUS: dict[type[BaseException], int] = {
    LimitRequestLine: 414,
    LimitRequestHeaders: 431,
    UnsupportedTransferCoding: 501,
    ParseException: 400,
}


def _log_to_stderr() -> None:
    """Our log lines are JSON already and carry their own time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("cds_service")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
