"""Timing rules on records written by hand: administrations, statements, orders and appointments as they are sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import Resource, assess, codes, criterion, findings, panel, patient, respond, tumour

RXNORM, ATC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc"


def record(*more: Resource) -> list[Resource]:
    return [patient(), *tumour(), *panel(), *more]


def drug(kind: str, words: str, status: str, **more: Any) -> Resource:
    found = {"resourceType": kind, "id": words.split()[0].lower(), "status": status,
             "subject": {"reference": "Patient/pat"}, "medicationCodeableConcept": {"text": words}, **more}  # fmt: skip
    return {**found, "intent": "order"} if kind == "MedicationRequest" else found


def booking(day: str) -> Resource:
    return {"resourceType": "Appointment", "id": "cycle", "status": "booked", "start": f"{day}T08:00:00Z",
            "serviceType": [{"text": "177Lu-DOTATATE therapy, cycle 1"}],
            "participant": [{"actor": {"reference": "Patient/pat"}, "status": "accepted"}]}  # fmt: skip


def test_temozolomide_capsules_given_last_week() -> None:
    dose = drug("MedicationAdministration", "Temozolomide 250 mg capsule", "completed", effectiveDateTime="2026-05-25")
    found = assess(record(dose))
    assert (found["outcome"], found["reason"]) == ("not-now", "washout")
    assert criterion(found, "washout") | {"sources": []} == {
        "id": "washout", "status": "not-met", "value": 7, "unit": "d", "date": "2026-05-25", "sources": [],
        "read_as": "derived",
    }  # fmt: skip


def test_a_statement_that_ended_four_weeks_ago() -> None:
    taken = drug("MedicationStatement", "Everolimus 10 mg", "completed",
                 effectivePeriod={"start": "2025-06-01", "end": "2026-05-04"})  # fmt: skip
    found = assess(record(taken))
    assert criterion(found, "washout")["value"] == 28 and criterion(found, "washout")["status"] == "met"
    assert found["outcome"] == "criteria-met"


def test_an_active_order_from_last_year_counts_as_taken_today() -> None:
    found = assess(record(drug("MedicationRequest", "Sunitinib 37.5 mg", "active", authoredOn="2025-03-01")))
    assert criterion(found, "washout")["value"] == 0 and "not-now/washout" in findings(found)


def test_a_stopped_order_without_a_day_is_asked_for() -> None:
    found = assess(record(drug("MedicationRequest", "Sunitinib 37.5 mg", "stopped", authoredOn="2025-03-01")))
    assert criterion(found, "washout")["status"] == "unknown"
    assert "washout-date" in found["missing"] and found["outcome"] == "needs-data"


def test_a_drug_that_was_never_given_leaves_no_trace() -> None:
    never = drug("MedicationAdministration", "Cisplatin 100 mg", "not-done", effectiveDateTime="2026-05-25")
    found = assess(record(never))
    assert found["outcome"] == "criteria-met"
    assert {"source": "MedicationAdministration/cisplatin", "why": "not-done"} in found["ignored"]


def test_the_drug_in_a_referenced_medication_with_an_atc_code() -> None:
    medication = {"resourceType": "Medication", "id": "m1",
                  "code": {"coding": [{"system": ATC, "code": "L01FG01", "display": "bevacizumab"}]}}  # fmt: skip
    dose = drug(
        "MedicationAdministration", "x", "completed", effectivePeriod={"start": "2026-05-20", "end": "2026-05-20"}
    )
    del dose["medicationCodeableConcept"]
    found = assess(record(medication, {**dose, "medicationReference": {"reference": "Medication/m1"}}))
    assert "not-now/washout" in findings(found)


@pytest.mark.parametrize(("day", "speaks"), [("2026-05-20", True), ("2026-04-20", False)])
def test_lanreotide_before_a_booked_cycle(day: str, speaks: bool) -> None:
    dose = drug("MedicationAdministration", "Lanreotide autogel 120 mg", "completed", effectiveDateTime=day)
    found = assess(record(dose, booking("2026-06-08")))
    assert ("T-02" in codes(found)) is speaks
    assert "not-now/washout" not in findings(found)


def test_octreotide_lar_as_an_order_still_running_with_carcinoid_syndrome() -> None:
    order = drug("MedicationRequest", "Sandostatin LAR depot 30 mg every 4 weeks", "active", authoredOn="2025-12-01")
    syndrome = {"resourceType": "Condition", "id": "cs", "subject": {"reference": "Patient/pat"},
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "E34.00"}],
                         "text": "Carcinoid syndrome"}}  # fmt: skip
    response = respond(record(order, syndrome, booking("2026-06-08")))
    assert "T-02" in codes(response["extension"]["prrt-cds.assessment"])


def test_amino_acids_are_missing_until_they_are_ordered() -> None:
    assert "T-04" in codes(assess(record(booking("2026-06-08"))))
    order = drug("MedicationRequest", "Lysine 25 g / arginine 25 g in 1 L", "active", authoredOn="2026-05-30")
    assert "T-04" not in codes(assess(record(booking("2026-06-08"), order)))
    large = drug("MedicationRequest", "Aminoplasmal Hepa 10 %, 2500 mL", "active", authoredOn="2026-05-30")
    assert "T-04" in codes(assess(record(booking("2026-06-08"), large)))


def test_an_embolisation_ten_weeks_ago_is_noted() -> None:
    done = {"resourceType": "Procedure", "id": "tace", "status": "completed", "subject": {"reference": "Patient/pat"},
            "code": {"text": "Transarterial chemoembolization of liver metastases"},
            "performedDateTime": "2026-03-25"}  # fmt: skip
    found = assess(record(done))
    assert "T-03" in codes(found)
    assert "T-03" not in codes(assess(record({**done, "performedDateTime": "2026-03-01"})))
