"""Which client tokens were used already: known to all workers, also after a restart."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from cds_service.store.store import Store
from cds_service.store.tables import SEEN_TOKENS


class Replay(Protocol):
    """Remembers tokens until they expire."""

    def first_use(self, issuer: str, token_id: str, until: int, now: int) -> bool:
        """Whether a token is used for the first time; it is remembered ``until`` then (seconds since 1970)."""


class StoredReplay:
    """Tokens in the store's database, as keyed hashes. Raises sqlalchemy's errors: then nobody gets in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def first_use(self, issuer: str, token_id: str, until: int, now: int) -> bool:
        """See ``Replay``. What it remembered is on disk when it returns."""
        digest = self._store.key.hash(f"{len(issuer)} {issuer} {token_id}".encode("utf-8", "replace"))
        try:
            with self._store.writing() as connection:
                connection.execute(delete(SEEN_TOKENS).where(SEEN_TOKENS.c.until < now))
                connection.execute(insert(SEEN_TOKENS), {"digest": digest, "until": until})
        except IntegrityError:  # of two who bring the same token at once, the database lets one in
            return False
        return True
