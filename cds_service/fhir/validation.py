"""Strict R4 validation of single resources, for the flag "read although not valid"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError


@cache
def _model(kind: str) -> type[BaseModel] | None:
    try:
        found = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    except (ImportError, AttributeError):
        return None
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def problems(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Element path and kind of each fault, never its value; empty when the resource is valid R4."""
    kind = data.get("resourceType")
    model = _model(kind) if isinstance(kind, str) and kind.isalpha() else None
    if model is None:
        return ("resourceType: not R4",)
    try:
        model.model_validate(data)
    except ValidationError as error:
        found = {f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in error.errors(include_input=False)}
        return tuple(sorted(found))
    except (KeyError, ValueError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        return (f"{kind}: {type(error).__name__}",)
    return ()
