"""Small FHIR shapes, written by hand, for the readers of tumour, tissue, scans and operations."""

from __future__ import annotations

import base64
import copy
import random
from typing import Any

from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import ResourceSet, read_resources

LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
ICD10CM, ICDO3 = "http://hl7.org/fhir/sid/icd-10-cm", "http://terminology.hl7.org/CodeSystem/icd-o-3"
SSTR = "urn:prrt-cds:sstr-imaging"
UCUM = "http://unitsofmeasure.org"


def record(*resources: dict[str, Any]) -> ResourceSet:
    """A prefetch of one patient with these resources."""
    mine = [{"subject": {"reference": "Patient/p"}, **resource} for resource in resources]
    return read_resources(
        {
            "patient": {"resourceType": "Patient", "id": "p"},
            "conditions": {"resourceType": "Bundle", "type": "searchset"},
            "all": mine,
        },
        patient_id="p",
    )


def run(reader: Any, *resources: dict[str, Any]) -> tuple[Any, list[Ignored]]:
    """What a reader finds, and what it lists."""
    ignored: list[Ignored] = []
    return reader.read(record(*resources), ignored), ignored


def why(ignored: list[Ignored]) -> set[tuple[str, str]]:
    return {(item.source, item.why) for item in ignored}


def shuffled(resources: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The same resources in another order, some of them twice."""
    again = copy.deepcopy(resources) + copy.deepcopy(resources[:2])
    random.Random(seed).shuffle(again)
    return again


def concept(system: str, code: str, text: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"coding": [{"system": system, "code": code}]}
    return found | ({"text": text} if text else {})


def condition(code: dict[str, Any], identity: str = "c", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": identity, "code": code, **more}


def observation(code: dict[str, Any], identity: str = "o", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": identity, "status": "final", "code": code, **more}


def krenning(value: dict[str, Any], site: str = "", identity: str = "k", **more: Any) -> dict[str, Any]:
    place = {"bodySite": {"text": site}} if site else {}
    return observation(concept(SSTR, "krenning-score"), identity, **value, **place, **more)


def part(system: str, code: str, value: Any, unit: str = "") -> dict[str, Any]:
    """A component with a quantity."""
    amount = {"value": value} | ({"unit": unit, "system": UCUM, "code": unit} if unit else {})
    return {"code": concept(system, code), "valueQuantity": amount}


def report(code: dict[str, Any], identity: str = "r", day: str = "2025-03-01", **more: Any) -> dict[str, Any]:
    return {"resourceType": "DiagnosticReport", "id": identity, "status": "final", "code": code,
            "effectiveDateTime": day, **more}  # fmt: skip


def results(*identities: str) -> dict[str, Any]:
    return {"result": [{"reference": name if name.startswith("#") else f"Observation/{name}"} for name in identities]}


def attachment(words: str | bytes, kind: str = "text/plain") -> dict[str, Any]:
    raw = words if isinstance(words, bytes) else words.encode()
    return {"contentType": kind, "data": base64.b64encode(raw).decode()}
