"""Client authentication: the CDS Hooks JWT. Who fails is told nothing; the log says which check it was, no more.

PyJWT does the cryptography's JOSE side (over ``cryptography``, no other dependency): small, long-lived, in wide use
and quick to fix. Its own JWKS client is not used: it follows redirects and connects wherever a name leads.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import jwt
from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError

from cds_service.fhir.addresses import read_base
from cds_service.hooks.jwks import KeySet, keys_of
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.settings import Client
from cds_service.hooks.telemetry import log, log_fault
from cds_service.store import StoreError
from cds_service.store.replay import Replay

ALGORITHMS = ("ES384", "RS384")
"""All there are: asymmetric, fixed here, never taken from a token or a configuration."""

_TOKEN = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.I)
_MAX_TOKEN = 8_000
_MAX_ID = 512


class Unauthenticated(Exception):
    """A token that is not accepted. ``why`` names the check, for the log."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Authenticator:
    """Checks the tokens of all configured clients. ``lifetime`` and ``leeway``: seconds."""

    def __init__(
        self,
        clients: tuple[Client, ...],
        replay: Replay,
        *,
        lifetime: int = 3_600,
        leeway: int = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clients = {client.issuer: (client, keys_of(client)) for client in clients}
        self._replay, self._clock = replay, clock
        self._lifetime, self._leeway = lifetime, leeway

    def check(self, authorization: str, audience: str) -> str:
        """The issuer of a right token for this very URL. Raises Unauthenticated."""
        found = _TOKEN.fullmatch(authorization) if len(authorization) <= _MAX_TOKEN else None
        if found is None:
            raise Unauthenticated("token")
        token = found[1]
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(token, options={"verify_signature": False})
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise Unauthenticated("token") from None
        client, keys = self._client(header, claims)
        self._check_claims(client, claims, audience)
        self._check_signature(token, keys.key(header["kid"], header["alg"]), header["alg"], client, audience)
        if not self._replay.first_use(
            client.issuer, claims["jti"], int(claims["exp"]) + self._leeway, int(self._clock())
        ):
            raise Unauthenticated("jti")
        return client.issuer

    def _client(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> tuple[Client, KeySet]:
        _require(header.get("alg") in ALGORITHMS, "alg")
        _require(str(header.get("typ")).upper() == "JWT", "typ")
        _require("crit" not in header, "crit")
        _require(isinstance(header.get("kid"), str), "kid")
        issuer = claims.get("iss")
        _require(isinstance(issuer, str) and issuer in self._clients, "iss")
        client, keys = self._clients[str(issuer)]
        _require("jku" not in header or header["jku"] == client.jku, "jku")
        return client, keys

    def _check_claims(self, client: Client, claims: Mapping[str, Any], audience: str) -> None:
        audiences = claims.get("aud")
        _require(audiences == audience or (isinstance(audiences, list) and audience in audiences), "aud")
        now, expires, issued = self._clock(), _time(claims.get("exp")), _time(claims.get("iat"))
        _require(now - self._leeway < expires <= now + self._lifetime + self._leeway, "exp")
        _require(issued <= now + self._leeway and issued <= expires, "iat")
        name = claims.get("jti")
        _require(isinstance(name, str) and 0 < len(name) <= _MAX_ID, "jti")
        _require(not client.tenants or claims.get("tenant") in client.tenants, "tenant")

    def _check_signature(self, token: str, key: Any, algorithm: str, client: Client, audience: str) -> None:
        _require(key is not None, "kid")
        try:
            # The times were checked above, by our own clock; everything else is checked once more, now proven.
            jwt.decode(
                token, key, algorithms=[algorithm], audience=audience, issuer=client.issuer,
                options={"require": ["exp", "iat", "aud", "iss", "jti"], "verify_exp": False, "verify_iat": False,
                         "verify_nbf": False},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unauthenticated("signature") from None


def _require(right: bool, why: str) -> None:
    if not right:
        raise Unauthenticated(why)


def _time(value: object) -> float:
    """Whole or fractional seconds since 1970, before the year 10000. Raises Unauthenticated."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 253_402_300_800:
        return float(value)
    raise Unauthenticated("time")


def authenticate(app: Flask, authenticator: Authenticator, public_url: str) -> None:
    """Lets nobody at the CDS Hooks endpoints without a right token. ``g.client`` is who called."""
    base = str(read_base(public_url))

    @app.before_request
    def check() -> None:
        # The path as routed, not what a header says of the host: the URL called is ours to know.
        if not request.path.startswith("/cds-services") or request.method == "OPTIONS":
            return
        try:
            g.client = authenticator.check(request.headers.get("Authorization", ""), base + request.path)
        except Unauthenticated as error:
            _refuse(error.why)
        except (SQLAlchemyError, StoreError) as error:  # it cannot be known whether the token was used before
            log_fault(error)
            raise Refusal(503, "The service cannot authenticate anybody now.") from None


def _refuse(why: str) -> NoReturn:
    log("unauthenticated", why=why)
    raise Refusal(401, "", {"WWW-Authenticate": "Bearer"})
