"""``/readyz`` tries both published cases."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from cds_service.app import create_app
from cds_service.engine import EngineError
from cds_service.hooks.answer import load_answer
from cds_service.policy import Jurisdiction, make_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile
from cds_service.web.samples import load_samples
from cds_service.web.self_test import CASES, published_cases

BOOK, SAMPLES = load_rulebook(), load_samples()


@pytest.mark.parametrize("jurisdiction", get_args(Jurisdiction))
def test_both_cases_come_out_right(jurisdiction: Jurisdiction) -> None:
    assert {name.rpartition("-")[0] for name in CASES} == {"sharma-basu", "soeiro"}
    published_cases(BOOK, jurisdiction, SAMPLES)()


@pytest.mark.parametrize("name", CASES)
def test_a_case_that_comes_out_otherwise_or_is_missing_is_an_error(name: str) -> None:
    wrong = {**SAMPLES, name: replace(SAMPLES[name], expected=("criteria-met", "all-criteria-in-record"))}
    with pytest.raises(EngineError, match=name):
        published_cases(BOOK, "US", wrong)()
    with pytest.raises(EngineError, match=name):
        published_cases(BOOK, "US", {key: sample for key, sample in SAMPLES.items() if key != name})()


def test_readyz_says_when_a_case_fails() -> None:
    def broken() -> None:
        raise EngineError("the published case sharma-basu-2c came out otherwise than expected")

    answer = load_answer(BOOK, make_policy({}, parameters=BOOK.parameters, jurisdiction="US"))
    for self_test, status in ((None, 200), (broken, 503)):
        client = create_app(answer, profile=Profile("US"), self_test=self_test).test_client()
        assert client.get("/readyz").status_code == status
