"""JSON in and out: exact decimals, one bounded pass, and only ValueError for whatever was sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"
MAX_NESTING = 100
"""Deeper than any FHIR resource; told from a fault of ours when something ran out of stack."""

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class JsonError(ValueError):
    """The text is not JSON this service reads; the message never quotes it."""


def decode(body: bytes) -> Any:
    """The JSON value of a UTF-8 text (a BOM is tolerated). Numbers with a fraction are Decimal; of a repeated name
    the last value counts. Raises JsonError.
    """
    try:
        return _DECODER.decode(body.removeprefix(_BOM))
    except RecursionError:
        raise JsonError("nested too deeply") from None
    except UnicodeDecodeError:
        raise JsonError("not UTF-8") from None
    except ValueError:  # msgspec's errors are ValueErrors; their text may name members of the input
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
