"""A real PostgreSQL for the tests: on a free port, in a temporary directory, as a user who is not root.

    python scripts/postgres_for_tests.py

prints the server's URL as one line, runs until its standard input is closed, and leaves nothing behind. It uses the
PostgreSQL that is installed; where there is none, root gets it from Debian, everybody else is told to install it.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

NEEDED = ("initdb", "pg_ctl", "postgres")
OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60 -c port="
USER = "prrt"


def binaries() -> Path | None:
    """Where PostgreSQL's server programs are: on the path, or the newest that Debian keeps off it."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parts[-2])))
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for folder in (*on_path, *reversed(debian)):
        if all((folder / name).exists() for name in NEEDED):
            return folder
    return None


def install() -> Path:
    """PostgreSQL from Debian. Ends the program if that is not possible here."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit("the tests need PostgreSQL's server programs (initdb, pg_ctl, postgres); please install them")
    print("installing PostgreSQL for the tests", file=sys.stderr)
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": sys.stderr, "check": True}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "postgresql"], **quiet)
    return binaries() or sys.exit("PostgreSQL was installed, but its server programs were not found")


def unprivileged() -> dict[str, Any]:
    """As whom the server runs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))  # so that the server is stopped then too
    programs, who = binaries() or install(), unprivileged()
    # Not under TMPDIR: a folder of root's own is closed to the user the server runs as.
    home = Path(tempfile.mkdtemp(prefix="prrt-postgres-", dir="/tmp" if who else None))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    data, password = home / "data", secrets.token_hex(16)

    def run(program: str, *arguments: str) -> bool:
        command = [programs / program, "-D", data, *arguments]
        with (home / "log").open("ab") as log:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=home, env=environment, **who
            )
        return done.returncode == 0

    try:
        (home / "password").write_text(password)
        if who:
            for path in (home, home / "password"):
                os.chown(path, who["user"], who["group"])
        if not run("initdb", "-U", USER, "-A", "scram-sha-256", f"--pwfile={home}/password", "-E", "UTF8", "--no-sync"):
            sys.exit((home / "log").read_text())
        for _ in range(5):  # somebody else may take the port first
            port = free_port()
            if run("pg_ctl", "-w", "-t", "60", "-o", f"{OPTIONS}{port}", "start"):
                break
        else:
            sys.exit((home / "log").read_text())
        try:
            print(f"postgresql://{USER}:{password}@127.0.0.1:{port}/postgres", flush=True)
            while sys.stdin.buffer.read1(4096):
                pass
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
