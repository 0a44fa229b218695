"""HTTP to one listed server: a pinned address, no redirects, no proxies, and one deadline that nothing outlives.

``requests`` counts its time-outs per read, so that a server which drips holds them open for ever. Here every socket
is known to the deadline, which shuts it down from outside.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from cds_service.fhir.addresses import Allowed, NotAllowed, Url

RETRIES = 2
_PAUSE_SECONDS = 0.1
_AGAIN = frozenset({429, 502, 503, 504})
_CHUNK = 65_536

Result = TypeVar("Result")


class Failed(Exception):
    """No answer that can be used. ``why`` is an OperationOutcome issue code; nothing of the server's words is kept."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Deadline:
    """The moment by which everything of a call must be over, and the sockets to cut when it comes."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._over = threading.Event()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds left, 0 when it is over."""
        return 0.0 if self._over.is_set() else max(0.0, self._end - time.monotonic())

    def require(self) -> float:
        """Seconds left. Raises Failed when there are none."""
        if (left := self.left) <= 0:
            raise Failed("timeout")
        return left

    def pause(self, seconds: float) -> bool:
        """Waits, if there is time for that; says whether it did."""
        return seconds < self.left and not self._over.wait(seconds)

    def watch(self, connected: socket.socket) -> None:
        """Makes the socket end with the deadline. A duplicate is kept: TLS takes the original over."""
        own = socket.socket(connected.family, connected.type, fileno=os.dup(connected.fileno()))
        with self._lock:
            if not self._over.is_set():
                self._sockets.append(own)
                return
        _cut(own)

    def close(self) -> None:
        """It is over: whoever still reads gets an error at once."""
        with self._lock:
            self._over.set()
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            _cut(one)


def _cut(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it was closed already, which is what is wanted
    finally:
        one.close()


def together(jobs: Sequence[Callable[[], Result]], deadline: Deadline, parallel: int) -> list[Result | None]:
    """The jobs' results in their order, at most ``parallel`` at a time; None for what was not done in time.

    The deadline is over afterwards. What a job raises is raised.
    """
    pool = ThreadPoolExecutor(max_workers=max(1, min(parallel, len(jobs))), thread_name_prefix="fetch")
    try:
        futures = [pool.submit(job) for job in jobs]
        done = wait(futures, timeout=deadline.left).done
        return [future.result() if future in done else None for future in futures]
    finally:
        deadline.close()
        pool.shutdown(wait=False, cancel_futures=True)


class Transport:
    """Requests to one server within one deadline. ``max_bytes`` is for all answers together."""

    def __init__(
        self, server: Url, allowed: Allowed, deadline: Deadline, *, max_bytes: int, ca_file: str | None = None
    ) -> None:
        allowed.check(server)
        self.server, self.deadline = server, deadline
        self._allowed, self._left, self._verify = allowed, max_bytes, ca_file or True
        self._lock = threading.Lock()
        self._session: requests.Session | None = None

    def request(self, method: str, url: Url, headers: Mapping[str, str], body: str | None = None) -> Reply:
        """One request, tried again while there is time if the server is busy or the line breaks. Raises Failed."""
        if url.origin != self.server.origin:  # never reached; the token must not leave, whatever else is wrong
            raise Failed("forbidden")
        attempt = 0
        while True:
            last = attempt >= RETRIES
            pause = _PAUSE_SECONDS * 2**attempt
            try:
                reply = self._once(method, url, headers, body)
                if reply.status not in _AGAIN or last:
                    return reply
                pause = max(pause, _seconds(reply.headers.get("retry-after")))
                if not self.deadline.pause(pause):
                    return reply
            except (requests.RequestException, HTTPError, OSError):
                if last or not self.deadline.pause(pause):
                    raise Failed("timeout" if self.deadline.left <= 0 else "transient") from None
            attempt += 1

    def _once(self, method: str, url: Url, headers: Mapping[str, str], body: str | None) -> Reply:
        session = self._connected()
        sent = {"Host": url.netloc, "Accept-Encoding": "identity", "User-Agent": "prrt-cds", **headers}
        with session.request(
            method, str(url), data=body, headers=sent, stream=True, allow_redirects=False,
            timeout=self.deadline.require(), verify=self._verify,
        ) as response:  # fmt: skip
            found = {name.lower(): value for name, value in response.headers.items()}
            if found.get("content-encoding", "identity") != "identity":  # was not asked for, and may be a bomb
                raise Failed("not-supported")
            parts = []
            for part in response.raw.stream(_CHUNK, decode_content=False):
                self._spend(len(part))
                parts.append(part)
            self.deadline.require()  # a line cut by the deadline may look like an end
            return Reply(response.status_code, found, b"".join(parts))

    def _spend(self, size: int) -> None:
        with self._lock:
            self._left -= size
            if self._left < 0:
                raise Failed("too-long")

    def _connected(self) -> requests.Session:
        """The session; the name is resolved once, by whoever comes first."""
        with self._lock:
            if self._session is None:
                try:
                    addresses = self._allowed.resolve(self.server)
                except NotAllowed:
                    raise Failed("forbidden") from None
                self._session = _session(self.server, addresses, self.deadline)
            return self._session


def _session(server: Url, addresses: Sequence[str], deadline: Deadline) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy, no .netrc: the environment must not add a way out or a credential
    session.adapters.clear()
    session.mount(f"{server.scheme}://{server.netloc}", _Pinned(_pool(server, addresses, deadline)))
    return session


class _Pinned(HTTPAdapter):
    """Connects to the addresses that were checked, whatever the name resolves to by now."""

    def __init__(self, pool: HTTPConnectionPool) -> None:
        super().__init__()
        self._pool = pool

    def get_connection_with_tls_context(self, *_: Any, **__: Any) -> HTTPConnectionPool:
        return self._pool


def _pool(server: Url, addresses: Sequence[str], deadline: Deadline) -> HTTPConnectionPool:
    if server.scheme == "http":

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _connect(addresses, server.port, deadline)

        pool = HTTPConnectionPool(server.host, server.port, maxsize=16)
        pool.ConnectionCls = Plain
        return pool

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(addresses, server.port, deadline)

    secure = HTTPSConnectionPool(server.host, server.port, maxsize=16)
    secure.ConnectionCls = Secure
    return secure


def _connect(addresses: Sequence[str], port: int, deadline: Deadline) -> socket.socket:
    """The first address that answers; each has its share of the time. Raises OSError, Failed."""
    for number, address in enumerate(addresses):
        last = number == len(addresses) - 1
        try:
            connected = socket.create_connection(
                (address, port), deadline.require() if last else deadline.require() / 2
            )
        except OSError:
            if last:
                raise
            continue
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        deadline.watch(connected)
        return connected
    raise Failed("transient")


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 0.0
