"""The beginnings worked out from a pattern are never narrower than what the pattern matches."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from pathlib import Path
from random import Random

import pytest

from cds_service import narrative
from cds_service.narrative.lowercase import folded
from cds_service.narrative.normalise import plain
from cds_service.narrative.sections import sentences
from cds_service.narrative.starts import starts_of
from cds_service.narrative.words import Said, Words

_MODULES = [importlib.import_module(f"{narrative.__name__}.{m.name}") for m in pkgutil.iter_modules(narrative.__path__)]
PATTERNS = sorted({value for module in _MODULES for value in vars(module).values() if isinstance(value, Words)},
                  key=lambda words: words.source)  # fmt: skip
TEXTS = [report["text"] for path in sorted((Path(__file__).parent / "reports").glob("*.toml"))
         for report in tomllib.loads(path.read_text(encoding="utf-8"))["report"]]  # fmt: skip
SAID = [sentence.text for text in TEXTS for sentence in sentences(plain(text).text)]


def _spans(words: Words, text: str) -> list[tuple[int, int]]:
    """Of the pattern alone."""
    return [match.span() for match in re.finditer(words.source, folded(text))]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\b(?:no|not|metasta\w+)\b", {" no ", " not ", " metas"}),
        (r"\bin the past\b", {" in th"}),
        (r"\bki\s?-?\s?67", {" ki00", " ki 00", " ki  0", " ki   "}),
        (r"(?<!not )\bseen(?= on)", {" seen"}),
        (r"\(\?\)|->|\bx$", {"(?)", "->", " x "}),
        (r"cannot be", {"cannot"}),
        (r"(?:^|[(])\?", {"?", "(?"}),
        (r"[\s(]\?", {"\n?", "(?"}),
        (r"\bg[1-3a]\b", {" g0 ", " ga "}),
        (r"(?P<a>\bab)+", {" ab"}),
        (r"\w+ disease", {""}),
        (r"(?:the )?", {""}),
        (r"\s(?:and|but)\b", {"\n and ", "\n but "}),
        (r"\d", {""}),
        (r"(a)(?(1)b|c)", {""}),
    ],
)
def test_the_beginnings_of_a_pattern(pattern: str, expected: set[str]) -> None:
    assert starts_of(pattern) == expected


def test_a_text_is_searched_only_for_what_its_words_can_begin() -> None:
    no, score = Words(r"\bno\b"), Words(r"\bkrenning\s\d")
    said = Said("No uptake above Liver")
    assert no.possible(said)
    assert not score.possible(said)
    match = no.search(said)
    assert match is not None
    assert match.span() == (0, 2)
    assert not no.possible(Said("nodes"))
    assert no.possible(Said("(no)"))


@pytest.mark.parametrize("words", PATTERNS, ids=range(len(PATTERNS)))
def test_nothing_in_the_labelled_reports_is_passed_over(words: Words) -> None:
    for said in SAID:
        assert [match.span() for match in words.finditer(said)] == _spans(words, said)


@pytest.mark.parametrize("words", PATTERNS, ids=range(len(PATTERNS)))
def test_nothing_made_of_the_words_of_a_pattern_is_passed_over(words: Words) -> None:
    pieces = [piece for piece in re.split(r"\\\w|[^\w\s<>=%/.:,;-]|\?P<\w+>", words.source) if piece] + ["2", "\u2022"]
    random = Random(words.source)
    for _ in range(150):
        said = Said("".join(random.choice(pieces) + random.choice(("", " ", " ", "-", ", ", "(", "s ", "3"))
                            for _ in range(random.randrange(1, 9))))  # fmt: skip
        assert [match.span() for match in words.finditer(said)] == _spans(words, said)
        end = random.randrange(len(said) + 1)
        assert _span(words.search(said, 0, end)) == _span(re.compile(words.source).search(said.lowered, 0, end))


def _span(match: re.Match[str] | None) -> tuple[int, int] | None:
    return match.span() if match else None
