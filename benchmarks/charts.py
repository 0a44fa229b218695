"""Calls of any size: one published patient's record, and around it what else a hospital's chart holds.

The record is `fhir_samples/sharma-basu-2e` (35 resources). Per 100 further resources: 34 vital signs, 38 results of
laboratory tests no rule reads, 8 of tests the rules read (older ones), 5 encounters, 5 medications, 3 conditions,
3 documents, 2 laboratory reports, 2 procedures: each with the members real systems send.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SAMPLE = Path(__file__).resolve().parent.parent / "fhir_samples" / "sharma-basu-2e" / "request.json"
DECISION_DAY = date(2019, 8, 12)
_SUBJECT = {"reference": "Patient/sharma-basu", "display": "Shanta Sample"}
_LEFT_OUT_OF_TWENTY = {
    "baseline-stomach", "baseline-liver", "sstr-pet-baseline", "clinic-letter", "alt",
    *(f"{drug}-{cycle}" for drug in ("capecitabine", "temozolomide") for cycle in (2, 3, 4, 5, 6)),
}  # fmt: skip
"""The patient's record without its older half: twenty resources."""

# LOINC code, name, unit, usual value and its spread
Test = tuple[str, str, str, float, float]
_VITAL_SIGNS: tuple[Test, ...] = (
    ("8867-4", "Heart rate", "/min", 74, 9),
    ("9279-1", "Respiratory rate", "/min", 15, 2),
    ("8310-5", "Body temperature", "Cel", 36.8, 0.4),
    ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 97, 1),
    ("85354-9", "Blood pressure panel with all children optional", "mm[Hg]", 128, 12),
)
_UNREAD: tuple[Test, ...] = (
    ("2345-7", "Glucose [Mass/volume] in Serum or Plasma", "mg/dL", 98, 12),
    ("2951-2", "Sodium [Moles/volume] in Serum or Plasma", "mmol/L", 140, 3),
    ("2075-0", "Chloride [Moles/volume] in Serum or Plasma", "mmol/L", 103, 3),
    ("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", 38, 3),
    ("785-6", "MCH [Entitic mass] by Automated count", "pg", 29, 1.5),
    ("786-4", "MCHC [Mass/volume] by Automated count", "g/dL", 33, 1),
    ("788-0", "Erythrocyte distribution width [Ratio] by Automated count", "%", 13.4, 1),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 185, 25),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 5.6, 0.3),
    ("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma", "m[IU]/L", 2.1, 0.7),
)
_READ: tuple[Test, ...] = (
    ("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", 12.4, 0.6),
    ("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", 6.1, 1.2),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 230, 30),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.8, 0.1),
    ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma", "mg/dL", 0.6, 0.1),
    ("29463-7", "Body weight", "kg", 64, 2),
)
_DRUGS = (("C08CA01", "amlodipine"), ("A10BA02", "metformin"), ("C10AA05", "atorvastatin"), ("N02BE01", "paracetamol"))
_CONDITIONS = (("I10", "Essential (primary) hypertension"), ("E78.5", "Hyperlipidemia, unspecified"),
               ("M54.5", "Low back pain"), ("H52.1", "Myopia"))  # fmt: skip
_NOTES = (
    "Physiotherapy: shoulder mobility better than last week, exercises continued at home.",
    "Dietary advice given. Weight steady. Next visit in three months.",
    "Eye clinic: visual acuity 0.8 both sides, no diabetic changes, glasses prescribed.",
)


def call_of(resources: int) -> bytes:
    """The body of a `patient-view` call whose prefetch holds that many resources; always the same for one size."""
    call: Json = json.loads(SAMPLE.read_text(encoding="utf-8"))
    prefetch = call["prefetch"]
    if resources < _count(prefetch):
        for bundle in filter(_is_bundle, prefetch.values()):
            entries = bundle.get("entry", ())
            bundle["entry"] = [entry for entry in entries if entry["resource"]["id"] not in _LEFT_OUT_OF_TWENTY]
    chart = _Chart(random.Random(resources))
    keys = {"Observation": "observations", "DiagnosticReport": "reports", "Condition": "conditions",
            "MedicationRequest": "medicationRequests", "Procedure": "procedures", "DocumentReference": "documents",
            "Encounter": "encounters"}  # fmt: skip
    missing = resources - _count(prefetch)
    if missing < 0:
        raise ValueError("the smallest call has 20 resources")
    for resource in chart.resources(missing):
        bundle = prefetch.setdefault(keys[resource["resourceType"]], {"resourceType": "Bundle", "type": "searchset"})
        kind, identity = resource["resourceType"], resource["id"]
        entry = {"fullUrl": f"https://ehr.example.org/fhir/{kind}/{identity}", "resource": resource,
                 "search": {"mode": "match"}}  # fmt: skip
        bundle.setdefault("entry", []).append(entry)
    for bundle in filter(_is_bundle, prefetch.values()):
        bundle["total"] = len(bundle.get("entry", ()))
    return json.dumps(call, separators=(",", ":")).encode()


def _is_bundle(value: Json | None) -> bool:
    return value is not None and value["resourceType"] == "Bundle"


def _count(prefetch: Json) -> int:
    return sum(len(value.get("entry", ())) if _is_bundle(value) else 1 for value in prefetch.values() if value)


class _Chart:
    """Resources in the shapes of a hospital's system."""

    def __init__(self, random: random.Random) -> None:
        self._random = random
        self._number = 0

    def resources(self, count: int) -> Iterator[Json]:
        """As many as asked for, in the proportions of the module's text."""
        mix: list[Callable[[], Json]] = [
            *[lambda: self._observation("vital-signs", _VITAL_SIGNS)] * 34,
            *[lambda: self._observation("laboratory", _UNREAD)] * 38,
            *[lambda: self._observation("laboratory", _READ)] * 8,
            *[self._encounter] * 5,
            *[self._medication] * 5,
            *[self._condition] * 3,
            *[self._document] * 3,
            *[self._report] * 2,
            *[self._procedure] * 2,
        ]
        self._random.shuffle(mix)
        return (mix[place % len(mix)]() for place in range(count))

    def _start(self, kind: str, profile: str) -> Json:
        self._number += 1
        return {
            "resourceType": kind,
            "id": f"{kind.lower()}-{self._number}",
            "meta": {
                "versionId": "1",
                "lastUpdated": f"{self._when()}.000+00:00",
                "profile": [f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-{profile}"],
            },
        }

    def _when(self) -> str:
        """A time in the eight years before the patient's tumour was found."""
        past = datetime(2018, 12, 1) - timedelta(minutes=self._random.randrange(8 * 365 * 24 * 60))
        return past.isoformat(timespec="seconds")

    def _observation(self, category: str, tests: tuple[Test, ...]) -> Json:
        code, name, unit, usual, spread = self._random.choice(tests)
        value = round(self._random.gauss(usual, spread), 1)
        when = self._when()
        found = self._start("Observation", category) | {
            "status": "final",
            "category": [_concept("http://terminology.hl7.org/CodeSystem/observation-category", category, category)],
            "code": _concept("http://loinc.org", code, name),
            "subject": _SUBJECT,
            "encounter": {"reference": f"Encounter/encounter-{self._number}"},
            "effectiveDateTime": f"{when}+00:00",
            "issued": f"{when}.000+00:00",
            "performer": [{"reference": "Organization/laboratory", "display": "Central laboratory"}],
        }
        if code == "85354-9":
            parts = (("8480-6", "Systolic blood pressure", value), ("8462-4", "Diastolic blood pressure", value - 45))
            component = [{"code": _concept("http://loinc.org", part, words), "valueQuantity": _quantity(amount, unit)}
                         for part, words, amount in parts]  # fmt: skip
            return found | {"component": component}
        return found | {
            "valueQuantity": _quantity(value, unit),
            "interpretation": [
                _concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "N", "Normal")
            ],
            "referenceRange": [{
                "low": _quantity(round(usual - 2 * spread, 1), unit),
                "high": _quantity(round(usual + 2 * spread, 1), unit),
            }],
        }  # fmt: skip

    def _encounter(self) -> Json:
        when = self._when()
        return self._start("Encounter", "encounter") | {
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [_concept("http://snomed.info/sct", "185349003", "Encounter for check up")],
            "subject": _SUBJECT,
            "period": {"start": f"{when}+00:00", "end": f"{when}+00:00"},
        }

    def _medication(self) -> Json:
        code, name = self._random.choice(_DRUGS)
        return self._start("MedicationRequest", "medicationrequest") | {
            "status": "completed",
            "intent": "order",
            "medicationCodeableConcept": _concept("http://www.whocc.no/atc", code, name),
            "subject": _SUBJECT,
            "authoredOn": f"{self._when()}+00:00",
            "requester": {"reference": "Practitioner/family-doctor", "display": "Dr Example"},
            "dosageInstruction": [{"text": "1 tablet once daily", "timing": {"repeat": {"frequency": 1, "period": 1}}}],
        }

    def _condition(self) -> Json:
        code, name = self._random.choice(_CONDITIONS)
        return self._start("Condition", "condition") | {
            "clinicalStatus": _concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved", ""),
            "verificationStatus": _concept(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", ""
            ),
            "code": _concept("http://hl7.org/fhir/sid/icd-10-cm", code, name),
            "subject": _SUBJECT,
            "onsetDateTime": self._when()[:10],
        }

    def _document(self) -> Json:
        note = base64.b64encode(self._random.choice(_NOTES).encode()).decode()
        return self._start("DocumentReference", "documentreference") | {
            "status": "current",
            "type": _concept("http://loinc.org", "11506-3", "Progress note"),
            "subject": _SUBJECT,
            "date": f"{self._when()}+00:00",
            "content": [{"attachment": {"contentType": "text/plain", "data": note}}],
        }

    def _report(self) -> Json:
        when = self._when()
        category = _concept("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB", "Laboratory")
        return self._start("DiagnosticReport", "diagnosticreport-lab") | {
            "status": "final",
            "category": [category],
            "code": _concept("http://loinc.org", "24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma"),
            "subject": _SUBJECT,
            "effectiveDateTime": f"{when}+00:00",
            "issued": f"{when}.000+00:00",
            "result": [{"reference": f"Observation/observation-{self._number - back}"} for back in range(1, 9)],
        }

    def _procedure(self) -> Json:
        return self._start("Procedure", "procedure") | {
            "status": "completed",
            "code": _concept("http://snomed.info/sct", "73761001", "Colonoscopy"),
            "subject": _SUBJECT,
            "performedPeriod": {"start": self._when(), "end": self._when()},
        }


def _concept(system: str, code: str, display: str) -> Json:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": display} if display else {})}


def _quantity(value: float, unit: str) -> Json:
    return {"value": round(value, 1), "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
