"""The engine: durable commits, and a schema that several services may bring up to date at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from cds_service.store.errors import StoreError

HEAD = "0002"
"""The newest migration. Told here too, so that Alembic is loaded only when there is something to do."""

WAIT_SECONDS = 10
"""How long a writer waits for the one before it; then its call fails instead of hanging."""

_READING = {"prrt_cds_reading": True}
_START_LOCK = 0x70727274  # "prrt"
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # in WAL mode NORMAL would lose acknowledged commits with the power
    "PRAGMA foreign_keys = ON",
)


def make_engine(url: URL) -> Engine:
    """An engine whose commits are on disk when they return. Nothing is connected yet. Errors show no parameters."""
    common: dict[str, Any] = {"hide_parameters": True, "pool_timeout": WAIT_SECONDS}
    if url.drivername != "sqlite":
        options = f"-c lock_timeout={WAIT_SECONDS * 1000} -c synchronous_commit=on"
        arguments: dict[str, Any] = {"connect_timeout": WAIT_SECONDS, "options": options}
        return create_engine(url, connect_args=arguments, pool_pre_ping=True, **common)
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS}, **common)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not at the first write
        connection.text_factory = _readable  # bytes that rotted must not keep the other entries from being verified
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: one that only finds later that it must write cannot wait for it.
        reading = connection.get_execution_options().get("prrt_cds_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _readable(text: bytes) -> str:
    return text.decode("utf-8", "replace")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the database throughout and keeps nobody from writing."""
    options: dict[str, Any] = dict(_READING)
    if engine.dialect.name != "sqlite":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect() as connection:
        connection.execution_options(**options)
        with connection.begin():
            yield connection


def make_file(url: URL) -> None:
    """An empty SQLite file that only its owner can read, where there is none. Raises StoreError."""
    if url.drivername != "sqlite":
        return
    path = Path(str(url.database))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            f"database {path}: cannot be written ({error.strerror}); say where with database in the configuration, "
            "or PRRT_CDS_DATABASE"
        ) from None


def upgrade(engine: Engine) -> None:
    """Brings the schema up to date: one service does it, others wait and find it done. Raises StoreError."""
    if version(engine) != HEAD:
        with alone(engine) as connection:
            _migrate(connection)


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which no other service starts up."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _START_LOCK})
        yield connection


def version(engine: Engine) -> str | None:
    """The schema's version, None for an empty database. Raises StoreError if a newer program made it."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and str(found) > HEAD:
        raise StoreError("the database was made by a newer version of this program")
    return None if found is None else str(found)


def _migrate(connection: Connection) -> None:
    from alembic import command  # only now: a third of a second
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def cannot_open(error: DBAPIError) -> StoreError:
    """A failure to reach the database at start, in one line; drivers do not quote the password."""
    said = " ".join(str(error.orig).split())
    return StoreError(f"the database cannot be used: {said or type(error.orig).__name__}")
