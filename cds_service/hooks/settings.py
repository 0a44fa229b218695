"""Deployment settings (a TOML file, ``PRRT_CDS_CONFIG``): nothing clinical, everything optional."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec


class SettingsError(ValueError):
    """The settings cannot be used; one line for whoever starts the service."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``allowed_origins``: web origins whose browsers may call (None: any port of this machine itself);
    ``max_body_bytes``: a larger request is refused."""

    allowed_origins: tuple[str, ...] | None = None
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1_000)] = 25 * 1024 * 1024


def load_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of the file named by ``PRRT_CDS_CONFIG``, else the defaults. Raises SettingsError."""
    path = environ.get("PRRT_CDS_CONFIG")
    if not path:
        return Settings()
    try:
        return msgspec.convert(tomllib.loads(Path(path).read_text(encoding="utf-8-sig")), Settings)
    except OSError as error:
        raise SettingsError(f"configuration {path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"configuration {path}: {' '.join(str(error).split())}") from None
