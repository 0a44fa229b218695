"""``POST /cds-services/{id}/feedback`` (checklist section 6), and that nothing is answered that is not recorded."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cds_service.app import create_app
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.feedback import MAX_ITEMS, MAX_WORDS
from cds_service.store import Store
from cds_service.store.verify import verify
from cds_service.web.pages import Profile
from tests.databases import Database
from tests.hooks.fakes import TODAY, FakeAnswer, call_body

CALL = "/cds-services/prrt-candidacy"
URL = f"{CALL}/feedback"
CARD, SUGGESTION = "4e0a3a1e-3283-4575-ab82-028d55fe2719", "e56e1945-20b3-4393-8503-a1a20fd73152"
SECRET = "Zebedee-4711"
ACCEPTED = {
    "card": CARD,
    "outcome": "accepted",
    "acceptedSuggestions": [{"id": SUGGESTION}],
    "outcomeTimestamp": "2024-05-31T12:00:00.5Z",
}
OVERRIDDEN = {"card": CARD, "outcome": "overridden", "outcomeTimestamp": "2024-05-31T12:00:00Z"}
REASON = {"code": "patient-refuses", "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"}


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    store = database.open()
    yield store
    store.close()


@pytest.fixture
def client(answer: FakeAnswer, store: Store) -> FlaskClient:
    answer.cards = [
        {"uuid": CARD, "extension": {"prrt-cds.card": {"rules": ["R-01"]}}, "suggestions": [{"uuid": SUGGESTION}]}
    ]
    return create_app(answer, profile=Profile("US"), today=lambda: TODAY, store=store).test_client()


class Untouched:
    """A store that nothing may reach."""

    def record_feedback(self, *_: object) -> None:
        raise AssertionError("what is refused must not reach the store")


@pytest.fixture
def strict(answer: FakeAnswer) -> FlaskClient:
    """A client for what is refused before there is anything to store."""
    store: Any = Untouched()
    return create_app(answer, profile=Profile("US"), today=lambda: TODAY, store=store).test_client()


def stored(database: Database, columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in database.run(f"SELECT {columns} FROM feedback ORDER BY entry, position")]


def numbers(response: TestResponse) -> tuple[int, int, int]:
    assert response.status_code == 200, response.get_data(as_text=True)
    found = response.get_json()["extension"]["prrt-cds.feedback"]
    return found["stored"], found["repeated"], found["unknownCards"]


def refusal(response: TestResponse, status: int = 400) -> str:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/fhir+json"
    body = response.get_json()
    assert body["resourceType"] == "OperationOutcome"
    assert SECRET not in response.get_data(as_text=True)
    return str(body["issue"][0]["diagnostics"])


def changed(item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The item with these members; ``...`` leaves one out."""
    return {name: value for name, value in {**item, **changes}.items() if value is not ...}


def test_row_90_and_94_a_batch_about_cards_we_made_is_stored(client: FlaskClient, database: Database) -> None:
    client.post(CALL, json=call_body())
    batch = [ACCEPTED, changed(OVERRIDDEN, overrideReason={"reason": REASON, "userComment": SECRET})]
    assert numbers(client.post(URL, json={"feedback": batch})) == (2, 0, 0)
    assert stored(database, "card, outcome, at, suggestions, reason_code, rules") == [
        (CARD, "accepted", "2024-05-31T12:00:00.500000Z", f'["{SUGGESTION}"]', "", '["R-01"]'),
        (CARD, "overridden", "2024-05-31T12:00:00.000000Z", "[]", "patient-refuses", '["R-01"]'),
    ]
    assert numbers(client.post(URL, json={"feedback": batch})) == (0, 2, 0)


def test_a_card_nobody_here_made_is_accepted_and_marked(client: FlaskClient, database: Database) -> None:
    assert numbers(client.post(URL, json={"feedback": [ACCEPTED]})) == (1, 0, 1)
    assert stored(database, "card, rules") == [(CARD, None)]


def test_row_91_a_time_is_rfc_3339_in_utc(client: FlaskClient, database: Database) -> None:
    times = {
        "1985-04-12T23:20:50.52Z": "1985-04-12T23:20:50.520000Z",
        "1985-04-12t23:20:51z": "1985-04-12T23:20:51.000000Z",
        "1985-04-12T23:20:52.1234567890123Z": "1985-04-12T23:20:52.123456Z",
        "1985-04-12T23:20:53+00:00": "1985-04-12T23:20:53.000000Z",
        "2016-12-31T23:59:60Z": "2016-12-31T23:59:59.999999Z",
    }
    batch = [changed(ACCEPTED, outcomeTimestamp=when) for when in times]
    assert numbers(client.post(URL, json={"feedback": batch})) == (5, 0, 5)
    assert [row[0] for row in stored(database, "at")] == list(times.values())


@pytest.mark.parametrize(
    "when",
    [..., None, "", 5, SECRET, "2024-05-31", "2024-05-31T12:00:00", "2024-05-31T12:00:00+02:00",
     "2024-02-30T12:00:00Z", "2024-05-31 12:00:00Z", "2024-05-31T25:00:00Z", "2024-05-31T12:00Z",
     "٢٠٢٤-05-31T12:00:00Z", "2024-05-31T12:00:00Z\n"],
)  # fmt: skip
def test_row_91_anything_else_is_no_time(strict: FlaskClient, when: Any) -> None:
    assert "outcomeTimestamp" in refusal(
        strict.post(URL, json={"feedback": [changed(ACCEPTED, outcomeTimestamp=when)]})
    )


@pytest.mark.parametrize("card", [..., None, "", " ", 5, [], {}, "x" * 600, "a\u0000b", "a\nb"])
def test_row_91_a_card_is_required(strict: FlaskClient, card: Any) -> None:
    assert "card" in refusal(strict.post(URL, json={"feedback": [changed(ACCEPTED, card=card)]}))


@pytest.mark.parametrize("outcome", [..., None, "ignored", SECRET, 1, ["accepted"], "Accepted"])
def test_row_91_and_95_an_outcome_is_accepted_or_overridden(strict: FlaskClient, outcome: Any) -> None:
    assert "outcome" in refusal(strict.post(URL, json={"feedback": [changed(ACCEPTED, outcome=outcome)]}))


@pytest.mark.parametrize("suggestions", [..., None, [], {}, SECRET, [SECRET], [{}], [{"id": None}], [{"id": ""}]])
def test_row_92_what_is_accepted_is_named(strict: FlaskClient, suggestions: Any) -> None:
    sent = {"feedback": [changed(ACCEPTED, acceptedSuggestions=suggestions)]}
    assert "acceptedSuggestions" in refusal(strict.post(URL, json=sent))


def test_row_93_and_96_an_override_with_and_without_reason_or_comment(client: FlaskClient, database: Database) -> None:
    overrides = [
        ..., {"reason": REASON}, {"reason": {"code": "patient-refuses"}}, {"userComment": SECRET},
        {"reason": REASON, "userComment": SECRET}, {"reason": REASON, "userComment": ""},
        {"userComment": "x" * MAX_WORDS}, {"reason": {**REASON, "display": SECRET}, "extension": {"x": 1}},
    ]  # fmt: skip
    for number, override in enumerate(overrides):
        sent = changed(OVERRIDDEN, card=f"{number}", overrideReason=override, extension={"any": [1]})
        assert numbers(client.post(URL, json={"feedback": [sent], "extension": {"x": 1}})) == (1, 0, 1)
    codes = ["", "patient-refuses", "patient-refuses", "", "patient-refuses", "patient-refuses", "", "patient-refuses"]
    assert [row[0] for row in stored(database, "reason_code")] == codes
    assert [row[0] is not None for row in stored(database, "comment")] == [False, False, False, True, True, False, True,
                                                                           False]  # fmt: skip
    assert SECRET not in repr(stored(database, "*"))


@pytest.mark.parametrize(
    "override",
    [{}, [], SECRET, {"reason": SECRET}, {"reason": {}}, {"reason": {"system": "x"}}, {"reason": {"code": 5}},
     {"reason": {"code": "x", "system": 5}}, {"reason": {"code": ""}}, {"userComment": 5}, {"userComment": ""},
     {"userComment": " "}, {"userComment": "x" * (MAX_WORDS + 1)}, {"reason": [REASON]},
     {"reason": {"code": "x" * 600}}],
)  # fmt: skip
def test_row_93_an_override_reason_holds_a_reason_or_a_comment(strict: FlaskClient, override: Any) -> None:
    sent = {"feedback": [changed(OVERRIDDEN, overrideReason=override)]}
    assert "overrideReason" in refusal(strict.post(URL, json=sent))


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b"{}", b"null", b'{"feedback":[]}', b'{"feedback":{}}', b"\xff"])
def test_what_is_no_batch_is_refused(strict: FlaskClient, body: bytes) -> None:
    refusal(strict.post(URL, data=body))


def test_one_wrong_item_refuses_the_batch_and_is_named(client: FlaskClient, database: Database) -> None:
    for wrong in (None, 5, SECRET, changed(ACCEPTED, outcome=SECRET)):
        words = refusal(client.post(URL, json={"feedback": [ACCEPTED, OVERRIDDEN, wrong]}))
        assert "feedback[2]" in words and "Nothing of the batch was stored" in words
    assert stored(database, "*") == []


def test_more_items_than_any_client_collects_are_refused(strict: FlaskClient) -> None:
    refusal(strict.post(URL, json={"feedback": [ACCEPTED] * (MAX_ITEMS + 1)}), 413)


def test_the_way_to_it_is_as_strict_as_to_a_service(strict: FlaskClient) -> None:
    refusal(strict.post(f"/cds-services/{SECRET}/feedback", json={"feedback": [ACCEPTED]}), 404)
    refusal(strict.get(URL), 405)
    refusal(strict.post(URL, data=b"x", headers={"Content-Encoding": "gzip"}), 415)
    preflight = strict.options(
        URL, headers={"Origin": "http://localhost:8080", "Access-Control-Request-Method": "POST"}
    )
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"


def test_feedback_that_cannot_be_stored_is_a_500_that_says_so(client: FlaskClient, database: Database) -> None:
    database.run("DROP TABLE feedback")
    words = refusal(
        client.post(URL, json={"feedback": [changed(OVERRIDDEN, overrideReason={"userComment": SECRET})]}), 500
    )
    assert "could not be stored" in words


def test_an_answer_that_cannot_be_recorded_is_not_given(client: FlaskClient, database: Database) -> None:
    assert client.post(CALL, json=call_body()).get_json()["cards"]
    database.run("DROP TABLE cards")
    response = client.post(CALL, json=call_body())
    assert "could not be recorded" in refusal(response, 500)
    assert CARD not in response.get_data(as_text=True)
    assert len(database.run("SELECT * FROM audit")) == 1


def test_a_process_that_cannot_record_is_not_ready(client: FlaskClient, database: Database) -> None:
    assert client.get("/readyz").status_code == 200
    database.run("DROP TABLE chain")
    refusal(client.get("/readyz"), 503)
    assert client.get("/healthz").status_code == 200


def test_calls_that_are_refused_after_they_were_understood_are_recorded_too(
    client: FlaskClient, answer: FakeAnswer, database: Database, store: Store
) -> None:
    for fault, status in ((RequiredDataMissing("patient"), 412), (KeyError(SECRET), 500)):
        answer.fault = fault
        refusal(client.post(CALL, json=call_body()), status)
    client.post(CALL, json=call_body(hook="other"))  # not understood: only in the log
    assert [json.loads(row[0])["status"] for row in database.run("SELECT body FROM audit ORDER BY number")] == [
        412,
        500,
    ]
    assert verify(store).faults == []


def test_the_day_and_the_time_it_took_are_recorded(client: FlaskClient, database: Database) -> None:
    client.post(CALL, json=call_body())
    ((body,),) = database.run("SELECT body FROM audit")
    assert json.loads(body)["day"] == str(TODAY)
    assert 0 < json.loads(body)["ms"] < 60_000


def test_the_log_names_the_entry_and_its_hash_and_nothing_that_was_sent(
    client: FlaskClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.post(CALL, json=call_body(context={"userId": "Practitioner/1", "patientId": SECRET}))
    client.post(URL, json={"feedback": [changed(OVERRIDDEN, overrideReason={"userComment": SECRET})]})
    client.post(URL, json={"feedback": [changed(OVERRIDDEN, card=SECRET, overrideReason={"userComment": 5})]})
    database.run("DROP TABLE feedback")
    client.post(URL, json={"feedback": [changed(OVERRIDDEN, overrideReason={"userComment": SECRET})]})
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "cds_service"]
    entries = [line["audit"] for line in lines if "audit" in line]
    assert entries == [
        f"{number}:{hash_}" for number, hash_ in database.run("SELECT number, hash FROM audit ORDER BY 1")
    ]
    assert len(entries) == 2
    assert SECRET not in caplog.text
    assert SECRET not in client.get("/metrics").get_data(as_text=True)


def test_without_a_store_calls_are_answered_and_there_is_no_feedback(
    make_client: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    client = make_client()
    assert client.post(CALL, json=call_body()).status_code == 200
    refusal(client.post(URL, json={"feedback": [ACCEPTED]}), 404)
