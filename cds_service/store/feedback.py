"""Feedback on cards: stored once, however often it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Connection, insert, select

from cds_service.store import chain
from cds_service.store.chain import Link
from cds_service.store.keys import SiteKey
from cds_service.store.tables import CARDS, FEEDBACK

Outcome = Literal["accepted", "overridden"]
_SOME = 500
"""How many values one query is asked about."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of one card. ``at``: when, as the trail writes it; ``suggestions``: uuids of those accepted."""

    card: str
    outcome: Outcome
    at: str
    suggestions: tuple[str, ...] = ()
    reason_system: str = ""
    reason_code: str = ""
    comment: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Received:
    """How much of a batch was new, was known already, and is about cards that nobody here made."""

    stored: int
    repeated: int
    unknown: int
    entry: Link


def store_feedback(
    connection: Connection, key: SiteKey, service: str, client: str, batch: Sequence[Feedback]
) -> Received:
    """Writes a batch and its entry of the trail, in the transaction of the caller."""
    chain.hold(connection)  # before looking: two who send the same at once are one after the other
    sent = {_digest(key, service, item): _named(key, item) for item in batch}
    known = set(_scalars(connection, FEEDBACK.c.digest, sent))
    new = {digest: item for digest, item in sent.items() if digest not in known}
    rules = _rules(connection, {item.card for item in new.values()})
    rows = [
        {
            "position": position, "card": item.card, "rules": rules.get(item.card), "outcome": item.outcome,
            "at": item.at, "suggestions": msgspec.json.encode(item.suggestions).decode(),
            "reason_system": item.reason_system, "reason_code": item.reason_code,
            "comment": key.seal(item.comment.encode(), COMMENT) if item.comment else None, "digest": digest,
        }
        for position, (digest, item) in enumerate(new.items())
    ]  # fmt: skip
    unknown = sum(row["rules"] is None for row in rows)
    body = {
        "client": client, "items": len(rows), "repeated": len(batch) - len(rows), "unknown": unknown,
        "hash": rows_hash(key, rows),
    }  # fmt: skip
    entry = chain.append(connection, key, chain.FEEDBACK, body, service=service)
    if rows:
        connection.execute(insert(FEEDBACK), [{"entry": entry.number, **row} for row in rows])
    return Received(len(rows), len(batch) - len(rows), unknown, entry)


COMMENT = "comment"
"""What a comment is sealed for."""


def rows_hash(key: SiteKey, rows: Iterable[Any]) -> str:
    """The hash that an entry holds of its feedback as it is stored."""
    return key.hash(msgspec.json.encode([[row[name] for name in _HASHED] for row in rows]))


_HASHED = [column.name for column in FEEDBACK.columns if column.name != "entry"]


def _digest(key: SiteKey, service: str, item: Feedback) -> str:
    return key.hash(msgspec.json.encode([service, item.card, item.outcome, item.at, item.suggestions,
                                         item.reason_system, item.reason_code, item.comment]))  # fmt: skip


def _named(key: SiteKey, item: Feedback) -> Feedback:
    """The item with every id that is no uuid, and so none of ours, hidden: it might be anything."""
    return replace(
        item,
        card=_uuid_or_hidden(key, item.card),
        suggestions=tuple(_uuid_or_hidden(key, name) for name in item.suggestions),
    )


def _uuid_or_hidden(key: SiteKey, name: str) -> str:
    try:
        return str(UUID(name))
    except ValueError:
        return key.hidden(name)


def _rules(connection: Connection, cards: Iterable[str]) -> dict[str, str]:
    """Card -> its rules, of the cards that are known."""
    rows = [
        row
        for part in _parts(cards)
        for row in connection.execute(select(CARDS.c.card, CARDS.c.rules).where(CARDS.c.card.in_(part)))
    ]
    return {row.card: row.rules for row in rows}


def _scalars(connection: Connection, column: Any, values: Iterable[str]) -> list[Any]:
    queries = (select(column).where(column.in_(part)) for part in _parts(values))
    return [value for query in queries for value in connection.execute(query).scalars()]


def _parts(values: Iterable[str]) -> list[list[str]]:
    every = list(values)
    return [every[start : start + _SOME] for start in range(0, len(every), _SOME)]
