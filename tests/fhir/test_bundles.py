"""Whatever shape a prefetch has: every resource is found, nothing fails the rest."""

from __future__ import annotations

import pytest

from cds_service.fhir.bundle import MAX_NESTING, harvest
from cds_service.fhir.ignored import Ignored

A = {"resourceType": "Observation", "id": "a"}
B = {"resourceType": "Condition", "id": "b"}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def bundle(*contents, kind="searchset", **more):
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": item} for item in contents], **more}


def found(value):
    return [item.data["id"] for item in harvest({"key": value}).found]


@pytest.mark.parametrize("kind", ["searchset", "collection", "document", "transaction", "history", "batch", "message"])
def test_every_bundle_type_is_opened(kind):
    assert found(bundle(A, B, kind=kind)) == ["a", "b"]


def test_bare_resources_arrays_and_nested_bundles():
    assert found(A) == ["a"]
    assert found([A, B]) == ["a", "b"]
    assert found(bundle(bundle(A), B)) == ["a", "b"]
    assert found([bundle(A), [B]]) == ["a", "b"]
    assert found({"resourceType": "Parameters", "parameter": [{"name": "return", "resource": A}]}) == ["a"]


def test_batch_response_with_failures():
    answer = {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [
            {"response": {"status": "200 OK"}, "resource": bundle(A)},
            {"response": {"status": "404 Not Found", "outcome": OUTCOME}},
            {"response": {"status": "500"}},
        ],
    }
    result = harvest({"key": answer})
    assert [item.data["id"] for item in result.found] == ["a"]
    assert result.incomplete == {"key"}, "an error beside resources may hide something"


def test_deleted_entries_are_not_data():
    entry = {"request": {"method": "DELETE", "url": "Observation/a"}, "resource": A}
    assert found({"resourceType": "Bundle", "type": "history", "entry": [entry]}) == []
    result = harvest({"key": {"resourceType": "Bundle", "type": "history", "entry": [entry]}})
    assert result.ignored == [Ignored("Observation/a", "superseded", "deleted")] and result.answered == {"key"}


@pytest.mark.parametrize("request_", [None, [], {}, {"method": 5}, {"method": "GET", "url": "Observation/a"}])
def test_only_a_deletion_deletes(request_):
    entry = {"request": request_, "resource": A}
    assert found({"resourceType": "Bundle", "type": "history", "entry": [entry]}) == ["a"]


@pytest.mark.parametrize("url", [None, 5, "", "/", "a", "Observation?x=1", "urn:uuid:a", "ftp://x/Observation/a"])
def test_a_deletion_of_nobody_knows_what_deletes_nothing(url):
    entry = {"request": {"method": "DELETE", "url": url}}
    assert harvest({"key": {"resourceType": "Bundle", "type": "history", "entry": [entry]}}).deletions == []


@pytest.mark.parametrize("value", [None, {"resourceType": "Bundle"}, bundle(), []])
def test_null_and_empty_answers_are_answers(value):
    assert harvest({"key": value}).answered == {"key"}


@pytest.mark.parametrize("value", [OUTCOME, bundle(OUTCOME), "text", 5, {}, [7], {"entry": []}, {"a": 1}])
def test_failures_are_no_answers(value):
    assert harvest({"key": value}).answered == set()


def test_one_bad_entry_leaves_the_rest():
    broken = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [None, 5, {"resource": []}, {"resource": "x"}, {"resource": A}],
    }
    result = harvest({"key": broken})
    assert [item.data["id"] for item in result.found] == ["a"]
    assert [item.why for item in result.ignored] == ["unreadable"] * 3
    assert result.answered == {"key"}


def test_a_next_link_makes_it_incomplete():
    assert harvest({"key": bundle(A, link=[{"relation": "next", "url": "x"}])}).incomplete == {"key"}
    assert harvest({"key": bundle(A, link=[{"relation": "self", "url": "x"}])}).incomplete == set()


def test_absurd_nesting_is_listed_not_followed():
    deep = A
    for _ in range(MAX_NESTING + 5):
        deep = bundle(deep)
    result = harvest({"key": deep})
    assert result.found == [] and [item.why for item in result.ignored] == ["unreadable"]
    loop: list = [A]
    for _ in range(1000):
        loop = [loop]
    assert harvest({"key": loop}).found == []
