"""Feedback in the store: once however often it is sent, all or nothing, and the report made of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from cds_service.store import Feedback, Received, Store
from cds_service.store.report import feedback_report
from cds_service.store.verify import verify
from tests.databases import Database
from tests.store.calls import COMMENT, MRN, accepted, call, card_uuid, overridden

ONE, TWO, THREE = card_uuid(1), card_uuid(2), card_uuid(3)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """A store that knows two cards of R-01, one of I-08 and one of no rule."""
    store = database.open()
    store.record_call(call((1, ["R-01", "D-04"]), (3, ["I-08"])))
    store.record_call(call((2, ["R-01"]), (4, [])))
    yield store
    store.close()


def send(store: Store, *batch: Feedback) -> tuple[int, int, int]:
    received: Received = store.record_feedback("prrt-candidacy", "anonymous", batch)
    return received.stored, received.repeated, received.unknown


def report(store: Store, **window: datetime) -> dict[str, dict[str, Any]]:
    found = feedback_report(store, window.get("since"), window.get("until"))
    return {rule.rule: rule.to_json(comments=True) for rule in found}


def test_what_is_sent_again_is_stored_once(store: Store) -> None:
    batch = [accepted(ONE), overridden(TWO, "code", COMMENT)]
    assert send(store, *batch) == (2, 0, 0)
    assert send(store, *batch) == (0, 2, 0)
    assert send(store, batch[0], batch[0], accepted(THREE)) == (1, 2, 0)
    assert verify(store).faults == []


def test_feedback_that_differs_in_anything_is_kept_but_counts_once_for_its_card_outcome_and_time(store: Store) -> None:
    first = overridden(ONE, "first")
    assert send(store, first, replace(first, reason_code="second"), replace(first, comment="third")) == (3, 0, 0)
    assert report(store)["R-01"]["overridden"] == 1
    assert send(store, replace(first, at="2024-06-02T10:00:00.000000Z"), replace(first, outcome="accepted")) == (
        2,
        0,
        0,
    )
    assert report(store)["R-01"]["overridden"] == 2
    assert report(store)["R-01"]["accepted"] == 1
    assert report(store)["R-01"]["cards_with_feedback"] == 1


def test_unknown_cards_are_stored_and_marked_and_an_id_that_is_no_uuid_is_hidden(
    store: Store, database: Database
) -> None:
    assert send(store, accepted(card_uuid(77)), accepted(MRN), accepted(ONE)) == (3, 0, 2)
    assert report(store)["unknown"]["accepted"] == 2
    rows = database.run("SELECT card FROM feedback WHERE rules IS NULL ORDER BY position")
    assert rows[0][0] == card_uuid(77) and MRN not in rows[1][0]


def test_a_batch_is_stored_whole_or_not_at_all(store: Store, database: Database) -> None:
    broken = replace(accepted(TWO), **{"outcome": None})
    with pytest.raises(DBAPIError):
        send(store, accepted(ONE), broken)
    assert database.run("SELECT * FROM feedback") == []
    assert len(database.run("SELECT * FROM audit")) == 2
    assert send(store, accepted(ONE)) == (1, 0, 0)


def test_a_large_batch_is_stored(store: Store) -> None:
    batch = [accepted(card_uuid(number)) for number in range(2_000)]
    assert send(store, *batch) == (2_000, 0, 1_996)
    assert send(store, *batch) == (0, 2_000, 0)


def test_the_same_batch_sent_by_many_at_once_is_stored_once(store: Store) -> None:
    batch = [accepted(ONE), overridden(TWO, comment=COMMENT)]
    results: list[tuple[int, int, int]] = []
    threads = [threading.Thread(target=lambda: results.append(send(store, *batch))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == [(0, 2, 0)] * 5 + [(2, 0, 0)]
    assert verify(store).faults == []


def test_the_report_counts_for_the_rule_whose_card_it_is(store: Store) -> None:
    send(store, accepted(ONE), overridden(TWO, "patient-refuses", COMMENT), overridden(THREE), accepted(card_uuid(4)))
    assert report(store) == {
        "I-08": {
            "rule": "I-08", "cards_shown": 1, "cards_with_feedback": 1, "accepted": 0, "overridden": 1,
            "acceptance": 0.0, "override_reasons": [], "overridden_without_reason": 1, "with_comment": 0,
            "comments": [],
        },
        "R-01": {
            "rule": "R-01", "cards_shown": 2, "cards_with_feedback": 2, "accepted": 1, "overridden": 1,
            "acceptance": 0.5, "override_reasons": [{"system": "urn:s", "code": "patient-refuses", "count": 1}],
            "overridden_without_reason": 0, "with_comment": 1, "comments": [COMMENT],
        },
        "none": {
            "rule": "none", "cards_shown": 1, "cards_with_feedback": 1, "accepted": 1, "overridden": 0,
            "acceptance": 1.0, "override_reasons": [], "overridden_without_reason": 0, "with_comment": 0,
            "comments": [],
        },
    }  # fmt: skip


def test_the_report_of_a_time_window(store: Store) -> None:
    for day in (1, 2, 3):
        send(store, accepted(ONE, f"2024-06-0{day}T00:00:00.000000Z"))
    since, until = datetime(2024, 6, 2, tzinfo=UTC), datetime(2024, 6, 3, tzinfo=UTC)
    assert report(store, since=since)["R-01"]["accepted"] == 2
    assert report(store, until=until)["R-01"]["accepted"] == 2
    assert report(store, since=since, until=until)["R-01"]["accepted"] == 1
    assert report(store, until=until)["R-01"]["cards_shown"] == 0  # shown today
    assert report(store, since=since)["R-01"]["cards_shown"] == 2


def test_without_any_the_report_is_of_what_was_shown(store: Store) -> None:
    assert report(store)["R-01"]["acceptance"] is None
    assert report(store)["R-01"]["cards_shown"] == 2
