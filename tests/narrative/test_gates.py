"""A question asked first must never be narrower than what it saves: every match of the pattern answers it with yes."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.narrative.place_status import _DOUBT_AFTER, DOUBT_WORDS
from cds_service.narrative.tracer import BEGINNING, NAME


@settings(max_examples=400, deadline=None)
@given(words=st.from_regex(re.compile(NAME), fullmatch=True))
def test_every_name_of_a_tracer_begins_as_expected(words: str) -> None:
    assert re.match(BEGINNING, words)


@settings(max_examples=400, deadline=None)
@given(words=st.from_regex(_DOUBT_AFTER._pattern, fullmatch=True))
def test_every_doubt_holds_a_word_of_doubt(words: str) -> None:
    assert DOUBT_WORDS.search(words)
