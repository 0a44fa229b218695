"""``prrt-cds check``: the fate of every resource of a Bundle."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cds_service.check import Checked, check
from cds_service.hooks.bundle import call_from_bundle
from cds_service.policy import Policy, load_policy
from cds_service.rulebook import Rulebook, load_rulebook
from tests.fuzz.shapes import DAY, LOINC, PATIENT, SNOMED, SUBJECT, Resource, concept, look_alikes, resource, us_core
from tests.fuzz.target import MARK

ON = date(2026, 6, 1)
SAMPLES = sorted((Path(__file__).parents[1] / "fhir_samples").glob("*/bundle.json"))


@cache
def site() -> tuple[Rulebook, Policy]:
    book = load_rulebook()
    return book, load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})


def checked(*resources: Any) -> Checked:
    body = json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    )
    return check(call_from_bundle(body.encode(), PATIENT), *site(), ON)


def text_of(found: Checked) -> str:
    return found.as_text(site()[0].wording)


def hb(identity: str = "hb", value: object = 12.1, **changes: Any) -> Resource:
    quantity = {"value": value, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}
    return {**resource("Observation", identity, status="final", subject=SUBJECT, effectiveDateTime=DAY,
                       code=concept(LOINC, "718-7"), valueQuantity=quantity), **changes}  # fmt: skip


def used(found: Checked, source: str) -> dict[str, Any]:
    (row,) = [row for row in found.as_json()["used"] if row["source"] == source]
    return dict(row)


def test_what_is_used_is_used_for_something() -> None:
    found = checked(*us_core())
    row = used(found, "Observation/hb")
    assert row["as"] == ["hb"] and row["criteria"] == ["hb"] and "hb_g_dl" in row["facts"]
    assert "diagnosis" in used(found, "Condition/net")["facts"]
    assert used(found, "DiagnosticReport/pet")["criteria"]
    assert "haemoglobin; facts: hb_g_dl" in text_of(found)


def test_an_older_result_is_read_and_nothing_rests_on_it() -> None:
    found = checked(*us_core(), hb("old", 9.9, effectiveDateTime="2025-01-01"))
    assert used(found, "Observation/old") == {"source": "Observation/old", "as": ["hb"]}
    assert "nothing rests on it now" in text_of(found)


def test_what_is_not_used_says_why() -> None:
    found = checked(
        *us_core(), hb("wrong", status="entered-in-error"), hb("bare", valueQuantity={"value": 12.1}),
        hb("theirs", subject={"reference": "Patient/other"}), hb("late", effectiveDateTime="2027-01-01"),
        hb("words", valueQuantity=None, valueString="see comment"),
    )  # fmt: skip
    ignored = {row["source"]: row["why"] for row in found.as_json()["ignored"]}
    assert ignored == {
        "Observation/wrong": "entered-in-error", "Observation/bare": "no-unit", "Observation/theirs": "other-patient",
        "Observation/late": "future", "Observation/words": "unreadable",
    }  # fmt: skip
    assert not {row["source"] for row in found.as_json()["used"]} & ignored.keys()
    for words in ("entered in error", "no unit (hb)", "another patient's", "dated in the future", "could not be read"):
        assert words in text_of(found)


def test_what_is_no_resource_is_unreadable() -> None:
    found = checked(*us_core(), "text", {"id": "x"}, {"resourceType": 5})
    assert {row.why for row in found.ignored} == {"unreadable"}
    assert "not a FHIR resource" in text_of(found)


def test_resources_of_another_version_are_named_with_what_shows_it() -> None:
    found = checked(*us_core(), *look_alikes())
    assert len(found.ignored) == len(look_alikes()) and {row.why for row in found.ignored} == {"unsupported"}
    assert all(row.detail for row in found.ignored)
    assert "element notGiven is not R4" in text_of(found)


def test_what_no_rule_could_use_is_not_needed_and_says_why() -> None:
    found = checked(
        *us_core(), resource("Observation", "race", status="final", subject=SUBJECT, code=concept(LOINC, "72826-1"),
                 valueString="White"),
        resource("Observation", "urine", status="final", subject=SUBJECT, code=concept(LOINC, "2161-8"),
                 valueQuantity={"value": 90, "unit": "mg/dL"}),
        resource("Condition", "knee", subject=SUBJECT, code={"text": "Sprained knee"}),
    )  # fmt: skip
    assert found.unneeded == {
        "Encounter/visit": "no rule reads this type", "Immunization/flu": "no rule reads this type",
        "Observation/race": "no rule asks for what it says", "Condition/knee": "no rule asks for what it says",
        "Observation/urine": "its code is known and means something else",
    }  # fmt: skip
    assert "not needed" in text_of(found) and "Immunization/flu" in text_of(found)


def test_many_resources_no_rule_could_use_take_one_line() -> None:
    visits = [resource("Encounter", f"v{number}", status="finished", subject=SUBJECT) for number in range(300)]
    found = checked(*us_core(), *visits)
    (line,) = [line for line in text_of(found).splitlines() if "301 Encounter" in line]
    assert "no rule reads this type" in line
    assert len(found.as_json()["not_needed"]) == 302


def test_what_could_be_meant_in_two_ways_is_ambiguous() -> None:
    both = {"coding": [{"system": LOINC, "code": "718-7"}, {"system": LOINC, "code": "777-3"}]}
    found = checked(
        *us_core(), hb("same-day", 8.1), hb("two-codes", code=both), hb("nobody", subject=None,
        effectiveDateTime="2026-05-01"),
        hb("twice", 11, effectiveDateTime="2026-05-02"), hb("twice", 7, effectiveDateTime="2026-05-02"),
    )  # fmt: skip
    ambiguous = {row["source"]: row["why"] for row in found.as_json()["ambiguous"]}
    assert ambiguous == {
        "Observation/hb": ["another hb of the same day differs"],
        "Observation/same-day": ["another hb of the same day differs"],
        "Observation/two-codes": ["its codes say different things"],
        "Observation/nobody": ["names no patient; taken as this patient's"],
        "Observation/twice": ["several contents under this name, and nothing says which is newer",
                              "another hb of the same day differs"],
    }  # fmt: skip
    assert "ambiguous" in text_of(found)


def test_an_older_version_is_superseded_and_not_ambiguous() -> None:
    found = checked(*us_core(), hb("hb", 3, meta={"versionId": "1"}), hb("hb", 12.1, meta={"versionId": "2"}))
    assert [(row.source, row.why) for row in found.ignored] == [("Observation/hb", "superseded")]
    assert not found.ambiguous


def test_what_is_used_although_not_valid_says_where_and_never_what() -> None:
    found = checked(*us_core(), hb("odd", effectiveDateTime="2026-05-30T10:00", comments=MARK))
    faults = used(found, "Observation/odd")["not_valid_r4"]
    assert any(fault.startswith("comments") for fault in faults)
    assert used(found, "Observation/odd")["criteria"] == ["hb"]
    assert MARK not in text_of(found) and "used although not valid R4" in text_of(found)


def test_a_resource_another_one_names_is_used_with_it() -> None:
    given = resource("MedicationAdministration", "given", status="completed", subject=SUBJECT, effectiveDateTime=DAY,
                     medicationReference={"reference": "http://ehr.test/fhir/Medication/m"})  # fmt: skip
    found = checked(*us_core(), given, resource("Medication", "m", code={"text": "temozolomide"}))
    assert used(found, "Medication/m")["as"] == ["named by MedicationAdministration/given"]
    assert used(found, "MedicationAdministration/given")["as"] == ["treatments"]


def test_of_a_wrong_patient_nothing_is_read() -> None:
    theirs = {"reference": "Patient/other"}
    found = checked(*({**item, "subject": theirs} if "subject" in item else item for item in us_core()))
    assert found.wrong_patient and [row.source for row in found.used] == [f"Patient/{PATIENT}"]
    assert not found.unneeded and "nothing else was read" in text_of(found)


def test_coded_differently_means_the_same_to_the_codes() -> None:
    """Two codes of one analyte, as LOINC beside SNOMED CT, are not ambiguous."""
    same = {"coding": [{"system": LOINC, "code": "29463-7"}, {"system": SNOMED, "code": "27113001"}]}
    weight = hb("w", code=same, valueQuantity={"value": 71, "unit": "kg"})
    assert not checked(*us_core(), weight).ambiguous


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_every_resource_of_every_sample_has_a_fate(path: Path) -> None:
    body = path.read_bytes()
    found = check(call_from_bundle(body), *site(), ON).as_json()
    rows = [row["source"].partition("#")[0] for part in ("used", "ignored", "not_needed") for row in found[part]]
    sent = {f"{entry['resource']['resourceType']}/{entry['resource']['id']}" for entry in json.loads(body)["entry"]}
    assert sent <= set(rows) or found.get("wrong_patient")
    assert all(row.get("facts") or row.get("as") or row.get("criteria") for row in found["used"])


def test_an_observation_without_a_value_is_called_that() -> None:
    person, *_ = us_core()
    empty = resource("Observation", "empty", status="final", subject=SUBJECT, code=concept(LOINC, "718-7"))
    absent = {**empty, "id": "absent", "dataAbsentReason": {"text": "unknown"}}
    found = checked(person, empty, absent).unneeded
    assert found == dict.fromkeys(("Observation/absent", "Observation/empty"), "it holds no value")


def test_one_id_on_two_servers() -> None:
    hosts = ("http://a.example/fhir", "http://b.example/fhir")
    results = [
        {"fullUrl": f"{host}/Observation/o", "resource": resource(
            "Observation", "o", status="final", code=concept(LOINC, "718-7"), effectiveDateTime=DAY, subject=SUBJECT,
            valueQuantity={"value": value, "unit": "g/dL", "code": "g/dL", "system": "http://unitsofmeasure.org"})}
        for host, value in zip(hosts, (12.1, 11.2), strict=True)
    ]  # fmt: skip
    patient = {"resource": {"resourceType": "Patient", "id": PATIENT}}
    body = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [patient, *results]})
    found = check(call_from_bundle(body.encode(), PATIENT), *site(), ON)
    assert [row.source for row in found.used if "hb" in row.read_as] == [f"{host}/Observation/o" for host in hosts]
    assert found.unneeded == {} and found.ambiguous.keys().isdisjoint({"Observation/o"})
