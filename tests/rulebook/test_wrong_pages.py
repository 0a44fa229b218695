"""A wrong page never loads: the message names the file, the line and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cds_service.rulebook import load_rulebook
from cds_service.rulebook.library import LibraryError
from cds_service.rulebook.loader import rules_folder
from cds_service.rulebook.page_check import PageError

PAGE = '''"""T-99: a page for tests."""

from datetime import date

from cds_service.rulebook import Advice, Branch, Rule, Suggestion, fact, param

rule = Rule(
    id="test-page",
    code="T-99",
    title="A page",
    version="1.0.0",
    date=date(2026, 11, 20),
    review_by=date(2027, 11, 20),
    author="somebody",
    validation="testing",
    purpose="To be tested.",
    explanation="It is loaded and refused.",
    citations=("L06",),
    evidence="label",
    branches=(
        Branch(
            name="low",
            when=CONDITION,
            outcome="not-now",
            reason="lab-hb",
            advice=Advice(
                indicator="warning",
                summary="SUMMARY",
                record="Record shows a low value.",
                suggestions=(
                    Suggestion(label="Consider repeating it"),
                    Suggestion(label="No change"),
                ),
            ),
        ),
    ),
)
'''
CONDITION = "fact.hb_g_dl < param.hb_stop"
SUMMARY = "Hb {hb_g_dl} below {param.hb_stop}."


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The tables of the real book without its pages."""
    folder = tmp_path / "rules"
    shutil.copytree(rules_folder(), folder, ignore=lambda d, names: [n for n in names if Path(d, n).is_dir()])
    (folder / "laboratory").mkdir()
    return folder


def write(book: Path, condition: str = CONDITION, summary: str = SUMMARY, **replaced: str) -> Path:
    page = book / "laboratory" / "test_page.py"
    text = PAGE.replace("CONDITION", condition).replace("SUMMARY", summary)
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    page.write_text(text, encoding="utf-8")
    return page


def refused(book: Path) -> str:
    with pytest.raises(PageError) as caught:
        load_rulebook(book)
    return str(caught.value)


def test_the_page_these_tests_spoil_is_right(book: Path) -> None:
    write(book)
    assert [rule.code for rule in load_rulebook(book).rules] == ["T-99"]


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("(fact.hb_g_dl < 8) and (fact.wbc_10_9_l < 2)", "write & or |"),
        ("(fact.hb_g_dl < 8) or (fact.wbc_10_9_l < 2)", "write & or |"),
        ("not (fact.hb_g_dl < 8)", "write ~( ... )"),
        ("2 < fact.hb_g_dl < 8", "chained comparison"),
        ("fact.hb_g_dl in (7, 8)", "instead of in"),
        ("fact.hb_g_dl + 1 < 8", "no arithmetic"),
        ("fact.hb_g_dI < 8", "did you mean 'hb_g_dl'"),
        ("fact.hb_g_dl < param.hb_stopp", "did you mean 'hb_stop'"),
        ('fact.hb_g_dl == "low"', "is a number, not a text"),
        ('fact.jurisdiction == "UK"', "is one of US, EU"),
        ("fact.jurisdiction < 3", "not a number"),
        ("fact.hb_g_dl < fact.wbc_10_9_l", "compare a fact only with a number"),
        ("fact.hb_g_dl", "alone is not a condition"),
        ("fact.fired_t_99.yes & fact.hb_g_dl.known", "set stage=2"),
        ("max(fact.hb_g_dl, 3)", "only the author's words may be called"),
        ("(lambda: 1)()", "no code runs"),
        ("fact.hb_g_dl < 8 if 1 else 2", "another branch"),
        ("[fact.hb_g_dl < 8][0]", "tuple"),
    ],
)
def test_wrong_conditions_are_refused_with_file_and_line(book: Path, condition: str, says: str) -> None:
    page = write(book, condition=condition)
    message = refused(book)
    path, line, _ = message.split(":", 2)
    assert path == str(page)
    assert "when=" in page.read_text(encoding="utf-8").splitlines()[int(line) - 1] or says == "compare a fact"
    assert says in message


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        ("White cells {wbc_10_9_l} low.", "does not make certain"),
        ("Hb {hb} low.", "is not a fact"),
        ("Hb below {param.hb}.", "not in parameters.toml"),
        ("Hb {hb_g_dl low.", "quotes nothing"),
        ("Give blood: Hb {hb_g_dl}.", "not a word for a card"),
        ("Hb {hb_g_dl}: patient not eligible.", "not a word for a card"),
    ],
)
def test_wrong_texts_are_refused(book: Path, summary: str, says: str) -> None:
    write(book, summary=summary)
    assert says in refused(book)


def test_an_optional_part_may_quote_what_may_be_unknown(book: Path) -> None:
    write(book, summary="Hb {hb_g_dl}[[, white cells {wbc_10_9_l}]] low.")
    assert load_rulebook(book).rules


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('citations=("L06",)', "citations=()", "without a citation"),
        ('citations=("L06",)', 'citations=("L99",)', "not in citations.toml"),
        ('reason="lab-hb"', 'reason="lab-hgb"', "not an outcome of the contract"),
        ('indicator="warning"', 'indicator="critical"', "critical is only for"),
        ('Suggestion(label="No change")', 'Suggestion(label="Consider it", order="scan")', "not in orders.toml"),
        ('code="T-99"', 'code="T99"', "code looks like"),
        ('id="test-page"', 'id="other-page"', "is called other_page.py"),
        ("review_by=date(2027, 11, 20)", "review_by=date(2026, 1, 1)", "must lie after"),
        ('purpose="To be tested."', 'purpose=""', "purpose is empty"),
        ("from datetime import date", "import os\nfrom datetime import date", "imports words and assigns"),
        ("from datetime import date", "from os import path\nfrom datetime import date", "import only from"),
        ('validation="testing"', 'validation=f"test{1}"', "f-string"),
        ("    branches=(", '    silenced_by=("X",),\n    branches=(', "write a code"),
        ("rule = Rule(", "rule = other = Rule(", "exactly one name"),
    ],
)
def test_wrong_pages_are_refused(book: Path, old: str, new: str, says: str) -> None:
    write(book, **{old: new})
    assert says in refused(book)


def test_two_suggestions_or_no_change(book: Path) -> None:
    write(book, **{'Suggestion(label="No change"),': ""})
    assert "at least two suggestions" in refused(book)


def test_more_than_twelve_alternatives_are_refused(book: Path) -> None:
    write(book, condition=" | ".join(f"(fact.wbc_10_9_l == {n})" for n in range(13)), summary="Low.")
    assert "13 alternatives" in refused(book)


def test_a_code_taken_twice_is_refused(book: Path) -> None:
    page = write(book)
    other = page.with_name("second_page.py")
    other.write_text(page.read_text(encoding="utf-8").replace('id="test-page"', 'id="second-page"'), encoding="utf-8")
    assert "already taken" in refused(book)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("[hb_stop]\nvalue = 8\n", "lacks meaning"),
        ("[hb_stop]\nvalue = 8\nmeaning = 'x'\nsources = ['L06']\nverified = 'X'\n", "verified must be"),
        (
            "[hb_stop]\nvalue = 8\nmeaning = 'x'\nsources = ['L06']\nverified = 'V'\ncolour = 1\n",
            "unknown key 'colour'",
        ),
        (
            "[hb_stop]\nvalue = 8\nmeaning = 'x'\nsources = ['L06']\nverified = 'V'\npolicy = true\nmin = 9\nmax = 9\n",
            "min <= value <= max",
        ),
        ("hb_stop = 8\n", "must be a table"),
        ("[hb_stop\n", "cannot be read"),
    ],
)
def test_wrong_tables_are_refused(book: Path, line: str, says: str) -> None:
    (book / "parameters.toml").write_text(line, encoding="utf-8")
    with pytest.raises(LibraryError, match=says):
        load_rulebook(book)


def test_the_digest_changes_with_every_file(book: Path) -> None:
    write(book)
    before = load_rulebook(book).sha256
    (book / "VERSION").write_text("1.0.1\n", encoding="utf-8")
    assert load_rulebook(book).sha256 != before
