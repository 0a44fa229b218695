"""The chain: each entry's keyed hash covers it and the hash of the entry before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from cds_service.store.errors import StoreError
from cds_service.store.keys import SiteKey
from cds_service.store.tables import AUDIT, CHAIN

CALL, FEEDBACK, CHECKPOINT = "call", "feedback", "checkpoint"
"""The kinds of entries."""

START = ""
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry's number and hash: written down elsewhere, it shows whether the trail was put back to an older state."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def read(cls, text: str) -> Link:
        """The link printed as ``number:hash``. Raises ValueError."""
        number, _, hash_ = text.partition(":")
        if len(hash_) != 64:
            raise ValueError("not a link")
        return cls(int(number), hash_)


def hold(connection: Connection) -> Link:
    """Takes the end of the chain for this transaction: everybody else who writes waits. Raises StoreError."""
    row = connection.execute(_HEAD).one_or_none()
    if row is None:
        raise StoreError("the chain has no beginning: the database was tampered with")
    return Link(row.number, row.hash)


def append(
    connection: Connection, key: SiteKey, kind: str, body: dict[str, Any], *, service: str = "", patient: str = ""
) -> Link:
    """Writes one entry at the end of the chain, in the transaction of the caller."""
    before = hold(connection)
    entry: dict[str, Any] = {
        "number": before.number + 1,
        "at": now(),
        "kind": kind,
        "service": service,
        "patient": patient,
        "body": msgspec.json.encode(body).decode(),
        "previous": before.hash,
    }
    entry["hash"] = entry_hash(key, entry)
    connection.execute(_INSERT, entry)
    connection.execute(_MOVE, {"number": entry["number"], "hash": entry["hash"]})
    return Link(entry["number"], entry["hash"])


def entry_hash(key: SiteKey, entry: Any) -> str:
    """The hash of an entry's other columns, in the order of the table."""
    return key.hash(msgspec.json.encode([entry[name] for name in _HASHED]))


def now() -> str:
    """The time as the trail writes it: UTC to the microsecond, of one length, so that texts compare like times."""
    return utc(datetime.now(UTC))


def utc(when: datetime) -> str:
    """An aware time in UTC, as the trail writes it."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def entries(*conditions: Any) -> Select[Any]:
    """A query of entries in their order."""
    return select(AUDIT).where(*conditions).order_by(AUDIT.c.number)


def entry_of(connection: Connection, number: int) -> Row[Any]:
    """One entry. Raises StoreError if there is none."""
    row = connection.execute(entries(AUDIT.c.number == number)).one_or_none()
    if row is None:
        raise StoreError(f"there is no entry {number}")
    return row


_HASHED = [column.name for column in AUDIT.columns if column.name != "hash"]
_HEAD = select(CHAIN.c.number, CHAIN.c.hash).with_for_update()
_INSERT = insert(AUDIT)
_MOVE = update(CHAIN)
