"""Writes a scenario's patient as FHIR R4: the prefetch of a CDS Hooks call, its draft orders, or one Bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.scenarios import (
    write_imaging,
    write_labs,
    write_orders,
    write_therapy,
    write_tumour,
)
from cds_service.scenarios.fhir_sheet import PATIENT_ID, Resource, Sheet
from cds_service.scenarios.vocabulary import normalise

_WRITERS = (
    write_tumour.write_person,
    write_tumour.write_diagnoses,
    write_tumour.write_family,
    write_tumour.write_pathology,
    write_imaging.write_scans,
    write_labs.write_labs,
    write_labs.write_status,
    write_labs.write_pregnancy,
    write_therapy.write_treatments,
    write_therapy.write_prrt,
    write_therapy.write_procedures,
    write_therapy.write_problems,
    write_therapy.write_allergies,
    write_imaging.write_statements,
    write_imaging.write_operability,
    write_imaging.write_notes,
    write_orders.write_orders,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A scenario's patient on paper."""

    today: date
    resources: tuple[Resource, ...]
    drafts: tuple[Resource, ...]
    patient: Mapping[str, Any]  # the normalised vocabulary
    patient_id: str = PATIENT_ID


def write(patient: Mapping[str, Any]) -> Written:
    """All resources of a patient in the vocabulary of docs/rule-authors.md. Raises ScenarioError."""
    checked = normalise(patient)
    today = date.fromisoformat(checked["on"])
    sheet = Sheet(today, checked.get("other_patient", ()))
    for writer in _WRITERS:
        writer(checked, sheet)
    return Written(today, tuple(sheet.resources), tuple(sheet.drafts), checked)


def write_prefetch(
    patient: Mapping[str, Any], *, prefetch_templates: Mapping[str, str] = TEMPLATES
) -> dict[str, Any]:
    """The prefetch of a CDS Hooks call for this patient: the Patient, and a searchset Bundle for every other key.

    ``not_provided`` resource types are left out, ``failed`` ones answer with an OperationOutcome, ``incomplete``
    ones have a next link.
    """
    return prefetch_of(write(patient), prefetch_templates)


def prefetch_of(written: Written, prefetch_templates: Mapping[str, str] = TEMPLATES) -> dict[str, Any]:
    """``write_prefetch`` for a patient already written."""
    by_type: dict[str, list[Resource]] = {}
    for resource in written.resources:
        by_type.setdefault(resource["resourceType"], []).append(resource)
    prefetch: dict[str, Any] = {}
    for key, template in prefetch_templates.items():
        kind = template.replace("?", "/").split("/", 1)[0]
        resources = by_type.get(kind, [])
        if kind in written.patient.get("not_provided", ()):
            continue
        if kind in written.patient.get("failed", ()):
            prefetch[key] = {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "error", "code": "exception"}],
            }
        elif kind == "Patient":
            prefetch[key] = resources[0]
        else:
            prefetch[key] = _searchset(resources, kind in written.patient.get("incomplete", ()))
    return prefetch


def call_of(written: Written, hook_instance: str) -> dict[str, Any]:
    """The body of the CDS Hooks call that brings this patient to the service."""
    hook = written.patient.get("hook", "patient-view")
    context: dict[str, Any] = {"userId": "Practitioner/example", "patientId": written.patient_id}
    if hook != "patient-view":
        context["draftOrders"] = collection(list(written.drafts))
    if hook == "order-select":
        context["selections"] = [f"{draft['resourceType']}/{draft['id']}" for draft in written.drafts]
    return {"hook": hook, "hookInstance": hook_instance, "context": context, "prefetch": prefetch_of(written)}


def write_bundle(patient: Mapping[str, Any]) -> Resource:
    """The whole record, and what is being ordered, as one collection Bundle."""
    written = write(patient)
    return collection([*written.resources, *written.drafts])


def collection(resources: list[Resource]) -> Resource:
    """A collection Bundle of the resources, each with its fullUrl."""
    bundle: Resource = {"resourceType": "Bundle", "type": "collection"}
    return bundle | {"entry": [_entry(resource) for resource in resources]} if resources else bundle


def _entry(resource: Resource) -> Resource:
    return {"fullUrl": f"http://example.org/fhir/{resource['resourceType']}/{resource['id']}", "resource": resource}


def _searchset(resources: list[Resource], incomplete: bool) -> Resource:
    bundle: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    if incomplete:
        bundle["link"] = [{"relation": "next", "url": "http://example.org/fhir?page=2"}]
    if resources:
        bundle["entry"] = [_entry(resource) for resource in resources]
    return bundle
