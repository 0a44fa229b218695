"""Removing what is older than the site keeps, so that the rest can still be verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from cds_service.store import chain
from cds_service.store.chain import Link
from cds_service.store.errors import StoreError
from cds_service.store.store import Store
from cds_service.store.tables import AUDIT, CARDS, CHAIN, FEEDBACK, KEPT_CALLS
from cds_service.store.verify import verify

CHUNK = 5_000
"""How many entries go at once: calls wait for as long as that takes."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many entries went, and the last checkpoint that says so (None if there was nothing to do)."""

    entries: int
    checkpoint: Link | None


def prune(store: Store, before: datetime) -> Pruned:
    """Removes the entries written before a time, with their cards, feedback and kept calls.

    A checkpoint at the end of the chain says up to which entry, and with which hash. Raises StoreError if the trail
    does not verify: then it is evidence and nothing is removed.
    """
    if verify(store).faults:
        raise StoreError("the trail does not verify, so nothing is pruned; see `prrt-cds audit verify`")
    with store.reading() as connection:
        pruned = connection.execute(select(CHAIN.c.pruned)).scalar_one()
        last = _last_before(connection, chain.utc(before))
    checkpoint = None
    if last is not None:
        for number in (*range(pruned + CHUNK, last, CHUNK), last):
            checkpoint = _prune_to(store, number, before)
    return Pruned(0 if last is None else last - pruned, checkpoint)


def _last_before(connection: Connection, when: str) -> int | None:
    """The last entry before the first that is kept: nothing is taken out of the middle if a clock was put back."""
    kept = connection.execute(select(func.min(AUDIT.c.number)).where(AUDIT.c.at >= when)).scalar()
    older = select(func.max(AUDIT.c.number))
    found: int | None = connection.execute(older if kept is None else older.where(AUDIT.c.number < kept)).scalar()
    return found


def _prune_to(store: Store, number: int, before: datetime) -> Link:
    with store.writing() as connection:
        chain.hold(connection)
        body = {"pruned_to": number, "hash": chain.entry_of(connection, number).hash, "before": chain.utc(before)}
        checkpoint = chain.append(connection, store.key, chain.CHECKPOINT, body)
        connection.execute(update(CHAIN).values(pruned=number))  # from here on the database lets them go
        for table in (CARDS, FEEDBACK, KEPT_CALLS):
            connection.execute(delete(table).where(table.c.entry <= number))
        connection.execute(delete(AUDIT).where(AUDIT.c.number <= number))
    return checkpoint
