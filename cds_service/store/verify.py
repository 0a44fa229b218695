"""Whether the trail is as it was written: nothing changed, missing, added or in another order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from cds_service.store import chain
from cds_service.store.chain import Link
from cds_service.store.entries import fingerprint
from cds_service.store.errors import StoreError
from cds_service.store.feedback import rows_hash
from cds_service.store.keys import SiteKey
from cds_service.store.store import Store, open_call
from cds_service.store.tables import AUDIT, CARDS, CHAIN, FEEDBACK, KEPT_CALLS

_BATCH = 500


@dataclass(slots=True)
class Verified:
    """``last``: the end of the chain; ``entries``: how many there are; ``faults``: entry and what is wrong with it."""

    last: Link
    entries: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def verify(store: Store, anchors: Iterable[Link] = ()) -> Verified:
    """Reads the whole trail. ``anchors`` are links written down earlier, elsewhere: only they show that the whole
    database was put back to an older state."""
    with store.reading() as connection:
        return _Verifier(connection, store.key).run({anchor.number: anchor for anchor in anchors})


class _Verifier:
    def __init__(self, connection: Connection, key: SiteKey) -> None:
        self._connection, self._key = connection, key
        self._found = Verified(Link(0, chain.START))

    def run(self, anchors: dict[int, Link]) -> Verified:
        head = self._connection.execute(select(CHAIN)).one_or_none()
        if head is None:
            self._fault(0, "the chain has no beginning")
            return self._found
        before, first, checkpoint = Link(head.pruned, chain.START), None, None
        for batch in self._batches():
            if first is None:
                first = batch[0]
                before = Link(head.pruned, first.previous)  # whether rightly so, the checkpoint says
            bodies = self._bodies(batch)
            for row in batch:
                self._entry(row, before, sound=row.number in bodies)
                before = Link(row.number, row.hash)
                if (anchor := anchors.get(row.number)) is not None and anchor.hash != row.hash:
                    self._fault(row.number, "is not the entry that was written down")
            self._attachments(batch, bodies)
            checkpoint = next((body for body in reversed(bodies.values()) if "pruned_to" in body), checkpoint)
            self._found.entries += len(batch)
        self._end(head, before, anchors)
        self._pruned(head, first, checkpoint)
        self._strays()
        return self._found

    def _fault(self, number: int, what: str) -> None:
        self._found.faults.append((number, what))

    def _batches(self) -> Iterator[list[Row[Any]]]:
        query = chain.entries().limit(_BATCH)
        while batch := list(self._connection.execute(query)):
            yield batch
            query = chain.entries(AUDIT.c.number > batch[-1].number).limit(_BATCH)

    def _entry(self, row: Row[Any], before: Link, *, sound: bool) -> None:
        due = before.number + 1
        if row.number > due:
            self._fault(due, "missing" if row.number == due + 1 else f"missing, with all up to {row.number - 1}")
        elif row.number < due:
            self._fault(row.number, "does not belong there: it is said to be pruned")
        elif row.previous != before.hash:
            self._fault(row.number, "does not follow the entry before it")
        if not sound:
            self._fault(row.number, "was changed")

    def _bodies(self, batch: list[Row[Any]]) -> dict[int, dict[str, Any]]:
        """The bodies of the entries that were not changed; of the others nothing can be relied on."""
        sound = (row for row in batch if chain.entry_hash(self._key, row._mapping) == row.hash)
        return {row.number: msgspec.json.decode(row.body) for row in sound}

    def _end(self, head: Row[Any], last: Link, anchors: dict[int, Link]) -> None:
        self._found.last = last
        if head.key_id != self._key.id:
            self._fault(last.number, "the chain's key id was changed")
        if (head.number, head.hash) != (last.number, last.hash):
            self._fault(last.number + 1, f"missing: the chain should end with entry {head.number}, as it was written")
        for anchor in anchors.values():
            if anchor.number > last.number:
                self._fault(anchor.number, "was written down and is missing")

    def _pruned(self, head: Row[Any], first: Row[Any] | None, checkpoint: dict[str, Any] | None) -> None:
        """What was pruned must be what the last checkpoint says, up to the very entry."""
        said = Link(0, chain.START) if checkpoint is None else Link(checkpoint["pruned_to"], checkpoint["hash"])
        if head.pruned != said.number:
            self._fault(head.pruned, "pruned without a checkpoint")
        elif first is not None and first.previous != said.hash:
            self._fault(first.number, "does not follow what was pruned")

    def _attachments(self, batch: list[Row[Any]], bodies: dict[int, dict[str, Any]]) -> None:
        """Cards, feedback and kept calls, against the entries they belong to."""
        between = (batch[0].number, batch[-1].number)
        cards, feedback, sealed = (self._by_entry(table, between) for table in (CARDS, FEEDBACK, KEPT_CALLS))
        for number, body in bodies.items():
            self._cards(number, body, cards.get(number, []))
            self._feedback(number, body, feedback.get(number, []))
            self._kept(number, body.get("kept"), sealed.get(number, []))

    def _by_entry(self, table: Any, between: tuple[int, int]) -> dict[int, list[Row[Any]]]:
        query = select(table).where(table.c.entry.between(*between)).order_by(*table.primary_key.columns)
        found: dict[int, list[Row[Any]]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.entry, []).append(row)
        return found

    def _cards(self, number: int, body: dict[str, Any], rows: list[Row[Any]]) -> None:
        """Each card must still be known, from this entry or a later one with the same card."""
        told = {card["uuid"]: msgspec.json.encode(card["rules"]).decode() for card in body.get("cards", ())}
        if any(row.rules != told.get(row.card) for row in rows):
            self._fault(number, "the rules of its cards were changed")
        gone = set(told) - {row.card for row in rows}
        if gone:
            later = select(func.count()).where(CARDS.c.card.in_(gone), CARDS.c.entry > number)
            if self._connection.execute(later).scalar() != len(gone):
                self._fault(number, "its cards are missing")

    def _feedback(self, number: int, body: dict[str, Any], rows: list[Row[Any]]) -> None:
        told = body["hash"] if "items" in body else rows_hash(self._key, [])
        if rows_hash(self._key, (row._mapping for row in rows)) != told:
            self._fault(number, "its feedback was changed")

    def _kept(self, number: int, told: dict[str, Any] | None, rows: list[Row[Any]]) -> None:
        if told is None and not rows:
            return
        try:
            content = open_call(self._key, rows[0].sealed) if rows else None
        except StoreError:
            content = None
        if content is None:
            self._fault(number, "its kept call is missing or was changed")
        elif fingerprint(content, self._key) != told:
            self._fault(number, "its kept call is another one")

    def _strays(self) -> None:
        """Rows that belong to no entry. The database itself forbids them, as long as its constraints are in force."""
        for table in (CARDS, FEEDBACK, KEPT_CALLS):
            query = select(table.c.entry).where(table.c.entry.not_in(select(AUDIT.c.number))).distinct()
            for number in self._connection.execute(query).scalars():
                self._fault(number, f"missing, but there are {table.name} of it")
