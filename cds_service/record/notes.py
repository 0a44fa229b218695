"""The words of every report and letter, kept to see whether one repeats another (D-09)."""

from __future__ import annotations

from cds_service.fhir.elements import effective
from cds_service.fhir.ignored import Ignored
from cds_service.fhir.resources import Resource, ResourceSet
from cds_service.record.model import Note
from cds_service.record.report_text import document_texts, is_laboratory, report_text


def read(resources: ResourceSet, ignored: list[Ignored]) -> list[Note]:
    """Every dated text, by source; reports and letters that could not be read go to ``ignored``."""
    found: list[Note] = []
    for resource in resources.of("DiagnosticReport", "DocumentReference"):
        words = _words(resource, resources, ignored)
        examined = effective(resource.data)
        when = examined or effective(resource.data, "issued", "date")
        if words and when is not None:
            found.append(Note(source=resource.source, when=when, text=words, own_date=examined is not None))
    return found


def _words(resource: Resource, resources: ResourceSet, ignored: list[Ignored]) -> str:
    if resource.type == "DiagnosticReport":
        return report_text(resource, resources, [] if is_laboratory(resource) else ignored)
    return document_texts(resource, resources, ignored)
