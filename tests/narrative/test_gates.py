"""A question asked first must never be narrower than what it saves: every match of the pattern answers it with yes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.narrative import scores, suv
from cds_service.narrative.place_status import _DOUBT_AFTER, DOUBT_WORDS
from cds_service.narrative.tracer import BEGINNING, NAME
from cds_service.narrative.words import Words

_CHANGED = (scores._CHANGED, scores._ARROW, suv._SUV_CHANGED, suv._SUV_ARROW)


def _matches(pattern: re.Pattern[str]) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


@settings(max_examples=400, deadline=None)
@given(words=_matches(re.compile(NAME)))
def test_every_name_of_a_tracer_begins_as_expected(words: str) -> None:
    assert re.match(BEGINNING, words)


@settings(max_examples=400, deadline=None)
@given(words=_matches(_DOUBT_AFTER._pattern))
def test_every_doubt_holds_a_word_of_doubt(words: str) -> None:
    assert DOUBT_WORDS.search(words)


@pytest.mark.parametrize("pattern", _CHANGED)
def test_every_change_of_a_value_holds_a_word_of_change(pattern: Words) -> None:
    @settings(max_examples=100, deadline=None)
    @given(words=_matches(pattern._pattern))
    def holds(words: str) -> None:
        assert scores.CHANGES.search(words)

    holds()
