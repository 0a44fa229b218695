"""From FHIR resources to the patient's chart."""

from cds_service.record.read import read_chart

__all__ = ["read_chart"]
