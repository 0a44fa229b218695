"""The whole chart: who, when, what is left out; independent of order, repetition and other people's data."""

from __future__ import annotations

import dataclasses
import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.fhir.resources import RequiredDataMissing
from cds_service.record import read_chart
from cds_service.record.model import LabResult
from tests.record.chart_shapes import (
    ATC,
    ICD10CM,
    PATIENT,
    TODAY,
    administration,
    amount,
    chart,
    concept,
    condition,
    listed,
    loinc,
    mixed,
    request,
    statement,
)

NET = condition(concept(None, (ICD10CM, "C7A.012")), "net")


def person(**more):
    return read_chart({"patient": {**PATIENT, **more}, "conditions": None}, patient_id="p", today=TODAY).person


def test_the_person():
    found = person()
    assert (found.id, found.sex, str(found.birth), found.deceased) == ("p", "female", "1970-05-01", False)
    assert person(gender="other").sex is None and person(gender=None).sex is None
    assert str(person(birthDate="1970").birth) == "1970" and person(birthDate="unknown").birth is None
    assert person(deceasedBoolean=True).deceased and person(deceasedDateTime="2025-12-31").deceased
    assert not person(deceasedBoolean=False).deceased


def test_missing_required_data():
    with pytest.raises(RequiredDataMissing):
        read_chart({"patient": None, "conditions": None}, patient_id="p", today=TODAY)


def test_wrong_patient_reads_nothing():
    found = read_chart(
        {"patient": {**PATIENT, "id": "q"}, "conditions": [{**NET, "subject": {"reference": "Patient/q"}}]},
        patient_id="p", today=TODAY,
    )  # fmt: skip
    assert found.wrong_patient and found.diagnoses == [] and found.person.birth is None
    assert listed(found) == {("Patient/q", "other-patient"), ("Condition/net", "other-patient")}


def test_what_lies_ahead_is_not_used():
    found = chart(
        NET, loinc("718-7", valueQuantity=amount(9, "g/dL"), effectiveDateTime="2026-01-02"),
        loinc("777-3", "today", valueQuantity=amount(90, "K/uL"), effectiveDateTime="2026-01-01T23:59:00-12:00"),
        loinc("6690-2", "month", valueQuantity=amount(4, "K/uL"), effectiveDateTime="2026-01"),
        condition(concept("Pregnancy"), "late", onsetDateTime="2026-03-01"),
        statement(concept("everolimus"), "soon", effectivePeriod={"start": "2026-02-01"}),
    )  # fmt: skip
    assert [item.source for item in found.labs] == ["Observation/month", "Observation/today"]
    assert found.problems == [] and found.treatments == []
    assert listed(found) == {("Observation/o", "future"), ("Condition/late", "future"), ("MedicationStatement/soon",
     "future")}


def test_incomplete_and_not_provided():
    more = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "next", "url": "x"}], "entry": []}
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}
    found = chart(NET, prefetch={"observations": more, "reports": failed}, declared=["patient", "observations",
     "procedures"])
    assert found.incomplete == {"Observation"} and found.not_provided == {"DiagnosticReport", "Procedure"}


def test_ignored_never_quotes_the_record():
    secret = "SECRET"
    found = chart(
        loinc("718-7", "a", valueString=secret), loinc("718-7", "b", valueQuantity=amount(1, secret)),
        loinc("89247-1", "c", valueString=secret), condition(concept(secret), "d", status="active",
         verificationStatus=secret),
        administration(concept("Lutathera"), identity="e", dosage={"dose": amount(99, "GBq")},
         note=[{"text": secret}]),
        {"resourceType": "FamilyMemberHistory", "id": "f", "status": "completed", "relationship": concept(secret)},
    )  # fmt: skip
    assert len(found.ignored) >= 5 and secret not in str(found.ignored)


CASE = [
    NET, loinc("718-7", "hb", valueQuantity=amount(Decimal("10.5"), "g/dL")), loinc("89247-1", "ecog", valueInteger=1),
    loinc("777-3", "plt", valueQuantity=amount(150)), loinc("29463-7", "kg", valueQuantity=amount(70, "kg")),
    loinc("2106-3", "hcg", valueString="negative"), condition(concept("Arterial hypertension"), "ht"),
    administration(concept(None, (ATC, "L01AX03")), identity="tmz"), request(concept("lanreotide"), "ssa"),
    {"resourceType": "ServiceRequest", "id": "sr", "status": "active", "intent": "order",
     "code": concept("68Ga-DOTATATE PET/CT"), "authoredOn": "2025-12-01"},
    {"resourceType": "DiagnosticReport", "id": "pet", "status": "final", "effectiveDateTime": "2025-10-01",
     "code": concept("68Ga-DOTATATE PET/CT"), "conclusion": "Liver metastases, Krenning score 3."},
    loinc("29593-1", "ki", valueString="7-8 %"),
]  # fmt: skip
FOREIGN = [{**item, "id": f"x{place}", "subject": {"reference": "Patient/q"}} for place, item in enumerate(CASE)]
WRONG = [loinc("718-7", f"w{place}", valueQuantity=amount(4, "g/dL"), status=status)
         for place, status in enumerate(["entered-in-error", "cancelled", "preliminary", "unknown"])]  # fmt: skip


def facts(found):
    """Everything of a chart but the list of what was not used."""
    return {field.name: getattr(found, field.name) for field in dataclasses.fields(found) if field.name != "ignored"}


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(chance: random.Random):
    expected, found = chart(*CASE), chart(*mixed(CASE, chance))
    assert facts(found) == facts(expected) and found.ignored == expected.ignored


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_other_peoples_and_erroneous_data_change_only_the_list(chance: random.Random):
    expected = chart(*CASE)
    polluted = CASE + chance.sample(FOREIGN, 5) + chance.sample(WRONG, 2)
    chance.shuffle(polluted)
    found = chart(*polluted)
    assert facts(found) == facts(expected)
    assert len(found.ignored) == len(expected.ignored) + 7


def test_keys_do_not_matter():
    """The same resources under any prefetch key, also unknown ones, or as one Bundle, give the same chart."""
    expected = facts(chart(*CASE))
    mine = [{"subject": {"reference": "Patient/p"}, **item} for item in CASE]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": item} for item in [PATIENT,
     *mine]]}
    assert facts(read_chart({"record": bundle}, patient_id="p", today=TODAY)) == expected
    spread = {f"key{place}": item for place, item in enumerate(mine)}
    assert facts(read_chart({"patient": PATIENT, "conditions": None, **spread}, patient_id="p",
     today=TODAY)) == expected


ELEMENTS = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "2025-01-01", "Patient/p", "#a",
     "Krenning 3"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["coding", "code", "system", "text", "value", "unit", "reference", "status", "start", "end",
         "display"]),
        inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), ELEMENTS)
def test_hostile_elements_never_fail(chance: random.Random, junk: object):
    """Any element of any resource replaced by anything: the chart is read, and never another patient's."""
    resources = []
    for item in CASE:
        changed = {"subject": {"reference": "Patient/p"}, **item}
        changed[chance.choice([name for name in changed if name != "resourceType"])] = junk
        resources.append(changed if chance.random() < 0.5 else item)
    found = chart(*resources)
    assert found.person.id == "p" and all(item.when is None or item.when.first <= TODAY for item in found.labs)


def test_absurd_depth_and_size():
    deep: dict = {"resourceType": "Observation", "id": "hb", "status": "final"}
    inner = deep
    for _ in range(20_000):
        inner["extension"] = [{}]
        inner = inner["extension"][0]
    long = condition(concept("lysine arginine 7.4 GBq < <div " * 3000), "long")
    found = chart(deep, {**deep, "note": "another version"}, long, administration(concept("< " * 50_000)))
    assert found.labs == [] and found.treatments == []


def test_an_empty_record_is_an_empty_chart():
    found = read_chart({"patient": PATIENT, "conditions": None}, patient_id="p", today=date(2026, 1, 1))
    assert found.labs == found.scans == found.diagnoses == found.ignored == []


def test_very_many_results_of_the_future_are_each_looked_at_once(monkeypatch):
    looked = []
    monkeypatch.setattr(LabResult, "__eq__", lambda one, other: looked.append(1) or one is other)
    many = [
        loinc("718-7", f"o{number}", effectiveDateTime="2126-01-01", valueQuantity=amount(12, "g/dL"))
        for number in range(200)
    ]
    found = chart(*many)
    assert found.labs == [] and len(found.ignored) == 200 and len(looked) <= 200
