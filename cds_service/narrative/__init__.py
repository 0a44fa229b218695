"""Report text -> what it asserts as true now, with the words each value was read from."""

from cds_service.narrative.assemble import read_report, read_report_with_places
from cds_service.narrative.statement import read_statement

__all__ = ["read_report", "read_report_with_places", "read_statement"]
