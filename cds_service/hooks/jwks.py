"""The public keys of one client: from its configured ``jku`` or a file, cached, fetched again when they rotate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from cds_service.fhir.addresses import Allowed, NotAllowed, Url, is_loopback, read_networks, read_url
from cds_service.fhir.elements import objects
from cds_service.fhir.http import Deadline, Failed, Transport, together
from cds_service.hooks.decode import decode
from cds_service.hooks.settings import Client

FRESH_SECONDS = 3_600
"""After this the keys are fetched again, so that a withdrawn one goes."""

KEEP_SECONDS = 24 * 3_600
"""How long old keys still count when the client's server does not answer."""

AGAIN_SECONDS = 60
"""A key nobody knows makes us ask once; then not again before this: forged key ids must not become a flood."""

FETCH_SECONDS = 3.0
MAX_BYTES = 1_000_000
_MAX_KEYS = 100
_MIN_RSA_BITS = 2_048
_ALGORITHMS = {("RSA", None): "RS384", ("EC", "P-384"): "ES384"}
"""Key type and curve -> the only algorithm they are used with."""

Keys = dict[tuple[str, str], Any]
"""(kid, algorithm) -> public key."""


def read_keys(body: bytes) -> Keys:
    """The usable keys of a JWK set; others are passed over, symmetric and private ones always. Raises ValueError."""
    found = decode(body)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("not a JWK set")
    keys: Keys = {}
    for data in list(objects(found["keys"]))[:_MAX_KEYS]:
        kid = data.get("kid")
        algorithm = _ALGORITHMS.get((str(data.get("kty")), data.get("crv") if data.get("kty") == "EC" else None))
        if algorithm and isinstance(kid, str) and _for_signatures(data, algorithm) and (key := _key(data, algorithm)):
            keys[kid, algorithm] = key
    return keys


def _for_signatures(data: Mapping[str, Any], algorithm: str) -> bool:
    operations = data.get("key_ops", ["verify"])
    return (
        data.get("use", "sig") == "sig"
        and data.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in data  # a private key that is published is nobody's key
    )


def _key(data: Mapping[str, Any], algorithm: str) -> Any:
    try:
        key = jwt.PyJWK(dict(data), algorithm=algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return None if isinstance(key, RSAPublicKey) and key.key_size < _MIN_RSA_BITS else key


class KeySet:
    """One client's keys in this process. ``fetch`` raises Failed or ValueError."""

    def __init__(self, fetch: Callable[[], bytes], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._lock = threading.Lock()
        self._keys: Keys = {}
        self._fetched = self._asked = float("-inf")

    def key(self, kid: str, algorithm: str) -> Any | None:
        """The key, or None. Takes at most FETCH_SECONDS, and nearly always no time."""
        known = self._known(kid, algorithm)
        if known is None or self._clock() - self._fetched > FRESH_SECONDS:
            with self._lock:
                if self._clock() - self._asked > AGAIN_SECONDS:
                    self._ask()
            known = self._known(kid, algorithm)
        return known

    def _known(self, kid: str, algorithm: str) -> Any | None:
        return self._keys.get((kid, algorithm)) if self._clock() - self._fetched <= KEEP_SECONDS else None

    def _ask(self) -> None:
        self._asked = self._clock()
        try:
            self._keys = read_keys(self._fetch())
        except (Failed, ValueError):
            return  # the keys we have go on to count, up to KEEP_SECONDS
        self._fetched = self._clock()


def keys_of(client: Client) -> KeySet:
    """The keys of a configured client. Raises ValueError, in words for whoever starts the service."""
    if (client.jku is None) == (client.jwks_file is None):
        raise ValueError("needs either jku or jwks_file")
    if client.jku is None:
        return _from_file(Path(str(client.jwks_file)))
    try:
        url = read_url(client.jku)
    except NotAllowed:
        raise ValueError("jku must be an https URL") from None
    if url.scheme != "https" and not is_loopback(url.host):
        raise ValueError("jku must be https: keys that come in the clear are anybody's")
    if client.ca_file is not None and not Path(client.ca_file).is_file():
        raise ValueError(f"ca_file: there is no file {client.ca_file}")
    return KeySet(fetcher(client.jku, client.networks, client.ca_file))


def _from_file(path: Path) -> KeySet:
    try:
        usable = read_keys(path.read_bytes())
    except OSError as error:
        raise ValueError(f"jwks_file cannot be read ({error.strerror})") from None
    if not usable:
        raise ValueError("jwks_file holds no key that can be used (RSA of 2048 bits or more, EC P-384)")

    def read() -> bytes:  # read again like a jku: a key is rotated by replacing the file
        try:
            return path.read_bytes()
        except OSError:
            raise Failed("not-found") from None

    return KeySet(read)


def fetcher(jku: str, networks: tuple[str, ...], ca_file: str | None) -> Callable[[], bytes]:
    """How to get the keys at ``jku``: from there only, without redirects, within FETCH_SECONDS."""
    url = read_url(jku)
    allowed = Allowed((Url(url.scheme, url.host, url.port, url.path),), read_networks(networks))

    def fetch() -> bytes:
        deadline = Deadline(FETCH_SECONDS)
        transport = Transport(url, allowed, deadline, max_bytes=MAX_BYTES, ca_file=ca_file)
        (reply,) = together(
            [lambda: transport.request("GET", url, {"Accept": "application/jwk-set+json, application/json"})],
            deadline,
            1,
        )
        if reply is None or reply.status != 200:
            raise Failed("exception")
        return reply.body

    return fetch
