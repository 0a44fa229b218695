"""JSON in and out: exact decimals, one bounded pass, and only ValueError for whatever was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

BOM = b"\xef\xbb\xbf"
MAX_NESTING = 100
"""Deeper than any FHIR resource; told from a fault of ours when something ran out of stack."""

DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
FAULTS = (ValueError, ArithmeticError, RecursionError)
"""What decoding raises for one text or another."""


class JsonError(ValueError):
    """The text is not JSON this service reads; the message never quotes it."""


def decode(text: bytes) -> Any:
    """The JSON value of a UTF-8 text (a BOM is tolerated). Numbers with a fraction are Decimal; of a repeated name
    the last value counts. Raises JsonError.
    """
    try:
        return DECODER.decode(text.removeprefix(BOM))
    except FAULTS as error:
        raise told(error) from None


def told(fault: Exception) -> JsonError:
    """One of ``FAULTS`` in words of our own: its text may name members of the input."""
    if isinstance(fault, RecursionError):
        return JsonError("nested too deeply")
    return JsonError("not UTF-8" if isinstance(fault, UnicodeDecodeError) else "not valid JSON")


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
