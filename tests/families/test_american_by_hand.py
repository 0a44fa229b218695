"""One American record, written by hand in the shapes of US systems, and what small changes of it do."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
    Resource,
    ago,
    assess,
    assessment,
    codes,
    criterion,
    findings,
    ordering,
    respond,
    words,
)

SUBJECT: Resource = {"subject": {"reference": "Patient/pat", "display": "Doe, Jane"}}
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
HTML = """<html><body><h2>NM PET CT SSTR DOTATATE</h2><p>Technique: 5.2 mCi Ga-68 dotatate IV.</p>
<p><b>Findings</b>: Multiple hepatic metastases with uptake greater than spleen. SUVmax 31.4.
Mesenteric nodal mass, 2.8 cm, uptake greater than liver.</p>
<p><b>Impression</b>: Somatostatin receptor-positive metastatic disease. All lesions are Krenning score 3 or 4.</p>
</body></html>"""


def pet(day: str = "2026-04-10T14:05:00-07:00", html: str = HTML) -> Resource:
    return {"resourceType": "DiagnosticReport", "id": "pet", **SUBJECT, "status": "final", "effectiveDateTime": day,
            "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "78815"}],
                     "text": "PET/CT Ga-68 DOTATATE skull base to mid-thigh"},
            "presentedForm": [{"contentType": "text/html", "data": b64encode(html.encode()).decode()}]}  # fmt: skip


PATHOLOGY: Resource = {
    "resourceType": "DiagnosticReport", "id": "path", **SUBJECT, "status": "final", "effectiveDateTime": "2024-11-19",
    "category": [{"coding": [{"code": "SP"}]}], "code": {"text": "Surgical pathology"},
    "conclusion": "Liver, core biopsy: metastatic well-differentiated neuroendocrine tumor, WHO grade 2. "
                  "Ki-67 proliferation index 12%. Mitoses 3 per 2 mm2.",
}  # fmt: skip


def lab(code: str, value: float, unit: str, **more: Any) -> Resource:
    return {"resourceType": "Observation", "id": f"o{code}", **SUBJECT, "status": "final",
            "effectiveDateTime": "2026-05-15T06:40:00-07:00", "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "unit": unit}, **more}  # fmt: skip


def jane(**changed: Resource | None) -> list[Resource]:
    """A woman of 61: everything known and within the limits. A keyword replaces a resource, None takes it out."""
    usual: dict[str, Resource | None] = {
        "patient": {"resourceType": "Patient", "id": "pat", "gender": "female", "birthDate": "1964-09-30"},
        "net": {"resourceType": "Condition", "id": "net", **SUBJECT, "onsetDateTime": "2024-11",
                "category": [{"coding": [{"code": "problem-list-item"}]}],
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "verificationStatus": {"coding": [{"code": "confirmed"}]},
                "code": {"coding": [{"system": SNOMED, "code": "1290067005"}]}},
        "path": PATHOLOGY,
        "pet": pet(),
        "ecog": {"resourceType": "Observation", "id": "ecog", **SUBJECT, "status": "final",
                 "effectiveDateTime": "2026-05-15", "code": {"coding": [{"system": LOINC, "code": "89247-1"}]},
                 "valueCodeableConcept": {"coding": [{"system": LOINC, "code": "LA9623-5"}]}},
        "hb": lab("718-7", 11.2, "g/dL"), "wbc": lab("6690-2", 4.8, "K/uL"), "plt": lab("777-3", 188, "10*3/uL"),
        "crea": lab("2160-0", 0.92, "mg/dL"), "alb": lab("1751-7", 3.9, "g/dL"), "alt": lab("1742-6", 31, "U/L"),
        "ast": lab("1920-8", 29, "IU/L"), "weight": lab("29463-7", 148.5, "[lb_av]"),
        "bili": lab("1975-2", 0.7, "mg/dL", referenceRange=[{"low": {"value": 0.2, "unit": "mg/dL"},
                                                             "high": {"value": 1.2, "unit": "mg/dL"}}]),
    }  # fmt: skip
    return [each for each in {**usual, **changed}.values() if each is not None]


def test_all_is_read_and_the_text_is_to_be_confirmed() -> None:
    response = respond(jane())
    found = assessment(response)
    assert (found["outcome"], found["reason"]) == ("criteria-met", "all-criteria-in-record")
    assert {"P-06", "D-07", "G-04"} <= codes(found) and "missing" not in found
    assert criterion(found, "ki67")["value"] == 12 and criterion(found, "ki67")["read_as"] == "narrative"
    assert criterion(found, "krenning")["read_as"] == "narrative"
    assert criterion(found, "sstr-pet-current")["date"] == "2026-04-10"
    # (140 - 61) x 67.36 x 0.85 / (72 x 0.92)
    assert criterion(found, "crcl")["value"] == pytest.approx(68.3, abs=0.1)
    assert criterion(found, "pregnancy") == {}
    assert "please confirm" in words(response)


def test_the_same_record_in_the_eu_lacks_progression_alone() -> None:
    found = assess(jane(), jurisdiction="EU")
    assert findings(found) == {"needs-data/eu-progression-not-shown"} and "progression" in found["missing"]


def test_a_sum_of_stops_stands_in_rank_order() -> None:
    found = assess(jane(
        hb=lab("718-7", 7.9, "g/dL"), plt=lab("777-3", 70, "K/uL"), wbc=lab("6690-2", 1.9, "10*3/mm3"),
        crea=lab("2160-0", 1.7, "mg/dL"),
        ecog={"resourceType": "Observation", "id": "ecog", **SUBJECT, "status": "final", "effectiveDateTime": "2026",
              "code": {"coding": [{"system": LOINC, "code": "89247-1"}]}, "valueInteger": 3},
    ))  # fmt: skip
    reasons = [each["reason"] for each in found["findings"]]
    assert reasons == ["lab-hb", "lab-wbc", "lab-plt", "lab-renal", "ecog-ge-3"]


def test_one_low_lesion_in_the_words_of_the_report() -> None:
    mixed = HTML.replace("uptake greater than liver.", "no uptake.").replace("All lesions are", "Liver lesions are")
    found = assess(jane(pet=pet(html=mixed)))
    assert found["outcome"] != "criteria-met" and criterion(found, "krenning")["status"] != "met"


@pytest.mark.parametrize("gone", ["hb", "wbc", "plt", "crea", "alb", "alt", "ast", "weight", "bili"])
def test_one_missing_value_is_asked_for_by_name(gone: str) -> None:
    found = assess(jane(**{gone: None}))
    asked = {"plt": "platelets", "crea": "crcl", "weight": "weight", "bili": "bilirubin", "alb": "albumin"}
    assert (found["outcome"], found["reason"]) == ("needs-data", "labs-missing-or-old")
    assert asked.get(gone, gone) in found["missing"]


def capecitabine(kind: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": f"tx-{kind}", **SUBJECT, **more,
            "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "200328"}]}}  # fmt: skip


def test_a_drafted_dose_counts_the_washout_to_its_day() -> None:
    last = capecitabine("MedicationAdministration", status="completed", effectiveDateTime=ago(20))
    draft = {"resourceType": "MedicationRequest", "id": "lu", **SUBJECT, "status": "draft", "intent": "order",
             "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "1999682"}]},
             "dosageInstruction": [{"timing": {"event": ["2026-06-09"]}}]}  # fmt: skip
    assert assess([*jane(), last])["reason"] == "washout"
    assert "not-now/washout" not in findings(assessment(ordering([*jane(), last], draft)))


def test_a_prior_course_at_another_hospital_known_from_its_claim() -> None:
    claims = [{"resourceType": "Procedure", "id": f"claim{day}", **SUBJECT, "status": "completed",
               "performedDateTime": day,
               "code": {"coding": [{"system": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                                    "code": "A9513"}]}}
              for day in ("2022-01-11", "2022-03-08", "2022-05-03", "2022-06-28")]  # fmt: skip
    found = assess([*jane(), *claims])
    assert (found["course"], found["reason"]) == ("completed", "course-complete")
    worse = {"resourceType": "Observation", "id": "ds", **SUBJECT, "status": "final", "effectiveDateTime": "2026-03-03",
             "code": {"coding": [{"system": LOINC, "code": "97509-4"}]},
             "valueCodeableConcept": {"coding": [{"system": SNOMED, "code": "271299001"}]}}  # fmt: skip
    again = assess([*jane(), *claims, worse])
    assert (again["course"], again["outcome"]) == ("retreatment", "criteria-met") and "F-06" in codes(again)
