"""JSON in and out: exact decimals, one bounded pass, and only ValueError for whatever was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

import msgspec

_T = TypeVar("_T")
_BOM = b"\xef\xbb\xbf"
MAX_NESTING = 100
"""Deeper than any FHIR resource; told from a fault of ours when something ran out of stack."""

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class JsonError(ValueError):
    """The text is not JSON this service reads; the message never quotes it."""


def decode(text: bytes | msgspec.Raw) -> Any:
    """The JSON value of a UTF-8 text (a BOM is tolerated). Numbers with a fraction are Decimal; of a repeated name
    the last value counts. Raises JsonError.
    """
    try:
        return _decoded(_DECODER, text.removeprefix(_BOM) if isinstance(text, bytes) else text)
    except msgspec.ValidationError:  # a number no machine holds
        raise JsonError("not valid JSON") from None


def decode_as(decoder: msgspec.json.Decoder[_T], text: bytes | msgspec.Raw) -> _T | None:
    """What a typed decoder makes of a JSON text (``utf8``); None if the value has another shape. Raises JsonError.

    Strings the decoder passes over are not looked at, so the text must have been checked as a whole.
    """
    try:
        return _decoded(decoder, text)
    except msgspec.ValidationError:
        return None


def utf8(text: bytes) -> bytes:
    """The same text without a BOM. Raises JsonError for bytes that are not UTF-8."""
    try:
        _ = text.isascii() or str(text, "utf-8")
    except UnicodeDecodeError:
        raise JsonError("not UTF-8") from None
    return text.removeprefix(_BOM)


def _decoded(decoder: msgspec.json.Decoder[_T], text: bytes | msgspec.Raw) -> _T:
    try:
        return decoder.decode(text)
    except RecursionError:
        raise JsonError("nested too deeply") from None
    except UnicodeDecodeError:
        raise JsonError("not UTF-8") from None
    except msgspec.ValidationError:
        raise
    except (ValueError, ArithmeticError):  # their text may name members of the input
        raise JsonError("not valid JSON") from None


def encode(value: Any) -> bytes:
    """The JSON text of an answer."""
    return _ENCODER.encode(value)


def nested_too_deeply(value: Any) -> bool:
    """Whether the value nests deeper than MAX_NESTING (without recursion)."""
    level: list[Any] = [value]
    for _ in range(MAX_NESTING):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
