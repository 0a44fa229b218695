"""What must come and what may be missing (checklist rows 27 to 32), through the whole service."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.fhir.prefetch import TEMPLATES
from tests.hooks.fakes import NET, PATIENT, call_body
from tests.hooks.test_calls import assert_refused

URL = "/cds-services/prrt-candidacy"
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
EMPTY = {"resourceType": "Bundle", "type": "searchset", "total": 0}


def searchset(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**EMPTY, "entry": [{"resource": resource} for resource in resources], **more}


FAILED_SEARCH = searchset(FAILED)


def assessed(client: FlaskClient, prefetch: dict[str, Any]) -> dict[str, Any]:
    response = client.post(URL, json=call_body(prefetch=prefetch))
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json()
    return found


@pytest.mark.parametrize("patient", [..., None, FAILED, FAILED_SEARCH, EMPTY, [], "Patient/p1", NET])
def test_without_the_patient_it_is_412(real_client: FlaskClient, patient: Any) -> None:
    prefetch = {"conditions": NET} if patient is ... else {"conditions": NET, "patient": patient}
    assert "patient" in assert_refused(real_client.post(URL, json=call_body(prefetch=prefetch)), 412)


@pytest.mark.parametrize("conditions", [..., FAILED, FAILED_SEARCH, "none"])
def test_without_an_answer_about_conditions_it_is_412(real_client: FlaskClient, conditions: Any) -> None:
    prefetch = {"patient": PATIENT} if conditions is ... else {"patient": PATIENT, "conditions": conditions}
    assert "conditions" in assert_refused(real_client.post(URL, json=call_body(prefetch=prefetch)), 412)


def test_without_any_prefetch_it_is_412(real_client: FlaskClient) -> None:
    nothing: tuple[Any, ...] = (..., None, {})
    for prefetch in nothing:
        text = assert_refused(real_client.post(URL, json=call_body(prefetch=prefetch)), 412)
        assert "patient" in text and "conditions" in text


@pytest.mark.parametrize("conditions", [None, EMPTY, searchset()])
def test_no_condition_on_record_is_an_answer(real_client: FlaskClient, conditions: Any) -> None:
    answer = assessed(real_client, {"patient": PATIENT, "conditions": conditions})
    assert answer["extension"]["prrt-cds.assessment"]["reason"] == "out-of-scope"


def test_what_was_not_provided_is_said_and_what_is_not_on_record_is_not(real_client: FlaskClient) -> None:
    complete = dict.fromkeys(TEMPLATES) | {"patient": PATIENT, "conditions": NET}

    def details(prefetch: dict[str, Any]) -> str:
        return " ".join(card["detail"] for card in assessed(real_client, prefetch)["cards"])

    assert "Not provided" not in details(complete)
    assert "Answered with an error" not in details(complete)
    for failed in (FAILED, FAILED_SEARCH):
        said = details(complete | {"observations": failed})
        assert "Answered with an error" in said and "Not provided" not in said
    assert "Not provided" in details({key: value for key, value in complete.items() if key != "observations"})


def test_a_page_that_was_not_followed_is_said(real_client: FlaskClient) -> None:
    paged = searchset(link=[{"relation": "next", "url": "https://ehr.example/next"}])
    prefetch = dict.fromkeys(TEMPLATES) | {"patient": PATIENT, "conditions": NET, "observations": paged}
    assert any("incomplete" in card["detail"] for card in assessed(real_client, prefetch)["cards"])


def test_data_of_another_patient_get_no_clinical_card(real_client: FlaskClient) -> None:
    other = {**PATIENT, "id": "p2"}
    answer = assessed(real_client, {"patient": other, "conditions": NET})
    assert answer["extension"]["prrt-cds.assessment"]["reason"] == "wrong-patient"
    (card,) = answer["cards"]
    assert card["indicator"] == "warning" and "C7A" not in str(card)
