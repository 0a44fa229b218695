"""Client tokens are good once: for all workers, after a restart, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cds_service.store.replay import StoredReplay
from tests.databases import Database


def test_row_116_used_tokens_are_kept_until_they_expire_and_not_longer(database: Database) -> None:
    store = database.open()
    replay = StoredReplay(store)
    assert replay.first_use("a", "1", until=100, now=0)
    assert not replay.first_use("a", "1", until=100, now=100)
    assert replay.first_use("b", "1", until=100, now=0), "another issuer's"
    assert replay.first_use("a", "2", until=100, now=0)
    assert replay.first_use("a", "1", until=200, now=101)
    assert len(database.run("SELECT digest FROM seen_tokens")) == 1, "what expired is gone"
    store.close()


def test_row_116_another_worker_and_a_restarted_service_know_them(database: Database) -> None:
    first, second = database.open(), database.open()
    assert StoredReplay(first).first_use("a", "1", until=100, now=0)
    assert not StoredReplay(second).first_use("a", "1", until=100, now=0)
    first.close()
    second.close()
    again = database.open()
    assert not StoredReplay(again).first_use("a", "1", until=100, now=0)
    again.close()


def test_of_many_who_bring_the_same_token_at_once_one_gets_in(database: Database) -> None:
    stores = [database.open() for _ in range(2)]
    replays = [StoredReplay(store) for store in stores]
    with ThreadPoolExecutor(8) as pool:
        let_in = list(pool.map(lambda n: replays[n % 2].first_use("a", "1", until=100, now=0), range(24)))
    assert sum(let_in) == 1
    for store in stores:
        store.close()


def test_what_is_kept_names_neither_issuer_nor_token(database: Database) -> None:
    store = database.open()
    StoredReplay(store).first_use("https://ehr.example", "Zebedee\udcff", until=100, now=0)
    rows = database.run("SELECT digest, until FROM seen_tokens")
    assert len(rows) == 1 and "Zebedee" not in str(rows) and "ehr" not in str(rows)
    store.close()


def test_a_database_from_before_is_brought_up_to_date(database: Database) -> None:
    database.open().close()
    database.run("DROP TABLE seen_tokens", "UPDATE alembic_version SET version_num = '0001'")
    store = database.open()
    assert StoredReplay(store).first_use("a", "1", until=100, now=0)
    store.close()
