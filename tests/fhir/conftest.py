"""FHIR servers for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers import Served, serving


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def other() -> Iterator[Served]:
    with serving() as served:
        yield served
