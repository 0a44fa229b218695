"""Removing what is older than the site keeps, so that the rest can still be verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from cds_service.store import chain
from cds_service.store.chain import Link
from cds_service.store.errors import StoreError
from cds_service.store.store import Store
from cds_service.store.tables import AUDIT, CARDS, CHAIN, FEEDBACK, KEPT_CALLS
from cds_service.store.verify import verify


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many entries went, and the checkpoint that says so (None if there was nothing to do)."""

    entries: int
    checkpoint: Link | None


def prune(store: Store, before: datetime) -> Pruned:
    """Removes the entries written before a time, with their cards, feedback and kept calls.

    A checkpoint at the end of the chain says up to which entry, and with which hash. Raises StoreError if the trail
    does not verify: then it is evidence and nothing is removed.
    """
    if verify(store).faults:
        raise StoreError("the trail does not verify, so nothing is pruned; see `prrt-cds audit verify`")
    with store.writing() as connection:
        chain.hold(connection)
        last = _last_before(connection, chain.utc(before))
        if last is None:
            return Pruned(0, None)
        pruned = connection.execute(select(CHAIN.c.pruned)).scalar_one()
        body = {"pruned_to": last.number, "hash": last.hash, "before": chain.utc(before)}
        checkpoint = chain.append(connection, store.key, chain.CHECKPOINT, body)
        connection.execute(update(CHAIN).values(pruned=last.number))  # from here on the database lets them go
        for table in (CARDS, FEEDBACK, KEPT_CALLS):
            connection.execute(delete(table).where(table.c.entry <= last.number))
        connection.execute(delete(AUDIT).where(AUDIT.c.number <= last.number))
        return Pruned(last.number - pruned, checkpoint)


def _last_before(connection: Connection, when: str) -> Row[Any] | None:
    """The last entry before the first that is kept: nothing is taken out of the middle if a clock was put back."""
    keep = select(AUDIT.c.number).where(AUDIT.c.at >= when).order_by(AUDIT.c.number).limit(1)
    first = connection.execute(keep).scalar()
    older = chain.entries(*([] if first is None else [AUDIT.c.number < first])).order_by(None)
    return connection.execute(older.order_by(AUDIT.c.number.desc()).limit(1)).one_or_none()
