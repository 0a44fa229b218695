"""Fetching what was not prefetched (checklist rows 28 to 33, 42 to 44), through the whole service."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.settings import FhirSettings
from cds_service.hooks.answer import load_answer
from cds_service.hooks.settings import Settings
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile
from tests.hooks.fakes import HB, NET, PATIENT, TODAY, FakeAnswer, call_body
from tests.hooks.test_calls import assert_refused
from tests.servers import Served, content, drip, redirect, resource, searchset, serving, status

URL = "/cds-services/prrt-candidacy"
TOKEN = "tok-4711"
COMPLETE = dict.fromkeys(TEMPLATES) | {"patient": PATIENT, "conditions": NET}


@pytest.fixture
def server() -> Iterator[Served]:
    """A FHIR server with the patient, the diagnosis and one value, and nothing else on record."""
    with serving() as served:
        served.answers["*"] = resource(searchset())
        served.answers["GET /fhir/Patient/p1"] = resource(PATIENT)
        served.answers["POST /fhir/Condition/_search"] = resource(searchset(NET))
        served.answers["POST /fhir/Observation/_search"] = resource(searchset(HB))
        yield served


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """The real service; it may call any port of this machine, as in the sandbox."""
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    settings = Settings(fhir=FhirSettings(loopback=True, seconds=1.0))
    app = create_app(load_answer(book, policy), profile=Profile("US"), settings=settings, today=lambda: TODAY)
    return app.test_client()


def body(server: Served, prefetch: Any = ..., **changes: Any) -> dict[str, Any]:
    authorization = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "s"}
    return call_body(**{"prefetch": prefetch, "fhirServer": server.base, "fhirAuthorization": authorization} | changes)


def assessed(client: FlaskClient, call: dict[str, Any]) -> dict[str, Any]:
    response = client.post(URL, json=call)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert TOKEN not in response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json()
    return found


def hb(answer: dict[str, Any]) -> dict[str, Any]:
    (line,) = [line for line in answer["extension"]["prrt-cds.assessment"]["criteria"] if line["id"] == "hb"]
    return dict(line)


def details(answer: dict[str, Any]) -> str:
    return " ".join(card["detail"] for card in answer["cards"])


def test_row_33_without_any_prefetch_everything_is_fetched(client: FlaskClient, server: Served) -> None:
    fetched, sent = assessed(client, body(server)), assessed(client, body(server, COMPLETE | {"observations": HB}))
    assert hb(fetched)["value"] == 13.1
    assert fetched["extension"] == sent["extension"] and "Not provided" not in details(fetched)
    assert len(server.asked) == len(TEMPLATES)
    assert {asked.headers["authorization"] for asked in server.asked} == {f"Bearer {TOKEN}"}


def test_row_28_only_what_is_absent_is_fetched(client: FlaskClient, server: Served) -> None:
    prefetch = {key: value for key, value in COMPLETE.items() if key != "observations"}
    assert hb(assessed(client, body(server, prefetch)))["value"] == 13.1
    assert server.paths() == ["POST /fhir/Observation/_search"]


@pytest.mark.parametrize(
    "value", [None, searchset(), {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}]
)
def test_rows_30_and_31_null_empty_and_failed_are_answers_and_are_not_fetched(
    client: FlaskClient, server: Served, value: Any
) -> None:
    answer = assessed(client, body(server, COMPLETE | {"observations": value}))
    assert not server.asked
    failed = value is not None and value["resourceType"] == "OperationOutcome"
    assert ("Answered with an error" in details(answer)) == failed


def test_row_32_a_prefetched_page_is_read_on(client: FlaskClient, server: Served) -> None:
    server.answers["/fhir?page=2"] = resource(searchset(HB))
    prefetch = COMPLETE | {"observations": searchset(further=f"{server.base}?page=2")}
    answer = assessed(client, body(server, prefetch))
    assert hb(answer)["value"] == 13.1 and "incomplete" not in details(answer)
    assert server.paths() == ["GET /fhir?page=2"]


@pytest.mark.parametrize("broken", [status(500), content(b"{"), drip("body"), redirect("http://127.0.0.1:9/")])
def test_row_32_a_page_that_cannot_be_read_leaves_the_record_incomplete(
    client: FlaskClient, server: Served, broken: Any
) -> None:
    server.answers["/fhir?page=2"] = broken
    prefetch = COMPLETE | {"observations": searchset(HB, further=f"{server.base}?page=2")}
    answer = assessed(client, body(server, prefetch))
    assert hb(answer)["value"] == 13.1, "what came is kept"
    assert "incomplete" in details(answer)


def test_row_32_a_next_link_elsewhere_is_not_followed(client: FlaskClient, server: Served) -> None:
    with serving() as other:
        prefetch = COMPLETE | {"observations": searchset(HB, further=f"{other.base}?page=2")}
        assert "incomplete" in details(assessed(client, body(server, prefetch)))
        assert not other.asked and not server.asked


def test_row_29_required_data_that_the_server_does_not_give_are_412(client: FlaskClient, server: Served) -> None:
    for key, path in (("patient", "GET /fhir/Patient/p1"), ("conditions", "POST /fhir/Condition/_search")):
        right = server.answers[path]
        for broken in (status(500), status(401), content(b"<html>"), redirect("http://127.0.0.1:9/")):
            server.answers[path] = broken
            server.answers["GET /fhir/Condition"] = broken
            assert key in assert_refused(client.post(URL, json=body(server)), 412)
        server.answers[path] = right


def test_a_failed_search_leaves_its_facts_unknown_and_the_card_says_so(client: FlaskClient, server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = status(500)
    answer = assessed(client, body(server))
    assert hb(answer)["status"] == "unknown" and "Answered with an error" in details(answer)


@pytest.mark.parametrize("part", ["head", "body"])
def test_one_deadline_for_the_whole_call_also_when_everything_drips(
    client: FlaskClient, server: Served, part: str
) -> None:
    server.answers = {"*": drip(part), "GET /fhir/Patient/p1": resource(PATIENT)}
    begun = time.monotonic()
    assert_refused(client.post(URL, json=body(server)), 412)
    assert time.monotonic() - begun < 2.5
    server.answers["POST /fhir/Condition/_search"] = resource(searchset(NET))
    begun = time.monotonic()
    assert "Answered with an error" in details(assessed(client, body(server)))
    assert time.monotonic() - begun < 2.5


def test_row_49_another_patients_data_from_the_server_are_refused_too(client: FlaskClient, server: Served) -> None:
    server.answers["GET /fhir/Patient/p1"] = resource({**PATIENT, "id": "p2"})
    answer = assessed(client, body(server))
    assert answer["extension"]["prrt-cds.assessment"]["reason"] == "wrong-patient"


@pytest.mark.parametrize("patient", ["p1,p2", "..", ".", "p1$", "p1|x", "a" * 65, "p%31"])
def test_an_id_that_asks_for_something_else_asks_for_nothing(client: FlaskClient, server: Served, patient: str) -> None:
    call = body(server)
    call["context"]["patientId"] = patient
    assert_refused(client.post(URL, json=call), 412)
    assert not server.asked


def test_without_a_list_nothing_is_called(server: Served, make_client: Callable[..., FlaskClient]) -> None:
    assert make_client().post(URL, json=body(server)).status_code == 200
    assert not server.asked


def test_only_listed_servers_are_called(server: Served, make_client: Callable[..., FlaskClient]) -> None:
    with serving() as other:
        client = make_client(fhir=FhirSettings(servers=(other.base,)))
        client.post(URL, json=body(server))
        assert not server.asked and not other.asked
        client.post(URL, json=body(other))
        assert other.asked


def test_the_kept_call_holds_what_was_fetched_and_no_token(
    server: Served, make_client: Callable[..., FlaskClient], answer: FakeAnswer
) -> None:
    make_client(fhir=FhirSettings(servers=(server.base,))).post(URL, json=body(server))
    call = answer.calls[0][0]
    assert call.prefetch["observations"]["entry"][0]["resource"]["id"] == HB["id"]
    assert TOKEN not in json.dumps(call.as_json(), default=str) and server.base not in str(call.as_json())
    assert TOKEN not in repr(call)


def test_hostile_json_of_the_server_is_a_failure(client: FlaskClient, server: Served) -> None:
    deep = b'{"resourceType":"Bundle","entry":' + b"[" * 300 + b"]" * 300 + b"}"
    wide = b'{"resourceType":"Bundle","entry":[' + b"[]," * 1_600_000 + b"[]]}"
    for hostile in (deep, wide, b"\xff", b'{"resourceType":"Bundle","entry":NaN}'):
        server.answers["POST /fhir/Observation/_search"] = content(hostile)
        assert "Answered with an error" in details(assessed(client, body(server)))
