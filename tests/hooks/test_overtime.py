"""Reading a record is given up when it takes too much computing, and leaves no trace."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.hooks.answer import load_answer
from cds_service.hooks.overtime import Overtime, _running, at_most
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile
from tests.hooks.fakes import NET, PATIENT, TODAY, call_body
from tests.hooks.test_calls import assert_refused

URL = "/cds-services/prrt-candidacy"


def spin(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        sum(range(100))


def test_a_block_that_computes_too_long_is_ended() -> None:
    begun = time.thread_time()
    with pytest.raises(Overtime), at_most(0.1):
        spin(20)
    assert time.thread_time() - begun < 5
    assert not _running


def test_nothing_in_between_takes_it_for_a_fault() -> None:
    with pytest.raises(Overtime), at_most(0.1):
        while True:
            try:
                spin(1)
            except Exception:
                continue


def test_waiting_is_not_computing_and_quick_blocks_are_left_alone() -> None:
    with at_most(0.2):
        time.sleep(0.6)
    for _ in range(200):
        with at_most(5):
            spin(0.0001)
    with at_most(None):
        spin(0.01)
    assert not _running


def test_what_the_block_raises_is_raised() -> None:
    with pytest.raises(KeyError), at_most(5):
        raise KeyError("x")
    assert not _running


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_a_finaliser_swallowed_is_sent_again() -> None:
    class Swallows:
        def __del__(self) -> None:
            spin(1)  # what is raised in here is only reported, never raised on

    begun = time.thread_time()
    with pytest.raises(Overtime), at_most(0.1):
        Swallows()
        spin(20)
    assert time.thread_time() - begun < 5
    assert not _running


def test_a_swallowed_one_does_not_hold_up_the_end() -> None:
    swallowed = 0
    with at_most(0.1):
        try:
            spin(1)
        except Overtime:
            swallowed += 1
    assert swallowed == 1 and not _running
    spin(0.6)  # nothing arrives here


def test_it_never_arrives_after_the_block() -> None:
    """Blocks that end just when their time is over, many times, in several threads."""
    wrong: list[BaseException] = []

    def often() -> None:
        try:
            for number in range(12):
                try:
                    with at_most(0.05):
                        spin(0.04 + number * 0.002)
                except Overtime:
                    pass
                spin(0.01)  # outside
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=often) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong and not _running


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction="US", environ={})
    answer = load_answer(book, policy, read_seconds=0.3)
    return create_app(answer, profile=Profile("US"), today=lambda: TODAY).test_client()


def test_a_record_made_to_be_slow_is_503_and_the_next_one_is_read(client: FlaskClient) -> None:
    text = "Krenning score 3 in the liver. Krenning 2 in the bone, 3-4 in a node. " * 1_400
    reports: list[dict[str, Any]] = [
        {"resourceType": "DiagnosticReport", "id": f"r{number}", "status": "final", "conclusion": f"{number} {text}",
         "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2024-05-01",
         "code": {"text": "68Ga-DOTATATE PET/CT"}}
        for number in range(40)
    ]  # fmt: skip
    right = call_body(prefetch={"patient": PATIENT, "conditions": NET})
    before = client.post(URL, json=right)
    begun = time.process_time()
    slow = call_body(prefetch={"patient": PATIENT, "conditions": NET, "reports": reports})
    assert "no advice" in assert_refused(client.post(URL, json=slow), 503)
    assert time.process_time() - begun < 8
    after = client.post(URL, json=right)
    assert after.status_code == 200 and after.get_data() == before.get_data()
