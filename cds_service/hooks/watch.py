"""Connections that take too long are ended from outside: a thread reads as long as something drips."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from cds_service.hooks.settings import LimitSettings

_LATE: WeakSet[socket.socket] = WeakSet()


def was_late(connection: object) -> bool:
    """Whether this connection (gunicorn's, of the request's environment) was ended because its request did not come."""
    return connection in _LATE


class Watch:
    """Ends connections that take too long to send their request or to take their answer, one thread a process."""

    def __init__(self, limits: LimitSettings) -> None:
        self._receive = limits.receive_seconds
        self._whole = limits.receive_seconds + limits.send_seconds
        self._open: dict[int, tuple[float, socket.socket]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def over(self, connection: socket.socket) -> Iterator[None]:
        """Watches the connection while one request is handled."""
        with self._lock:
            self._open[id(connection)] = time.monotonic(), connection
            if self._thread is None:  # only now: a thread does not survive a fork
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._open[id(connection)]

    def _run(self) -> None:
        pause = min(0.5, self._receive / 4)
        while True:
            time.sleep(pause)
            with self._lock:
                now = time.monotonic()
                for begun, connection in self._open.values():
                    if now - begun > self._whole:
                        _shut(connection, socket.SHUT_RDWR)
                    elif now - begun > self._receive:
                        _LATE.add(connection)
                        _shut(connection, socket.SHUT_RD)  # the answer can still be sent


def _shut(connection: socket.socket, how: int) -> None:
    try:
        connection.shutdown(how)
    except OSError:
        return  # it is closed already
