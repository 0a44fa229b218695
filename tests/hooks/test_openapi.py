"""The OpenAPI description holds: calls made up from it are answered as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from cds_service.app import create_app
from cds_service.hooks.answer import load_answer
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.store import AuditSettings, open_store
from cds_service.web.pages import Profile
from tests.hooks.fakes import TODAY


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The whole service, with its rule book and a store."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    store = open_store(str(folder / "x.sqlite3"), AuditSettings(key_file=str(folder / "x.key")), {})
    app: Flask = create_app(load_answer(book, policy), profile=Profile("US"), today=lambda: TODAY, store=store)
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


_JUDGEMENT = {"positive_data_acceptance", "negative_data_rejection"}
"""Whether a record suffices (412) no schema can say, and unknown members of a record are tolerated."""


def test_whatever_is_sent_is_answered_as_described(described: Any) -> None:
    judgement = [check for check in CHECKS.get_all() if check.__name__ in _JUDGEMENT]
    assert len(judgement) == 2
    seen: set[tuple[str, int]] = set()
    operations = [found.ok() for found in described.get_all_operations()]
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def hold(case: Any) -> None:
            seen.add((case.path, case.call_and_validate(excluded_checks=judgement).status_code))

        hold()
    assert ("/cds-services/prrt-candidacy", 412) in seen, "the calls made up are right ones: only the record is missing"
    assert {path for path, _ in seen} == {operation.path for operation in operations}


def test_it_describes_every_route_of_the_service(client: FlaskClient) -> None:
    paths = client.get("/openapi.json").get_json()["paths"]
    rules = {str(rule) for rule in client.application.url_map.iter_rules() if not rule.endpoint.startswith("web.")}
    concrete = {
        str(rule).replace("<service_id>", name)
        for rule in rules
        for name in ("prrt-candidacy", "prrt-order-select", "prrt-order-sign")
    }
    assert concrete - {"/openapi.json"} == set(paths)
