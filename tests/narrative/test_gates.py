"""A question asked first must never be narrower than what it saves: every match of the pattern answers it with yes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.narrative.lowercase import folded
from cds_service.narrative.place_status import _DOUBT_AFTER, DOUBT_WORDS
from cds_service.narrative.response_words import JUDGEMENT_HINT, NEWLY, NO_DISEASE, OPERABLE, RESPONSE_HINT, SYMPTOM
from cds_service.narrative.scores import krenning_scores
from cds_service.narrative.suv import suv_values
from cds_service.narrative.tracer import BEGINNING, NAME
from cds_service.narrative.uptake import _HINT, _PATTERNS

_TURNS = (
    "->", "=>", "\u00bb", "now", ", now", "has fallen to", "fell to", "risen to", "rose to", "went down to", "Now",
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(words=st.from_regex(re.compile(NAME), fullmatch=True))
def test_every_name_of_a_tracer_begins_as_expected(words: str) -> None:
    assert re.match(BEGINNING, words)


@settings(max_examples=400, deadline=None)
@given(words=st.from_regex(re.compile(_DOUBT_AFTER.source), fullmatch=True))
def test_every_doubt_holds_a_word_of_doubt(words: str) -> None:
    assert DOUBT_WORDS.search(words)


@pytest.mark.parametrize("change", [*(f"2 {turn} 3" for turn in _TURNS), "fell from 2 to 3"])
def test_every_change_of_a_value_is_noticed(change: str) -> None:
    scores, suvs = krenning_scores(f"Krenning {change}.", []), suv_values(f"SUVmax {change}.", [])
    assert [(s.low, s.old) for s in scores] == [(2, True), (3, False)]
    assert [(s.value, s.old) for s in suvs] == [(2.0, True), (3.0, False)]


@settings(max_examples=1000, deadline=None)
@given(st.one_of(st.from_regex(re.compile(pattern), fullmatch=True) for _, pattern in _PATTERNS))
def test_every_word_of_uptake_is_hinted_at(words: str) -> None:
    assert _HINT.search(words)


@settings(max_examples=400, deadline=None)
@given(st.one_of(
    st.from_regex(pattern, fullmatch=True)
    for pattern in (RESPONSE_HINT, *(re.compile(words.source) for words in (NEWLY, NO_DISEASE, OPERABLE, SYMPTOM)))
))  # fmt: skip
def test_every_judgement_holds_a_word_of_one(words: str) -> None:
    assert JUDGEMENT_HINT.search(folded(words))
