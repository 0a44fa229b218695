"""The site key: 32 random bytes in a file, from which every other key is derived."""

from __future__ import annotations

import binascii
import hmac
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cds_service.fhir.status import KEPT
from cds_service.store.errors import StoreError

_SIZE = 32
_NONCE = 12
_REFERENCE = re.compile(r"([A-Za-z]+)/.+", re.S)


@dataclass(frozen=True, slots=True)
class SiteKey:
    """What the site key is used for. Without it the trail can neither be forged nor a patient be looked up in it."""

    id: str
    _chain: bytes = field(repr=False)
    _names: bytes = field(repr=False)
    _seals: AESGCM = field(repr=False)

    @classmethod
    def of(cls, secret: bytes) -> SiteKey:
        """The keys derived from the site's secret."""
        return cls(
            id=_derive(secret, "id").hex()[:16],
            _chain=_derive(secret, "chain"),
            _names=_derive(secret, "names"),
            _seals=AESGCM(_derive(secret, "seals")),
        )

    def hash(self, data: bytes) -> str:
        """The keyed SHA-256 of anything, in hex: who lacks the key can neither make nor guess it."""
        return hmac.digest(self._chain, data, "sha256").hex()

    def hidden(self, reference: str) -> str:
        """A reference such as "Observation/1" with its id replaced by a keyed hash. The type stays if it is one we
        read; anything else might be an identifier too."""
        found = _REFERENCE.fullmatch(reference)
        kind = found[1] if found and found[1] in KEPT else "other"
        return f"{kind}/{hmac.digest(self._names, reference.encode('utf-8', 'replace'), 'sha256').hex()[:20]}"

    def seal(self, data: bytes, purpose: str) -> bytes:
        """The data encrypted (AES-256-GCM); opens only for the same purpose."""
        nonce = os.urandom(_NONCE)
        return nonce + self._seals.encrypt(nonce, data, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed. Raises StoreError if it was changed."""
        try:
            return self._seals.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise StoreError("what was encrypted cannot be opened: it was changed, or the key is another") from None


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _SIZE, salt=None, info=f"prrt-cds {purpose}".encode()).derive(secret)


def read_key(path: Path) -> SiteKey:
    """The key of a file that holds 32 bytes in hex. Raises StoreError."""
    try:
        secret = binascii.unhexlify(path.read_bytes().strip())
    except OSError as error:
        raise StoreError(f"site key {path}: cannot be read ({error.strerror})") from None
    except binascii.Error:
        secret = b""
    if len(secret) != _SIZE:
        raise StoreError(f"site key {path}: must hold {_SIZE} bytes in hex, such as `openssl rand -hex {_SIZE}` prints")
    return SiteKey.of(secret)


def make_key(path: Path) -> SiteKey:
    """The key of the file; if there is none, a new one, readable by its owner only. Raises StoreError."""
    try:
        if not path.exists():
            _write_whole(path, os.urandom(_SIZE).hex() + "\n")
    except OSError as error:
        raise StoreError(f"site key {path}: cannot be written ({error.strerror})") from None
    return read_key(path)


def _write_whole(path: Path, text: str) -> None:
    """Written aside and linked, so that nobody reads half a key and of two who write one only one succeeds."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if not path.exists():
            os.link(aside, path)
    except FileExistsError:
        return
    finally:
        Path(aside).unlink()
