"""A call decoded in two steps: every resource's headers first, and in full only what a rule can use.

Most of a long record is passed over: an entry of it becomes ``UNREAD``, so that counts and the completeness of the
answer stay what they are. Whatever has another shape than a Bundle of resources is decoded as it stands.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Raw

from cds_service.fhir.bundle import UNREAD
from cds_service.fhir.status import is_read
from cds_service.hooks.decode import decode, decode_as, utf8
from cds_service.record.relevance import useful

_ABSENT = Raw(b"")
_BUNDLE = Raw(b'"Bundle"')
_OPENED = frozenset({"Bundle", "Parameters", "OperationOutcome"})
"""What holds resources or says something about the answer; no resource of its own."""


class _Part(msgspec.Struct, gc=False):
    code: Raw = _ABSENT


class _Headers(msgspec.Struct, gc=False):
    """The elements that tell whether a resource is of use (``record.relevance``)."""

    resourceType: str
    code: Raw = _ABSENT
    component: list[_Part] | None = None
    bodySite: Raw = _ABSENT
    focus: Raw = _ABSENT


class _Entry(msgspec.Struct):
    resource: Raw = _ABSENT
    fullUrl: Any = None
    request: Any = None
    response: Any = None


_HEADERS = msgspec.json.Decoder(_Headers)
_ENTRIES = msgspec.json.Decoder(list[_Entry])
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])


def decode_call(body: bytes) -> Any:
    """The JSON of a CDS Hooks call as ``decode`` gives it, its ``prefetch`` sifted. Raises JsonError."""
    members = decode_as(_MEMBERS, utf8(body))
    if members is None:
        return decode(body)
    call = {name: decode(value) for name, value in members.items() if name != "prefetch"}
    if "prefetch" in members:
        call["prefetch"] = _Sieve().prefetch(members["prefetch"])
    return call


class _Sieve:
    """Sifts one prefetch; what a code says is looked up once."""

    def __init__(self) -> None:
        self._codes: dict[bytes, bool] = {}

    def prefetch(self, value: Raw) -> Any:
        """The decoded prefetch."""
        keys = decode_as(_MEMBERS, value)
        return decode(value) if keys is None else {key: self._answer(found) for key, found in keys.items()}

    def _answer(self, value: Raw) -> Any:
        members = decode_as(_MEMBERS, value)
        if members is None or "entry" not in members or members.get("resourceType") != _BUNDLE:
            return decode(value)
        entries = decode_as(_ENTRIES, members["entry"])
        if entries is None:  # not what a Bundle holds: read as it stands
            return decode(value)
        bundle = {name: decode(found) for name, found in members.items() if name != "entry"}
        bundle["entry"] = [self._entry(entry) for entry in entries]
        return bundle

    def _entry(self, entry: _Entry) -> dict[str, Any]:
        if entry.resource and not self._is_useful(entry.resource) and entry.request is None:
            return UNREAD
        found = {"fullUrl": entry.fullUrl, "request": entry.request, "response": entry.response}
        kept = {name: value for name, value in found.items() if value is not None}
        if entry.resource:
            kept["resource"] = decode(entry.resource)
        return kept

    def _is_useful(self, resource: Raw) -> bool:
        headers = decode_as(_HEADERS, resource)
        if headers is None:  # not a resource, or one in an odd shape: whoever reads it may judge
            return True
        if headers.resourceType != "Observation":
            return headers.resourceType in _OPENED or is_read(headers.resourceType)
        if headers.bodySite or headers.focus:
            return True
        return any(self._says(part.code) for part in (headers, *(headers.component or ())))

    def _says(self, code: Raw) -> bool:
        key = bytes(code)
        if key not in self._codes:
            observation = {"resourceType": "Observation", **({"code": decode(key)} if key else {})}
            self._codes[key] = useful(observation)
        return self._codes[key]
