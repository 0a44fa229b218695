"""Lower case finds what a search without regard to case finds."""

from __future__ import annotations

import re

import pytest

from cds_service.narrative.lowercase import folded, lower_pattern


def test_every_character_that_is_taken_for_a_letter_becomes_that_letter():
    for letter in "abcdefghijklmnopqrstuvwxyz":
        same = [c for c in map(chr, range(0x3000)) if re.fullmatch(letter, c, re.I)]
        assert {folded(c) for c in same} == {letter}


def test_no_character_changes_length_or_kind():
    for c in map(chr, range(0x3000)):
        assert len(folded(c)) == 1
        assert all(bool(re.match(kind, c)) == bool(re.match(kind, folded(c))) for kind in (r"\w", r"\d", r"\s"))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\bT\d{1,2}\S", "in T12 and t4:"),
        (r"(?P<Name>LIVER|Bone)\W", "Bone, LIVER."),
        (r"[CTL]\d", "c5 L2"),
        (r"(?<!Not )Seen", "NOT SEEN, SEEN"),
        (r"kidney", "\u212aıdney"),
    ],
)
def test_the_same_places_are_found(source, text):
    plainly = [match.span() for match in re.finditer(source, text, re.I)]
    assert plainly
    assert [match.span() for match in lower_pattern(source).finditer(folded(text))] == plainly
