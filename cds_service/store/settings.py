"""Where feedback and the audit trail are kept, and what a site decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from cds_service.store.errors import StoreError


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``key_file``: the site key (None: beside the SQLite file, made at the first start); ``keep_requests``: keep every
    call encrypted, so that it can be replayed; ``retention_days``: what ``audit prune`` removes when older."""

    key_file: str | None = None
    keep_requests: bool = False
    retention_days: Annotated[int, msgspec.Meta(ge=1)] | None = None


def locate(database: str | None, environ: Mapping[str, str]) -> URL:
    """The database's address: a PostgreSQL or SQLite URL, a file's path, or by default a file in the user's own data
    directory, so that it does not depend on where the service was started. Raises StoreError."""
    if not database:
        database = str(Path(environ.get("XDG_DATA_HOME") or "~/.local/share") / "prrt-cds" / "prrt-cds.sqlite3")
    if "://" not in database:
        return URL.create("sqlite", database=str(_expanded(database)))
    try:
        url = make_url(database)
    except (ArgumentError, ValueError):  # its text would show the password
        raise StoreError("the database is no valid URL") from None
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite") and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise StoreError(
        "the database must be a PostgreSQL URL (postgresql://...), or an SQLite file or URL (sqlite:///...)"
    )


def key_path(settings: AuditSettings, url: URL) -> Path:
    """Where the site key is. Raises StoreError for PostgreSQL without ``key_file``: all hosts need the same one."""
    if settings.key_file:
        return _expanded(settings.key_file)
    if url.drivername == "sqlite":
        return Path(str(url.database)).with_suffix(".key")
    raise StoreError("a PostgreSQL database needs audit.key_file in the configuration: one site key for all")


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise StoreError(
            "there is no home directory to keep the database in; say where with database in the configuration, or "
            "PRRT_CDS_DATABASE"
        ) from None
