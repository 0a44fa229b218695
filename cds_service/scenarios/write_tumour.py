"""The patient, the tumour and its pathology as FHIR."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cds_service.dates import add_months
from cds_service.scenarios.fhir_sheet import (
    OTHER_PATIENT_ID,
    PATIENT_ID,
    Resource,
    Sheet,
    concept,
    notes,
    plain,
    pruned,
)
from cds_service.scenarios.terms import TUMOURS, Term
from cds_service.scenarios.when import written

_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
PATHOLOGY_DAYS_AGO = 365
"""A specimen of which the scenario says nothing else is a year old."""


def birth_date(today: date, age: int) -> str:
    """A birth date that makes the patient ``age`` today: half a year past the birthday, so that days do not matter."""
    return add_months(today, -(age * 12 + 6)).isoformat()


def write_person(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """The Patient resource (of another patient when the scenario says so)."""
    other = "Patient" in patient.get("other_patient", ())
    birth = patient.get("birth") or (birth_date(sheet.today, patient["age"]) if "age" in patient else None)
    deceased = patient.get("deceased")
    sheet.resources.append(pruned({
        "resourceType": "Patient",
        "id": OTHER_PATIENT_ID if other else PATIENT_ID,
        "name": [{"family": "Example", "given": ["Patient"]}],
        "gender": patient.get("sex"),
        "birthDate": birth,
        "deceasedBoolean": deceased if isinstance(deceased, bool) else None,
        "deceasedDateTime": deceased if isinstance(deceased, str) else None,
    }))  # fmt: skip


def status_concept(system: str, code: str | None) -> Resource | None:
    return {"coding": [{"system": system, "code": code}]} if code else None


def verification(entry: Mapping[str, Any]) -> str:
    """How sure the record is; ``status = "entered-in-error"`` says it for every kind of entry."""
    if entry.get("status") == "entered-in-error":
        return "entered-in-error"
    return str(entry.get("verification", "provisional" if entry.get("suspected") else "confirmed"))


def write_condition(
    entry: Mapping[str, Any], term: Term, prefix: str, sheet: Sheet, remark: str | None = None, **more: Any
) -> Resource:
    """A Condition of a tumour or problem; ``clinical`` "not stated" leaves clinicalStatus out."""
    clinical, sure = entry.get("clinical", "active"), verification(entry)
    if sure == "entered-in-error" or clinical == "not stated":
        clinical = None  # FHIR: no clinical status for an entry made in error
    return sheet.add(
        "Condition", prefix, entry,
        clinicalStatus=status_concept(_CLINICAL, clinical),
        verificationStatus=status_concept(_VERIFICATION, sure),
        code=concept(entry.get("text", term.text), [entry["code"]] if "code" in entry else term.codes),
        recordedDate=None if "onsetDateTime" in more else written(entry, sheet.today),
        note=notes(entry.get("note"), remark),
        **more,
    )  # fmt: skip


def write_diagnoses(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("diagnosis", ()):
        term = TUMOURS[entry["name"]] if "name" in entry else Term("")
        morphology = entry.get("morphology", term.morphology)
        extension = [{"url": _MORPHOLOGY, "valueCodeableConcept": concept("", [f"icd-o-3#{morphology}"])}]
        site = [{"text": entry["site"]}] if "site" in entry else None
        write_condition(
            entry, term, "diagnosis", sheet, extension=extension if morphology else None, bodySite=site
        )  # fmt: skip


def write_family(patient: Mapping[str, Any], sheet: Sheet) -> None:
    for entry in patient.get("family_history", ()):
        sheet.add(
            "FamilyMemberHistory", "relative", entry,
            status=entry.get("status", "completed"),
            relationship={"text": entry.get("relative", "mother")},
            condition=[{"code": concept(entry["text"], [entry["code"]] if "code" in entry else ())}],
        )  # fmt: skip


_NUMBER = re.compile(r"(?P<comparator><=|>=|<|>)?\s*(?P<value>\d+(?:\.\d+)?)\s*%")


def ki67_value(words: str) -> Resource:
    """A percentage with comparator as valueQuantity; a span ("7-8 %") as the pathologist wrote it."""
    match = _NUMBER.fullmatch(words)
    if match is None:
        return {"valueString": words}
    quantity = {"value": plain(Decimal(match["value"])), "comparator": match["comparator"], "unit": "%"}
    return {"valueQuantity": pruned({**quantity, "system": "http://unitsofmeasure.org", "code": "%"})}


_DIFFERENTIATION = {
    "well": "Well-differentiated neuroendocrine tumour.",
    "poor": "Poorly differentiated neuroendocrine carcinoma.",
}


def write_pathology(patient: Mapping[str, Any], sheet: Sheet) -> None:
    """The specimen of the [patient] keys, then ``specimens``."""
    first = {key: patient[key] for key in ("ki67", "mitoses", "grade", "differentiation") if key in patient}
    for entry in ([first] if first else []) + list(patient.get("specimens", ())):
        _specimen(entry, sheet)


def _specimen(entry: Mapping[str, Any], sheet: Sheet) -> None:
    when = written(entry, sheet.today, PATHOLOGY_DAYS_AGO)
    breast = entry.get("breast", False)
    site = {"text": entry["site"]} if "site" in entry else ({"text": "breast"} if breast else None)
    common = {"status": entry.get("status", "final"), "effectiveDateTime": when, "bodySite": site}
    results = []
    if "ki67" in entry:
        code = "loinc#85330-9" if breast else "loinc#29593-1"
        results.append(sheet.add("Observation", "ki67", entry, **common, code=concept("Ki-67 index", [code]),
                                 **ki67_value(entry["ki67"])))  # fmt: skip
    if "mitoses" in entry:
        results.append(sheet.add("Observation", "mitoses", entry, **common, valueString=entry["mitoses"],
                                 code=concept("Mitotic count", ["snomed#27350008"])))  # fmt: skip
    if "grade" in entry:
        results.append(sheet.add("Observation", "grade", entry, **common, valueCodeableConcept={"text": entry["grade"]},
                                 code=concept("Histologic grade (WHO)", ["loinc#33732-9"])))  # fmt: skip
    if "differentiation" in entry or "text" in entry:
        words = " ".join(filter(None, [_DIFFERENTIATION.get(entry.get("differentiation", "")), entry.get("text")]))
        identifier = [{"system": "urn:example:pathology", "value": entry["report"]}] if "report" in entry else None
        sheet.add(
            "DiagnosticReport", "pathology", entry,
            status=entry.get("status", "final"),
            identifier=identifier,
            category=[{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "SP"}]}],
            code=concept("Pathology report", ["loinc#22637-3"]),
            effectiveDateTime=when,
            result=[{"reference": f"Observation/{result['id']}"} for result in results],
            conclusion=words,
        )  # fmt: skip
