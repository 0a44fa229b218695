"""Properties of real-shaped records under mutation: no other patient's value is used, everything unused is listed."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from hypothesis import HealthCheck, assume, event, given, settings, target
from hypothesis import strategies as st

from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.answer import chart_of
from cds_service.hooks.decode import decode
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.request import HookCall, read_call
from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import bench_of
from cds_service.scenarios.writer import write
from tests.fuzz.assessing import mentions, name_of, read, resources
from tests.fuzz.corpus import PACKINGS, call, documents, rows, scenario_call
from tests.fuzz.edits import Edit, Place, edited, some_edits
from tests.fuzz.shapes import DAY, ICD10CM, LOINC, SHAPES, Resource, concept, look_alikes, resource
from tests.fuzz.target import TODAY, run

quick = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _status(value: str | None) -> Callable[[Resource], bool]:
    def change(item: Resource) -> bool:
        if item.get("status", value) == value:
            return False
        item["status"] = value
        return True

    return change


def _member(name: str, value: Any, *kinds: str) -> Callable[[Resource], bool]:
    """Sets a member that is there (or, for ``kinds``, that may be there); None takes it away."""

    def change(item: Resource) -> bool:
        if item.get(name) is None and item["resourceType"] not in kinds:
            return False
        if value is None:
            del item[name]
        else:
            item[name] = value
        return True

    return change


def _quantity(**changes: Any) -> Callable[[Resource], bool]:
    def change(item: Resource) -> bool:
        if not isinstance(item.get("valueQuantity"), dict):
            return False
        item["valueQuantity"] |= changes
        return True

    return change


def _value(value: Any) -> Callable[[Resource], bool]:
    def change(item: Resource) -> bool:
        held = [name for name in item if name.startswith("value")]
        for name in held:
            item[name] = value
        return bool(held)

    return change


def _undated(item: Resource) -> bool:
    names = ("effectiveDateTime", "effectivePeriod", "issued", "performedDateTime", "performedPeriod", "authoredOn")
    found = [name for name in names if item.pop(name, None) is not None]
    return bool(found)


def _late(item: Resource) -> bool:
    found = [name for name in ("effectiveDateTime", "issued", "performedDateTime") if name in item]
    for name in found:
        item[name] = "2150-01-01"
    return bool(found)


SPOILS: dict[str, Callable[[Resource], bool]] = {
    **{f"status {value}": _status(value) for value in ("entered-in-error", "cancelled", "preliminary", "unknown",
    "nonsense")},
    "another's": _member("subject", {"reference": "Patient/other"}),
    "nobody's": _member("subject", {"display": "somebody"}),
    "refuted": _member("verificationStatus", concept("x", "refuted")),
    "erroneous": _member("verificationStatus", concept("x", "entered-in-error")),
    "modified": _member("modifierExtension", [{"url": "http://x.test/not"}], "Observation", "Condition", "Procedure"),
    "undated": _undated,
    "in the future": _late,
    "no unit": _quantity(unit="", code=""),
    "another unit": _quantity(unit="furlong", code="furlong"),
    "units that disagree": _quantity(unit="g/L", code="mmol/L"),
    "absurd": _quantity(value=10**9),
    "negative": _quantity(value=-5),
    "not a number": _quantity(value="NaN"),
    "text": _value("see comment"),
    "a list": _value([1, 2]),
    "an object": _value({"a": "b"}),
    "of R5": _member("triggeredBy", [{"reference": "Observation/1"}], "Observation"),
    "of STU3": _member("clinicalStatus", "active"),
}  # fmt: skip
"""Ways a resource that was used stops being usable -> whether they apply to it."""


def spoiled(document: dict[str, Any], at: int, change: Callable[[Resource], bool]) -> tuple[str, dict[str, Any]] | None:
    """The call with its ``at``-th resource spoiled, and that resource's name; None if it cannot be spoiled so."""
    document = copy.deepcopy(document)
    item = resources(document)[at]
    return (f"{item['resourceType']}/{item['id']}", document) if change(item) else None


@quick
@given(row=st.sampled_from(rows()), at=st.integers(0, 400), change=st.sampled_from(sorted(SPOILS)))
def test_what_was_used_and_no_longer_can_be_is_listed(row: Any, at: int, change: str) -> None:
    assume("failed" not in row.patient and "not_provided" not in row.patient)
    document, today = scenario_call(row), write(row.patient).today
    before = read(document, today)
    used = [n for n, item in enumerate(resources(document)) if mentions(before.cited, name_of(item))]
    assume(used)
    found = spoiled(document, used[at % len(used)], SPOILS[change])
    assume(found)
    assert found is not None
    name, spoilt = found
    after = read(spoilt, today)
    assert after.chart.wrong_patient or mentions({*after.cited, *after.ignored}, name)


OTHERS: tuple[dict[str, Any], ...] = (
    {"reference": "Patient/other"},
    {"reference": "Patient/other", "type": "Patient", "display": "Example"},
    {"reference": "http://ehr.test/fhir/Patient/other"},
    {"reference": "Patient/other/_history/3"},
    {"reference": "urn:uuid:0d9c8a54-9a52-4f61-9a6e-3f10d7a4b8a1"},
    {"reference": "#p"},
    {"identifier": {"system": "http://hospital.example.org", "value": "4712"}},
    {"display": "Somebody Else"},
    {"reference": "RelatedPerson/1"},
    {"reference": "Group/1"},
    {"reference": "Patient/EXAMPLE"},
    {"reference": "Patient/patient-11"},
    {"reference": "Patient/example/other"},
)
"""Subjects that are not the patient, in every form a reference takes."""


def extremes() -> list[Resource]:
    """What would change every assessment if it were the patient's."""
    lutetium = concept("http://www.whocc.no/atc", "V10XX04", "Lutetium (177Lu) oxodotreotide")
    day = {"effectiveDateTime": DAY}

    def result(identity: str, code: str, value: float, unit: str) -> Resource:
        return resource("Observation", identity, status="final", **day, code=concept(LOINC, code),
                        valueQuantity={"value": value, "unit": unit, "code": unit})  # fmt: skip

    return [
        result("f-hb", "718-7", 3, "g/dL"), result("f-plt", "777-3", 5, "10*9/L"), result("f-crea", "2160-0", 9,
        "mg/dL"),
        result("f-ki67", "29593-1", 95, "%"), result("f-weight", "29463-7", 140, "kg"),
        resource("Observation", "f-ecog", status="final", **day, code=concept(LOINC, "89247-1"), valueInteger=4),
        resource("Observation", "f-pregnant", status="final", **day, code=concept(LOINC, "82810-3"),
                 valueCodeableConcept=concept("http://snomed.info/sct", "77386006", "Pregnant")),
        resource("Observation", "f-status", status="final", **day, code=concept(LOINC, "97509-4"),
                 valueCodeableConcept=concept("http://snomed.info/sct", "271299001", "Worsened")),
        resource("Condition", "f-nec", code=concept(ICD10CM, "C7A.1")),
        resource("Condition", "f-heart", code={"text": "Heart failure NYHA IV"}),
        resource("AllergyIntolerance", "f-allergy", code={"text": "Lutathera"}, criticality="high"),
        resource("MedicationAdministration", "f-lu", status="completed", **day, medicationCodeableConcept=lutetium,
                 dosage={"dose": {"value": 7.4, "unit": "GBq", "code": "GBq"}}),
        resource("MedicationStatement", "f-captem", status="active", effectivePeriod={"start": DAY},
                 medicationCodeableConcept={"text": "CAPTEM"}),
        resource("ServiceRequest", "f-pet", status="active", intent="order", code={"text": "68Ga-DOTATATE PET/CT"}),
        resource("DiagnosticReport", "f-report", status="final", **day, code={"text": "68Ga-DOTATATE PET/CT"},
                 conclusion="Krenning score 0 in all lesions. FDG-avid, discordant. New lesions."),
        resource("DiagnosticReport", "f-histology", status="final", **day, code=concept(LOINC, "22637-3"),
                 conclusion="Poorly differentiated neuroendocrine carcinoma, Ki-67 95 %."),
        resource("Procedure", "f-spleen", status="completed", performedDateTime=DAY, code={"text": "Splenectomy"}),
    ]  # fmt: skip


PLANTED = extremes()


@quick
@given(
    row=st.sampled_from(rows()), other=st.sampled_from(OTHERS), changes=st.lists(some_edits, min_size=1, max_size=3),
    take=st.integers(0, len(PLANTED) - 1), same_id=st.booleans(),
)  # fmt: skip
def test_no_other_patients_value_is_ever_used(
    row: Any, other: dict[str, Any], changes: list[list[Edit]], take: int, same_id: bool
) -> None:
    assume("failed" not in row.patient and "not_provided" not in row.patient)
    document, today = scenario_call(row), write(row.patient).today
    before = read(document, today)
    own = [item["id"] for item in resources(document)]
    planted = []
    for number, edits in enumerate(([], *changes)):  # one as it is, the others damaged
        original = PLANTED[(take + number) % len(PLANTED)]
        foreign = _damaged(original, other, edits)
        foreign["id"] = own[take % len(own)] if same_id and own else f"{original['id']}-{number}"
        planted.append(foreign)
    for key in ("observations", "conditions", "anything else"):
        document["prefetch"][key] = [document["prefetch"].get(key), *planted]
    after = read(document, today)
    if after.chart.wrong_patient:
        assert not before.chart.diagnoses, "the patient's own Conditions are there"
        return
    assert after.essence == before.essence
    if not same_id:
        assert not any(mentions(after.cited, name_of(item)) for item in planted)


def _damaged(original: Resource, other: dict[str, Any], changes: list[Edit]) -> Resource:
    """The resource of another patient, edited anywhere but in what says whose it is."""
    patient = "patient" if original["resourceType"] == "AllergyIntolerance" else "subject"
    whole = edited({**original, patient: {"reference": "x"}}, changes, lambda place: _tells_whose(place, original))
    contained = [{"resourceType": "Patient", "id": "p", "identifier": [{"system": "urn:x", "value": "1"}]}]
    more = {"contained": contained} if other.get("reference") == "#p" else {}
    found: Resource = whole | {"resourceType": original["resourceType"], patient: other, **more}
    return found


def _tells_whose(place: Place, original: Resource) -> bool:
    node, name = place
    return isinstance(node, dict) and name in ("subject", "patient", "resourceType")


@quick
@given(shape=st.sampled_from(sorted(SHAPES)), changes=some_edits, packing=st.sampled_from(sorted(PACKINGS)))
def test_decoding_only_what_is_needed_changes_nothing(shape: str, changes: list[Edit], packing: str) -> None:
    """The two-step decoding of a call against the whole of it."""
    document = edited(call(PACKINGS[packing]([*SHAPES[shape](), *look_alikes()])), changes)
    body = json.dumps(document).encode()
    service = SERVICES["prrt-candidacy"]
    try:
        sifted = read_call(body, service)
    except Refusal:
        return
    whole = replace(sifted, prefetch=decode(body).get("prefetch") or {})
    assert outcome_of(sifted) == outcome_of(whole)


def outcome_of(asked: HookCall) -> Any:
    book = bench_of(rules_folder()).book
    try:
        chart = chart_of(asked, book, TODAY)
    except (RequiredDataMissing, RecursionError) as error:
        return type(error).__name__
    return {field.name: getattr(chart, field.name) for field in fields(chart)}


@quick
@given(document=st.sampled_from(documents()), changes=some_edits)
def test_damaged_calls_keep_the_service_right(document: dict[str, Any], changes: list[Edit]) -> None:
    """The same as the byte-level fuzzing, by inputs that Hypothesis shrinks; steered to those that are answered."""
    answer = run(json.dumps(edited(document, changes)).encode())
    said = answer["extension"]["prrt-cds.assessment"] if answer else {}
    target(float(len(said.get("ignored", ()))), label="ignored")
    event(said.get("outcome", "refused"))
