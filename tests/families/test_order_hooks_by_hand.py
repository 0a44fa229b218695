"""The order hooks on records written by hand: what a draft of a dose, a scan or something else is answered with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    SNOMED,
    Resource,
    ago,
    assessment,
    codes,
    findings,
    observation,
    ordering,
    panel,
    patient,
    tumour,
    words,
)

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}
ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def record(*more: Resource, **changed: Resource | None) -> list[Resource]:
    before = observation("crea0", "2160-0", {"value": 0.9, "unit": "mg/dL"}, effectiveDateTime="2025-01-10")
    return [patient(), *tumour(), *panel(**changed), before, *more]


def dose(days: int, gbq: float = 7.4) -> Resource:
    return {"resourceType": "MedicationAdministration", "id": f"d{days}", **ABOUT, "status": "completed",
            "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "1999687"}]},
            "effectiveDateTime": ago(days), "dosage": {"dose": {"value": gbq, "unit": "GBq"}}}  # fmt: skip


def draft(value: float | None = 7.4, unit: str = "GBq", on: str | None = None, name: str = "lu") -> Resource:
    """A MedicationRequest for a 177Lu dose."""
    dosage: Resource = {}
    if value is not None:
        dosage["doseAndRate"] = [{"doseQuantity": {"value": value, "unit": unit}}]
    if on:
        dosage["timing"] = {"event": [on]}
    return {"resourceType": "MedicationRequest", "id": name, **ABOUT, "status": "draft", "intent": "order",
            "medicationCodeableConcept": {"coding": [{"system": ATC, "code": "V10XX04"}]},
            "dosageInstruction": [dosage]}  # fmt: skip


def request(text: str, name: str = "sr", *coding: tuple[str, str], **more: Any) -> Resource:
    code = {"text": text, "coding": [{"system": system, "code": code} for system, code in coding]}
    return {"resourceType": "ServiceRequest", "id": name, **ABOUT, "status": "draft", "intent": "order", "code": code,
            **more}  # fmt: skip


def medicine(text: str, name: str = "mr", status: str = "draft", **more: Any) -> Resource:
    return {"resourceType": "MedicationRequest", "id": name, **ABOUT, "status": status, "intent": "order",
            "medicationCodeableConcept": {"text": text}, **more}  # fmt: skip


def own_card(response: dict[str, Any], code: str) -> dict[str, Any]:
    """The card that speaks of this rule first."""
    (card,) = [each for each in response["cards"] if each["extension"]["prrt-cds.card"]["rules"][0] == code]
    return dict(card)


AMINO = medicine("L-lysine 25 g and L-arginine 25 g in 1 L sodium chloride", "aa")


@pytest.mark.parametrize(("days", "unusual"), [(48, True), (49, False), (63, False), (64, True)])
@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_the_interval_of_the_next_dose(days: int, unusual: bool, hook: str) -> None:
    response = ordering(record(dose(days)), draft(), AMINO, hook=hook)
    assert ("F-08" in codes(assessment(response))) == unusual
    spoken = [code for card in response["cards"] for code in card["extension"]["prrt-cds.card"]["rules"]]
    assert not unusual or "F-08" in spoken
    if not unusual:
        assert assessment(response)["reason"] == "cycle-ready"


@pytest.mark.parametrize(
    ("value", "unit", "unusual"),
    [
        (8.14, "GBq", False), (8.15, "GBq", True), (3.33, "GBq", False), (3.32, "GBq", True),
        (200, "mCi", False), (221, "mCi", True), (7400, "MBq", False), (74, "MBq", True), (200, "GBq", True),
    ],
)  # fmt: skip
def test_the_activity_of_the_next_dose(value: float, unit: str, unusual: bool) -> None:
    found = assessment(ordering(record(dose(56)), draft(value, unit), AMINO))
    assert ("F-08" in codes(found)) == unusual


def test_a_fifth_dose_is_warned_of_whatever_the_primary_outcome_is() -> None:
    four = [dose(days) for days in (224, 168, 112, 56)]
    response = ordering(record(*four), draft(), AMINO)
    found = assessment(response)
    assert (found["course"], found["reason"]) == ("completed", "course-complete") and "F-08" in codes(found)
    card = own_card(response, "F-08")
    assert card["indicator"] == "warning" and "cycle 5" in card["summary"]
    assert "37 GBq" in card["detail"]


def test_a_third_dose_that_takes_the_total_over_the_course() -> None:
    found = assessment(ordering(record(dose(168, 8.1), dose(112, 8.1), dose(56, 8.1)), draft(), AMINO))
    assert "F-08" in codes(found)  # 31.7 GBq with the fourth


@pytest.mark.parametrize(("on", "speaks"), [("2026-06-08", False), ("2026-06-07", True)])
def test_a_depot_28_days_before_the_planned_dose(on: str, speaks: bool) -> None:
    depot = {"resourceType": "MedicationAdministration", "id": "lar", **ABOUT, "status": "completed",
             "medicationCodeableConcept": {"coding": [{"system": ATC, "code": "H01CB02"}],
                                           "text": "Octreotide LAR depot 30 mg i.m."},
             "effectiveDateTime": "2026-05-11"}  # fmt: skip
    response = ordering(record(depot), draft(on=on), AMINO)
    assert ("T-02" in codes(assessment(response))) == speaks
    if speaks:
        card = own_card(response, "T-02")
        assert card["indicator"] == "warning" and "2026-06-08" in card["summary"] + card["detail"]


def test_a_functional_tumour_is_not_left_uncovered() -> None:
    syndrome = {"resourceType": "Condition", "id": "cs", **ABOUT, "code": {"text": "Carcinoid syndrome"}}
    lanreotide = {"resourceType": "MedicationStatement", "id": "ssa", **ABOUT, "status": "active",
                  "medicationCodeableConcept": {"coding": [{"system": ATC, "code": "H01CB03"}]},
                  "effectivePeriod": {"start": "2025-02-01"}}  # fmt: skip
    response = ordering(record(syndrome, lanreotide), draft(on="2026-06-10"), AMINO)
    assert "T-02" in codes(assessment(response)) and "uncovered" in words(response)
    undated = ordering(record(syndrome, lanreotide), draft(), AMINO)  # listed only
    assert "T-02" in codes(assessment(undated)) and "uncovered" not in words(undated)


def test_amino_acids_and_dexamethasone() -> None:
    bare = assessment(ordering(record(), draft()))
    covered = assessment(ordering(record(), draft(), AMINO))
    large = assessment(ordering(record(), draft(), medicine("Lysine 25 g, arginine 25 g in 2.5 L", "aa")))
    assert "T-04" in codes(bare) and "T-04" not in codes(covered) and "T-04" in codes(large)
    emetic = medicine("Dexamethasone 8 mg i.v. antiemetic prophylaxis", "dexa")
    response = ordering(record(), draft(), AMINO, emetic)
    assert "T-05" in codes(assessment(response)) and "T-05" not in codes(covered)
    assert any("T-05" in card["extension"]["prrt-cds.card"]["rules"] for card in response["cards"])


@pytest.mark.parametrize(
    ("potassium", "listed", "asked"),
    [(5.6, True, True), (5.5, True, False), (5.1, True, False), (5.0, False, False), (3.5, False, False),
     (3.4, True, False), (3.0, True, False), (2.9, True, True), (None, True, False)],
)  # fmt: skip
@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_potassium_before_a_dose(potassium: float | None, listed: bool, asked: bool, hook: str) -> None:
    values = [] if potassium is None else [observation("k", "6298-4", {"value": potassium, "unit": "mEq/L"})]
    found = assessment(ordering(record(*values), draft(), AMINO, hook=hook))
    assert ("L-07" in codes(found)) == listed
    assert ("needs-data/labs-missing-or-old" in findings(found)) == asked
    assert ("potassium" in found.get("missing", [])) == (potassium is None or asked)


@pytest.mark.parametrize(
    "agent",
    [
        draft(), request("177Lu-DOTATATE therapy"), request("dose", "sr", (HCPCS, "A9513")),
        medicine("Lutathera"), {**draft(), "medicationCodeableConcept": {"coding": [{"system": SNOMED,
                                                                                     "code": "781259000"}]}},
    ],
    ids=["atc", "text", "hcpcs", "brand", "snomed"],
)  # fmt: skip
def test_a_signed_dose_is_never_met_with_silence(agent: Resource) -> None:
    remission = {**tumour()[0], "clinicalStatus": {"coding": [{"code": "remission"}]}}
    response = ordering([patient(), remission], agent)
    assert assessment(response)["reason"] == "no-active-disease"
    (card,) = response["cards"]
    assert card["indicator"] == "info" and "not assessed" in (card["summary"] + card["detail"]).lower()
    (primary,) = assessment(response)["findings"]
    assert card["extension"]["prrt-cds.card"]["rules"] == [primary["rule"]]
    assert ordering([patient(), remission], request("CT abdomen"))["cards"] == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "unknown"}, "status unknown"),
        ({"doNotPerform": True}, "not done"),
        ({"modifierExtension": [{"url": "http://x", "valueBoolean": True}]}, "form not supported"),
        ({"medicationCodeableConcept": None, "medication": {"concept": {"text": "Lutathera"}}}, "form not supported"),
        ({"medicationCodeableConcept": "Lutathera"}, "could not be read"),
    ],
)
def test_a_signed_dose_that_cannot_be_read_is_never_met_with_silence(changes: Resource, why: str) -> None:
    response = ordering(record(), {**draft(), **changes})
    (card,) = response["cards"]
    assert card["summary"] == f"Order not assessed: {why}."
    known = {rule["code"] for rule in assessment(response)["rules"]}
    assert set(card["extension"]["prrt-cds.card"]["rules"]) <= known
    other = {**draft(), **changes} | {"medicationCodeableConcept": {"text": "Paracetamol"}, "medication": None}
    assert ordering(record(), other)["cards"] == []


def test_a_draft_without_a_status_is_a_draft() -> None:
    without = {name: value for name, value in draft().items() if name != "status"}
    assert ordering(record(), without)["cards"] == ordering(record(), draft())["cards"]


def test_a_draft_that_names_no_medication_is_listed() -> None:
    nameless = {**draft(), "medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/gone"}}
    listed = {(row["source"], row["why"]) for row in assessment(ordering(record(), nameless))["ignored"]}
    assert (f"MedicationRequest/{nameless['id']}", "unreadable") in listed


def test_a_dose_drafted_for_another_patient_is_said() -> None:
    foreign = {**draft(), "subject": {"reference": "Patient/another"}}
    (card,) = ordering(record(), foreign)["cards"]
    assert "not assessed" in card["summary"] and "another patient" in card["summary"]
    assert card["extension"]["prrt-cds.card"] == {"rules": ["D-01"]}, "the order itself is not named"
    assert "Draft order" not in card["detail"]


def test_a_signed_dose_beside_another_patients_record_is_never_met_with_silence() -> None:
    other = [{**patient(), "id": "another"}, *tumour()]
    response = ordering(other, draft())
    assert assessment(response)["reason"] == "wrong-patient"
    (card,) = response["cards"]
    assert card["indicator"] == "warning"


def test_drafts_no_rule_speaks_of_get_no_card() -> None:
    stale = {**tumour()[3], "effectiveDateTime": "2025-06-01"}
    response = ordering([patient(), *tumour()[:3], stale, *panel()], request("Physiotherapy"), medicine("Paracetamol"))
    assert response["cards"] == [] and assessment(response)["outcome"] == "re-image"


@pytest.mark.parametrize(
    "scan",
    [request("68Ga-DOTATATE PET/CT"), request("PET", "sr", (SNOMED, "764695006")),
     request("PET", "sr", (HCPCS, "A9587"))],
    ids=["text", "snomed", "hcpcs"],
)  # fmt: skip
def test_a_second_scan_order_names_the_first(scan: Resource) -> None:
    first = request("Somatostatin receptor PET/CT", "first", authoredOn="2026-05-12", status="active")
    response = ordering(record(first), scan)
    found = assessment(response)
    assert "no-advice/scan-already-ordered" in findings(found) or found["outcome"] == "criteria-met"
    (card,) = [each for each in response["cards"] if "ordered" in each["summary"].lower()]
    assert card["indicator"] == "info" and "ServiceRequest/first" in card["detail"] + card["summary"]


def test_a_drafted_scan_does_not_silence_the_call_it_came_with() -> None:
    stale = {**tumour()[3], "effectiveDateTime": "2025-06-01"}
    found = assessment(ordering([patient(), *tumour()[:3], stale, *panel()], request("68Ga-DOTATOC PET/CT")))
    assert (found["outcome"], found["reason"]) == ("re-image", "sstr-stale")


def test_psma_is_not_this_agent() -> None:
    psma = {
        **draft(),
        "medicationCodeableConcept": {"coding": [{"system": ATC, "code": "V10XX05"}], "text": "Pluvicto"},
    }
    response = ordering(record(dose(20)), psma)
    assert "F-08" not in codes(assessment(response)) and response["cards"] == []


def test_pregnancy_is_critical_when_a_dose_is_signed() -> None:
    pregnant = observation("p", "82810-3", valueCodeableConcept={"coding": [{"system": SNOMED, "code": "77386006"}]})
    her = [patient(gender="female", birthDate="1995-01-01"), *record(pregnant)[1:]]
    response = ordering(her, draft(), jurisdiction="EU")
    assert response["cards"][0]["indicator"] == "critical" and assessment(response)["reason"] == "pregnancy"
