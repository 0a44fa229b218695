"""One Bundle as a call: which patient, what counts as provided, the same answer twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.fhir.resources import read_resources
from cds_service.hooks.bundle import BundleError, call_from_bundle
from cds_service.hooks.decode import JsonError
from cds_service.hooks.request import HookCall


def bundle(*resources: dict[str, Any], **more: Any) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **more}).encode()


def patient(id: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id}


def condition(id: str, of: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": id, "subject": {"reference": f"Patient/{of}"}}


def sources(call: HookCall) -> set[str]:
    found = read_resources(call.prefetch, patient_id=call.patient_id, declared=TEMPLATES)
    assert not found.not_provided
    return {resource.source for kind in found.by_type.values() for resource in kind}


def test_the_only_patient_is_the_one_and_everything_is_read_and_counts_as_provided() -> None:
    call = call_from_bundle(bundle(patient("p1"), condition("c1", "p1")))
    assert call.patient_id == "p1" and call.hook == "patient-view"
    assert sources(call) == {"Patient/p1", "Condition/c1"}


def test_a_patient_inside_a_bundle_of_bundles_is_found() -> None:
    inner = json.loads(bundle(patient("p1"), condition("c1", "p1")))
    assert sources(call_from_bundle(bundle(inner))) == {"Patient/p1", "Condition/c1"}


def test_bare_arrays_of_resources_or_pages_are_read_like_a_bundle() -> None:
    first, second = json.loads(bundle(patient("p1"))), json.loads(bundle(condition("c1", "p1")))
    for several in ([patient("p1"), condition("c1", "p1")], [first, second]):
        assert sources(call_from_bundle(json.dumps(several).encode())) == {"Patient/p1", "Condition/c1"}


def test_a_patient_without_an_id_yet_is_named_by_its_full_url() -> None:
    tumour = {**condition("c1", "p1"), "subject": {"reference": "urn:uuid:77"}}
    entries = [{"fullUrl": "urn:uuid:77", "resource": {"resourceType": "Patient"}}, {"resource": tumour}]
    call = call_from_bundle(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode())
    found = read_resources(call.prefetch, patient_id=call.patient_id, declared=TEMPLATES)
    assert call.patient_id == "77" and not found.wrong_patient and found.of("Condition")


def test_an_id_sent_as_a_number_is_an_id() -> None:
    call = call_from_bundle(bundle({"resourceType": "Patient", "id": 12}, condition("c1", "12")))
    found = read_resources(call.prefetch, patient_id=call.patient_id, declared=TEMPLATES)
    assert call.patient_id == "12" and not found.wrong_patient and found.of("Condition")


def test_of_several_patients_one_must_be_named() -> None:
    body = bundle(patient("p1"), patient("p2"), condition("c1", "p1"), condition("c2", "p2"))
    with pytest.raises(BundleError, match="--patient"):
        call_from_bundle(body)
    assert sources(call_from_bundle(body, "p2")) == {"Patient/p2", "Condition/c2"}


def test_the_patient_named_twice_is_one_patient() -> None:
    assert call_from_bundle(bundle(patient("p1"), patient("p1"))).patient_id == "p1"


def test_a_bundle_of_another_patient_stays_another_patients() -> None:
    call = call_from_bundle(bundle(patient("p1"), condition("c1", "p1")), "p9")
    assert read_resources(call.prefetch, patient_id="p9", declared=TEMPLATES).wrong_patient


def test_a_further_page_is_not_forgotten() -> None:
    call = call_from_bundle(bundle(patient("p1"), link=[{"relation": "next", "url": "x"}]))
    assert read_resources(call.prefetch, patient_id="p1", declared=TEMPLATES).incomplete


def test_the_same_bundle_has_the_same_hook_instance_and_another_has_not() -> None:
    one, two = bundle(patient("p1")), bundle(patient("p2"))
    assert call_from_bundle(one).hook_instance == call_from_bundle(one).hook_instance
    assert call_from_bundle(one).hook_instance != call_from_bundle(two).hook_instance


PERSON = json.dumps(patient("p")).encode()


@pytest.mark.parametrize("body", [b"[]", b"[1]", b"[{}]", b"{}", b'"x"', b"null", PERSON])
def test_what_is_no_bundle_is_refused(body: bytes) -> None:
    with pytest.raises(BundleError, match="not a FHIR Bundle"):
        call_from_bundle(body)


def test_a_bundle_without_a_patient_or_with_a_nameless_one_is_refused() -> None:
    with pytest.raises(BundleError, match="no Patient"):
        call_from_bundle(bundle(condition("c1", "p1")))
    with pytest.raises(BundleError, match="no id"):
        call_from_bundle(bundle({"resourceType": "Patient"}))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(JsonError):
        call_from_bundle(body)
