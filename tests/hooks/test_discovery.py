"""Discovery and prefetch templates (checklist sections 2 and 3)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask.testing import FlaskClient

from cds_service.fhir.prefetch import TEMPLATES

SEARCH = re.compile(r"[A-Z][A-Za-z]+\?(.+)")


@pytest.fixture
def services(client: FlaskClient) -> list[dict[str, Any]]:
    response = client.get("/cds-services")
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    found: list[dict[str, Any]] = response.get_json()["services"]
    return found


def test_the_three_services_with_their_hooks(services: list[dict[str, Any]]) -> None:
    assert {service["id"]: service["hook"] for service in services} == {
        "prrt-candidacy": "patient-view",
        "prrt-order-select": "order-select",
        "prrt-order-sign": "order-sign",
    }


def test_every_service_says_what_the_specification_wants(services: list[dict[str, Any]]) -> None:
    for service in services:
        for member in ("hook", "id", "title", "description", "usageRequirements", "version"):
            assert isinstance(service[member], str) and service[member], (service["id"], member)
        assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"]), "version is semver"
        assert "local approval" in service["usageRequirements"]
        assert {"patient", "conditions"} <= service["prefetch"].keys()


def test_every_template_is_a_read_of_the_patient_or_a_search_that_names_the_patient() -> None:
    for key, template in TEMPLATES.items():
        if key == "patient":
            assert template == "Patient/{{context.patientId}}"
            continue
        match = SEARCH.fullmatch(template)
        assert match, template
        assert ("patient", "{{context.patientId}}") in parse_qsl(match[1]), template


def test_templates_use_only_what_is_recommended_and_no_parameter_twice() -> None:
    for template in TEMPLATES.values():
        assert set(re.findall(r"\{\{(.*?)\}\}", template)) == {"context.patientId"}
        names = [name for name, _ in parse_qsl(template.partition("?")[2])]
        assert len(names) == len(set(names)), template
        assert set(names) <= {"patient", "_count", "_sort"}, template
        assert not any("." in name or ":" in name for name in names), "no chain, no modifier"


def test_feedback_is_not_offered_and_not_answered_as_if_it_were_stored(client: FlaskClient) -> None:
    response = client.post("/cds-services/prrt-candidacy/feedback", json={"feedback": []})
    assert response.status_code == 404
    assert response.get_json()["resourceType"] == "OperationOutcome"
