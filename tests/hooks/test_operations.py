"""Health, readiness, metrics and logs: useful, and free of patient data."""

from __future__ import annotations

import json
import logging
import re

import pytest
from flask.testing import FlaskClient

from tests.hooks.fakes import FakeAnswer, call_body
from tests.hooks.test_calls import assert_refused

PLANTED = ("Zebedee", "p-4711", "MRN-99", "tok-abc")


def planted_call(client: FlaskClient) -> None:
    body = call_body(
        fhirServer="https://ehr.example", fhirAuthorization={"access_token": "tok-abc", "token_type": "Bearer"}
    )
    body["context"]["patientId"] = "p-4711"
    body["prefetch"]["patient"] = {"resourceType": "Patient", "name": "Zebedee", "identifier": "MRN-99"}
    client.post("/cds-services/prrt-candidacy?who=Zebedee", json=body, headers={"Authorization": "Bearer tok-abc"})
    client.post("/cds-services/Zebedee", json=body)
    client.get("/Patient/p-4711")


def test_alive_and_ready(client: FlaskClient, answer: FakeAnswer) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}
    assert answer.calls, "readiness is tried out, not assumed"


def test_alive_but_not_ready_when_the_assessment_fails(client: FlaskClient, answer: FakeAnswer) -> None:
    answer.fault = ValueError("Zebedee")
    assert client.get("/healthz").status_code == 200
    assert_refused(client.get("/readyz"), 503)


def test_metrics_count_by_service_status_and_outcome(client: FlaskClient) -> None:
    def counted(line: str) -> float:
        text = client.get("/metrics").get_data(as_text=True)
        found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.M)
        return float(found[1]) if found else 0.0

    ok = 'prrt_cds_requests_total{endpoint="/cds-services/<service_id>",service="prrt-candidacy",status="200"}'
    bad = 'prrt_cds_requests_total{endpoint="/cds-services/<service_id>",service="prrt-candidacy",status="400"}'
    outcome = 'prrt_cds_outcomes_total{outcome="no-advice",reason="x",service="prrt-candidacy"}'
    before = {line: counted(line) for line in (ok, bad, outcome)}
    client.post("/cds-services/prrt-candidacy", json=call_body())
    client.post("/cds-services/prrt-candidacy", data=b"{")
    assert {line: counted(line) - before[line] for line in before} == {ok: 1, bad: 1, outcome: 1}


def test_every_request_is_one_json_line_with_the_id_its_answer_carries(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="cds_service"):
        response = client.post("/cds-services/prrt-candidacy", json=call_body(), headers={"X-Request-ID": "Zebedee"})
    (line,) = [json.loads(record.getMessage()) for record in caplog.records if record.name == "cds_service"]
    assert line["request_id"] == response.headers["X-Request-ID"] != "Zebedee"
    assert (line["service"], line["status"], line["endpoint"]) == (
        "prrt-candidacy", 200, "/cds-services/<service_id>",
    )  # fmt: skip
    assert line["ms"] >= 0


def test_neither_logs_nor_metrics_hold_patient_data(
    client: FlaskClient, answer: FakeAnswer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        planted_call(client)
        answer.fault = ValueError("Zebedee p-4711 MRN-99")
        planted_call(client)
    seen = caplog.text + client.get("/metrics").get_data(as_text=True)
    assert '"status": 500' in caplog.text
    for secret in PLANTED:
        assert secret not in seen
