"""The real service in a process of its own, for tests that need one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "cds_service"]


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRRT_CDS_", "PROMETHEUS_"))}
    return kept | more


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def running_service(
    *options: str, port: int | None = None, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Starts ``prrt-cds serve`` for the US, waits until it is ready, stops it in the end. Yields port and process.
    Without a database in the environment it has one of its own, which is gone afterwards. ``log``: a file for its
    standard error, where there is more than a pipe holds."""
    port = port or free_port()
    command = [*COMMAND, "serve", "--jurisdiction", "US", "--port", str(port), *options]
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory())
        where = clean_environment(**{"PRRT_CDS_DATABASE": f"{folder}/test.sqlite3", **(environment or {})})
        errors = stack.enter_context(log.open("wb")) if log else subprocess.PIPE
        process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=where, stderr=errors))
        try:
            _wait(process, port)
            yield port, process
        finally:
            process.terminate()
            process.communicate(timeout=40)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the service did not start: {(process.communicate()[1] or b'').decode()}")
