"""What one request, one client and all of them together may cost: what is more is refused, early and cheaply."""

from __future__ import annotations

import threading

from flask import Flask, g, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from cds_service.hooks.decode import JsonError, decode, nested_too_deeply
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.settings import LimitSettings
from cds_service.hooks.telemetry import log_fault
from cds_service.hooks.watch import was_late

RETRY_AFTER_SECONDS = 2

_COSTLY = frozenset({"hooks.call", "hooks.feedback", "web.show"})
"""The endpoints whose work is counted; discovery is always available."""

_BETWEEN = bytes(each for each in range(256) if each not in b",{[")
"""The bytes of a JSON text that begin no value."""

_TOO_LARGE = "The request body is too large."
_SLOW = "The request body did not arrive in time."
_BUSY = "The service is busy; try again shortly."
_VALUES = "The request body holds more values than one patient's record."


class Slots:
    """Room for so many calls at a time, and for some more to wait for it."""

    def __init__(self, limits: LimitSettings) -> None:
        self._seconds = limits.wait_seconds
        self._room = threading.BoundedSemaphore(limits.concurrent)
        self._queue = threading.BoundedSemaphore(limits.concurrent + limits.waiting)

    def take(self) -> None:
        """Takes a place; give it back with ``free``. Raises Refusal (503)."""
        if not self._queue.acquire(blocking=False):
            raise busy()
        if not self._room.acquire(timeout=self._seconds):
            self._queue.release()
            raise busy()

    def free(self) -> None:
        """Gives a place back."""
        self._room.release()
        self._queue.release()


def busy() -> Refusal:
    """What a client is told when there is no room."""
    return Refusal(503, _BUSY, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def limit(app: Flask, limits: LimitSettings) -> None:
    """Counts the costly requests of the app, from before their body is read until they are answered."""
    slots = Slots(limits)

    @app.before_request
    def take() -> None:
        if request.endpoint in _COSTLY:
            slots.take()
            g.slot = True

    @app.teardown_request
    def free(_: BaseException | None) -> None:
        if g.pop("slot", False):
            slots.free()


def read_body(limits: LimitSettings) -> bytes:
    """The request's body, whole. Raises Refusal (400, 408, 413, 415), HTTPException (413)."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Refusal(415, "A compressed request body is not supported.")
    try:
        body = _received()
    except Exception as error:  # whatever else the server raises here, the client's framing of the body is at fault
        if was_late(request.environ.get("gunicorn.socket")):
            raise Refusal(408, _SLOW) from None
        if isinstance(error, HTTPException):  # too large, or the client went away
            raise
        log_fault(error)
        raise Refusal(400, "The request body could not be received.") from None
    most = request.max_content_length
    if request.content_length is None and most is not None and len(body) >= most:  # chunked, and cut off there
        raise Refusal(413, _TOO_LARGE)
    if too_many_values(body, limits.max_values):
        raise Refusal(413, _VALUES)
    return body


def _received() -> bytes:
    length, most = request.content_length, request.max_content_length
    if length is None:  # chunked, or none at all
        return request.get_data(cache=False)
    if most is not None and length > most:
        raise RequestEntityTooLarge
    try:
        body: bytes = request.input_stream.read(length)  # in one piece: no more than was announced
    except (OSError, ValueError):
        raise ClientDisconnected from None
    if len(body) < length:
        raise ClientDisconnected
    return body


def too_many_values(body: bytes, most: int) -> bool:
    """Whether a JSON text may hold more values than that, told without decoding: 3 bytes can cost 200 in memory.

    Commas and brackets inside texts count too, which the limit leaves ample room for. So many values take twice as many
    bytes less one, in any JSON text: each but the outermost has a comma beside it or the brackets it alone is in.
    """
    return len(body) >= 2 * most and len(body.translate(None, _BETWEEN)) >= most


def decode_fetched(body: bytes, most: int) -> object:
    """The JSON value of a FHIR server's answer, under the same limits as a request. Raises JsonError."""
    if too_many_values(body, most):
        raise JsonError("too many values")
    value = decode(body)
    if nested_too_deeply(value):
        raise JsonError("nested too deeply")
    return value
