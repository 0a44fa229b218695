"""What a history or transaction deletes is not used, unless a version was stored after it."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import ResourceSet, read_resources

PATIENT = {"resourceType": "Patient", "id": "p"}
EHR = "http://ehr.example/fhir"
DELETED = Ignored("Observation/o", "superseded", "deleted")


def observation(**meta: str) -> dict[str, Any]:
    data = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"},
            "subject": {"reference": "Patient/p"}}  # fmt: skip
    return data | ({"meta": meta} if meta else {})


def stored(data: dict[str, Any], base: str = EHR, **response: str) -> dict[str, Any]:
    entry = {"fullUrl": f"{base}/Observation/o", "resource": data, "request": {"method": "PUT", "url": "Observation/o"}}
    return entry | ({"response": response} if response else {})


def deletion(url: str = "Observation/o", **response: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"request": {"method": "DELETE", "url": url}}
    return entry | ({"response": response} if response else {})


def read(*entries: dict[str, Any], kind: str = "history", **more: Any) -> ResourceSet:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return read_resources({"patient": PATIENT, "conditions": None, "history": bundle, **more}, patient_id="p")


def is_used(result: ResourceSet) -> bool:
    used = bool(result.of("Observation"))
    assert used or DELETED in result.ignored
    return used


@pytest.mark.parametrize("url", [
    "Observation/o", "/Observation/o", "Observation/o/_history/2", f"{EHR}/Observation/o",
    "https://EHR.example/fhir/Observation/o/_history/2",
])  # fmt: skip
@pytest.mark.parametrize("kind", ["history", "transaction", "batch", "collection"])
def test_a_deleted_resource_is_listed_and_not_used(url: str, kind: str) -> None:
    entries = [deletion(url), stored(observation())]
    assert not is_used(read(*entries, kind=kind))
    assert not is_used(read(*entries, kind=kind, earlier=observation()))
    assert not is_used(read(deletion(url), kind=kind, earlier=[observation(versionId="1")]))


def test_the_full_url_names_what_the_request_does_not() -> None:
    gone = {"fullUrl": f"{EHR}/Observation/o", "request": {"method": "delete"}}
    assert not is_used(read(gone, stored(observation())))


def test_others_stay() -> None:
    assert is_used(read(deletion("Observation/other"), deletion("Condition/o"), stored(observation())))
    assert not read(deletion("Patient/p")).wrong_patient, "the call speaks of the patient"


@pytest.mark.parametrize(("told", "response", "used"), [
    ({"versionId": "4"}, {"etag": 'W/"3"'}, True),
    ({"versionId": "2"}, {"etag": 'W/"3"'}, False),
    ({"versionId": "3"}, {"etag": 'W/"3"'}, False),
    ({"lastUpdated": "2024-05-02T00:00:00Z"}, {"lastModified": "2024-05-01T23:00:00Z"}, True),
    ({"lastUpdated": "2024-05-02T00:00:00+02:00"}, {"lastModified": "2024-05-01T23:00:00Z"}, False),
    ({"lastUpdated": "2024-05-02T00:00:00Z"}, {}, False),
    ({}, {"lastModified": "2024-05-01T23:00:00Z"}, False),
])  # fmt: skip
def test_what_was_stored_after_the_deletion_is_used(told: dict[str, str], response: dict[str, str], used: bool) -> None:
    entries = [deletion(**response), stored(observation(**told))]
    for chance in (random.Random(1), random.Random(2)):
        chance.shuffle(entries)
        assert is_used(read(*entries, kind="collection")) is used
    assert is_used(read(deletion(**response), more=[observation(**told)])) is used


def test_the_response_tells_when_the_resource_does_not() -> None:
    gone = deletion(lastModified="2024-05-02T00:00:00Z")
    assert is_used(read(gone, stored(observation(), lastModified="2024-05-03T00:00:00Z"), kind="collection"))
    assert not is_used(read(gone, stored(observation(), lastModified="2024-05-01T00:00:00Z"), kind="collection"))
    assert is_used(read(deletion(etag='W/"2"'), stored(observation(), etag='W/"3"'), kind="collection"))
    assert is_used(read(deletion("Observation/o/_history/2"), stored(observation(versionId="3")), kind="collection"))


def test_a_history_lists_the_newest_first() -> None:
    old, new = {**observation(), "note": "old"}, {**observation(), "note": "new"}
    result = read(stored(new), deletion(), stored(old))
    assert [item.data["note"] for item in result.of("Observation")] == ["new"] and DELETED in result.ignored
    assert not is_used(read(stored(new), deletion(), stored(old), kind="transaction")), "in these nothing tells"
    assert not is_used(read(deletion(), a=observation())), "what another answer holds is not newer"
    assert not is_used(read(stored(observation(versionId="1")), deletion(etag='W/"2"'))), "the numbers tell more"


def test_a_deletion_on_another_server_is_not_this_one_s() -> None:
    assert is_used(read(deletion("http://other.example/fhir/Observation/o"), stored(observation())))
    assert not is_used(read(deletion(), stored(observation(), "http://other.example/fhir"))), "no server said"
