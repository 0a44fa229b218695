"""The words of every report and letter, kept to see whether one repeats another (D-09)."""

from __future__ import annotations

from cds_service.fhir.elements import effective
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.model import Note
from cds_service.record.report_text import document_texts, report_text


def read(resources: ResourceSet) -> list[Note]:
    """Every dated text, by source. What could not be read is listed by the readers that use it."""
    found: list[Note] = []
    for resource in resources.of("DiagnosticReport", "DocumentReference"):
        words = _words(resource, resources)
        examined = effective(resource.data)
        when = examined or effective(resource.data, "issued", "date")
        if words and when is not None:
            found.append(Note(source=resource.source, when=when, text=words, own_date=examined is not None))
    return found


def _words(resource: Resource, resources: ResourceSet) -> str:
    if resource.type == "DiagnosticReport":
        return report_text(resource, resources, [])
    return document_texts(resource, resources, [])
