"""What speaks in which PRRT course (rulings, section 4), as a table of its own."""

from __future__ import annotations

import pytest

from cds_service.rulebook import load_rulebook
from cds_service.rulebook.words import COURSES, Course

BOOK = load_rulebook()
CODES = {rule.code for rule in BOOK.rules}
F = {code for code in CODES if code.startswith("F-")}
ALWAYS = {code for code in CODES if code.startswith("D-")} | {"G-01", "G-02"}  # integrity; whom the rules speak of
B = {code for code in CODES if code.startswith("B-")}

TABLE: dict[Course, set[str]] = {
    "none": CODES - F,
    "in-progress": ALWAYS
    | B
    | {"C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-08", "C-10"}
    | {"F-01", "F-02", "F-03", "F-04", "F-07", "F-08", "T-02", "T-04", "T-05", "L-07", "L-02"},
    "completed": ALWAYS | B | {"C-01", "C-03", "F-04", "F-05", "F-07", "F-08", "F-09"},
    "retreatment": (CODES - F) | {"F-06", "F-07"},
}


def test_there_are_83_rules() -> None:
    assert len(CODES) == 83


@pytest.mark.parametrize("course", COURSES)
def test_the_pages_speak_where_the_rulings_say(course: Course) -> None:
    speaking = {rule.code for rule in BOOK.rules if course in rule.speaks_in}
    assert speaking - TABLE[course] == set(), "should be silent"
    assert TABLE[course] - speaking == set(), "should speak"
