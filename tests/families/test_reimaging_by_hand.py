"""Re-imaging rules on records written by hand: how chemotherapy, response and the scans around it are really sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
    Resource,
    assess,
    codes,
    criterion,
    findings,
    panel,
    patient,
    respond,
    tumour,
)
from tests.families.test_imaging_by_hand import ABOUT, fdg, pet, score, suv_max

ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"
LOW = pet("base", "2025-11-20", score("k", "liver", "<=1", mm=40))
IMPROVED: Resource = {
    "resourceType": "Observation", "id": "status", "status": "final", **ABOUT, "effectiveDateTime": "2026-05-20",
    "code": {"coding": [{"system": LOINC, "code": "97509-4"}]},
    "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "268910001"}]},
}  # fmt: skip


def record(*more: Resource, scan: list[Resource] = LOW) -> list[Resource]:
    return [patient(), *tumour()[:3], *panel(), *scan, *more]


def given(name: str, day: str, *, code: str = "L01AX03", text: str = "temozolomide", **more: Any) -> Resource:
    """One administration; the drug by its ATC code."""
    return {"resourceType": "MedicationAdministration", "id": name, "status": "completed", **ABOUT,
            "medicationCodeableConcept": {"coding": [{"system": ATC, "code": code}], "text": text},
            "effectiveDateTime": day, **more}  # fmt: skip


def capecitabine(name: str, start: str, end: str) -> Resource:
    drug = given(name, start, code="L01BC06", text="capecitabine")
    del drug["effectiveDateTime"]
    return drug | {"effectivePeriod": {"start": start, "end": end}}


def taken(words: str, start: str, end: str | None, **more: Any) -> Resource:
    period = {"start": start} | ({"end": end} if end else {})
    return {"resourceType": "MedicationStatement", "id": words.split()[0].lower(), **ABOUT,
            "status": "completed" if end else "active", "medicationCodeableConcept": {"text": words},
            "effectivePeriod": period, **more}  # fmt: skip


CAPTEM = [
    each
    for n, month in enumerate(("01", "02", "03", "04"))
    for each in (
        capecitabine(f"cape-{n}", f"2026-{month}-05", f"2026-{month}-18"),
        *(given(f"tem-{n}-{day}", f"2026-{month}-{day}T20:00:00+01:00") for day in range(14, 19)),
    )
]


def test_captem_as_daily_administrations() -> None:
    found = respond(record(*CAPTEM, IMPROVED))
    assessment = found["extension"]["prrt-cds.assessment"]
    assert (assessment["outcome"], assessment["reason"]) == ("re-image", "post-therapy")
    assert {"R-01", "R-02"} <= codes(assessment)
    assert criterion(assessment, "reimage-cycles")["value"] == 4
    assert criterion(assessment, "reimage-response") == {
        "id": "reimage-response", "status": "met", "value": "improved", "date": "2026-05-20",
        "sources": ["Observation/status"], "read_as": "coded",
    }  # fmt: skip
    card = found["cards"][0]
    assert card["summary"].startswith("Low SSTR before CAPTEM, improved after 4 cycles")
    assert "case reports only (about 4 patients" in card["detail"]
    order = card["suggestions"][0]["actions"][0]["resource"]
    assert (order["resourceType"], order["status"]) == ("ServiceRequest", "draft")
    assert any(suggestion["label"].startswith("No change") for suggestion in card["suggestions"])


def test_the_response_in_the_words_of_a_ct_report() -> None:
    ct = {"resourceType": "DiagnosticReport", "id": "ct", "status": "final", **ABOUT, "effectiveDateTime": "2026-05-20",
          "code": {"text": "CT chest, abdomen and pelvis"},
          "conclusion": "Compared with December: stable disease (RECIST 1.1). No new lesions."}  # fmt: skip
    found = assess(record(*CAPTEM, ct))
    assert found["reason"] == "post-therapy"
    assert criterion(found, "reimage-response")["read_as"] == "narrative"


def test_everolimus_as_one_running_statement() -> None:
    found = respond(record(taken("Everolimus 10 mg daily", "2026-01-10", None), IMPROVED))
    assert found["extension"]["prrt-cds.assessment"]["reason"] == "post-therapy"
    assert "29-patient series" in found["cards"][0]["detail"]


def test_a_written_number_of_cycles() -> None:
    course = taken("CAPTEM", "2026-01-05", "2026-03-10", note=[{"text": "3 cycles of CAPTEM given, q28d."}])
    found = assess(record(course, IMPROVED))
    assert found["reason"] == "post-therapy"
    assert criterion(found, "reimage-cycles")["value"] == 3


def test_planned_cycles_are_not_given_ones() -> None:
    course = taken("CAPTEM", "2026-03-20", "2026-05-10", note=[{"text": "6 cycles of CAPTEM planned."}])
    found = assess(record(course, IMPROVED))
    assert "R-01" not in codes(found)


def test_a_prescription_is_not_treatment_given() -> None:
    order = {"resourceType": "MedicationRequest", "id": "rx", "status": "active", "intent": "order", **ABOUT,
             "authoredOn": "2026-01-05", "medicationCodeableConcept": {"text": "temozolomide 250 mg"}}  # fmt: skip
    found = assess(record(order, IMPROVED))
    assert not {"R-01", "R-03"} & codes(found)


@pytest.mark.parametrize(("cycles", "speaks"), [(6, False), (7, True)])
def test_folfox_counts_by_weeks(cycles: int, speaks: bool) -> None:
    days = ["2026-02-02", "2026-02-16", "2026-03-02", "2026-03-16", "2026-03-30", "2026-04-13", "2026-04-27"][:cycles]
    drugs = [given(f"ox-{day}", day, code="L01XA03", text="oxaliplatin (FOLFOX)") for day in days]
    drugs += [given(f"fu-{day}", day, code="L01BC02", text="fluorouracil (FOLFOX)") for day in days]
    assert ("R-01" in codes(assess(record(*drugs, IMPROVED)))) is speaks


def test_progression_under_captem_points_elsewhere() -> None:
    worse = {**IMPROVED, "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "271299001"}]}}
    found = assess(record(*CAPTEM, worse))
    assert "R-04" in codes(found) and "R-01" not in codes(found)
    assert criterion(found, "reimage-response")["status"] == "not-met"


def test_no_statement_is_asked_for() -> None:
    found = assess(record(*CAPTEM))
    assert "needs-data/response-missing" in findings(found)
    assert "response" in found["missing"]


def test_the_scan_after_captem_ends_the_question() -> None:
    again = pet("again", "2026-05-22", score("n", "liver", 3, mm=25))
    found = assess(record(*CAPTEM, *again, IMPROVED))
    assert "R-06" in codes(found) and not {"R-01", "I-08"} & codes(found)
    still = assess(record(*CAPTEM, *pet("again", "2026-05-22", score("n", "liver", 1, mm=25)), IMPROVED))
    assert {"R-07", "I-02"} <= codes(still) and "R-01" not in codes(still)


def test_an_order_for_the_scan_silences_the_suggestion() -> None:
    order = {"resourceType": "ServiceRequest", "id": "o", "status": "active", "intent": "order", **ABOUT,
             "authoredOn": "2026-05-25", "code": {"coding": [{"system": SNOMED, "code": "764695006"}]}}  # fmt: skip
    found = respond(record(*CAPTEM, IMPROVED, order))
    assert found["cards"] == []
    assert found["extension"]["prrt-cds.assessment"]["reason"] == "scan-already-ordered"
    revoked = assess(record(*CAPTEM, IMPROVED, {**order, "status": "revoked"}))
    assert revoked["reason"] == "post-therapy"


def test_discordance_on_an_fdg_pet_under_captem() -> None:
    low = pet("base", "2025-12-28", score("k", "liver", 1, mm=40))
    hot = suv_max("f", "liver", 9.1)
    found = assess(record(*CAPTEM, IMPROVED, *fdg("2026-03-20", "FDG-avid liver metastases.", hot), scan=low))
    assert "not-now/fdg-discordant" in findings(found) and "R-01" not in codes(found)
