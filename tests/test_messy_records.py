"""What real systems send, end to end: from the call to the assessment. One test for every kind of mess."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cds_service.record.units import convert
from tests.fuzz.assessing import Read, read
from tests.fuzz.corpus import PACKINGS, call
from tests.fuzz.shapes import DAY, LOINC, PATIENT, SUBJECT, Resource, concept, resource, us_core
from tests.fuzz.target import TODAY, run

IDENTIFIER = {"system": "http://hospital.example.org", "value": "4711"}
LUTETIUM = concept("http://www.whocc.no/atc", "V10XX04")


def hb(value: object = 9.7, identity: str = "hb", **changes: Any) -> Resource:
    quantity = {"value": value, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}
    return {**resource("Observation", identity, status="final", subject=SUBJECT, effectiveDateTime=DAY,
                       code=concept(LOINC, "718-7"), valueQuantity=quantity), **changes}  # fmt: skip


def base(**patient: Any) -> list[Resource]:
    """Patient and tumour only."""
    person, tumour, *_ = us_core()
    return [{**person, "identifier": [IDENTIFIER], **patient}, tumour]


def chart(*resources: Resource, **patient: Any) -> Read:
    return read(call(PACKINGS["searchset"]([*base(**patient), *resources])))


def criterion(found: Read, name: str) -> dict[str, Any]:
    return next((line for line in found.assessment["criteria"] if line["id"] == name), {})


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": f"Patient/{PATIENT}"}, {"reference": f"Patient/{PATIENT}/_history/7"},
        {"reference": f"https://ehr.test/r4/Patient/{PATIENT}"}, {"reference": f"urn:uuid:{PATIENT}"},
        {"identifier": IDENTIFIER}, {"identifier": IDENTIFIER, "type": "Patient", "display": "A. B."},
        {"reference": "#p"},
    ],
)  # fmt: skip
def test_the_patient_is_known_in_every_form_of_reference(subject: dict[str, Any]) -> None:
    contained = [{"resourceType": "Patient", "id": "p", "identifier": [IDENTIFIER]}]
    found = chart(hb(subject=subject, contained=contained))
    assert criterion(found, "hb")["value"] == 9.7 and not found.ignored


@pytest.mark.parametrize(
    "medication",
    [
        {"reference": "Medication/m"}, {"reference": "Medication/m/_history/1"},
        {"reference": "https://x.test/Medication/m"},
        {"reference": "http://ehr.test/fhir/Medication/m"}, {"reference": "#inside"},
        {"identifier": {"system": "urn:formulary", "value": "lu"}},
    ],
)  # fmt: skip
def test_a_medication_is_found_wherever_it_is(medication: dict[str, Any]) -> None:
    drug = resource("Medication", "m", code=LUTETIUM, identifier=[{"system": "urn:formulary", "value": "lu"}])
    given = resource("MedicationAdministration", "given", status="completed", subject=SUBJECT, effectiveDateTime=DAY,
                     medicationReference=medication, contained=[{**drug, "id": "inside"}],
                     dosage={"dose": {"value": 200, "unit": "mCi"}})  # fmt: skip
    (treatment,) = chart(drug, given).chart.treatments
    assert treatment.group == "prrt" and treatment.activity_gbq == Decimal("7.4")


def test_a_medication_that_is_nowhere_is_not_guessed() -> None:
    given = resource("MedicationAdministration", "given", status="completed", subject=SUBJECT, effectiveDateTime=DAY,
                     medicationReference={"reference": "Medication/gone"})  # fmt: skip
    found = chart(given)
    assert found.chart.treatments == [] and found.ignored == {"MedicationAdministration/given": {"unreadable"}}


ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"valueQuantity": None, "_valueQuantity": ABSENT}, {"valueQuantity": None,
        "dataAbsentReason": {"text": "unknown"}},
        {"valueQuantity": {"_value": ABSENT, "unit": "g/dL"}}, {"dataAbsentReason": concept("x", "not-performed"),
                                                                "valueQuantity": {"unit": "g/dL"}},
    ],
)  # fmt: skip
def test_a_value_declared_absent_is_unknown(changes: dict[str, Any]) -> None:
    assert criterion(chart(hb(**changes)), "hb")["status"] == "unknown"


def test_extensions_of_primitives_do_not_hide_their_values() -> None:
    extended = hb(_effectiveDateTime=ABSENT, _status={"id": "x"}, _id=ABSENT, _resourceType=ABSENT)
    assert criterion(chart(extended), "hb")["value"] == 9.7


def test_a_byte_order_mark_is_passed_over() -> None:
    body = json.dumps(call(PACKINGS["searchset"]([*base(), hb()]))).encode()
    plain, marked = run(body), run(b"\xef\xbb\xbf" + body)
    assert plain is not None and plain == marked


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "canonical"),
    [
        ("platelets", "75", "K/uL", "75"), ("platelets", "75", "10*3/uL", "75"), ("platelets", "75", "x10E9/L", "75"),
        ("platelets", "75", "10^9/L", "75"), ("platelets", "75000", "/mm3", "75"), ("platelets", "75", "G/L", "75"),
        ("platelets", "75", "10⁹/L", "75"), ("platelets", "0.75", "lakh/mm3", "75"), ("platelets", "75", "Gpt/L", "75"),
        ("hb", "80", "g/L", "8"), ("hb", "5", "mmol/L", "8.055"), ("albumin", "3.0", "g/dL", "30"),
        ("creatinine", "88.4", "umol/L", "1"), ("creatinine", "88.4", "µmol/L", "1"), ("creatinine", "88.4",
        "μmol/L", "1"),
        ("bilirubin", "51.3", "umol/L", "3"), ("chromogranin-a", "250", "ug/L", "250"), ("alt", "1", "ukat/L", "60"),
        ("chromogranin-a", "250", "ng/mL", "250"), ("chromogranin-a", "18", "nmol/L", "18"),
        ("chromogranin-a", "0.3", "kU/L", "300"), ("chromogranin-a", "300", "U/L", "300"),
        ("activity", "7.4", "GBq", "7.4"), ("activity", "7400", "MBq", "7.4"), ("activity", "200", "mCi", "7.4"),
        ("size", "1.5", "cm", "15"), ("size", "15", "mm", "15"), ("weight", "100", "lb", "45.359237"),
        ("weight", "71", "kg", "71"), ("height", "1.70", "m", "170"), ("height", "67", "[in_i]", "170.18"),
        ("potassium", "4.1", "mEq/L", "4.1"), ("crcl", "1", "mL/s", "60"), ("prothrombin", "70", "%", "70"),
    ],
)  # fmt: skip
def test_units_are_exact_where_rules_decide(quantity: str, value: str, unit: str, canonical: str) -> None:
    converted = convert(quantity, Decimal(value), (unit,))
    assert not isinstance(converted, str) and converted[0] == Decimal(canonical)


@pytest.mark.parametrize(
    ("value", "unit", "status"), [(8.0, "g/dL", "met"), (79.9, "g/L", "not-met"), (80, "g/L", "met")]
)
def test_a_threshold_is_met_or_not_in_any_unit(value: float, unit: str, status: str) -> None:
    found = chart(hb(valueQuantity={"value": value, "unit": unit, "code": unit}))
    assert criterion(found, "hb")["status"] == status


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("final", None), ("amended", None), ("corrected", None), ("preliminary", "preliminary"),
        ("registered", "preliminary"), ("cancelled", "cancelled"), ("entered-in-error", "entered-in-error"),
        ("unknown", "status-unknown"), ("", "status-unknown"), ("Final", "status-unknown"), (None, "status-unknown"),
    ],
)  # fmt: skip
def test_every_status_of_a_result(status: str | None, why: str | None) -> None:
    found = chart(hb(status=status))
    assert found.ignored == ({"Observation/hb": {why}} if why else {})
    assert ("value" in criterion(found, "hb")) == (why is None)


def report(identity: str, status: str, words: str, **more: Any) -> Resource:
    return resource("DiagnosticReport", identity, status=status, subject=SUBJECT, effectiveDateTime="2026-04-01",
                    identifier=[{"system": "urn:ris", "value": "A1"}], code={"text": "68Ga-DOTATATE PET/CT"},
                    conclusion=words, **more)  # fmt: skip


def test_an_amended_report_replaces_what_it_corrects() -> None:
    found = chart(
        report("first", "preliminary", "Krenning score 1 in the liver metastasis."),
        report("second", "final", "Krenning score 2 in the liver metastasis."),
        report("third", "amended", "Krenning score 3 in the liver metastasis."),
    )
    (scan,) = found.chart.scans
    assert scan.source == "DiagnosticReport/third"
    assert found.ignored == {"DiagnosticReport/first": {"superseded"}, "DiagnosticReport/second": {"superseded"}}


def test_a_corrected_version_of_one_resource_replaces_the_older() -> None:
    older, newer = hb(3, meta={"versionId": "1"}), hb(9.7, status="corrected", meta={"versionId": "2"})
    for order in ((older, newer), (newer, older)):
        found = chart(*order)
        assert criterion(found, "hb")["value"] == 9.7 and found.ignored == {"Observation/hb": {"superseded"}}


def test_of_two_results_on_a_day_the_worse_counts_in_any_order() -> None:
    morning = hb(9.7, "a", effectiveDateTime=f"{DAY}T08:00:00Z")
    evening = hb(7.1, "b", effectiveDateTime=f"{DAY}T20:00:00Z")
    for order in ((morning, evening), (evening, morning)):
        line = criterion(chart(*order), "hb")
        assert line["status"] == "not-met" and line["value"] == 7.1


def test_another_patients_resource_is_listed_and_not_used() -> None:
    found = chart(hb(3, "theirs", subject={"reference": "Patient/other"}), hb())
    assert criterion(found, "hb")["value"] == 9.7 and found.ignored == {"Observation/theirs": {"other-patient"}}


def test_another_patient_in_the_prefetch_stops_everything() -> None:
    found = chart(hb(), id="other")
    assert (found.assessment["outcome"], found.assessment["reason"]) == ("no-advice", "wrong-patient")
    assert not found.assessment.get("criteria") and not found.chart.labs


@pytest.mark.parametrize(
    ("patient", "dead"),
    [
        ({"deceasedBoolean": True}, True), ({"deceasedDateTime": "2026-01"}, True), ({"deceasedDateTime": DAY}, True),
        ({"deceasedBoolean": False}, False), ({"deceasedBoolean": None}, False), ({}, False),
    ],
)  # fmt: skip
def test_the_dead_get_no_advice(patient: dict[str, Any], dead: bool) -> None:
    assert (chart(hb(), **patient).assessment["reason"] == "deceased") is dead


def condition(**changes: Any) -> Resource:
    return {**us_core()[1], "id": "other", "code": {"text": "Neuroendocrine carcinoma"}, **changes}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"verificationStatus": concept("x", "refuted")}, "refuted"),
        ({"verificationStatus": concept("x", "entered-in-error")}, "entered-in-error"),
    ],
)
def test_refuted_and_erroneous_conditions_are_no_disease(changes: dict[str, Any], why: str) -> None:
    found = chart(condition(**changes))
    assert found.ignored == {"Condition/other": {why}} and len(found.chart.diagnoses) == 1


@pytest.mark.parametrize("words", ["No neuroendocrine carcinoma", "Family history of neuroendocrine carcinoma"])
def test_negated_and_family_conditions_are_no_disease(words: str) -> None:
    found = chart(condition(code={"text": words}))
    assert [item.source for item in found.chart.diagnoses] == ["Condition/net"]


def test_a_relatives_disease_is_not_the_patients() -> None:
    history = resource("FamilyMemberHistory", "f", status="completed", patient=SUBJECT, relationship={"text": "father"},
                       condition=[{"code": {"text": "Neuroendocrine carcinoma"}}])  # fmt: skip
    found = chart(history)
    assert found.ignored == {"FamilyMemberHistory/f": {"family-member"}} and len(found.chart.diagnoses) == 1


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("2026-05", (date(2026, 5, 1), date(2026, 5, 31))), ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("2026-05-20T23:59:59-11:00", (date(2026, 5, 20),) * 2), ("2026-05-20T00:00:01+14:00", (date(2026, 5,
        20),) * 2),
        ("2026-05-20T10:00", (date(2026, 5, 20),) * 2), ("2026-05-20T10:00:00.123456789Z", (date(2026, 5, 20),) * 2),
    ],
)  # fmt: skip
def test_dates_are_the_days_written_whatever_the_zone(written: str, days: tuple[date, date]) -> None:
    (result,) = chart(hb(effectiveDateTime=written)).chart.labs
    assert result.when is not None and (result.when.first, result.when.last) == days


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026-06-02", "future"), ("2027", "future"), ("9999-12-31", "future"), (None, "no-date"), ("", "no-date"),
        ("2026-02-30", "no-date"), ("20.05.2026", "no-date"), ("yesterday", "no-date"), (20260520, "no-date"),
    ],
)  # fmt: skip
def test_future_and_missing_dates_are_listed_and_not_used(written: object, why: str) -> None:
    found = chart(hb(effectiveDateTime=written))
    assert found.ignored == {"Observation/hb": {why}} and "value" not in criterion(found, "hb")


def test_a_result_of_today_counts_and_a_month_that_may_lie_ahead_is_not_future() -> None:
    assert criterion(chart(hb(effectiveDateTime=TODAY.isoformat())), "hb")["value"] == 9.7
    assert not chart(hb(effectiveDateTime="2026-06")).ignored


@pytest.mark.parametrize(
    "code", [{"text": "Hämoglobin"}, {"coding": [{"system": "urn:lis", "code": "HB", "display": "Hgb"}]}]
)
def test_a_local_code_with_known_words_is_read_as_text(code: dict[str, Any]) -> None:
    found = chart(hb(code=code))
    assert criterion(found, "hb")["value"] == 9.7 and found.chart.labs[0].read_as == "narrative"


def test_a_display_never_decides_where_a_code_is_known() -> None:
    lying = {"coding": [{"system": LOINC, "code": "777-3", "display": "Hemoglobin"}], "text": "Haemoglobin"}
    assert criterion(chart(hb(code=lying)), "hb")["status"] == "unknown"


def test_a_code_of_another_system_is_another_code() -> None:
    race = concept("urn:oid:2.16.840.1.113883.6.238", "2160-0", "Panamanian")
    assert chart(hb(code=race, valueQuantity={"value": 9, "unit": "mg/dL"})).chart.labs == []


def test_a_resource_that_is_not_valid_r4_is_used_as_far_as_it_can_be_read() -> None:
    odd = hb(
        valueQuantity={"value": "9,7", "unit": "g/dL"}, code={"coding": {"system": LOINC, "code": "718-7"}}, x=[None]
    )
    assert criterion(chart(odd), "hb")["value"] == 9.7
