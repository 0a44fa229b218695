"""What is ordered or booked, from the record and from the drafts of an order hook."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.record.chart_shapes import (
    ATC,
    HCPCS,
    LOINC,
    SNOMED,
    administration,
    amount,
    chart,
    concept,
    listed,
    request,
)


def service(code, **more):
    return {"resourceType": "ServiceRequest", "id": "x", "status": "active", "intent": "order", "code": code,
            "authoredOn": "2025-12-01", **more}  # fmt: skip


def appointment(words, **more):
    return {"resourceType": "Appointment", "id": "x", "status": "booked", "serviceType": [concept(words)],
            "start": "2026-02-01T09:00:00Z", **more}  # fmt: skip


def kinds(resource):
    return [item.kind for item in chart(resource).orders]


@pytest.mark.parametrize(
    ("code", "more", "expected"),
    [
        (concept(None, (SNOMED, "764695006")), {}, ["sstr-pet"]),
        (concept("68Ga-DOTATATE PET/CT"), {}, ["sstr-pet"]),
        (concept("SSTR PET/CT (68Ga-DOTATATE, 68Ga-DOTATOC or 64Cu-DOTATATE)"), {}, ["sstr-pet"]),
        (concept("Somatostatin receptor PET"), {}, ["sstr-pet"]),
        (concept("Detectnet PET"), {}, ["sstr-pet"]),
        (concept("PET whole body", (LOINC, "44139-4")), {"note": [{"text": "tracer 68Ga-DOTATOC"}]}, ["sstr-pet"]),
        (concept("PET whole body", (LOINC, "44139-4")), {"orderDetail": [concept("Ga-68 DOTATATE")]}, ["sstr-pet"]),
        (concept("PET whole body", (LOINC, "44139-4")), {}, []),
        (concept("18F-FDG PET/CT"), {}, ["fdg-pet"]),
        (concept(None, (LOINC, "81555-5")), {}, ["fdg-pet"]),
        (concept("68Ga-PSMA PET/CT"), {}, []),
        (concept("OctreoScan (111In-pentetreotide)"), {}, []),
        (concept("CT abdomen"), {"reasonCode": [concept("compare with the SSTR PET")]}, []),
        (concept("PRRT with 177Lu-DOTATATE"), {}, ["prrt"]),
        (concept("Radionuclide therapy with Lutathera", (SNOMED, "399315003")), {}, ["prrt"]),
        (concept("Radionuclide therapy", (SNOMED, "399315003")), {}, []),
        (concept("Lutetium-177 PSMA therapy"), {}, []),
        (concept("Abdominal ultrasound"), {}, []),
    ],
)
def test_service_requests(code, more, expected):
    assert kinds(service(code, **more)) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, 1), ({"intent": "original-order"}, 1), ({"intent": "proposal"}, 0), ({"intent": "plan"}, 0),
        ({"status": "completed"}, 0), ({"status": "draft"}, 0), ({"status": "on-hold"}, 0), ({"status": "revoked"}, 0),
        ({"status": "entered-in-error"}, 0), ({"subject": {"reference": "Patient/q"}}, 0), ({"doNotPerform": True}, 0),
    ],
)  # fmt: skip
def test_only_what_is_really_ordered(more, expected):
    assert len(kinds(service(concept("68Ga-DOTATATE PET/CT"), **more))) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("booked", ["sstr-pet"]), ("pending", ["sstr-pet"]), ("proposed", []), ("cancelled", []), ("noshow", []),
     ("fulfilled", [])],
)
def test_appointments(status, expected):
    found = chart(appointment("DOTATATE PET/CT", status=status))
    assert [item.kind for item in found.orders] == expected
    assert all(str(item.planned) == "2026-02-01" for item in found.orders)


def test_an_appointment_of_another_patient():
    other = appointment("DOTATATE PET/CT", participant=[{"actor": {"reference": "Patient/q"}, "status": "accepted"}])
    found = chart(other)
    assert found.orders == [] and listed(found) == {("Appointment/x", "other-patient")}


def test_an_appointment_by_its_order():
    order = service(concept("68Ga-DOTATATE PET/CT"), id="sr", status="completed")
    booked = appointment("Nuclear medicine", basedOn=[{"reference": "ServiceRequest/sr"}])
    assert [item.source for item in chart(order, booked).orders] == ["Appointment/x"]
    described = appointment("Nuclear medicine", description="Ga-68 DOTATOC PET")
    assert kinds(described) == ["sstr-pet"]


@pytest.mark.parametrize(
    ("more", "planned"),
    [
        ({"occurrenceDateTime": "2026-01-20"}, "2026-01-20"),
        ({"occurrencePeriod": {"start": "2026-01-20", "end": "2026-01-30"}}, "2026-01-20"),
        ({"occurrenceTiming": {"event": ["2026-01-20"]}}, "2026-01-20"),
        ({}, None),
    ],
)
def test_planned_day(more, planned):
    found = chart(service(concept("PRRT"), **more)).orders[0]
    assert (str(found.planned) if found.planned else None) == planned and str(found.when) == "2025-12-01"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (concept(None, (ATC, "V10XX04")), ["prrt"]), (concept("Lutathera 7.4 GBq"), ["prrt"]),
        (concept(None, (ATC, "L01AX03")), ["cytotoxic"]), (concept("CAPTEM"), ["cytotoxic"]),
        (concept(None, (ATC, "L01EG02")), ["mtor"]), (concept("dexamethasone 8 mg"), ["dexamethasone"]),
        (concept("L-lysine 25 g, L-arginine 25 g in 1 L"), ["amino-acids"]), (concept("LysaKare"), ["amino-acids"]),
        (concept(None, (ATC, "V10XX05")), []), (concept("ondansetron"), []), (concept("octreotide"), []),
    ],
)  # fmt: skip
def test_medication_orders(code, expected):
    assert kinds(request(code)) == expected
    assert kinds(request(code, status="stopped")) == []


def test_activity_and_day_of_a_medication_order():
    dose = {"timing": {"event": ["2026-01-15"]}, "doseAndRate": [{"doseQuantity": amount(200, "mCi")}]}
    found = chart(request(concept("Lutathera"), dosageInstruction=[dose])).orders[0]
    assert (found.activity_gbq, str(found.planned)) == (Decimal("7.4"), "2026-01-15")
    hcpcs = request(concept(None, (HCPCS, "A9513")),
     dosageInstruction=[{"doseAndRate": [{"doseQuantity": amount(200)}]}])
    assert chart(hcpcs).orders[0].activity_gbq == Decimal("7.4")
    odd = request(concept("Lutathera"), dosageInstruction=[{"doseAndRate": [{"doseQuantity": amount(20, "GBq")}]}])
    assert chart(odd).orders[0].activity_gbq == 20, "an order is judged by the rules, not cut here"


def test_drafts():
    draft = request(concept("Lutathera"), status="draft")
    assert [(item.kind, item.draft) for item in chart(drafts=[draft]).orders] == [("prrt", True)]
    assert chart(draft).orders == [], "a draft in the record orders nothing"
    proposal = service(concept("68Ga-DOTATATE PET/CT"), status="draft", intent="proposal")
    assert [item.draft for item in chart(drafts=[proposal]).orders] == [True]
    foreign = {**draft, "subject": {"reference": "Patient/q"}}
    found = chart(drafts=[foreign])
    assert found.orders == [] and listed(found) == {("MedicationRequest/r", "other-patient")}
    assert chart(drafts=[draft]).treatments == [], "what is being ordered was not given"


def test_a_draft_with_its_medication_in_the_record():
    drug = {"resourceType": "Medication", "id": "lu", "code": concept(None, (ATC, "V10XX04"))}
    draft = request(concept("x"), status="draft", medicationReference={"reference": "Medication/lu"})
    del draft["medicationCodeableConcept"]
    assert [item.kind for item in chart(drug, drafts=[draft]).orders] == ["prrt"]


def test_what_was_given_is_no_order():
    assert chart(administration(concept("Lutathera"))).orders == []
