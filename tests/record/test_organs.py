"""Organs in words: every name that stands at the start of a word, each organ's names one after the other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.record.organs import _WORDS, organ_of, organs_in

NAMES = [
    "Liver", "liver segment IVa", "cervical lymph node", "cervical vertebra C5", "small bowel", "mesenteric", "node",
    "lymph", "papilla of Vater", "si-NET", "segment", "segments 4", "ILEUM", "k\u0131dney", "Ma\u017fs", "spine", "L4",
    "the", "of", "metastasis", ",", "-", ". ",
]  # fmt: skip


def one_by_one(words: str) -> list[tuple[str, int, int]]:
    """The plain way: each organ's names looked for in the whole text."""
    found = [
        (organ, match.start(), match.end())
        for organ, names in _WORDS
        for match in re.finditer(rf"\b(?:{names})" + ("" if names.endswith(r"\b") else r"\b"), words, re.I)
    ]
    return sorted(found, key=lambda item: (item[1], -item[2]))


@given(st.lists(st.sampled_from(NAMES), max_size=8), st.sampled_from(["", " ", "-"]))
def test_no_name_is_missed(names, between):
    words = between.join(names)
    assert list(organs_in(words)) == one_by_one(words)


@pytest.mark.parametrize(
    ("site", "organ"),
    [
        ("Liver structure", "liver"),
        ("segment VII of liver", "liver"),
        ("cervical lymph node", "lymph node"),
        ("cervical vertebra", "bone"),
        ("left side", ""),
        ("a long way round, " * 10 + "in the liver", "liver"),
    ],
)
def test_organ_of_a_site(site, organ):
    assert organ_of(site) == organ
