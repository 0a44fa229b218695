"""The same lesion on two scans."""

from __future__ import annotations

import pytest

from cds_service.facts.sites import organ, place, same_place


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Liver segment VII", "segment 7 of the liver"),
        ("Hepatic metastasis", "Liver structure (body structure)"),
        ("2nd left rib", "second left rib"),
        ("Gastric mass", "stomach"),
    ],
)
def test_spellings_of_one_place(first: str, second: str) -> None:
    assert place(first) == place(second)
    assert same_place(first, [second]) == [0]


@pytest.mark.parametrize(
    ("first", "second"),
    [("liver segment II", "liver segment VII"), ("left femur", "right femur"), ("", ""), ("rib", "liver")],
)
def test_two_places(first: str, second: str) -> None:
    assert same_place(first, [second]) == []


def test_the_organ_matches_its_only_entry() -> None:
    assert same_place("liver", ["pancreas", "liver segment VII"]) == [1]
    assert same_place("liver", ["liver segment II", "liver segment VII"]) == []
    assert same_place("liver", ["liver", "liver segment VII"]) == [0]


def test_a_site_without_a_known_organ_keeps_its_words() -> None:
    assert organ("left orbit wall") == "orbit"
    assert organ("port site") == "port site"
    assert organ("") == ""
