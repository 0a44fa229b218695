"""The store: one object per process, safe to use from several threads and beside other processes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from cds_service.store import chain, database
from cds_service.store.chain import Link
from cds_service.store.entries import Call, call_body
from cds_service.store.errors import StoreError
from cds_service.store.feedback import Feedback, Received, store_feedback
from cds_service.store.keys import SiteKey, make_key, read_key
from cds_service.store.settings import AuditSettings, key_path, locate
from cds_service.store.tables import CARDS, CHAIN, KEPT_CALLS


class Store:
    """Feedback and the audit trail. What a method wrote is on disk when it returns; if it raises, nothing of it is
    stored (sqlalchemy's errors, StoreError)."""

    def __init__(self, engine: Engine, key: SiteKey, settings: AuditSettings) -> None:
        self.key, self.settings = key, settings
        self._engine = engine

    def record_call(self, call: Call) -> Link:
        """Writes the call's entry, the rules of its cards and, if given, its encrypted content."""
        body = call_body(call, self.key)
        sealed = None if call.content is None else seal_call(self.key, call.content)
        with self.writing() as connection:
            return self._append(connection, call, body, sealed)

    def rehearse(self, call: Call) -> None:
        """Writes a call and takes it back, so that the first real one is written as quickly as the others."""
        with self._engine.connect() as connection, connection.begin() as writing:
            self._append(connection, call, call_body(call, self.key), None)
            writing.rollback()

    def _append(self, connection: Connection, call: Call, body: Mapping[str, Any], sealed: bytes | None) -> Link:
        patient = self.key.hidden(f"Patient/{call.patient_id}")
        link = chain.append(connection, self.key, chain.CALL, dict(body), service=call.service, patient=patient)
        cards = {card["uuid"]: msgspec.json.encode(card["rules"]).decode() for card in body.get("cards", ())}
        if cards:  # the latest answer with a card counts, so that the card goes when its last entry is pruned
            connection.execute(delete(CARDS).where(CARDS.c.card.in_(cards)))
            rows = [{"card": card, "entry": link.number, "rules": rules} for card, rules in cards.items()]
            connection.execute(insert(CARDS), rows)
        if sealed is not None:
            connection.execute(insert(KEPT_CALLS), {"entry": link.number, "sealed": sealed})
        return link

    def record_feedback(self, service: str, client: str, batch: Sequence[Feedback]) -> Received:
        """Stores a batch, all of it or nothing."""
        with self.writing() as connection:
            return store_feedback(connection, self.key, service, client, batch)

    def kept_call(self, number: int) -> tuple[dict[str, Any], bytes]:
        """The body of an entry and the call it tells of. Raises StoreError if it was not kept."""
        with self.reading() as connection:
            row = chain.entry_of(connection, number)
            sealed = connection.execute(select(KEPT_CALLS.c.sealed).where(KEPT_CALLS.c.entry == number)).scalar()
        if sealed is None:
            raise StoreError(f"the call of entry {number} was not kept")
        body: dict[str, Any] = msgspec.json.decode(row.body)
        return body, open_call(self.key, sealed)

    def check(self) -> None:
        """Raises what keeps the store from being used."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1 FROM chain"))

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes."""
        return self._engine.begin()

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state throughout."""
        return database.reading(self._engine)

    def close(self) -> None:
        """Closes the connections of this process."""
        self._engine.dispose()


def seal_call(key: SiteKey, content: bytes) -> bytes:
    """A call as it is kept: FHIR shrinks to a tenth, then it is encrypted."""
    return key.seal(zlib.compress(content, 1), "call")


def open_call(key: SiteKey, sealed: bytes) -> bytes:
    """What ``seal_call`` was given. Raises StoreError if it was changed."""
    return zlib.decompress(key.open(bytes(sealed), "call"))


def open_store(where: str | None, settings: AuditSettings, environ: Mapping[str, str], *, create: bool = True) -> Store:
    """Opens the store and brings its schema up to date.

    Args: where: URL or file (``settings.locate``); create: whether to make database, schema and key where there are
    none, as the service does when it starts and the commands that only read do not. Raises: StoreError.
    """
    url = locate(where, environ)
    path = key_path(settings, url)
    if create:
        database.make_file(url)
    elif url.drivername == "sqlite" and not Path(str(url.database)).exists():
        raise StoreError(f"there is no database {url.database}; the service makes it when it first starts")
    engine = database.make_engine(url)
    try:
        with _one_line():
            if create:
                database.upgrade(engine)
            elif database.version(engine) != database.HEAD:
                raise StoreError("the database is not up to date; the service brings it so when it starts")
            return Store(engine, _key(engine, path), settings)
    except BaseException:
        engine.dispose()
        raise


def _key(engine: Engine, path: Path) -> SiteKey:
    """The site key, held against the one the trail was begun with; a new trail begins with this one."""
    query = select(CHAIN.c.key_id)
    with database.reading(engine) as connection:
        begun_with = connection.execute(query).scalar()
    if begun_with is None:
        with database.alone(engine) as connection:
            begun_with = connection.execute(query).scalar() or _begin(connection, make_key(path))
    key = read_key(path)
    if begun_with != key.id:
        raise StoreError(f"site key {path}: is not the key this database was begun with")
    return key


def _begin(connection: Connection, key: SiteKey) -> str:
    start = {"id": 1, "number": 0, "hash": chain.START, "pruned": 0, "key_id": key.id}
    connection.execute(insert(CHAIN), start)
    return key.id


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise database.cannot_open(error) from None
