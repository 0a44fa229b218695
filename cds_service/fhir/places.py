"""Where a resource lives: the server, type, id and version its URL names."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """What the literal URL of a resource names. ``base`` is the server: without scheme, its host in lower case, no
    slash at its end; "" where the URL is relative. ``version`` is "" if none is named."""

    base: str
    type: str
    id: str
    version: str = ""


def place_of(url: str) -> Place | None:
    """The place a relative or an absolute http(s) URL names; None for anything else."""
    scheme, absolute, rest = url.partition("://")
    if not absolute:
        scheme, rest = "http", url
    if scheme.lower() not in ("http", "https") or "?" in rest or "#" in rest:
        return None
    rest, _, version = rest.partition("/_history/")
    server, _, last = rest.rpartition("/")
    server, _, kind = server.rpartition("/")
    if not (last and kind[:1].isupper() and kind.isalpha()) or (absolute and not server):
        return None
    host, slash, path = server.partition("/")
    host = host.lower().removesuffix(":80").removesuffix(":443")
    return Place(f"{host}{slash}{path}".rstrip("/") if absolute else "", kind, last, version)
