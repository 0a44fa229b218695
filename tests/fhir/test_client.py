"""FHIR reads and searches: what is asked, what comes back, where the token goes. Real servers, on loopback."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from cds_service.fhir.client import failure
from tests.fhir.clients import PATIENT, QUERY, TOKEN, access, connect, ids, observation, read, search
from tests.servers import Served, content, redirect, resource, searchset, status


def test_row_28_a_resource_is_read(server: Served) -> None:
    server.answers["GET /fhir/Patient/p1"] = resource(PATIENT)
    assert read(server) == PATIENT


def test_row_44_the_bearer_token_goes_with_every_request(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(further=f"{server.base}?page=2"))
    server.answers["/fhir?page=2"] = resource(searchset())
    search(server)
    assert [one.headers["authorization"] for one in server.asked] == [f"Bearer {TOKEN}"] * 2


def test_without_a_token_none_is_made_up(server: Served) -> None:
    client = connect(access(server), server, None)
    client.gather([lambda: client.read("Patient/p1")])
    assert "authorization" not in server.asked[0].headers


def test_a_search_is_a_post_so_that_no_url_names_the_patient(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1)))
    assert ids(search(server)) == ["o1"]
    (asked,) = server.asked
    assert "p1" not in asked.path and asked.body == "patient=p1&_count=1000"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("code", [400, 403, 404, 405, 501])
def test_where_post_is_not_served_the_search_is_a_get_and_that_is_remembered(server: Served, code: int) -> None:
    server.answers |= {"POST /fhir/Observation/_search": status(code)}
    server.answers["/fhir/Observation?patient=p1&_count=1000"] = resource(searchset(observation(1)))
    found = access(server)
    for _ in range(2):
        client = connect(found, server)
        (bundle,) = client.gather([partial(client.search, "Observation", QUERY)])
        assert ids(bundle) == ["o1"]
    assert [asked.method for asked in server.asked] == ["POST", "GET", "GET"]


def test_row_32_all_pages_are_followed_and_none_is_left(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir/x?page=2"))
    server.answers["/fhir/x?page=2"] = resource(searchset(observation(2), further=f"{server.base}?page=3"))
    server.answers["/fhir?page=3"] = resource(searchset(observation(3)))
    found = search(server)
    assert ids(found) == ["o1", "o2", "o3"] and "link" not in found


@pytest.mark.parametrize(
    "broken", [status(500), content(b"{"), resource(PATIENT), resource({"resourceType": "Bundle", "entry": 5})]
)
def test_row_32_a_page_that_fails_leaves_the_search_incomplete(server: Served, broken: Any) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir?page=2"))
    server.answers["/fhir?page=2"] = broken
    found = search(server)
    assert ids(found) == ["o1"] and found["link"] == [{"relation": "next", "url": "/fhir?page=2"}]


def test_row_44_a_next_link_to_another_origin_is_not_followed_and_gets_no_token(server: Served, other: Served) -> None:
    first = searchset(observation(1), further=f"{other.base}?page=2")
    server.answers["POST /fhir/Observation/_search"] = resource(first)
    other.answers["*"] = resource(searchset(observation(666)))
    found = search(server, servers=(server.base, other.base))
    assert ids(found) == ["o1"] and found["link"], "incomplete, and said so"
    assert not other.asked


def test_a_next_link_out_of_the_base_is_not_followed(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(further=f"{server.origin}/admin"))
    assert search(server)["link"]
    assert server.paths() == ["POST /fhir/Observation/_search"]


def test_pages_in_a_circle_end(server: Served) -> None:
    server.answers["POST /fhir/Observation/_search"] = resource(searchset(observation(1), further="/fhir?page=2"))
    server.answers["/fhir?page=2"] = resource(searchset(observation(2), further="/fhir?page=2"))
    found = search(server)
    assert ids(found) == ["o1", "o2"] and found["link"]


def test_pages_without_end_stop_at_the_entries_a_record_has(server: Served) -> None:
    def endless(handler: Any) -> None:
        number = len(server.asked)
        resource(searchset(*[observation(number)] * 10, further=f"/fhir?page={number}"))(handler)

    server.answers["*"] = endless
    found = search(server)
    assert len(ids(found)) == 50 and found["link"]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_row_44_a_redirect_is_not_followed_and_the_token_stays(server: Served, other: Served, code: int) -> None:
    server.answers["*"] = redirect(f"{other.base}/Patient/p1", code)
    other.answers["*"] = resource(PATIENT)
    assert read(server)["resourceType"] == "OperationOutcome"
    assert search(server)["resourceType"] == "OperationOutcome"
    assert not other.asked


def test_a_redirect_on_the_same_server_is_not_followed_either(server: Served) -> None:
    server.answers["GET /fhir/Patient/p1"] = redirect(f"{server.origin}/admin")
    server.answers["GET /admin"] = resource(PATIENT)
    assert read(server)["resourceType"] == "OperationOutcome"
    assert server.paths() == ["GET /fhir/Patient/p1"]


def test_row_30_an_error_is_an_operation_outcome_without_the_servers_words(server: Served) -> None:
    for code, why in ((401, "login"), (403, "forbidden"), (404, "not-found"), (500, "exception")):
        server.answers["*"] = status(code)
        assert read(server) == failure(why)
    assert "Zebedee" not in str(read(server))


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{", b"[]", b"null", b'{"a":1}', b'{"resourceType":5}', b"\xff", b"[" * 100_000]
)
def test_what_is_no_resource_is_a_failure_and_not_an_empty_record(server: Served, body: bytes) -> None:
    server.answers["*"] = content(body)
    assert read(server) == failure("structure")
    assert search(server) == failure("structure")


def test_row_31_an_empty_searchset_is_an_answer_and_a_failed_search_is_none(server: Served) -> None:
    server.answers["*"] = resource(searchset())
    assert search(server) == searchset()
    server.answers["*"] = resource({"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]})
    assert search(server) == failure("exception")
