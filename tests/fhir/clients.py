"""Clients of a test's FHIR server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from cds_service.fhir.client import FhirAccess, FhirClient
from cds_service.fhir.settings import FhirSettings
from cds_service.hooks.limits import decode_fetched
from tests.servers import Served

TOKEN = "tok-4711"
DECODE = partial(decode_fetched, most=1_000_000)
PATIENT = {"resourceType": "Patient", "id": "p1"}
QUERY = {"patient": "p1", "_count": "1000"}


def observation(number: int) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": f"o{number}"}


def access(server: Served, **settings: Any) -> FhirAccess:
    settings = {"servers": (server.base,), "seconds": 10.0, **settings}
    return FhirAccess(FhirSettings(**settings), DECODE, max_entries=50)


def connect(found: FhirAccess, server: Served, token: str | None = TOKEN) -> FhirClient:
    client = found.connect(server.base, token)
    assert client is not None
    return client


def one(server: Served, job: Callable[[FhirClient], Any], **settings: Any) -> Any:
    client = connect(access(server, **settings), server)
    return client.gather([lambda: job(client)])[0]


def read(server: Served, **settings: Any) -> Any:
    return one(server, lambda client: client.read("Patient/p1"), **settings)


def search(server: Served, **settings: Any) -> Any:
    return one(server, lambda client: client.search("Observation", QUERY), **settings)


def ids(bundle: dict[str, Any]) -> list[str]:
    return [entry["resource"]["id"] for entry in bundle.get("entry", ())]
