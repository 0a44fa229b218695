"""Calendar intervals of the record: see ``cds_service.dates``, which lower layers use as well."""

from cds_service.dates import Span, add_months, on_day, parse_date, whole_months, whole_years

__all__ = ["Span", "add_months", "on_day", "parse_date", "whole_months", "whole_years"]
