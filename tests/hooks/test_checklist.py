"""CDS Hooks, requirement by requirement: the rows of the service-side checklist that no other file names."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.validation import problems
from cds_service.hooks.answer import load_answer
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.store import AuditSettings, open_store
from cds_service.web.pages import Profile
from tests.hooks.fakes import TODAY, FakeAnswer, call_body
from tests.hooks.test_calls import assert_refused
from tests.hooks.test_responses import RECORDS, values

ROOT = Path(__file__).parents[2]
URL = "/cds-services/prrt-candidacy"
ROWS = {
    *range(1, 7), *range(10, 14), 15, 16, 18, *range(20, 23), *range(24, 27), *range(28, 34), 40, 41, *range(44, 50),
    *range(60, 77), 78, 80, 83, *range(90, 96), *range(110, 117),
}  # fmt: skip
"""Every SHALL, SHOULD and robustness row that a service can keep; the others are the client's, or not used here."""


def test_every_row_is_named_by_a_test() -> None:
    names = [name for path in (ROOT / "tests").rglob("test_*.py") for name in _tests(path)]
    named = {int(number) for name in names for number in re.findall(r"\d+", name.partition("rows_")[2] or name)}
    assert not ROWS - named, sorted(ROWS - named)


def _tests(path: Path) -> list[str]:
    """The names of a file's tests from the row number on: ``row_2``, ``rows_2_and_3``."""
    return re.findall(r"def test_(rows?(?:_and|_to|_\d+)+)", path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The whole service, with a store."""
    folder = tmp_path_factory.mktemp("checklist")
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    store = open_store(str(folder / "x.sqlite3"), AuditSettings(key_file=str(folder / "x.key")), {})
    yield create_app(load_answer(book, policy), profile=Profile("US"), today=lambda: TODAY, store=store).test_client()
    store.close()


@pytest.fixture(scope="module")
def answers(client: FlaskClient) -> list[dict[str, Any]]:
    found = [client.post(f"/cds-services/{service}", data=body) for service, body in RECORDS.values()]
    assert {response.status_code for response in found} == {200}
    return [response.get_json() for response in found]


@pytest.fixture(scope="module")
def cards(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [card for answer in answers for card in answer["cards"]]
    assert len(found) > 10
    return found


@pytest.fixture(scope="module")
def suggestions(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [suggestion for card in cards for suggestion in card.get("suggestions", ())]
    assert found
    return found


@pytest.fixture(scope="module")
def actions(suggestions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = [action for suggestion in suggestions for action in suggestion.get("actions", ())]
    assert found
    return found


@pytest.fixture(scope="module")
def services(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/cds-services").get_json()["services"]
    return found


# 1 JSON, transport


def test_row_1_all_bodies_are_json(client: FlaskClient) -> None:
    for response in (
        client.get("/cds-services"), client.post(URL, json=call_body()), client.post(URL, data=b"{"),
        client.get("/nothing"), client.put(URL),
    ):  # fmt: skip
        assert response.mimetype in ("application/json", "application/fhir+json")
        json.loads(response.get_data())


def test_rows_2_and_3_no_member_is_null_or_empty(answers: list[dict[str, Any]], services: list[dict[str, Any]]) -> None:
    for body in (*answers, {"services": services}):
        empty = [path for path, value in values(body) if value is None or value in ("", [], {})]
        assert not set(empty) - {".cards"}


def test_rows_4_and_75_resources_in_actions_are_right_r4(actions: list[dict[str, Any]]) -> None:
    for action in actions:
        if action["type"] != "delete":
            assert not problems(action["resource"])
            assert action["type"] == "create" or action["resource"]["id"]


def test_row_5_the_guide_demands_tls_for_all_endpoints() -> None:
    assert "Put TLS (1.2 or later) in front" in (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")


def test_row_6_extensions_are_objects_with_keys_of_our_own(answers: list[dict[str, Any]], client: FlaskClient) -> None:
    for body in answers:
        for path, value in values(body):
            if path.endswith(".extension") and ".resource." not in path:
                assert isinstance(value, dict) and all(key.startswith("prrt-cds.") for key in value), path
    odd: list[Any] = [{"org.example": 1}, {}, None, [], "x"]
    for strange in odd:
        assert client.post(URL, json=call_body(extension=strange)).status_code == 200


# 2 Discovery


def test_rows_10_11_12_and_13_discovery(client: FlaskClient) -> None:
    response = client.get("/cds-services")
    assert response.status_code == 200
    services = response.get_json()["services"]
    assert isinstance(services, list) and services
    for service in services:
        assert all(isinstance(service[name], str) and service[name] for name in ("hook", "id", "description", "title"))
        assert re.fullmatch(r"[A-Za-z0-9-]+", service["id"])
        assert client.post(f"/cds-services/{service['id']}", json={}).status_code == 400, "it is there"


def test_row_15_no_service_stands_twice_for_one_hook(services: list[dict[str, Any]]) -> None:
    assert len({(service["id"], service["hook"]) for service in services}) == len(services)


def test_row_16_the_version_is_semver(services: list[dict[str, Any]]) -> None:
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", service["version"]) for service in services)


# 3 Prefetch templates


def test_rows_20_21_and_22_templates_are_reads_or_type_searches_with_allowed_tokens(
    services: list[dict[str, Any]],
) -> None:
    for service in services:
        for template in service["prefetch"].values():
            assert re.fullmatch(r"[A-Z][A-Za-z]+(/\{\{context\.patientId\}\}|\?\S+)", template)
            assert set(re.findall(r"\{\{(.*?)\}\}", template)) == {"context.patientId"}


def test_rows_24_25_and_26_searches_are_plain_name_the_patient_and_repeat_nothing() -> None:
    for key, template in TEMPLATES.items():
        names = [name for name, _ in parse_qsl(template.partition("?")[2])]
        assert len(names) == len(set(names)) and set(names) <= {"patient", "_count", "_sort"}
        assert key == "patient" or "patient" in names


# 4 Service call: request


def test_rows_40_and_41_a_call_is_a_post_with_what_is_required(client: FlaskClient) -> None:
    assert client.post(URL, json=call_body()).status_code == 200
    for member in ("hook", "hookInstance", "context"):
        body = {name: value for name, value in call_body().items() if name != member}
        assert member in assert_refused(client.post(URL, json=body), 400)


def test_rows_45_and_46_unknown_members_are_tolerated_and_optional_ones_may_be_absent(client: FlaskClient) -> None:
    for user in ("Practitioner/1", "PractitionerRole/1", "Patient/p1", "RelatedPerson/1"):
        body = call_body(somethingNew={"a": [1]})
        body["context"] |= {"userId": user, "unheardOf": {}}
        body["prefetch"]["nobodyAsked"] = None
        assert "encounterId" not in body["context"]
        assert client.post(URL, json=body).status_code == 200


def test_row_47_a_call_takes_less_than_half_a_second_of_computing(client: FlaskClient) -> None:
    service, body = max(RECORDS.values(), key=lambda record: len(record[1]))
    times = []
    for _ in range(3):
        begun = time.process_time()
        client.post(f"/cds-services/{service}", data=body)
        times.append(time.process_time() - begun)
    assert min(times) < 0.5


def test_row_48_what_is_wrong_is_4xx_in_json(client: FlaskClient) -> None:
    assert_refused(client.post(URL, json=call_body(hook="order-sign")), 400)
    assert_refused(client.post("/cds-services/x", json=call_body()), 404)
    assert_refused(client.get(URL), 405)
    assert_refused(client.post(URL, data=b" " * 30_000_000), 413)
    for body in (b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000):
        assert_refused(client.post(URL, data=body), 400)


# 5 Response


def test_rows_60_and_61_every_answer_has_its_cards_and_missing_data_are_412(
    answers: list[dict[str, Any]], client: FlaskClient
) -> None:
    assert all(isinstance(answer["cards"], list) for answer in answers)
    assert any(answer["cards"] == [] for answer in answers)
    assert_refused(client.post(URL, json=call_body(prefetch={})), 412)


def test_row_62_every_error_is_an_operation_outcome(client: FlaskClient) -> None:
    for response in (client.post(URL, data=b"{"), client.get("/x"), client.put(URL), client.post(URL, json=[])):
        assert response.get_json()["resourceType"] == "OperationOutcome"


def test_rows_63_64_65_and_66_cards(answers: list[dict[str, Any]], cards: list[dict[str, Any]]) -> None:
    for answer in answers:
        assert len({UUID(card["uuid"]) for card in answer["cards"]}) == len(answer["cards"])
    for card in cards:
        assert 0 < len(card["summary"]) < 140 and "\n" not in card["summary"]
        assert card["indicator"] in ("info", "warning", "critical")
        assert not re.search(r"<[a-z!/]", card["detail"]), "no raw HTML"


def test_rows_67_68_and_69_sources(cards: list[dict[str, Any]]) -> None:
    for card in cards:
        source = card["source"]
        assert isinstance(source["label"], str) and source["label"]
        assert all(re.match(r"https?://", source[name]) for name in ("url", "icon") if name in source)
        assert "topic" not in source or {"code", "system"} <= source["topic"].keys()


def test_rows_70_71_72_and_73_suggestions(cards: list[dict[str, Any]], suggestions: list[dict[str, Any]]) -> None:
    for card in cards:
        assert ("suggestions" in card) == ("selectionBehavior" in card)
        assert card.get("selectionBehavior", "any") in ("any", "at-most-one")
        recommended = [one for one in card.get("suggestions", ()) if one.get("isRecommended")]
        assert len(recommended) <= 1 or card["selectionBehavior"] == "any"
    for suggestion in suggestions:
        assert suggestion["label"] and UUID(suggestion["uuid"])
        assert isinstance(suggestion.get("isRecommended", False), bool)
        assert "actionSelectionBehavior" not in suggestion


def test_rows_74_and_76_actions(actions: list[dict[str, Any]]) -> None:
    for action in actions:
        assert action["type"] in ("create", "update", "delete") and action["description"]
        if action["type"] == "delete":
            assert re.fullmatch(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]+", action["resourceId"]) and "resource" not in action
        else:
            assert action["resource"]["resourceType"]


def test_rows_78_80_and_83_links_reasons_and_codings(cards: list[dict[str, Any]]) -> None:
    for card in cards:
        for link in card.get("links", ()):
            assert link["label"] and link["url"] and link["type"] in ("absolute", "smart")
            assert "appContext" not in link or link["type"] == "smart"
        for reason in card.get("overrideReasons", ()):
            assert reason["code"] and reason["system"] and reason["display"]
    assert any(card.get("overrideReasons") for card in cards)


# 6 Feedback


@pytest.fixture
def send(client: FlaskClient) -> Callable[..., int]:
    def send(*items: dict[str, Any]) -> int:
        return client.post(f"{URL}/feedback", json={"feedback": list(items)}).status_code

    return send


def item(card: str = "a-card", outcome: str = "overridden", **more: Any) -> dict[str, Any]:
    return {"card": card, "outcome": outcome, "outcomeTimestamp": "2024-06-01T12:00:00.52Z", **more}


def test_rows_90_and_94_feedback_on_several_cards_and_the_same_one(send: Callable[..., int]) -> None:
    assert send(item(), item("another"), item()) == 200


def test_row_91_card_outcome_and_a_time_in_utc_are_required(send: Callable[..., int]) -> None:
    assert datetime.fromisoformat(item()["outcomeTimestamp"]).tzinfo == UTC
    for wrong in (
        {"card": None}, {"card": ""}, {"outcome": "ignored"}, {"outcomeTimestamp": "2024-06-01"},
        {"outcomeTimestamp": "2024-06-01T12:00:00+02:00"}, {"outcomeTimestamp": None},
    ):  # fmt: skip
        assert send(item() | wrong) == 400


def test_row_92_accepted_needs_its_suggestions(send: Callable[..., int]) -> None:
    assert send(item(outcome="accepted", acceptedSuggestions=[{"id": "s-1"}])) == 200
    wrongs: list[dict[str, Any]] = [
        {}, {"acceptedSuggestions": []}, {"acceptedSuggestions": [{}]}, {"acceptedSuggestions": "s"},
    ]  # fmt: skip
    for wrong in wrongs:
        assert send(item(outcome="accepted", **wrong)) == 400


def test_row_93_overridden_with_a_reason_with_words_with_both_or_with_nothing(send: Callable[..., int]) -> None:
    reason = {"code": "patient-refuses", "system": "urn:x"}
    assert send(item()) == 200
    for override in ({"reason": reason}, {"userComment": "no"}, {"reason": reason, "userComment": "no"}):
        assert send(item(overrideReason=override)) == 200
    assert send(item(overrideReason={})) == 400


def test_row_95_feedback_that_was_stored_is_200(send: Callable[..., int]) -> None:
    assert send(item("row-95")) == 200


# 8 and 10: browsers, and what real clients do


def test_a_fault_is_never_answered_as_no_advice(answer: FakeAnswer, make_client: Callable[..., FlaskClient]) -> None:
    answer.fault = KeyError("x")
    response = make_client().post(URL, json=call_body())
    assert response.status_code == 500 and "cards" not in response.get_json()


def test_every_record_is_answered_whatever_is_accepted(client: FlaskClient) -> None:
    for accept in ("application/fhir+json, */*;q=0.1", "text/html", "application/xml;q=1", ""):
        assert client.post(URL, json=call_body(), headers={"Accept": accept}).status_code == 200
