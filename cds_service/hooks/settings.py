"""Deployment settings (a TOML file, ``PRRT_CDS_CONFIG``): nothing clinical, everything optional."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from cds_service.store import AuditSettings


class SettingsError(ValueError):
    """The settings cannot be used; one line for whoever starts the service."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``allowed_origins``: web origins whose browsers may call (None: any port of this machine itself);
    ``max_body_bytes``: a larger request is refused; ``database``: where feedback and the audit trail are kept, a file
    or a PostgreSQL URL (``PRRT_CDS_DATABASE`` wins, so that a password need not be in a file)."""

    allowed_origins: tuple[str, ...] | None = None
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000)] = 25 * 1024 * 1024
    database: str | None = None
    audit: AuditSettings = AuditSettings()


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of the file named by ``PRRT_CDS_CONFIG``, else the defaults. Raises SettingsError."""
    path = environ.get("PRRT_CDS_CONFIG")
    settings = _read(path) if path else Settings()
    database = environ.get("PRRT_CDS_DATABASE")
    return msgspec.structs.replace(settings, database=database) if database else settings


def _read(path: str) -> Settings:
    try:
        return msgspec.convert(tomllib.loads(Path(path).read_text(encoding="utf-8-sig")), Settings)
    except OSError as error:
        raise SettingsError(f"configuration {path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"configuration {path}: {' '.join(str(error).split())}") from None
