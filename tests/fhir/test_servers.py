"""Ids are a server's own: the same id on two servers names two patients, and two resources."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import ResourceSet, read_drafts, read_resources

EHR, OTHER = "http://ehr.example/fhir", "http://other.example/fhir"
UNMATCHED = "the subject could not be matched to the patient"


def patient(full_url: str) -> dict[str, Any]:
    return {"fullUrl": full_url, "resource": {"resourceType": "Patient", "id": "1"}}


def observation(subject: str, identity: str = "o", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": identity, "status": "final", "code": {"text": "x"},
            "subject": {"reference": subject}} | more  # fmt: skip


def bundle(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}


def entry(data: dict[str, Any], base: str = "") -> dict[str, Any]:
    return {"resource": data} | ({"fullUrl": f"{base}/{data['resourceType']}/{data['id']}"} if base else {})


def read(*entries: dict[str, Any], full_url: str = f"{EHR}/Patient/1") -> ResourceSet:
    prefetch = {"patient": bundle(patient(full_url)), "conditions": None, "more": bundle(*entries)}
    return read_resources(prefetch, patient_id="1")


def sources(result: ResourceSet) -> list[str]:
    return [item.source for item in result.of("Observation")]


RELATIVE = entry(observation("Patient/1", "relative"))


@pytest.mark.parametrize("subject", [
    f"{EHR}/Patient/1", f"{EHR}/Patient/1/_history/2", "https://EHR.example/fhir/Patient/1",
    "http://ehr.example:80/fhir//Patient/1", "Patient/1", "urn:uuid:1",
])  # fmt: skip
def test_the_patients_own_server(subject: str) -> None:
    assert sources(read(entry(observation(subject)), RELATIVE)) == ["Observation/o", "Observation/relative"]


@pytest.mark.parametrize("subject", [
    f"{OTHER}/Patient/1", f"{OTHER}/Patient/1/_history/2", "http://ehr.example/Patient/1",
    "http://ehr.example/FHIR/Patient/1", "http://ehr.example:8080/fhir/Patient/1",
])  # fmt: skip
@pytest.mark.parametrize("own", ["Patient/1", f"{EHR}/Patient/1", "http://third.example/Patient/1", "Patient/2"])
def test_another_servers_patient_of_the_same_id(subject: str, own: str) -> None:
    result = read(entry(observation(own, "own")), entry(observation(subject)))
    assert "Observation/o" not in sources(result)
    assert Ignored("Observation/o", "other-patient", UNMATCHED) in result.ignored


@pytest.mark.parametrize("full_url", ["", "urn:uuid:1", "http://ehr.example/fhir/1"])
def test_a_patient_whose_server_is_not_known(full_url: str) -> None:
    assert len(sources(read(entry(observation(f"{OTHER}/Patient/1")), RELATIVE, full_url=full_url))) == 2


def test_a_record_that_came_through_a_proxy() -> None:
    subjects = [entry(observation(f"{OTHER}/Patient/1", str(n))) for n in range(3)]
    assert len(sources(read(*subjects))) == 3
    assert sources(read(*subjects, RELATIVE)) == ["Observation/relative"]


def test_drafts_are_the_patients_own_too() -> None:
    record = read(RELATIVE)
    drafts = bundle(*(
        entry({"resourceType": "ServiceRequest", "id": identity, "subject": {"reference": subject}})
        for identity, subject in (("a", "Patient/1"), ("b", f"{OTHER}/Patient/1"), ("c", f"{EHR}/Patient/1"))
    ))  # fmt: skip
    assert [item.id for item in read_drafts(drafts, record).of("ServiceRequest")] == ["a", "c"]


def two_servers(**more: Any) -> list[dict[str, Any]]:
    return [entry(observation("Patient/1", valueInteger=n, **more), base) for n, base in enumerate((EHR, OTHER))]


def test_one_id_on_two_servers_is_two_resources() -> None:
    entries = two_servers(meta={"versionId": "1"})
    entries[1]["resource"]["meta"] = {"versionId": "2"}
    for chance in (random.Random(1), random.Random(2)):
        chance.shuffle(entries)
        result = read(*entries)
        assert sources(result) == [f"{EHR}/Observation/o", f"{OTHER}/Observation/o"] and result.ignored == []


def test_versions_on_each_of_two_servers() -> None:
    newer = entry(observation("Patient/1", valueInteger=7, meta={"versionId": "9"}), OTHER)
    result = read(*two_servers(meta={"versionId": "1"}), newer)
    assert [item.data["valueInteger"] for item in result.of("Observation")] == [0, 7]
    assert [(item.source, item.why) for item in result.ignored] == [(f"{OTHER}/Observation/o", "superseded")]


def test_what_two_servers_hold_alike_counts_once() -> None:
    same = observation("Patient/1")
    assert len(sources(read(entry(same, EHR), entry(same, OTHER)))) == 1
    assert sources(read(entry(same), entry({**same, "note": 1}, EHR))) == ["Observation/o"] * 2, "no server: versions"


def test_a_reference_stays_on_its_server() -> None:
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "code": {"text": "x"},
              "subject": {"reference": "Patient/1"}}  # fmt: skip
    for base, value in ((EHR, 0), (OTHER, 1)):
        result = read(*two_servers(), entry(report, base))
        (within,) = result.of("DiagnosticReport")
        for literal in ("Observation/o", "Observation/o/_history/1", f"{base}/Observation/o"):
            found = result.resolve({"reference": literal}, within)
            assert found is not None and found.data["valueInteger"] == value
    result = read(*two_servers(), entry(report))
    assert result.resolve({"reference": "Observation/o"}, result.of("DiagnosticReport")[0]) is None, "of which server?"
