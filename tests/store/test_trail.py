"""The audit trail: what an entry holds, and that nothing can be changed, removed or put elsewhere unseen."""

from __future__ import annotations

import json
import multiprocessing
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from cds_service.store import Store, chain
from cds_service.store import database as engines
from cds_service.store.chain import Link
from cds_service.store.tables import AUDIT, CARDS, CHAIN, FEEDBACK, KEPT_CALLS
from cds_service.store.verify import verify
from tests.databases import Database
from tests.store.calls import COMMENT, MRN, NAME, accepted, call, card_uuid, overridden


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = database.open(keep_requests=True)
    yield store
    store.close()


def fill(store: Store) -> None:
    """Six entries of every kind but one: calls 1 and 4 have cards, 2 and 5 feedback, 3 and 6 a kept call."""
    for number in (1, 4):
        store.record_call(call((number, ["R-01", "D-04"]), (number + 1, ["I-08"])))
        batch = [accepted(card_uuid(number)), overridden(card_uuid(99), "code", COMMENT)]
        store.record_feedback("prrt-candidacy", "anonymous", [replace(item, at=f"{number}") for item in batch])
        store.record_call(call(content=f"kept {number}".encode()))


def faults(store: Store, *anchors: Link) -> list[tuple[int, str]]:
    return verify(store, anchors).faults


def bodies(store: Store) -> list[dict[str, object]]:
    with store.reading() as connection:
        return [json.loads(row.body) for row in connection.execute(chain.entries())]


def test_a_rehearsed_call_leaves_nothing_behind_and_the_chain_goes_on(store: Store) -> None:
    before = store.record_call(call((1, ["R-01"])))
    store.rehearse(call((1, ["G-01"]), (2, ["I-08"])))
    assert len(bodies(store)) == 1
    with store.reading() as connection:
        assert [row.card for row in connection.execute(CARDS.select())] == [card_uuid(1)]
    assert store.record_call(call()).number == before.number + 1 and faults(store) == []


def test_an_entry_says_what_was_asked_and_answered(store: Store) -> None:
    store.record_call(call((1, ["R-01", "D-04"]), client="https://ehr.example"))
    (body,) = bodies(store)
    expected = {
        "client": "https://ehr.example", "hook": "patient-view", "day": "2024-06-01", "status": 200, "ms": 12.3,
        "hook_instance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "rulebook": {"version": "1.0.0", "sha256": "ab" * 32},
        "cards": [{"uuid": card_uuid(1), "rules": ["R-01", "D-04"], "suggestions": [card_uuid(1001)]}],
        "facts": {"ki67_percent": [0, 1]},
        "assessment": {
            "outcome": "re-image", "reason": "post-therapy", "course": "none", "rules": ["R-01 1.0.0"],
            "findings": [{"outcome": "re-image", "reason": "post-therapy", "rule": "R-01"}],
            "criteria": [{"id": "ki67", "status": "met", "read_as": "coded"}],
            "missing": ["hb"], "ignored": {"too-old": 2},
        },
    }  # fmt: skip
    assert {name: body[name] for name in expected} == expected
    policy = body["policy"]
    assert isinstance(policy, dict) and policy["jurisdiction"] == "US" and policy["overrides"] == {"krenning_min": 2}
    assert re.fullmatch("[0-9a-f]{64}", policy["sha256"])


def test_sources_are_references_whose_ids_are_hidden_and_whose_type_stays_only_if_it_is_one(store: Store) -> None:
    store.record_call(call())
    (body,) = bodies(store)
    sources = body["sources"]
    assert isinstance(sources, list)
    assert re.fullmatch("Observation/[0-9a-f]{20}", sources[0])
    assert re.fullmatch("other/[0-9a-f]{20}", sources[1])
    assert sources[0] == store.key.hidden(f"Observation/{MRN}")


def test_a_refused_call_is_an_entry_too(store: Store) -> None:
    store.record_call(call(response=None, answer=None, sources={}, status=412))
    (body,) = bodies(store)
    assert body["status"] == 412 and "assessment" not in body and "answer" not in body


def test_the_database_holds_no_identifier_value_or_comment(store: Store, database: Database) -> None:
    fill(store)
    everything = ""
    for table in (AUDIT, CARDS, CHAIN, FEEDBACK, KEPT_CALLS):
        everything += repr(database.run(f"SELECT * FROM {table.name}"))
    assert card_uuid(1) in everything
    if database.is_sqlite:
        store.close()
        everything += "".join(path.read_bytes().decode("latin-1") for path in Path(database.url).parent.iterdir())
    for planted in (NAME, MRN, COMMENT, "Quux", "4711", "2024-05-17", "kept 1"):
        assert planted not in everything


def test_the_same_patient_has_the_same_hash_here_and_another_one_elsewhere(database: Database, tmp_path: Path) -> None:
    here, elsewhere = database.open(), Database(str(tmp_path / "other.sqlite3"), tmp_path / "other.key").open()
    assert here.key.hidden("Patient/1") == here.key.hidden("Patient/1") != here.key.hidden("Patient/2")
    assert here.key.hidden("Patient/1") != elsewhere.key.hidden("Patient/1")
    here.close()
    elsewhere.close()


def test_an_untouched_trail_verifies(store: Store) -> None:
    assert verify(store).faults == [] and verify(store).entries == 0
    fill(store)
    found = verify(store)
    assert found.faults == [] and found.entries == 6 and found.last.number == 6


def test_the_database_itself_lets_nobody_change_or_delete_an_entry(store: Store, database: Database) -> None:
    fill(store)
    for statement in (
        "UPDATE audit SET body = '{}' WHERE number = 3",
        "DELETE FROM audit WHERE number = 6",
        "DELETE FROM audit",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            database.run(statement)
    assert faults(store) == []


PLACES = {
    AUDIT: ("number = 4", 4, 5),
    CHAIN: ("id = 1", 0, 7),
    CARDS: (f"card = '{card_uuid(4)}'", 4, 4),
    FEEDBACK: ("entry = 5 AND position = 1", 5, 5),
    KEPT_CALLS: ("entry = 6", 6, 6),
}
"""A row of each table, and the entries one of which must be found wrong."""

OTHER = {"number": 40, "position": 7, "pruned": 2, "sealed": b"x" * 40, "comment": b"x" * 40}


@pytest.mark.parametrize("table", PLACES, ids=lambda table: table.name)
def test_a_change_of_any_column_shows(store: Store, database: Database, table: Table) -> None:
    fill(store)
    place, first, last = PLACES[table]
    for column in (column.name for column in table.columns if (table, column.name) != (CHAIN, "id")):
        new = {"entry": 3 if table is CARDS else 1, **OTHER}.get(column, '["x"]')
        ((old,),) = database.run(f"SELECT {column} FROM {table.name} WHERE {place}")
        change = f"UPDATE {table.name} SET {column} = :to WHERE "
        database.run(change + place, guarded=False, to=new)
        found = faults(store)
        assert found and (first <= found[0][0] <= last or column == "entry"), (column, found)
        database.run(f"{change}{column} = :new", guarded=False, to=old, new=new)
        assert faults(store) == [], column


def test_a_missing_entry_shows_wherever_it_was(store: Store, database: Database) -> None:
    fill(store)
    for number in range(6, 0, -1):  # from the end, so that the first fault is always the new one
        database.run(f"DELETE FROM audit WHERE number = {number}", guarded=False)
        assert faults(store)[0][0] == number and faults(store)[0][1].startswith("missing")


def test_several_missing_entries_show(store: Store, database: Database) -> None:
    fill(store)
    database.run("DELETE FROM audit WHERE number IN (2, 3, 4)", guarded=False)
    assert faults(store)[0] == (2, "missing, with all up to 4")


def test_an_emptied_trail_shows(store: Store, database: Database) -> None:
    fill(store)
    database.run(*(f"DELETE FROM {name}" for name in ("cards", "feedback", "kept_calls", "audit")), guarded=False)
    assert faults(store)
    database.run("DELETE FROM chain", guarded=False)
    assert faults(store) == [(0, "the chain has no beginning")]


def test_a_missing_beginning_shows_even_if_the_database_calls_it_pruned(store: Store, database: Database) -> None:
    fill(store)
    gone = [f"DELETE FROM {name} WHERE entry <= 3" for name in ("cards", "feedback", "kept_calls")]
    database.run(*gone, "DELETE FROM audit WHERE number <= 3", "UPDATE chain SET pruned = 3", guarded=False)
    assert faults(store) == [(3, "pruned without a checkpoint")]


def test_two_entries_that_changed_places_show(store: Store, database: Database) -> None:
    fill(store)
    swap = ("UPDATE audit SET number = -1 WHERE number = 3", "UPDATE audit SET number = 3 WHERE number = 6",
            "UPDATE audit SET number = 6 WHERE number = -1")  # fmt: skip
    if database.is_sqlite:
        database.run("PRAGMA foreign_keys = OFF", *swap, guarded=False)
    else:
        database.run(*swap, guarded=False)
    assert {3, 6} <= {number for number, _ in faults(store)}


def test_a_forged_entry_shows_because_the_hash_needs_the_site_key(store: Store, database: Database) -> None:
    fill(store)
    database.run(
        "INSERT INTO audit SELECT 7, at, kind, service, patient, body, hash, hash FROM audit WHERE number = 6",
        "UPDATE chain SET number = 7", guarded=False,
    )  # fmt: skip
    assert (7, "was changed") in faults(store)


@pytest.mark.parametrize("table", ["cards", "feedback", "kept_calls"])
def test_what_hangs_on_an_entry_cannot_be_removed_unseen(store: Store, database: Database, table: str) -> None:
    fill(store)
    database.run(f"DELETE FROM {table}", guarded=False)
    assert faults(store)[0][0] == {"cards": 1, "feedback": 2, "kept_calls": 3}[table]


def test_an_older_state_of_the_whole_database_shows_by_what_was_written_down(store: Store, database: Database) -> None:
    fill(store)
    with store.reading() as connection:
        third, last = (
            Link(row.number, row.hash) for row in connection.execute(chain.entries()) if row.number in (3, 6)
        )
    assert faults(store, third, last) == []
    gone = [f"DELETE FROM {name} WHERE entry > 3" for name in ("cards", "feedback", "kept_calls")]
    back = f"UPDATE chain SET number = 3, hash = '{third.hash}'"
    database.run(*gone, "DELETE FROM audit WHERE number > 3", back, guarded=False)
    assert faults(store) == [] and faults(store, third) == []
    assert faults(store, last) == [(6, "was written down and is missing")]
    assert faults(store, replace(third, hash="0" * 64)) == [(3, "is not the entry that was written down")]


def test_a_card_answered_again_belongs_to_the_later_entry(store: Store) -> None:
    for rules in (["R-01"], ["R-01", "D-04"], ["R-01"]):
        store.record_call(call((1, rules)))
    assert faults(store) == []


def test_a_kept_call_comes_back_to_the_byte_and_takes_little_room(store: Store, database: Database) -> None:
    content = b'{"resourceType": "Observation"}' * 10_000
    store.record_call(call(content=content))
    body, kept = store.kept_call(1)
    assert kept == content and body["kept"]["bytes"] == len(content)
    assert len(database.run("SELECT sealed FROM kept_calls")[0][0]) < len(content) / 10


def test_bytes_that_rotted_are_found_and_the_other_entries_still_read(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "test.sqlite3"), tmp_path / "site.key")
    store = database.open()
    for number in range(3):
        store.record_call(call((number, ["R-01"])))
    store.close()
    content = Path(database.url).read_bytes()
    place = content.index(card_uuid(1).encode())
    Path(database.url).write_bytes(content[:place] + b"\xff" + content[place + 1 :])
    store = database.open(create=False)
    assert {number for number, _ in faults(store)} == {2}
    store.close()


def test_a_kept_call_in_the_place_of_another_shows(store: Store, database: Database) -> None:
    for content in (b"first", b"second"):
        store.record_call(call(content=content))
    database.run("UPDATE kept_calls SET sealed = (SELECT sealed FROM kept_calls WHERE entry = 1) WHERE entry = 2")
    assert faults(store) == [(2, "its kept call is another one")]


def test_a_failed_write_leaves_nothing(store: Store, database: Database) -> None:
    store.record_call(call((1, ["R-01"])))
    database.run("DROP TABLE kept_calls")
    with pytest.raises(DBAPIError):
        store.record_call(call((2, ["R-01"]), content=b"x"))
    assert [row[0] for row in database.run("SELECT number FROM audit")] == [1]
    assert [row[0] for row in database.run("SELECT card FROM cards")] == [card_uuid(1)]


def write_some(url: str, key_file: Path, count: int) -> None:
    store = Database(url, key_file).open()
    for number in range(count):
        store.record_call(call((number, ["R-01"])))
    store.close()


def test_processes_that_start_and_write_at_once_make_one_unbroken_chain(database: Database) -> None:
    """On an empty database: schema, key and chain are begun by one of them."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_some, args=(database.url, database.key_file, 25)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
        assert writer.exitcode == 0
    store = database.open()
    found = verify(store)
    store.close()
    assert found.faults == [] and found.entries == 50


def test_a_writer_that_waits_too_long_fails_and_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that hangs must not hang the service: the call fails closed."""
    monkeypatch.setattr(engines, "WAIT_SECONDS", 1)
    first, second = database.open(), database.open()
    with first.writing() as connection:
        chain.hold(connection)
        with pytest.raises(DBAPIError):
            second.record_call(call())
    second.record_call(call())
    assert verify(second).entries == 1
    first.close()
    second.close()


def test_connections_that_the_server_cut_are_made_again(database: Database, store: Store) -> None:
    store.record_call(call())
    if not database.is_sqlite:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        database.run(f"{cut}pg_backend_pid()")
    store.record_call(call())
    assert verify(store).entries == 2
