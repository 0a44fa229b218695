"""Cross-origin calls of browser clients: named origins only, never credentials, never a wildcard."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from flask import Flask, Response, request

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def allow_origins(app: Flask, origins: Collection[str] | None) -> None:
    """Lets browsers on these origins call the CDS Hooks endpoints; None means any port of this machine itself."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        if request.path != "/cds-services" and not request.path.startswith("/cds-services/"):
            return response
        response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if _is_loopback(origin) if origins is None else origin in origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            if request.method == "OPTIONS":
                # By name: a "*" would not cover Authorization.
                response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Max-Age"] = "600"
        return response


def _is_loopback(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK and parts.username is None
