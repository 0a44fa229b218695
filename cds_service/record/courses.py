"""When a treatment ran by its resource's status and dates, and the cycles its texts speak of (rulings, section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cds_service.dates import Span, parse_date
from cds_service.fhir.elements import dated, text
from cds_service.fhir.resources import Resource
from cds_service.record.medication import bounds

Kind = Literal["administration", "statement", "request", "procedure"]
KINDS: dict[str, Kind] = {
    "MedicationAdministration": "administration", "MedicationStatement": "statement", "MedicationRequest": "request",
}  # fmt: skip
_WISHES = frozenset({"proposal", "plan", "option", "directive"})
_STOPPED = frozenset({"stopped", "on-hold", "cancelled", "draft"})

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: n for n, word in enumerate(_WORDS)}
_COUNT = rf"(?P<n>\d{{1,2}}(?!\d)|{'|'.join(_NUMBERS)})"
_CYCLES = re.compile(
    # "2nd of 4 cycles", "2/4 cycles" are two: what stands behind "of" or "/" is the plan
    rf"(?<![\w.,/-])(?<!of )(?<!von )(?<!of the )(?:{_COUNT}(?:st|nd|rd|th|\.)?\s*"
    rf"(?:(?:out\s+of|of|von|/)\s*(?:the\s+|planned\s+)?(?:\d{{1,2}}|{'|'.join(_NUMBERS)})\s*)?(?:x\s*)?"
    rf"(?:[^\W\d][\w/-]*\s){{0,2}}?(?:cycles?|courses?|zyklen|zyklus)\b"
    rf"|(?:after|completed|received)\s+cycle\s+(?P<last>\d{{1,2}})\b)", re.I)  # fmt: skip
_GIVEN = re.compile(
    r"given|received|complet|administer|after|status post|s/p|finished|underw|so far|done|erhalten|treated with|has had"
    r"|to date|last(?:ed)?\b|until", re.I)  # fmt: skip
_PLANNED = re.compile(
    r"plan|intend|up to|to be|will|propos|schedul|recommend|consider|not (?:yet )?given|without", re.I)  # fmt: skip
_EVERY = re.compile(
    r"(?:every|q|alle)\s*(?P<n>\d{1,2})\s*-?(?P<unit>d|w|days?|weeks?|tage|wochen)\b|(?P<days>\d{1,2})-day cycle",
    re.I)  # fmt: skip
_SENTENCE = re.compile(r"[.;()\n]\s*")


@dataclass(frozen=True, slots=True)
class Course:
    """When one medication resource was taken, and how its status reads."""

    start: Span | None
    end: Span | None
    given: bool
    open_ended: bool
    stopped: bool


def course_of(resource: Resource) -> Course | None:
    """How the resource's status and dates are read (rulings, section 3); None for an order never carried out."""
    data, kind = resource.data, KINDS[resource.type]
    status = resource.status
    if kind == "administration":
        start, end = dated(data, "effective")
        return Course(start, end, True, status == "in-progress" and end is None and "effectivePeriod" in data,
                       status == "stopped")  # fmt: skip
    authored = parse_date(data.get("authoredOn"))
    bound_start, bound_end = bounds(data, authored)
    if kind == "statement":
        start, end = dated(data, "effective")
        start, end = start or bound_start, end or bound_end
        if end is None and status == "stopped":  # stopped by the day it was said
            end = parse_date(data.get("dateAsserted"))
        day = "effectivePeriod" not in data and start is not None
        stopped = status in _STOPPED
        given = status != "intended"
        return Course(
            start, end, given, end is None and given and not stopped and not (day and status == "completed"), stopped
        )
    if status in ("cancelled", "draft") and bound_end is None:
        return None
    # US Core writes what a patient reports to take as a plan.
    reported = data.get("reportedBoolean") is True or "reportedReference" in data
    if text(data.get("intent")) in _WISHES and not reported:
        return None
    stopped = status in _STOPPED
    return Course(authored or bound_start, bound_end, False, bound_end is None and not stopped, stopped)


def written_cycles(words: str, *, finished: bool) -> int | None:
    """How many cycles a text says were given; planned ones never count. The highest of several statements."""
    found = []
    for sentence in _SENTENCE.split(words):
        if _PLANNED.search(sentence) or not (finished or _GIVEN.search(sentence)):
            continue
        for match in _CYCLES.finditer(sentence):
            word = (match["n"] or match["last"]).lower()
            count = _NUMBERS[word] if word in _NUMBERS else int(word)
            found += [count] if 0 < count <= 40 else []
    return max(found, default=None)


def written_interval(words: str) -> int | None:
    """The length of a cycle in days a text states ("q28d", "every 4 weeks"); None if none or several."""
    found = set()
    for match in _EVERY.finditer(words):
        days = int(match["n"] or match["days"]) * (7 if (match["unit"] or "d")[0].lower() == "w" else 1)
        found |= {days} if 7 <= days <= 60 else set()
    return found.pop() if len(found) == 1 else None
