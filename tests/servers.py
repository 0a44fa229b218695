"""Real servers on loopback that answer as a test says: right, paged, dripping, redirecting or wrong."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Served:
    """A server: ``answers`` are looked up by "GET /fhir/Patient/p1" (without query), then by "*"; else 404."""

    port: int
    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.origin}/fhir"

    def paths(self) -> list[str]:
        return [f"{one.method} {one.path}" for one in self.asked]


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Runs a server; it is gone afterwards, also if something still drips."""
    served: Served

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            served.asked.append(Asked(self.command, self.path, headers, body))
            route = f"{self.command} {self.path.partition('?')[0]}"
            reply = served.answers.get(self.path) or served.answers.get(route) or served.answers.get("*", status(404))
            try:
                reply(self)
            except OSError:
                self.close_connection = True  # the client cut it, which is what some tests want

        do_GET = do_POST = _any

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    served = Served(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.socket.close()
        thread.join()


def content(body: bytes, status: int = 200, **headers: str) -> Reply:
    """These bytes."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/fhir+json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def resource(value: Any) -> Reply:
    """A value as JSON."""
    return content(json.dumps(value).encode())


def status(code: int, **headers: str) -> Reply:
    """An error with an OperationOutcome that tells secrets."""
    said = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "diagnostics": "Zebedee"}]}
    return content(json.dumps(said).encode(), code, **headers)


def redirect(to: str, code: int = 302) -> Reply:
    return content(b"", code, Location=to)


def in_turn(*replies: Reply) -> Reply:
    """The first request gets the first one, and so on; the last one goes on."""
    rest = list(replies)

    def reply(handler: BaseHTTPRequestHandler) -> None:
        (rest.pop(0) if len(rest) > 1 else rest[0])(handler)

    return reply


def after(seconds: float, then: Reply) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(handler)

    return reply


def drip(part: str) -> Reply:
    """One byte every 50 ms for as long as anybody listens, of the head or of the body."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n")
        handler.wfile.write(b"X-Drip: " if part == "head" else b"Content-Length: 100000\r\n\r\n")
        for _ in range(1_200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    return reply


def searchset(*found: dict[str, Any], further: str | None = None) -> dict[str, Any]:
    bundle: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset"}
    if found:
        bundle["entry"] = [{"resource": one} for one in found]
    if further is not None:
        bundle["link"] = [{"relation": "self", "url": "x"}, {"relation": "next", "url": further}]
    return bundle
