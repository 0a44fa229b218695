"""The sample patients of ``fhir_samples/``: one folder each, shown on the sandbox page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cds_service.hooks.decode import decode
from cds_service.hooks.discovery import SERVICES, Service
from cds_service.hooks.request import HookCall, read_call

FOLDER = Path(__file__).parents[2] / "fhir_samples"


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample call. ``on`` and ``jurisdiction`` are what it was written for, if it says so."""

    name: str
    title: str
    service: Service
    call: HookCall
    request: bytes = field(repr=False)
    readme: str = field(repr=False)
    on: date | None = None
    jurisdiction: str = ""
    expected: tuple[str, str] = ("", "")  # outcome and reason


def load_samples(folder: Path = FOLDER) -> dict[str, Sample]:
    """Every sample of the folder by name, in the order of their names; none if there is no such folder.

    Raises ValueError or Refusal for a sample that is not a call of one of the services.
    """
    found = (path.parent for path in sorted(folder.glob("*/request.json")))
    return {path.name: _load(path) for path in found}


def _load(path: Path) -> Sample:
    request = (path / "request.json").read_bytes()
    hook = decode(request).get("hook")
    service = next((service for service in SERVICES.values() if service.hook == hook), None)
    if service is None:
        raise ValueError(f"{path.name}: no service answers its hook")
    title, _, readme = (path / "README.md").read_text(encoding="utf-8").lstrip().partition("\n")
    expected = _expected(path / "expected.json")
    return Sample(
        name=path.name,
        title=title.strip("# "),
        service=service,
        call=read_call(request, service),
        request=request,
        readme=readme,
        on=date.fromisoformat(expected["on"]) if "on" in expected else None,
        jurisdiction=str(expected.get("jurisdiction", "")),
        expected=(str(expected.get("outcome", "")), str(expected.get("reason", ""))),
    )


def _expected(path: Path) -> Mapping[str, Any]:
    expected: Mapping[str, Any] = decode(path.read_bytes()) if path.exists() else {}
    return expected
