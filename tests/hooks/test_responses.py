"""What the service answers, against the specification (checklist section 5), over every sample record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.web.samples import load_samples
from tests.hooks.fakes import HB, NET, PATIENT, call_body

NOBODY = dict.fromkeys(TEMPLATES) | {"patient": PATIENT}
WRITTEN = NOBODY | {"conditions": NET, "observations": HB}
RECORDS: dict[str, tuple[str, bytes]] = {
    "nothing": ("prrt-candidacy", json.dumps(call_body(prefetch=NOBODY)).encode()),
    "written": ("prrt-candidacy", json.dumps(call_body(prefetch=WRITTEN)).encode()),
    "sign": ("prrt-order-sign", json.dumps(call_body("order-sign", prefetch=WRITTEN)).encode()),
    **{name: (sample.service.id, sample.request) for name, sample in load_samples().items()},
}


@pytest.fixture(params=RECORDS)
def response(request: pytest.FixtureRequest, real_client: FlaskClient) -> dict[str, Any]:
    service, body = RECORDS[request.param]
    answer = real_client.post(f"/cds-services/{service}", data=body)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def values(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from values(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from values(inner, f"{path}[{index}]")


def test_no_member_is_null_or_empty_but_cards(response: dict[str, Any]) -> None:
    empty = [path for path, value in values(response) if value is None or value in ("", [], {})]
    assert not set(empty) - {".cards"}


def test_the_assessment_is_in_every_answer(response: dict[str, Any]) -> None:
    assert response.keys() == {"cards", "extension"}
    assessment = response["extension"]["prrt-cds.assessment"]
    assert assessment.keys() >= {"outcome", "reason", "findings", "course", "rules", "policy", "rulebook"}
    first = assessment["findings"][0]
    assert (first["outcome"], first["reason"]) == (assessment["outcome"], assessment["reason"])
    assert {rule["code"] for rule in assessment["rules"]} >= {finding["rule"] for finding in assessment["findings"]}


def test_cards_are_what_the_specification_says(response: dict[str, Any]) -> None:
    assert len({card["uuid"] for card in response["cards"]}) == len(response["cards"]) <= 3
    for card in response["cards"]:
        UUID(card["uuid"])
        assert 0 < len(card["summary"]) < 140 and "\n" not in card["summary"]
        assert card["indicator"] in ("info", "warning", "critical")
        assert card["source"]["label"]
        for name in ("url", "icon"):
            assert name not in card["source"] or re.match(r"https?://", card["source"][name])
        for reason in card.get("overrideReasons", ()):
            assert reason.keys() >= {"code", "system", "display"}
        for link in card.get("links", ()):
            assert link.keys() >= {"label", "url", "type"} and link["type"] in ("absolute", "smart")
        assert card["extension"]["prrt-cds.card"]["rules"]


def test_suggestions_are_what_the_specification_says(response: dict[str, Any]) -> None:
    for card in response["cards"]:
        suggestions = card.get("suggestions", [])
        assert bool(suggestions) == ("selectionBehavior" in card)
        assert len({s["uuid"] for s in suggestions}) == len(suggestions)
        assert sum(s.get("isRecommended", False) for s in suggestions) <= 1 or card["selectionBehavior"] == "any"
        for action in (action for s in suggestions for action in s.get("actions", ())):
            assert action["type"] in ("create", "update", "delete") and action["description"]
            assert action["type"] == "delete" or action["resource"]["resourceType"]
            assert "actionSelectionBehavior" not in action


def test_the_same_call_has_the_same_answer(real_client: FlaskClient) -> None:
    service, body = RECORDS["written"]
    answers = [real_client.post(f"/cds-services/{service}", data=body).get_data() for _ in range(2)]
    assert answers[0] == answers[1]
