"""Dates as a record writes them: intervals of whole calendar days (rulings, section 1)."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import NamedTuple

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?: \d{2}:\d{2}.*)?)?)?(?:T.*)?", re.DOTALL)


class Span(NamedTuple):
    """The calendar days an event may have happened on, both ends included.

    A full date has ``first == last``; "2024-05" is 1 to 31 May 2024.
    """

    first: date
    last: date

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def __str__(self) -> str:
        if self.exact:
            return self.first.isoformat()
        if (self.first.year, self.first.month) == (self.last.year, self.last.month):
            return f"{self.first:%Y-%m}"
        return f"{self.first:%Y}" if self.first.year == self.last.year else f"{self.first}/{self.last}"


def on_day(day: date) -> Span:
    """The span of one known day."""
    return Span(day, day)


def parse_date(text: object) -> Span | None:
    """The days a FHIR date, dateTime or instant names, as written (time and zone ignored).

    Anything that is not such a text gives None.
    """
    if not isinstance(text, str):
        return None
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T"):
        return _less_usual(text.strip())
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return _less_usual(text.strip())
    return Span(day, day)


def _less_usual(text: str) -> Span | None:
    """Years, months, and whatever else is no plain day."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if year is None or not 1 <= year <= 9999:
        return None
    try:
        if month is None:
            return Span(date(year, 1, 1), date(year, 12, 31))
        if day is None:
            return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
        return on_day(date(year, month, day))
    except (ValueError, calendar.IllegalMonthError):
        return None


def add_months(day: date, months: int) -> date:
    """The same day of the month, ``months`` calendar months later (clipped to the month's end)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: date, end: date) -> int:
    """Whole calendar months from ``start`` to ``end`` (negative when ``end`` is earlier)."""
    if end < start:
        return -whole_months(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def whole_years(start: date, end: date) -> int:
    """Completed years, as an age is counted."""
    return whole_months(start, end) // 12
