"""Cross-origin calls (checklist section 8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.hooks.fakes import call_body

URL = "/cds-services/prrt-candidacy"


@pytest.mark.parametrize("url", ["/cds-services", URL])
@pytest.mark.parametrize("origin", ["http://localhost:8080", "http://127.0.0.1", "https://[::1]:9000"])
def test_a_page_of_this_machine_may_ask_first(client: FlaskClient, url: str, origin: str) -> None:
    response = client.options(url, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == origin
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert set(allowed) == {"authorization", "content-type"}
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_the_answer_itself_and_its_errors_are_readable_for_that_page(client: FlaskClient) -> None:
    for response in (
        client.get("/cds-services", headers={"Origin": "http://localhost:1"}),
        client.post(URL, json=call_body(), headers={"Origin": "http://localhost:1"}),
        client.post(URL, data=b"", headers={"Origin": "http://localhost:1"}),
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:1"
        assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["https://sandbox.example", "null", "http://localhost.evil.example", "http://x@localhost", "ftp://localhost",
     "http://[", ""],
)  # fmt: skip
def test_no_other_origin_is_let_in(client: FlaskClient, origin: str) -> None:
    response = client.post(URL, json=call_body(), headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert response.status_code == 200, "CORS is the browser's business"


def test_configured_origins_replace_the_default(make_client: Callable[..., FlaskClient]) -> None:
    client = make_client(allowed_origins=("https://ehr.example",))
    assert client.get("/cds-services", headers={"Origin": "https://ehr.example"}).headers[
        "Access-Control-Allow-Origin"
    ] == "https://ehr.example"  # fmt: skip
    assert (
        "Access-Control-Allow-Origin" not in client.get("/cds-services", headers={"Origin": "http://localhost"}).headers
    )


def test_pages_outside_the_services_carry_no_such_header(client: FlaskClient) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/metrics", headers={"Origin": "http://localhost"}).headers
