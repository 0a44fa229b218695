"""pytest over a small rule book: items, the final table, and failures a clinician can read."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.facts import load_glossary
from cds_service.scenarios import plugin, sentences
from tests.scenarios.small_book import SCENARIOS, write_book

LOADED = (plugin, sentences, load_glossary())
"""Loaded before the inner runs, which forget what they import: no module may be there twice."""


@pytest.fixture
def book(pytester: pytest.Pytester) -> Path:
    pages = write_book(pytester.path)
    root = Path(__file__).parents[2] / "conftest.py"
    pytester.makeconftest(root.read_text(encoding="utf-8").replace('pytest_plugins = ["pytester"]', ""))
    return pages


def test_a_page_runs_row_by_row_and_ends_with_the_table(pytester: pytest.Pytester, book: Path) -> None:
    result = pytester.runpytest(str(book / "low_haemoglobin.toml"), "-v")
    result.assert_outcomes(passed=9)
    result.stdout.fnmatch_lines(
        [
            "*low_haemoglobin.toml::fires::old and anaemic PASSED*",
            "*rule * fires * silent * boundary * unknown*",
            "L-91 low-haemoglobin * 2 * 1 * 3 * 2",
            "1 rules, 8 scenarios, 0 failed",
        ]
    )


def test_a_page_without_scenarios_fails_and_says_what_to_add(pytester: pytest.Pytester, book: Path) -> None:
    result = pytester.runpytest("rules")
    result.assert_outcomes(passed=9, failed=1)
    result.stdout.fnmatch_lines(["the page has no scenarios. Write anyone.toml beside it."])


def changed(book: Path, old: str, new: str) -> str:
    path = book / "low_haemoglobin.toml"
    assert SCENARIOS.count(old) == 1
    path.write_text(SCENARIOS.replace(old, new), encoding="utf-8")
    return str(path)


def test_a_failure_reads_as_clinical_sentences(pytester: pytest.Pytester, book: Path) -> None:
    result = pytester.runpytest(changed(book, 'labs.hb = "12 g/dL"\n', 'labs.hb = "6 g/dL"\n'))
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(
        [
            "L-91 low-haemoglobin: Low haemoglobin",
            "Scenario (silent): no anaemia",
            "Expected: the rule is silent.",
            "Got:      the rule speaks with its branch 'very-low'.",
            "Expected: not-now/lab-hb is not among the findings.",
            "Branch 'very-low' is met, decided by:",
            "  - met: *aemoglobin* is below hb_stop (8)",
            "Facts:",
            "  - hb_g_dl (*): 6 g/dL ?Observation/hb-1; 2026-05-25; coded]",
            "L-91 low-haemoglobin * 2 * 0 of 1 * 3 * 2",
            "1 rules, 8 scenarios, 1 failed",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*runner.py*")


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ('branch = "low"', 'branch = "very-low"',
         ["Got:      the rule speaks with its branch 'low'.", "Branch 'very-low' is not met, decided by:",
          "  - not met: age* is at least 60", "  - age_years (*): 59 *"]),
        ('labs.hb = "8.0 g/dL"\n', 'labs.hb = "8.0 g/dL"\ncards = 2\n',
         ["Expected: 2 card(s).", "Got:      0: ."]),
        ('primary = "not-now/lab-hb"', 'primary = "not-now/lab-wbc"', ["Got:      primary is not-now/lab-hb (L-91)."]),
        ('finding = "needs-data/labs-missing-or-old"', 'finding = "not-now/washout"',
         ["Expected: not-now/washout is among the findings."]),
        ('"hb 7.5 g/dl below 8"', '"thrombocytes"', ["Expected: a card says 'thrombocytes'."]),
        ('card_never_says = "eligible"', 'card_never_says = "record shows"',
         ["Expected: no card says 'record shows'."]),
        ('missing = "wbc"', 'missing = "weight"', ["Expected: weight is asked for."]),
        ('not_missing = "bilirubin-uln"', 'not_missing = "hb"\nlabs.hb = "7 g/dL"\nmissing = "hb"',
         ["Expected: hb is asked for."]),
        ('hb = "not-met"', 'hb = "met"', ["Expected: criterion hb is met.", "Got:      it is not-met."]),
        ('primary = "no-card"', 'primary = "no-card"\nbranch = "very-low"\nage = 60',
         ["*not readable as TOML*"]),
        ('ignored = "no-unit"', 'ignored = "implausible"', ["Expected: something is left out as implausible."]),
        ('without = ["labs.hb"]', 'labs.hb = "7 g/dL"',
         ["Expected: the rule is silent.", "Got:      the rule speaks with its branch 'very-low'."]),
        ('policy = { hb_stop = 9.0 }', 'policy = { hb_stopp = 9.0 }', ["*policy: unknown key 'hb_stopp'*"]),
    ],
)  # fmt: skip
def test_every_expectation_can_fail(
    pytester: pytest.Pytester, book: Path, old: str, new: str, lines: list[str]
) -> None:
    result = pytester.runpytest(changed(book, old, new))
    assert result.ret != 0
    for line in lines:
        result.stdout.fnmatch_lines([line])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('branch = "low"\n', "", "*'younger and anaemic' does not say which branch speaks. Add branch = *"),
        ('branch = "low"\nage = 59\n', 'branch = "very-low"\n', "*fires]] row for the branch 'low'. Add a *"),
        ('branch = "low"', 'branch = "lower"', "*branch 'lower' is not on the page. Did you mean 'low'*"),
        ('primary = "not-now/lab-hb"', 'primary = "not-now"', "*'not-now' is not an outcome. Write outcome/reason*"),
        ('missing = "wbc"', 'missing = "wcb"', "*nothing is asked for as 'wcb'. Did you mean 'wbc'*"),
        ('{ hb = "not-met"', '{ hgb = "not-met"', "*'hgb' is not a criterion. *"),
        ('ignored = "no-unit"', 'ignored = "nounit"', "*'nounit' is no reason to ignore. Did you mean 'no-unit'*"),
        ('[[silent]]\nname = "no anaemia"', '[[fires]]\nname = "no anaemia"\nbranch = "low"',
         "*silent]] row. Add patients for whom it is silent."),
        ('labs.hb = "12 g/dL"', 'labs.hb = "12 g"', "*[[]silent]] 'no anaemia': labs.hb: the unit 'g' is not known*"),
    ],
)  # fmt: skip
def test_incomplete_scenarios_are_one_failing_item(
    pytester: pytest.Pytester, book: Path, old: str, new: str, line: str
) -> None:
    result = pytester.runpytest(changed(book, old, new))
    assert result.ret != 0
    result.stdout.fnmatch_lines(["L-91 low-haemoglobin: the scenarios are not complete."])
    result.stdout.fnmatch_lines([line])


def test_a_rule_book_that_does_not_load_says_where(pytester: pytest.Pytester, book: Path) -> None:
    page = book / "anyone.py"
    page.write_text(page.read_text("utf-8").replace("fact.jurisdiction", "fact.juristiction"), encoding="utf-8")
    (book / "anyone.toml").write_text(SCENARIOS, encoding="utf-8")
    result = pytester.runpytest("rules")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["The rule book does not load. *anyone.py:*juristiction*", "*load, see above."])
    assert result.stdout.str().count("no fact called") == 1
    result.stdout.no_fnmatch_line("*Traceback*")


def test_an_equivalent_change_without_a_reason_is_refused(pytester: pytest.Pytester, book: Path) -> None:
    path = changed(book, "[[fires]]\nname = \"old", "[[equivalent]]\nmutant = \"low\"\n[[fires]]\nname = \"old")
    result = pytester.runpytest(path)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*low_haemoglobin.toml, *equivalent*: 'why' is missing. Add why = ...*"])


def test_other_files_are_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", settings="a = 1")
    pytester.makeconftest((Path(__file__).parents[2] / "conftest.py").read_text(encoding="utf-8").replace(
        'pytest_plugins = ["pytester"]', ""))  # fmt: skip
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.no_fnmatch_line("*scenarios*")
