"""A record that costs too much to read is given up, whatever makes it costly."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.25


class Overtime(BaseException):
    """The block took more computing than it may. Not an Exception: nothing in between must take it for a fault."""


_running: dict[int, float] = {}
"""Thread -> the CPU time at which it is over."""

_ending = threading.Lock()  # Overtime is sent only under it, and only to a thread that is in ``_running``
_starting = threading.Lock()
_watchers: list[threading.Thread] = []


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Raises Overtime in the block once it has used that much CPU time of its thread (None: no limit).

    It may be raised anywhere in the block: only for code that leaves nothing behind, never around the engine.
    """
    if seconds is None:
        yield
        return
    me = threading.get_ident()
    _watch()
    try:
        _running[me] = time.thread_time() + seconds
        yield
    finally:
        _leave(me)


def _leave(me: int) -> None:
    """Takes the thread out; whatever is still on its way is called back, so that it arrives nowhere else."""
    while True:
        try:
            with _ending:
                _running.pop(me, None)
                _send(me, None)
            return
        except Overtime:
            continue  # it came while leaving


def _send(thread: int, what: type[BaseException] | None) -> None:
    sent = ctypes.py_object() if what is None else ctypes.py_object(what)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), sent)


def _watch() -> None:
    with _starting:
        if not any(thread.is_alive() for thread in _watchers):  # also after a fork, which threads do not survive
            _watchers[:] = [threading.Thread(target=_run, name="overtime", daemon=True)]
            _watchers[0].start()


def _run() -> None:
    while True:
        time.sleep(_LOOK_SECONDS)
        for thread, limit in list(_running.items()):
            with _ending:  # a thread that is still in is alive: it cannot leave meanwhile
                if _running.get(thread) != limit:
                    continue
                if time.clock_gettime(time.pthread_getcpuclockid(thread)) > limit:
                    _send(thread, Overtime)  # at every look: a finaliser may have swallowed the last one
