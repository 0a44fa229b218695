"""Numbers as records write them."""

from decimal import Decimal

import pytest

from cds_service.record.intervals import _COMPARES, _WORDS, percent


@pytest.mark.parametrize("word", [word for pattern, _ in _WORDS for word in pattern.split("|")])
def test_no_comparing_word_is_passed_over(word: str) -> None:
    assert _COMPARES.search(word)


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [("7-8 %", 7, 8), ("Less Than 5 %", 0, 5), ("MIB-1 index: at most 5 %", 0, 5), ("Ki-67 20", 20, 20)],
)
def test_a_percentage_as_written(written: str, low: int, high: int) -> None:
    found = percent(written)
    assert found is not None
    assert (found[0].low, found[0].high) == (Decimal(low), Decimal(high))
