"""Databases for the tests that need one: the same tests run on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.databases import Database
from tests.live import ROOT


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, started when first asked for."""
    command = [sys.executable, ROOT / "scripts" / "postgres_for_tests.py"]
    # In a session of its own: whatever ends the tests, it lives to see its input closed and stops the server.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        assert url.startswith("postgresql://"), "PostgreSQL did not start; its words are above"
        yield url
        server.communicate(timeout=60)  # closes its input: it stops


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A new, empty database."""
    key_file = tmp_path / "site.key"
    if request.param == "sqlite":
        yield Database(str(tmp_path / "test.sqlite3"), key_file)
        return
    server, name = request.getfixturevalue("postgres"), f"test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield Database(server.removesuffix("postgres") + name, key_file)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
