"""Whose data, which version, which status: what of a prefetch may be used."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import RequiredDataMissing, read_drafts, read_resources
from cds_service.fhir.validation import problems

PATIENT = {"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:mrn", "value": "7"}]}
MINE = {"reference": "Patient/p"}
NONE = {"resourceType": "Bundle", "type": "searchset"}
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}


def observation(identity="o", subject=MINE, status="final", **more):
    data = {"resourceType": "Observation", "id": identity, "status": status, "code": {"text": "x"}, **more}
    return data if subject is None else {**data, "subject": subject}


def read(*resources, patient_id="p", patient=PATIENT, **keys):
    return read_resources(
        {"patient": patient, "conditions": NONE, "more": list(resources), **keys}, patient_id=patient_id
    )


def sources(result, kind="Observation"):
    return [resource.source for resource in result.of(kind)]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p"},
        {"reference": "Patient/p/_history/3"},
        {"reference": "https://ehr.example/fhir/Patient/p"},
        {"reference": "urn:uuid:p"},
        {"identifier": {"system": "urn:mrn", "value": "7"}},
        {"type": "Patient", "identifier": {"system": "urn:mrn", "value": "7"}},
        {"reference": "Patient?identifier=urn:mrn|7"},
        {"reference": "Patient?identifier=urn%3Amrn%7C7"},
        {"reference": "Patient?_id=p"},
        "Patient/p",
        None,  # every search names the patient; nothing says it is another's
    ],
)
def test_the_patients_own(subject):
    assert sources(read(observation(subject=subject))) == ["Observation/o"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/q"},
        {"reference": "Patient/P"},
        {"reference": "Patient/pp"},
        {"reference": "Group/p"},
        {"reference": "RelatedPerson/p"},
        {"reference": "https://ehr.example/fhir/Patient/q"},
        {"reference": "urn:uuid:4711"},
        {"identifier": {"system": "urn:mrn", "value": "8"}},
        {"identifier": {"system": "urn:other", "value": "7"}},
        {"display": "Jane"},
        {"identifier": {"value": "8"}},
        {"reference": "Patient?identifier=urn:mrn|8"},
        {"reference": "Patient?_id=q"},
        {"reference": "Patient?name=Jane"},
        "Patient/q",
        [{"reference": "Patient/p"}, {"reference": "Patient/q"}],
    ],
)
def test_everyone_elses(subject):
    result = read(observation(subject=subject))
    assert sources(result) == []
    assert [(item.source, item.why) for item in result.ignored] == [("Observation/o", "other-patient")]


def test_identifiers_without_a_system_match_each_other_only():
    person = {**PATIENT, "identifier": [{"value": "7"}]}
    assert sources(read(observation(subject={"identifier": {"value": "7"}}), patient=person)) == ["Observation/o"]
    for other in ({"value": "8"}, {"system": "urn:mrn", "value": "7"}):
        assert sources(read(observation(subject={"identifier": other}), patient=person)) == []


def test_contained_patients():
    def holding(number):
        inner = {"resourceType": "Patient", "id": "pt", "identifier": [{"system": "urn:mrn", "value": number}]}
        return observation(subject={"reference": "#pt"}, contained=[inner])

    assert sources(read(holding("7"))) == ["Observation/o"]
    assert sources(read(holding("8"))) == []
    assert sources(read(observation(subject={"reference": "#gone"}))) == []


def test_appointments_are_the_patients_by_their_participants():
    def booked(*actors):
        return {"resourceType": "Appointment", "id": "x", "status": "booked",
                "participant": [{"actor": {"reference": actor}} for actor in actors]}  # fmt: skip

    entry = [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "id": "q"}},
    ]
    for actors, used in [
        (["Practitioner/d", "Patient/p"], True),
        (["Practitioner/d"], True),
        (["Patient/q"], False),
        (["https://ehr.example/fhir/Patient/q"], False),
        (["urn:uuid:1", "urn:uuid:9"], True),
        (["urn:uuid:2"], False),
    ]:
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [*entry, {"resource": booked(*actors)}]}
        found = read_resources({"all": bundle}, patient_id="p")
        assert bool(found.of("Appointment")) is used, actors
    room = {**booked("Patient/p"), "participant": [{"actor": {"display": "Room 1"}},
     {"actor": {"reference": "Patient/p"}}]}
    assert read(room).of("Appointment")


def test_a_focus_on_someone_else_is_not_the_patient():
    assert sources(read(observation(focus=[{"reference": "RelatedPerson/baby"}]))) == []
    assert sources(read(observation(focus=[{"reference": "BodyStructure/tumour"}]))) == ["Observation/o"]


def test_full_urls_name_the_patient():
    entry = [
        {"fullUrl": "urn:uuid:1", "resource": PATIENT},
        {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "id": "q"}},
        {"fullUrl": "urn:uuid:3", "resource": observation("a", {"reference": "urn:uuid:1"})},
        {"fullUrl": "urn:uuid:4", "resource": observation("b", {"reference": "urn:uuid:2"})},
    ]
    result = read_resources(
        {"bundle": {"resourceType": "Bundle", "type": "transaction", "entry": entry}}, patient_id="p"
    )
    assert sources(result) == ["Observation/a"]
    assert Ignored("Observation/b", "other-patient") in result.ignored
    assert Ignored("Patient/q", "other-patient") in result.ignored


def test_a_transaction_whose_patient_has_no_id_yet():
    entry = [
        {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "gender": "male"}},
        {"fullUrl": "urn:uuid:2", "resource": observation(None, {"reference": "urn:uuid:p"})},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entry}
    result = read_resources({"bundle": bundle}, patient_id="p")
    assert not result.wrong_patient and result.patient.id == "p" and sources(result) == ["urn:uuid:2"]


def condition(identity, subject=MINE):
    return {"resourceType": "Condition", "id": identity, "subject": subject, "code": {"text": "x"}}


def test_wrong_patient():
    assert not read().wrong_patient
    assert read(patient={"resourceType": "Patient", "id": "q"}).wrong_patient
    foreign = condition("c", {"reference": "Patient/q"})
    assert read(foreign).wrong_patient
    assert not read(foreign, condition("d")).wrong_patient
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": {"resourceType": "Patient", "id": "q"}}],
    }
    assert read(patient=bundle).wrong_patient


@pytest.mark.parametrize(
    ("prefetch", "missing"),
    [
        ({"patient": None, "conditions": None}, ("patient",)),
        ({"conditions": NONE}, ("patient",)),
        ({"patient": OUTCOME, "conditions": NONE}, ("patient",)),
        ({"patient": PATIENT}, ("conditions",)),
        ({"patient": PATIENT, "conditions": OUTCOME}, ("conditions",)),
        (
            {"patient": PATIENT, "conditions": {"resourceType": "Bundle", "entry": [{"resource": OUTCOME}]}},
            ("conditions",),
        ),
        ({"patient": PATIENT, "conditions": "x"}, ("conditions",)),
        ({}, ("patient",)),
    ],
)
def test_required_data(prefetch, missing):
    with pytest.raises(RequiredDataMissing) as error:
        read_resources(prefetch, patient_id="p")
    assert error.value.keys == missing


def test_null_conditions_are_none_on_record():
    assert read_resources({"patient": PATIENT, "conditions": None}, patient_id="p").by_type.keys() == {"Patient"}
    assert not read_resources({"record": [PATIENT]}, patient_id="p").wrong_patient


def test_what_was_not_provided():
    prefetch = {"patient": PATIENT, "conditions": NONE, "labs": OUTCOME, "reports": None}
    result = read_resources(prefetch, patient_id="p", declared=["patient", "conditions", "labs", "reports", "drugs"])
    assert result.not_provided == {"labs", "drugs"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (observation(status="entered-in-error"), "entered-in-error"),
        (observation(status="cancelled"), "cancelled"),
        (observation(status="preliminary"), "preliminary"),
        (observation(status="registered"), "preliminary"),
        (observation(status="unknown"), "status-unknown"),
        (observation(status=None), "status-unknown"),
        (observation(status="FINAL"), "status-unknown"),
        (observation(modifierExtension=[{"url": "urn:negated", "valueBoolean": True}]), "unsupported"),
        (observation(implicitRules="http://example.org/negated"), "unsupported"),
        (observation(comment="an STU3 element"), "unsupported"),
        ({**condition("o"), "resourceType": "Condition", "clinicalStatus": "active"}, "unsupported"),
        ({**condition("o"), "verificationStatus": {"coding": [{"code": "refuted"}]}}, "refuted"),
        ({**condition("o"), "verificationStatus": {"coding": [{"code": "entered-in-error"}]}}, "entered-in-error"),
        ({"resourceType": "Procedure", "id": "o", "status": "not-done", "subject": MINE}, "not-done"),
        ({"resourceType": "Procedure", "id": "o", "status": "completed", "occurrenceDateTime": "2024"}, "unsupported"),
        ({"resourceType": "MedicationStatement", "id": "o", "status": "not-taken", "subject": MINE}, "not-done"),
        ({"resourceType": "MedicationStatement", "id": "o", "status": "active", "taken": "y"}, "unsupported"),
        ({"resourceType": "MedicationAdministration", "id": "o", "status": "completed", "medication": {"concept": {}}},
         "unsupported"),
        ({"resourceType": "MedicationOrder", "id": "o", "status": "active", "subject": MINE}, "unsupported"),
        ({"resourceType": "ServiceRequest", "id": "o", "status": "revoked", "subject": MINE}, "cancelled"),
        ({"resourceType": "ServiceRequest", "id": "o", "status": "active", "doNotPerform": True}, "not-done"),
        ({"resourceType": "MedicationRequest", "id": "o", "status": "active", "doNotPerform": "true"}, "not-done"),
        ({"resourceType": "ServiceRequest", "id": "o", "status": "active", "code": {"concept": {}}}, "unsupported"),
        ({"resourceType": "DocumentReference", "id": "o", "status": "superseded", "subject": MINE}, "superseded"),
        (observation(code="718-7"), "unreadable"),
        (observation(code={"coding": ["718-7"]}), "unreadable"),
        (observation(code="718-7", status="cancelled"), "cancelled"),
        ({**condition("o"), "code": "C7A.8"}, "unreadable"),
    ],
)  # fmt: skip
def test_unusable(data, why):
    result = read(data)
    assert result.of(data["resourceType"]) == ()
    assert [(item.source, item.why) for item in result.ignored] == [(f"{data['resourceType']}/o", why)]


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_usable_statuses(status):
    assert sources(read(observation(status=status))) == ["Observation/o"]


def test_empty_implicit_rules_are_none():
    assert sources(read(observation(implicitRules=""))) == ["Observation/o"]


def test_unfinished_reports_reach_their_reader():
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "preliminary", "subject": MINE}
    assert read(report).of("DiagnosticReport")[0].status == "preliminary"


def test_duplicates_and_versions():
    twice = read(observation(), observation())
    assert sources(twice) == ["Observation/o"] and twice.ignored == []
    old = observation(note="1", meta={"versionId": "9"})
    new = observation(note="2", meta={"versionId": "10"})
    for order in ((old, new), (new, old)):
        result = read(*order)
        assert [item.data["note"] for item in result.of("Observation")] == ["2"]
        assert [item.why for item in result.ignored] == ["superseded"]
    older = observation(note="1", meta={"lastUpdated": "2024-05-01T23:00:00+02:00"})
    newer = observation(note="2", meta={"lastUpdated": "2024-05-01T22:00:00Z"})
    assert [item.data["note"] for item in read(newer, older).of("Observation")] == ["2"]
    stored = observation(note="1", meta={"versionId": "3", "source": "elsewhere"})
    assert read(stored, observation(note="1")).ignored == [], "the same content, once with its version"
    # Nothing says which is newer: both stay, so that the caution of the reader decides.
    assert len(read(observation(note="1"), observation(note="2")).of("Observation")) == 2
    for meta in ({"versionId": "3"}, {"lastUpdated": "2024-05-01T22:00:00Z"}):
        assert len(read(observation(note="1", meta=meta), observation(note="2")).of("Observation")) == 2
        draft = observation(note="1", meta=meta, status="preliminary")
        assert [item.data["note"] for item in read(draft, observation(note="2")).of("Observation")] == ["2"]


def test_versions_that_contradict_each_other_are_all_kept():
    first = observation(note="1", meta={"versionId": "1"}, status="corrected")
    second = observation(note="2", meta={"versionId": "2", "lastUpdated": "2024-05-01T22:00:00Z"}, status="preliminary")
    third = observation(note="3", meta={"lastUpdated": "2024-05-02T22:00:00Z"}, status="final")
    assert read(first, second, third).of("Observation")


def test_an_error_corrected_later_and_a_result_withdrawn_later():
    final = observation(meta={"versionId": "1"})
    withdrawn = observation(status="entered-in-error", meta={"versionId": "2"})
    assert sources(read(withdrawn, final)) == []


def test_a_final_report_replaces_its_draft():
    draft = {"resourceType": "DiagnosticReport", "id": "r", "status": "preliminary", "subject": MINE}
    result = read(draft, {**draft, "status": "final"})
    assert [item.status for item in result.of("DiagnosticReport")] == ["final"]


def test_references_in_every_form():
    drug = {"resourceType": "Medication", "id": "m", "identifier": [{"system": "urn:pharmacy", "value": "42"}]}
    holder = observation(contained=[{"resourceType": "Medication", "id": "inner", "code": {"text": "y"}}])
    entry = [{"fullUrl": "urn:uuid:77", "resource": drug}, {"resource": holder}]
    result = read(more={"resourceType": "Bundle", "type": "collection", "entry": entry})
    own = result.of("Observation")[0]
    for target in ("Medication/m", "Medication/m/_history/1", "https://x.example/Medication/m", "urn:uuid:77"):
        found = result.resolve({"reference": target}, within=own)
        assert found is not None and found.source == "Medication/m", target
    by_number = result.resolve({"identifier": {"system": "urn:pharmacy", "value": "42"}})
    assert by_number is not None and by_number.source == "Medication/m"
    searched = result.resolve({"reference": "Medication?identifier=urn:pharmacy|42"})
    assert searched is not None and searched.source == "Medication/m"
    contained = result.resolve({"reference": "#inner"}, within=own)
    assert contained is not None and contained.source == "Observation/o#inner" and contained.parent is own
    for target in (
        {"reference": "Medication/none"},
        {"reference": "Medication?identifier=urn:pharmacy|43"},
        {"reference": "Substance?identifier=urn:pharmacy|42"},
        {"reference": "#none"},
        {"reference": 5},
        None,
        {},
        "Medication/m",
    ):
        assert result.resolve(target, within=own) is None


def test_contained_observations_are_read_and_judged():
    inner = observation("k", subject=None)
    wrong = observation("w", subject={"reference": "Patient/q"})
    error = observation("e", subject=None, status="entered-in-error")
    report = {"resourceType": "DiagnosticReport", "id": "r", "status": "final", "subject": MINE,
              "contained": [inner, wrong, error]}  # fmt: skip
    result = read(report)
    assert sources(result) == ["DiagnosticReport/r#k"]
    assert {(item.source, item.why) for item in result.ignored} == {
        ("DiagnosticReport/r#w", "other-patient"),
        ("DiagnosticReport/r#e", "entered-in-error"),
    }
    assert sources(read({**report, "subject": {"reference": "Patient/q"}})) == []


def test_resources_without_an_id_keep_a_name():
    entry = [{"fullUrl": "urn:uuid:5", "resource": observation(None)}, {"resource": observation("<b>")}]
    result = read(more={"resourceType": "Bundle", "type": "collection", "entry": entry})
    assert sources(result) == ["Observation", "urn:uuid:5"]


def test_validity_is_told_without_the_record_s_words():
    good = {**observation(), "code": {"text": "x"}}
    bad = {**observation("bad"), "valueInteger": "SECRET", "surprise": "SECRET"}
    result = read(good, bad)
    by_id = {resource.id: resource for resource in result.of("Observation")}
    assert not problems(by_id["o"].data)
    assert problems(by_id["bad"].data) and "SECRET" not in str(problems(by_id["bad"].data))


def test_drafts_reach_into_the_record():
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "y"}}
    record = read(drug)
    order = {"resourceType": "MedicationRequest", "id": "d", "status": "draft", "intent": "order", "subject": MINE,
             "medicationReference": {"reference": "Medication/m"}}  # fmt: skip
    foreign = {**order, "id": "f", "subject": {"reference": "Patient/q"}}
    drafts = read_drafts({"resourceType": "Bundle", "entry": [{"resource": order}, {"resource": foreign}]}, record)
    assert sources(drafts, "MedicationRequest") == ["MedicationRequest/d"]
    assert drafts.resolve(drafts.of("MedicationRequest")[0].data["medicationReference"]) is not None
    assert [(item.source, item.why) for item in drafts.ignored] == [("MedicationRequest/f", "other-patient")]


RESOURCES = [
    observation("a"), observation("b", status="cancelled"), observation("c", subject={"reference": "Patient/q"}),
    observation("a", meta={"versionId": "2"}, note="new"), observation("d", note="1"), observation("d", note="2"),
    condition("c1"), observation(None, note="3"), {"resourceType": "Encounter", "id": "e"}, {"no": "resource"},
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(chance: random.Random):
    expected = read(*RESOURCES)
    mixed = RESOURCES + chance.choices(RESOURCES, k=chance.randrange(6))
    chance.shuffle(mixed)
    result = read(*mixed)
    assert [(r.source, r.data) for r in result.of("Observation")] == [
        (r.source, r.data) for r in expected.of("Observation")
    ]
    assert result.ignored == expected.ignored
