"""Retention: what is older goes, what is left still verifies, and a broken trail is not pruned away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cds_service.store import Store, StoreError, chain
from cds_service.store.prune import prune
from cds_service.store.report import feedback_report
from cds_service.store.verify import verify
from tests.databases import Database
from tests.store.calls import COMMENT, call, card_uuid, overridden

OLD = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Entries 1 to 3 are of 2020, 4 to 6 of today: each a call with a card, feedback on it, a kept call."""
    store = database.open(keep_requests=True)
    monkeypatch.setattr(chain, "now", lambda: chain.utc(OLD))
    write(store, 1)
    monkeypatch.undo()
    write(store, 2)
    yield store
    store.close()


def write(store: Store, number: int) -> None:
    store.record_call(call((number, ["R-01"])))
    store.record_feedback("prrt-candidacy", "anonymous", [overridden(card_uuid(number), comment=COMMENT)])
    store.record_call(call(content=b"kept"))


def numbers(database: Database, table: str, column: str) -> list[int]:
    return [row[0] for row in database.run(f"SELECT {column} FROM {table} ORDER BY {column}")]


def test_what_is_older_goes_with_all_that_hangs_on_it_and_the_rest_verifies(store: Store, database: Database) -> None:
    done = prune(store, OLD + timedelta(days=1))
    assert done.entries == 3 and done.checkpoint is not None and done.checkpoint.number == 7
    assert numbers(database, "audit", "number") == [4, 5, 6, 7]
    for table, left in (("cards", [4]), ("feedback", [5]), ("kept_calls", [6])):
        assert numbers(database, table, "entry") == left
    assert verify(store).faults == []
    store.record_call(call((3, ["R-01"])))
    assert verify(store).faults == []


def test_a_long_trail_goes_in_several_steps_each_of_which_leaves_it_whole(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cds_service.store.prune.CHUNK", 2)
    done = prune(store, OLD + timedelta(days=1))
    assert done.entries == 3 and done.checkpoint is not None and done.checkpoint.number == 8
    assert numbers(database, "audit", "number") == [4, 5, 6, 7, 8]
    assert verify(store).faults == []


def test_nothing_is_pruned_when_nothing_is_older(store: Store) -> None:
    assert prune(store, OLD).checkpoint is None
    assert verify(store).entries == 6


def test_all_may_go_and_the_chain_goes_on_and_may_be_pruned_again(store: Store, database: Database) -> None:
    assert prune(store, datetime.now(UTC)).entries == 6
    assert numbers(database, "audit", "number") == [7]
    write(store, 3)
    assert verify(store).faults == []
    assert prune(store, datetime.now(UTC)).entries == 4
    assert numbers(database, "audit", "number") == [11]
    assert verify(store).faults == []


def test_a_card_shown_again_later_is_kept(store: Store) -> None:
    store.record_call(call((1, ["R-01"])))
    prune(store, OLD + timedelta(days=1))
    assert verify(store).faults == []
    store.record_feedback("prrt-candidacy", "anonymous", [overridden(card_uuid(1))])
    assert [report.rule for report in feedback_report(store, None, None)] == ["R-01"]


def test_a_trail_that_does_not_verify_is_not_pruned(store: Store, database: Database) -> None:
    database.run("UPDATE audit SET body = '{}' WHERE number = 2", guarded=False)
    with pytest.raises(StoreError, match="does not verify"):
        prune(store, OLD + timedelta(days=1))
    assert numbers(database, "audit", "number") == [1, 2, 3, 4, 5, 6]


def test_more_may_not_be_removed_after_a_prune_than_the_checkpoint_says(store: Store, database: Database) -> None:
    prune(store, OLD + timedelta(days=1))
    database.run("DELETE FROM cards WHERE entry = 4", "DELETE FROM audit WHERE number = 4",
                 "UPDATE chain SET pruned = 4", guarded=False)  # fmt: skip
    assert (4, "pruned without a checkpoint") in verify(store).faults


def test_what_was_pruned_cannot_be_replaced(store: Store, database: Database) -> None:
    prune(store, OLD + timedelta(days=1))
    database.run(
        "INSERT INTO audit SELECT 3, at, kind, service, patient, body, previous, hash FROM audit WHERE number = 6",
        guarded=False,
    )
    assert (3, "does not belong there: it is said to be pruned") in verify(store).faults


def test_entries_are_not_taken_out_of_the_middle_when_a_clock_was_put_back(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "now", lambda: chain.utc(OLD))
    write(store, 3)
    monkeypatch.undo()
    assert prune(store, OLD + timedelta(days=1)).entries == 3
    assert numbers(database, "audit", "number") == [4, 5, 6, 7, 8, 9, 10]
