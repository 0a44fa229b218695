"""Small typed accessors over decoded FHIR JSON. Every one tolerates wrong shapes and then answers "nothing"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from cds_service.dates import Span, parse_date

Data = Mapping[str, Any]
Comparator = Literal["<", "<=", ">", ">="]
SIGNS: dict[str, Comparator | None] = {
    "": None, "=": None, "<": "<", ">": ">", "<=": "<=", "=<": "<=", "≤": "<=", ">=": ">=", "=>": ">=", "≥": ">=",
}  # fmt: skip
"""How comparators are written, and what they say."""

MAX_TEXT = 100_000
"""Characters of a single text that are looked at; a longer one is cut, so that hostile size costs nothing."""
# "1,200" may be 1200 or 1.2: not a number that can be told
_AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?(?:[eE][+-]?\d{1,2})?")
_WHITE = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])


class Coding(NamedTuple):
    """One coding; absent parts are empty text."""

    system: str = ""
    code: str = ""
    display: str = ""


class Quantity(NamedTuple):
    """A quantity as sent: exact value, comparator, unit as UCUM code and as printed ("" when absent)."""

    value: Decimal
    comparator: Comparator | None = None
    code: str = ""
    unit: str = ""

    @property
    def units(self) -> tuple[str, ...]:
        """The spellings of the unit, coded first."""
        code, unit = self.code, self.unit
        if code and unit and code != unit:
            return code, unit
        return (code or unit,) if code or unit else ()


def text(value: object) -> str:
    """A plain one-line text: white space folded, invisible characters removed; "" for anything else."""
    if not isinstance(value, str):
        return ""
    if value.isprintable() and "  " not in value:  # of all white space only the blank is printable
        return value[:MAX_TEXT].strip()
    return _WHITE.sub(" ", value[:MAX_TEXT].translate(_INVISIBLE)).strip()


def number(value: object) -> Decimal | None:
    """An exact number from a JSON number (or a number written as text); None when it is not finite."""
    if value is None:
        return None
    found = value if isinstance(value, Decimal) else _number(value)
    return found if found is not None and found.is_finite() and -30 < found.adjusted() < 30 else None


def _number(value: object) -> Decimal | None:
    if isinstance(value, str):
        value = value.strip()
        if _NUMBER.fullmatch(value) is None or _AMBIGUOUS.fullmatch(value):
            return None
        return Decimal(value.replace(",", "."))
    if isinstance(value, float):
        return Decimal(repr(value))
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None


def as_list(value: object) -> list[Any]:
    """FHIR's repeating elements, also when one was sent without its brackets."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The JSON objects in a repeating element; anything else in it is passed over."""
    if isinstance(value, list):
        return iter([item for item in value if isinstance(item, dict)])
    return iter((value,) if isinstance(value, dict) else ())


def walk(data: object, *path: str) -> Iterator[dict[str, Any]]:
    """Every object reached by following the names of ``path``, through lists."""
    if isinstance(data, dict) and len(path) == 1:  # as nearly always
        return objects(data.get(path[0]))
    found = objects(data)
    for name in path:
        found = iter([child for item in found for child in objects(item.get(name))])
    return found


def codings(data: object, *path: str) -> tuple[Coding, ...]:
    """All codings of the CodeableConcepts (or Codings) at ``path``, in the order sent."""
    found: list[Coding] = []
    for concept in walk(data, *path):
        for item in objects(concept["coding"]) if "coding" in concept else (concept,):
            coding = Coding(text(item.get("system")), text(item.get("code")), text(item.get("display")))
            if coding.code or coding.display:
                found.append(coding)
    return tuple(found)


def states(data: object, name: str) -> frozenset[str]:
    """The codes of a status such as ``clinicalStatus``, in lower case; where it has none, its words as if they were."""
    found = codings(data, name)
    if coded := [coding.code.lower() for coding in found if coding.code]:
        return frozenset(coded)
    written = [coding.display for coding in found] + [text(item.get("text")) for item in walk(data, name)]
    return frozenset(words.lower().replace(" ", "-") for words in written if words)


def text_of(concept: object) -> str:
    """What a CodeableConcept says in words: its text, else its first display; "" if neither."""
    for item in objects(concept):
        words = text(item.get("text")) or next((text(c.get("display")) for c in objects(item.get("coding"))), "")
        if words:
            return words
    return ""


def words_at(data: object, *path: str) -> str:
    """All words at ``path``: texts and displays of every CodeableConcept there, joined by blanks."""
    if isinstance(data, dict) and path and data.get(path[0]) is None:
        return ""  # most elements are absent
    found: list[str] = []
    for concept in walk(data, *path):
        found.append(text(concept.get("text")))
        found += [text(coding.get("display")) for coding in objects(concept.get("coding"))]
        found.append(text(concept.get("display")))
    return " ".join(dict.fromkeys(filter(None, found)))


def quantity(value: object) -> Quantity | None:
    """A FHIR Quantity (also a number written as text); None if it has no finite value, or a comparator that cannot be
    read: without it the number would say something else."""
    if not isinstance(value, dict):
        return None
    amount = number(value.get("value"))
    if amount is None:
        return None
    comparator: Comparator | None = None
    if (sent := value.get("comparator")) is not None:
        if not isinstance(sent, str) or text(sent) not in SIGNS:
            return None
        comparator = SIGNS[text(sent)]
    return Quantity(amount, comparator, text(value.get("code")), text(value.get("unit")))


def reference(value: object) -> str:
    """The literal reference text of a Reference element, "" if it has none."""
    return text(value.get("reference")) if isinstance(value, dict) else ""


def extensions(data: object, url: str) -> Iterator[dict[str, Any]]:
    """The extensions of ``data`` whose URL is ``url`` (or ends with ``/url`` when it has no scheme)."""
    for item in objects(data):
        for extension in objects(item.get("extension")):
            name = text(extension.get("url"))
            if name == url or (":" not in url and name.rsplit("/", 1)[-1] == url):
                yield extension


def data_absent(data: Data) -> bool:
    """Whether the value is declared absent (``dataAbsentReason``, as element or extension of the value)."""
    if data.get("dataAbsentReason"):
        return True
    named = (child for name, child in data.items() if name.startswith("_value"))
    return any(True for child in named for _ in extensions(child, "data-absent-reason"))


def period(value: object) -> tuple[Span | None, Span | None]:
    """Start and end of a FHIR Period, each as written; ends the wrong way round are put right."""
    if not isinstance(value, dict):
        return None, None
    start, end = parse_date(value.get("start")), parse_date(value.get("end"))
    return (end, start) if start and end and start.first > end.last else (start, end)


def timing_days(value: object) -> list[Span]:
    """The days a Timing names: its events, else the start of its bounds."""
    if not isinstance(value, dict):
        return []
    events = [span for event in as_list(value.get("event")) if (span := parse_date(event))]
    if events:
        return sorted(events)
    repeat = value.get("repeat")
    start, _ = period(repeat.get("boundsPeriod")) if isinstance(repeat, dict) else (None, None)
    return [start] if start else []


def dated(data: Data, name: str) -> tuple[Span | None, Span | None]:
    """Start and end of a choice element such as ``effective`` (DateTime, Instant, Date, Period, Timing, String).

    A single day gives that day and None.
    """
    for kind in ("DateTime", "Instant", "Date", "String"):
        if (span := parse_date(data.get(name + kind))) is not None:
            return span, None
    if isinstance(data.get(name + "Period"), dict):
        return period(data[name + "Period"])
    days = timing_days(data.get(name + "Timing"))
    return (days[0], days[-1] if len(days) > 1 else None) if days else (None, None)


def _written(data: Data, name: str) -> bool:
    """Whether a date is written there at all."""
    value = data.get(name)
    if isinstance(value, Mapping):
        return any(text(value.get(end)) for end in ("start", "end"))
    return bool(value)


def effective(data: Data, *fallbacks: str) -> Span | None:
    """When an observation or report holds: effective[x], else the first usable element named in ``fallbacks``.

    A period is the interval of days it covers, whichever end is written first; one without an end (or start) is the
    day it names. An effective date that is there and cannot be read has no substitute.
    """
    start, end = dated(data, "effective")
    if start and end:
        return Span(start.first, end.last)
    if start or end:
        return start or end
    if fallbacks and any(_written(data, name) for name in ("effectiveDateTime", "effectiveInstant", "effectivePeriod")):
        return None
    return next((span for name in fallbacks if (span := parse_date(data.get(name)))), None)


def notes(data: Data, *names: str) -> str:
    """The texts of Annotations (default ``note``), joined by line feeds."""
    found = [item.get("text") for name in names or ("note",) for item in objects(data.get(name))]
    return "\n".join(part.strip()[:MAX_TEXT] for part in found if isinstance(part, str) and part.strip())
