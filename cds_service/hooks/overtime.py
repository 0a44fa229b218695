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
"""Thread -> the CPU time at which it is over. Taken out by the thread, or by the watcher that ends it: never both."""

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
    _running[me] = time.thread_time() + seconds
    _watch()
    try:
        yield
    except Overtime:
        raise
    except BaseException:
        _leave(me)
        raise
    _leave(me)


def _leave(me: int) -> None:
    if _running.pop(me, None) is None:
        while True:  # it is on its way, and must not arrive anywhere else
            time.sleep(0.001)


def _watch() -> None:
    with _starting:
        if not any(thread.is_alive() for thread in _watchers):  # also after a fork, which threads do not survive
            _watchers[:] = [threading.Thread(target=_run, name="overtime", daemon=True)]
            _watchers[0].start()


def _run() -> None:
    while True:
        time.sleep(_LOOK_SECONDS)
        for thread, limit in list(_running.items()):
            try:
                spent = time.clock_gettime(time.pthread_getcpuclockid(thread))
            except OSError:
                continue  # it has ended meanwhile
            if spent > limit and _running.pop(thread, None) is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Overtime))
