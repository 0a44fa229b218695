"""The inputs the fuzzers start from: calls with real-shaped records, in every packing a record comes in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.sheets import Row, read_rows
from cds_service.scenarios.writer import call_of, write
from tests.fuzz.shapes import PATIENT, SHAPES, Resource, look_alikes

SAMPLES = Path(__file__).parents[2] / "fhir_samples"
HOOK_INSTANCE = "00000000-0000-0000-0000-000000000001"


def call(prefetch: dict[str, Any], hook: str = "patient-view", **context: Any) -> dict[str, Any]:
    """A CDS Hooks call about the patient of the shapes."""
    about = {"userId": "Practitioner/1", "patientId": PATIENT, **context}
    return {"hook": hook, "hookInstance": HOOK_INSTANCE, "context": about, "prefetch": prefetch}


def url(resource: Resource) -> str:
    if resource["resourceType"] == "Patient":
        return f"urn:uuid:{PATIENT}"
    return f"http://ehr.test/fhir/{resource['resourceType']}/{resource['id']}"


def bundle(kind: str, resources: list[Resource], **members: Any) -> Resource:
    """A Bundle of this type; requests and responses are added where the type has them."""
    entries: list[dict[str, Any]] = [{"fullUrl": url(item), "resource": item} for item in resources]
    for entry in entries:
        if kind in ("transaction", "batch"):
            entry["request"] = {"method": "POST", "url": entry["resource"]["resourceType"]}
        elif kind in ("batch-response", "transaction-response", "history"):
            entry["response"] = {"status": "200 OK", "etag": 'W/"1"'}
        elif kind == "searchset":
            entry["search"] = {"mode": "match"}
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **members}


def _keyed(resources: list[Resource], pack: Callable[[list[Resource]], Any]) -> dict[str, Any]:
    """As prefetched: the Patient and the Conditions under their keys, the rest under one more."""
    found = {"patient": [], "conditions": [], "observations": []}  # type: dict[str, list[Resource]]
    for item in resources:
        kind = {"Patient": "patient", "Condition": "conditions"}.get(item["resourceType"], "observations")
        found[kind].append(item)
    return {
        "patient": found["patient"][0],
        "conditions": pack(found["conditions"]),
        "observations": pack(found["observations"]),
    }


def _whole(kind: str) -> Callable[[list[Resource]], dict[str, Any]]:
    return lambda resources: _keyed(resources, lambda some: bundle(kind, some))


def _nested(resources: list[Resource]) -> Any:
    inner = bundle("collection", resources)
    return {
        "resourceType": "Bundle",
        "type": "batch-response",
        "entry": [{"resource": inner}, {"response": {"status": "404"}}],
    }


def _parameters(resources: list[Resource]) -> Any:
    return {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": bundle("searchset", resources)}]}


PACKINGS: dict[str, Callable[[list[Resource]], dict[str, Any]]] = {
    **{
        kind: _whole(kind)
        for kind in ("searchset", "collection", "document", "transaction", "batch-response", "history", "message")
    },
    "array": lambda resources: _keyed(resources, lambda some: some),
    "nested": lambda resources: _keyed(resources, _nested),
    "parameters": lambda resources: _keyed(resources, _parameters),
    "paged": lambda resources: _keyed(
        resources,
        lambda some: bundle("searchset", some, link=[{"relation": "next", "url": "http://ehr.test/fhir?p=2"}]),
    ),
    "pages": lambda resources: _keyed(resources, lambda some: [bundle("searchset", [item]) for item in some]),
    "one-bundle": lambda resources: {
        "patient": bundle("collection", resources),
        "conditions": None,
        "observations": {"resourceType": "Bundle"},
    },
}
"""How a record is packed -> the prefetch of a list of resources. Every packing says the same."""


@cache
def rows() -> tuple[Row, ...]:
    """All scenario patients of the rule pages."""
    pages = (page for page in sorted(rules_folder().glob("*/*.toml")) if page.with_suffix(".py").exists())
    return tuple(row for page in pages for row in read_rows(page)[0])


def scenario_call(row: Row) -> dict[str, Any]:
    """The call that brings a scenario's patient."""
    return call_of(write(row.patient), HOOK_INSTANCE)


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """Samples, shapes in all packings, and a scenario patient of every rule page."""
    samples = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*/request.json"))]
    packed = [call(pack(shape())) for shape in SHAPES.values() for pack in PACKINGS.values()]
    older = call(PACKINGS["searchset"](SHAPES["us-core"]() + look_alikes()))
    return (*samples, *packed, older, *(scenario_call(row) for row in _one_a_page()))


def _one_a_page() -> Iterator[Row]:
    some = rows()
    yield from some[:: max(1, len(some) // 120)]
