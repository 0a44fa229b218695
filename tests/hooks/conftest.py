"""A service whose assessment is a stand-in: it keeps what it was asked and answers what the test says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.hooks.answer import load_answer
from cds_service.hooks.settings import Settings
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile
from tests.hooks.fakes import TODAY, FakeAnswer


@pytest.fixture
def answer() -> FakeAnswer:
    return FakeAnswer()


@pytest.fixture
def make_client(answer: FakeAnswer) -> Callable[..., FlaskClient]:
    def make(**settings: Any) -> FlaskClient:
        app = create_app(answer, profile=Profile("US"), settings=Settings(**settings), today=lambda: TODAY)
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


@pytest.fixture(scope="session")
def real_client() -> FlaskClient:
    """The service with its real rule book, for the US."""
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    return create_app(load_answer(book, policy), profile=Profile("US"), today=lambda: TODAY).test_client()
