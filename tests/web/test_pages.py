"""The sandbox pages: plain, escaped, and honest about what they are."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app, warm_up
from cds_service.hooks.request import HookCall
from cds_service.rulebook.library import Wording
from cds_service.store import Call, Store
from cds_service.web.pages import Profile
from cds_service.web.samples import Sample, load_samples
from tests.hooks.fakes import FakeAnswer, call_body

CARD = {
    "summary": "Consider <b>this</b>",
    "indicator": "warning",
    "source": {"label": "prrt-cds"},
    "detail": "| Fact | Value |\n|---|---|\n| Hb | **9** |\n\n<script>alert(1)</script> ![x](https://evil.example/a.png)\n"
    "[bad](javascript:alert(1))",
    "suggestions": [{"label": "Consider a scan"}],
    "links": [{"label": "Source", "url": "https://doi.example/1", "type": "absolute"}],
}


def write_sample(folder: Path, name: str, *, on: str | None = None, hook: str = "patient-view") -> None:
    (folder / name).mkdir()
    (folder / name / "request.json").write_text(json.dumps(call_body(hook)))
    (folder / name / "README.md").write_text(f"# Sample {name}\n\nWhat is *published*.\n")
    if on:
        (folder / name / "expected.json").write_text(json.dumps({"on": on, "jurisdiction": "US"}))


@pytest.fixture
def samples(tmp_path: Path) -> dict[str, Sample]:
    write_sample(tmp_path, "b-two", on="2020-05-01")
    write_sample(tmp_path, "a-one", hook="order-sign")
    return load_samples(tmp_path)


@pytest.fixture
def answer() -> FakeAnswer:
    fake = FakeAnswer()
    fake.cards = [CARD]
    return fake


@pytest.fixture
def client(samples: dict[str, Sample], answer: FakeAnswer) -> FlaskClient:
    profile = Profile("EU", {"krenning_min": 2}, Wording(groups={"outcome": {"no-advice": "No advice"}}, banned=()))
    return create_app(answer, profile=profile, samples=samples, today=lambda: date(2024, 6, 1)).test_client()


def html(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200 and response.mimetype == "text/html"
    return response.get_data(as_text=True)


def test_samples_are_read_in_order_with_title_service_and_date(samples: dict[str, Sample]) -> None:
    assert [(s.name, s.title, s.service.id, s.on) for s in samples.values()] == [
        ("a-one", "Sample a-one", "prrt-order-sign", None),
        ("b-two", "Sample b-two", "prrt-candidacy", date(2020, 5, 1)),
    ]


def test_a_folder_without_samples_is_no_error(tmp_path: Path) -> None:
    assert load_samples(tmp_path / "none") == {}


def test_a_sample_for_no_service_is_refused(tmp_path: Path) -> None:
    write_sample(tmp_path, "odd", hook="encounter-start")
    with pytest.raises(ValueError, match="odd"):
        load_samples(tmp_path)


def test_the_start_page_lists_the_samples(client: FlaskClient) -> None:
    page = html(client, "/")
    assert re.findall(r'href="(/samples/[^"]+)"', page) == ["/samples/a-one", "/samples/b-two"]


@pytest.mark.parametrize("url", ["/", "/samples/a-one"])
def test_every_page_says_what_is_in_force_and_what_it_is_not_for(client: FlaskClient, url: str) -> None:
    page = html(client, url)
    assert "Jurisdiction in force: <strong>EU</strong>" in page and "krenning_min = 2" in page
    assert "Not for clinical use without local approval" in page
    assert '<html lang="en">' in page and "<main" in page and page.count("<h1>") == 1


def test_a_sample_is_assessed_on_its_own_date_and_its_cards_shown(client: FlaskClient, answer: FakeAnswer) -> None:
    page = html(client, "/samples/b-two")
    assert answer.calls[-1][1] == date(2020, 5, 1)
    assert "This sample was written for US; here it is assessed for EU." in page
    assert "as of 2020-05-01" in page and "<td><strong>9</strong></td>" in page
    assert "Consider a scan" in page and "What is <em>published</em>" in page
    assert "Outcome: <strong>No advice</strong>: x" in page and "(no-advice/x)" in page
    assert "was written for" not in html(client, "/samples/a-one")
    assert answer.calls[-1][1] == date(2024, 6, 1)


def test_nothing_written_in_a_card_comes_alive(client: FlaskClient) -> None:
    page = html(client, "/samples/a-one")
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "<img" not in page and 'href="javascript' not in page
    assert "Consider &lt;b&gt;this&lt;/b&gt;" in page


def test_no_card_is_said_so(client: FlaskClient, answer: FakeAnswer) -> None:
    answer.cards = []
    assert "No card is shown" in html(client, "/samples/a-one")


def test_pages_load_nothing_from_elsewhere_and_run_no_script(client: FlaskClient) -> None:
    for url in ("/", "/samples/a-one"):
        response = client.get(url)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy and "frame-ancestors 'none'" in policy
        page = response.get_data(as_text=True)
        assert re.findall(r'<(?:link|script|img)[^>]*(?:src|href)="([^"]+)"', page) == ["/static/style.css"]
        assert "style=" not in page
    assert client.get("/static/style.css").mimetype == "text/css"


def test_the_call_of_a_sample_can_be_had_and_posted(client: FlaskClient, answer: FakeAnswer) -> None:
    body = client.get("/samples/a-one/request.json")
    assert body.mimetype == "application/json"
    assert client.post("/cds-services/prrt-order-sign", data=body.get_data()).status_code == 200


@pytest.mark.parametrize("url", ["/samples/none", "/samples/none/request.json", "/samples/..%2Fx", "/static/none.css"])
def test_an_unknown_page_is_an_operation_outcome(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert response.get_json()["resourceType"] == "OperationOutcome"


def test_warming_up_answers_a_sample_and_fails_if_it_does(samples: dict[str, Sample]) -> None:
    seen: list[str] = []

    def remember(call: HookCall, today: date) -> dict[str, Any]:
        seen.append(call.hook)
        if call.hook == "order-sign":
            raise ValueError
        return {}

    with pytest.raises(ValueError):
        warm_up(remember, samples)
    assert seen == ["patient-view", "order-sign"], "the probe first, then one sample"


def test_warming_up_rehearses_the_writing_of_an_answer(samples: dict[str, Sample]) -> None:
    class Rehearsals:
        seen: ClassVar[list[Call]] = []

        def rehearse(self, call: Call) -> None:
            self.seen.append(call)

    answered = {"cards": [], "extension": {}}
    warm_up(lambda call, today: dict(answered), samples, cast(Store, Rehearsals()))
    assert Rehearsals.seen and all(call.response == answered for call in Rehearsals.seen)
