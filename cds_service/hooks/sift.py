"""A call decoded in two steps: every resource's headers first, and in full only what a rule can use.

Most of a long record is passed over: an entry of it becomes ``UNREAD``, so that counts and the completeness of the
answer stay what they are. Whatever has another shape than a Bundle of resources is decoded as it stands.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import UNSET, Raw, ValidationError

from cds_service.fhir.bundle import UNREAD
from cds_service.fhir.status import is_read
from cds_service.hooks.decode import BOM, DECODER, FAULTS, told
from cds_service.record.relevance import telling

_ABSENT = Raw(b"")
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


class _Seen(msgspec.Struct, gc=False):
    """An entry by its headers."""

    resource: _Headers | None = None
    request: Any = None


class _Entry(msgspec.Struct, gc=False):
    resource: Raw = _ABSENT
    fullUrl: Any = None
    request: Any = None
    response: Any = None


_E = TypeVar("_E", _Seen, _Entry)


class _Bundle(msgspec.Struct, Generic[_E]):
    resourceType: str
    entry: list[_E] = []
    type: Any = UNSET
    total: Any = UNSET
    link: Any = UNSET


class _Call(msgspec.Struct):
    prefetch: dict[str, Raw]
    hook: Any = UNSET
    hookInstance: Any = UNSET
    context: Any = UNSET
    fhirServer: Any = UNSET
    fhirAuthorization: Any = UNSET


_CALL = msgspec.json.Decoder(_Call, float_hook=Decimal)
_SEEN = msgspec.json.Decoder(_Bundle[_Seen] | None, float_hook=Decimal)
_SPLIT = msgspec.json.Decoder(_Bundle[_Entry], float_hook=Decimal)


def decode_call(body: bytes) -> Any:
    """The JSON of a CDS Hooks call: what the service reads of it, its ``prefetch`` sifted. Raises JsonError."""
    try:
        if not body.isascii():
            str(body, "utf-8")  # what is passed over below is not looked at
        return _call(body.removeprefix(BOM))
    except FAULTS as fault:
        raise told(fault) from None


def _call(body: bytes) -> Any:
    try:
        call = _CALL.decode(body)
    except ValidationError:  # no object, or without a prefetch that could be sifted
        return DECODER.decode(body)
    sieve = _Sieve()
    return _sent(call) | {"prefetch": {key: sieve.answer(value) for key, value in call.prefetch.items()}}


def _sent(part: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name in part.__struct_fields__ if (value := getattr(part, name)) is not UNSET}


class _Sieve:
    """Sifts one prefetch; what a code says is looked up once."""

    def __init__(self) -> None:
        self._codes: dict[bytes, bool] = {}

    def answer(self, value: Raw) -> Any:
        """What stands under one prefetch key."""
        try:
            seen = _SEEN.decode(value)
        except ValidationError:  # not what a Bundle of resources holds: read as it stands
            return DECODER.decode(value)
        entries = seen.entry if seen is not None and seen.resourceType == "Bundle" else ()
        of_use = [entry.request is not None or self._is_useful(entry.resource) for entry in entries]
        if all(of_use):
            return DECODER.decode(value)
        split = _SPLIT.decode(value)
        sifted = [_kept(entry) if use else UNREAD for entry, use in zip(split.entry, of_use, strict=True)]
        return _sent(split) | {"entry": sifted}

    def _is_useful(self, headers: _Headers | None) -> bool:
        if headers is None:
            return True
        if headers.resourceType != "Observation":
            return is_read(headers.resourceType) or headers.resourceType in _OPENED
        if headers.bodySite or headers.focus or self._says(headers.code):
            return True
        return headers.component is not None and any(self._says(part.code) for part in headers.component)

    def _says(self, code: Raw) -> bool:
        key = bytes(code)
        known = self._codes.get(key)
        if known is None:
            known = self._codes[key] = telling(DECODER.decode(key) if key else None)
        return known


def _kept(entry: _Entry) -> dict[str, Any]:
    kept = {}
    if entry.fullUrl is not None:
        kept["fullUrl"] = entry.fullUrl
    if entry.request is not None:
        kept["request"] = entry.request
    if entry.response is not None:
        kept["response"] = entry.response
    if entry.resource:
        kept["resource"] = DECODER.decode(entry.resource)
    return kept
