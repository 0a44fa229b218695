"""Small changes to a JSON document, as broken systems and hostile senders make them: an edit is (place, kind, value).

The same edits serve Hypothesis, which shrinks them, and the byte-level fuzzer, which draws them from a random number.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

Edit = tuple[int, str, Any]
Place = tuple[Any, Any]
"""A node: the list or object it is in, and its index or name there."""

DATES = (
    "2024", "2024-05", "2024-13-01", "2024-02-30", "2024-00-00", "0000-01-01", "9999-12-31", "10000-01-01",
    "2124-01-01",
    "2024-05-01T24:00:00Z", "2024-05-01T23:59:59+14:00", "2024-05-01T00:00:00-12:00", "2024-05-01T10:00", "01.05.2024",
    "05/01/2024", "2024-5-1", "20240501", "2024-05-01 10:00:00", "T", "-", "-0001-01-01", "\uff12024-05-01",
    "2024-05-01\n",
)  # fmt: skip
NUMBERS = (
    0, -0.0, -1, 1e-30, 1e30, 10**40, 2**63, 0.1 + 0.2, True, "NaN", "Infinity", "-Infinity", "nan", "1e5", "1e999999",
    "1,200", "1.200,5", "1.2.3", "0x10", "٣", "½", "12 g/dL", "< 3", ">90", "7-8", "--", "+5", " 5 ", "5\u200b",
)  # fmt: skip
UNITS = (
    "K/uL", "10*3/uL", "G/L", "g/L", "/mm3", "mmol/L", "umol/L", "mg/dL", "mg/dl", "kU/L", "%", "{ratio}", "1", "10",
    "mCi", "MBq", "lb", "lakh/mm3", "x10E9/L", "10^9/L", "g/L{foo}", "g//L", "µmol/L", "mol/l", "K", "/L", "{", "}{",
)  # fmt: skip
STATUSES = (
    "final", "amended", "corrected", "preliminary", "registered", "cancelled", "entered-in-error", "unknown", "FINAL",
    "completed", "active", "stopped", "draft", "not-done", "on-hold", "in-progress", "refuted", "resolved", "final ",
)  # fmt: skip
REFERENCES = (
    "Patient/example", "Patient/other", "patient/example", "Patient/example/_history/2",
    "http://x.test/Patient/example",
    "https://x.test/fhir/Patient/other?x=1", "urn:uuid:00000000-0000-0000-0000-000000000000", "urn:oid:1.2.3", "#",
    "#p",
    "Patient/", "/Patient/example", "Group/example", "Patient?identifier=x", "Observation/1", "..",
    "Patient/ex\u200bample",
)  # fmt: skip
TEXTS = (
    "", " ", "\u0000", "\u202e<b>x</b>", "<script>alert(1)</script>", "[x](http://evil.test)", "| a | b |\n|---|---|",
    "&lt;script&gt;", "\ufeffHaemoglobin", "Hämoglobin", "e\u0301" * 50, "\U0001f600", "ﬀ", "İ", "x" * 70_000,
    "(" * 2_000,
    "Ki-67 " * 3_000, "1" * 5_000, "a\r\n\x0b\x0c\u2028b", "null", "{}", "'; DROP TABLE feedback; --", "%s%n{0}",
    "../..",
    "Krenning 4 in all lesions. No uptake. Krenning 1.", "not pregnant", "family history: NET", "\u200b",
    "\ud7ff\ue000",
)  # fmt: skip
JUNK: tuple[Any, ...] = (
    None, [], {}, [[]], [None], [[[1]]], {"": ""}, {"resourceType": 5}, {"resourceType": "Bundle", "entry": 5}, [{},
    0, ""],
    {"reference": None}, {"coding": {"code": []}}, {"coding": [None, 5, {"system": 1, "code": {}}]}, {"value": [1]},
    {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]},
    {"start": "2024", "end": "2023"}, {"text": {"div": "<div>"}}, {"value": 5, "unit": "g/dL", "comparator": "<"},
)  # fmt: skip
VALUES: tuple[Any, ...] = (*DATES, *NUMBERS, *UNITS, *STATUSES, *REFERENCES, *TEXTS, *JUNK)
NAMES = (
    "medication", "context", "notGiven", "notDone", "taken", "comment", "code", "subject", "patient", "value",
    "valueString",
    "valueInteger", "valueQuantity", "valueCodeableConcept", "valueRange", "valueRatio", "valueBoolean", "component",
    "id",
    "effectivePeriod", "effectiveTiming", "effectiveInstant", "issued", "modifierExtension", "contained",
    "implicitRules",
    "dataAbsentReason", "referenceRange", "hasMember", "derivedFrom", "focus", "resourceType", "entry", "link",
    "status", "",
)  # fmt: skip
"""Names members are given instead of their own: of R5 and STU3, of other choices of a type."""


def places(document: Any) -> list[Place]:
    """Every node below the document's root."""
    found: list[Place] = []
    rest = [document]
    while rest:
        node = rest.pop()
        members: Iterable[Any] = node.keys() if isinstance(node, dict) else range(len(node))
        for name in members:
            found.append((node, name))
            if isinstance(node[name], dict | list):
                rest.append(node[name])
    return found


def edited(document: Any, changes: Iterable[Edit], spared: Callable[[Place], bool] = lambda place: False) -> Any:
    """A changed copy. Places count modulo the number of nodes; ``spared`` nodes keep their own value."""
    document = copy.deepcopy(document)
    for at, kind, value in changes:
        found = [place for place in places(document) if not spared(place)]
        if found:
            _KINDS[kind](*found[at % len(found)], copy.deepcopy(value), found)
    return document


def _drop(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    del node[name]


def _set(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    node[name] = value


def _double(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    if isinstance(node, list):
        node.append(copy.deepcopy(node[name]))
    else:
        node[name] = [node[name], copy.deepcopy(node[name])]


def _wrap(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    node[name] = [node[name]]


def _unwrap(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    if isinstance(node[name], list | dict) and node[name]:
        node[name] = node[name][0] if isinstance(node[name], list) else next(iter(node[name].values()))


def _rename(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    if isinstance(node, dict):
        node[NAMES[len(repr(value)) % len(NAMES)]] = node.pop(name)


def _shadow(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    """The value is declared absent, or beside it there is one in an extension."""
    if isinstance(node, dict):
        url = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
        node[f"_{name}"] = {"extension": [{"url": url, "valueCode": "unknown"}]}
        if not value:
            del node[name]


def _graft(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    """What stands at another place stands here as well."""
    other, there = found[len(repr(value)) * 7919 % len(found)]
    if there in other if isinstance(other, dict) else there < len(other):
        node[name] = copy.deepcopy(other[there])


def _deepen(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    inner = node[name]
    for _ in range(min(len(repr(value)), 90)):
        inner = [inner] if isinstance(node, list) else {"url": "u", "extension": [inner]}
    node[name] = inner


def _prefix(node: Any, name: Any, value: Any, found: list[Place]) -> None:
    """Something before or behind the text that is there."""
    if isinstance(node[name], str) and isinstance(value, str):
        node[name] = value + node[name] if len(value) % 2 else node[name] + value


_KINDS: dict[str, Callable[[Any, Any, Any, list[Place]], None]] = {
    "drop": _drop, "set": _set, "double": _double, "wrap": _wrap, "unwrap": _unwrap, "rename": _rename,
    "shadow": _shadow, "graft": _graft, "deepen": _deepen, "prefix": _prefix,
}  # fmt: skip
_NAMES = tuple(_KINDS)

any_edit: st.SearchStrategy[Edit] = st.tuples(
    st.integers(0, 50_000), st.sampled_from(_NAMES), st.sampled_from(VALUES) | st.text(max_size=20) | st.integers()
)
some_edits = st.lists(any_edit, min_size=1, max_size=6)


def random_edits(chance: random.Random) -> list[Edit]:
    """One to eight edits."""
    return [
        (chance.randrange(50_000), chance.choice(_NAMES), chance.choice(VALUES))
        for _ in range(chance.choice((1, 2, 3, 8)))
    ]


def random_bytes(body: bytes, chance: random.Random) -> bytes:
    """The text itself damaged: cut, flipped, re-encoded, with numbers and names no JSON library agrees on."""
    at = chance.randrange(len(body) + 1)
    match chance.randrange(9):
        case 0:
            return body[:at]
        case 1:
            return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
        case 2:
            return b"\xef\xbb\xbf" + body
        case 3:
            return body.decode(errors="replace").encode("utf-16")
        case 4:
            return body[:at] + body[at : at + chance.randrange(200)] + body[at:]
        case 5:
            return body.replace(b'"value": ', b'"value": ' + chance.choice((b"NaN, ", b"1e400, ", b"-0, ", b"01, ")), 1)
        case 6:
            return body.replace(b'"code": ', b'"code": "\\ud800", "code": ', chance.randrange(1, 9))
        case 7:
            return body[:at] + b"[" * 3_000 + body[at:]
        case _:
            return body + chance.choice((b"}", b"\x00", b"\n" * 5_000, body[:50]))
