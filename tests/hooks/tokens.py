"""Client tokens as an EHR makes them, and as others would like to."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER = "https://ehr.example"
PUBLIC = "https://cds.example/base"
DISCOVERY = f"{PUBLIC}/cds-services"
SERVICE = f"{DISCOVERY}/prrt-candidacy"


@cache
def rsa_key(bits: int = 2048, which: int = 0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, bits)


@cache
def ec_key(curve: type[ec.EllipticCurve] = ec.SECP384R1, which: int = 0) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve())


def public(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    """The JWK of a key pair's public half."""
    algorithm: Any = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}


def private(key: Any, kid: str) -> dict[str, Any]:
    """The JWK of the whole pair, as somebody publishes by mistake."""
    algorithm: Any = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key, as_dict=True), "kid": kid}


def jwks(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


@dataclass
class Ehr:
    """An EHR with its keys. ``token`` makes a right one; changes to ``...`` leave a member out."""

    issuer: str = ISSUER
    keys: dict[str, Any] = field(default_factory=lambda: {"es": ec_key(), "rs": rsa_key()})

    def jwks(self) -> bytes:
        return jwks(*(public(key, kid) for kid, key in self.keys.items()))

    def token(
        self, audience: Any = SERVICE, *, kid: str = "es", key: Any = None, header: Any = None, **claims: Any
    ) -> str:
        now = int(time.time())
        payload = {"iss": self.issuer, "aud": audience, "exp": now + 300, "iat": now, "jti": str(uuid4()), **claims}
        head = {"alg": "ES384" if kid == "es" else "RS384", "kid": kid, "typ": "JWT", **(header or {})}
        return signed(_without(head), _without(payload), key if key is not None else self.keys.get(kid, ec_key()))

    def bearer(self, audience: Any = SERVICE, **more: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(audience, **more)}"}


def signed(header: dict[str, Any], payload: dict[str, Any], key: Any) -> str:
    """Signs with whatever the key is for, whatever the header says of it: forgers do not ask a library."""
    text = f"{_part(header)}.{_part(payload)}"
    if isinstance(key, bytes):
        signature = jwt.get_algorithm_by_name("HS384").sign(text.encode(), key)
    elif isinstance(key, rsa.RSAPrivateKey):
        signature = jwt.get_algorithm_by_name("RS384").sign(text.encode(), key)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        signature = jwt.get_algorithm_by_name("ES384").sign(text.encode(), key)
    else:
        signature = b""
    return f"{text}.{_base64(signature)}"


def _without(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ...}


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
