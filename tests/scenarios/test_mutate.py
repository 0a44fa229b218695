"""Killing any one condition of a page turns a scenario red, and says so in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.rulebook.conditions import All, Condition, Presence, fact, named, param
from cds_service.rulebook.words import Branch
from cds_service.scenarios.bench import Bench, bench_of
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.equivalence import same_rule
from cds_service.scenarios.mutants import Mutant, changes, mutants
from cds_service.scenarios.mutate import notice, trials_of, try_page
from cds_service.scenarios.runner import Result
from cds_service.scenarios.sentences import describe
from cds_service.scenarios.sheets import read_rows
from tests.scenarios.small_book import SCENARIOS, write_book

SHEET = "low_haemoglobin.toml"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return write_book(tmp_path)


@pytest.fixture
def bench(pages: Path) -> Bench:
    return bench_of(pages.parent)


def all_mutants(bench: Bench) -> dict[str, Mutant]:
    return {mutant.what: mutant for mutant in mutants(bench.book.rule("L-91"), bench.book.parameters)}


def test_every_change_of_a_page_is_made_once(bench: Bench) -> None:
    assert list(all_mutants(bench)) == [
        "very-low: any instead of all of hb_g_dl is below hb_stop and age_years is at least 60",
        "very-low: without hb_g_dl is below hb_stop",
        "very-low: limit on the other side: hb_g_dl is below hb_stop",
        "very-low: one step up: hb_g_dl is below hb_stop",
        "very-low: one step down: hb_g_dl is below hb_stop",
        "very-low: without age_years is at least 60",
        "very-low: limit on the other side: age_years is at least 60",
        "very-low: one step up: age_years is at least 60",
        "very-low: one step down: age_years is at least 60",
        "very-low: outcome not-now/lab-wbc",
        "very-low: no outcome",
        "low: without hb_g_dl is below hb_stop",
        "low: limit on the other side: hb_g_dl is below hb_stop",
        "low: one step up: hb_g_dl is below hb_stop",
        "low: one step down: hb_g_dl is below hb_stop",
        "low: outcome not-now/lab-wbc",
        "low: no outcome",
        "low: tried before very-low",
    ]


def test_a_killed_condition_is_noticed_in_words(pages: Path, bench: Bench) -> None:
    rule = bench.book.rule("L-91")
    trials = trials_of(read_rows(pages / SHEET)[0], rule, bench)
    red = notice(all_mutants(bench)["very-low: without age_years is at least 60"], trials, bench)
    assert isinstance(red, Result)
    words = describe(red, bench)
    assert "Scenario (fires): younger and anaemic" in words
    assert "Expected: the rule speaks with its branch 'low'." in words
    assert "Got:      the rule speaks with its branch 'very-low'." in words


def test_what_no_row_notices_survives(pages: Path, bench: Bench) -> None:
    tried = try_page(pages / SHEET, bench)
    assert tried.count == 18
    assert tried.survivors == [
        # The page says the age limit, but no row stands on it; nor does a row say what the second branch concludes.
        "very-low: limit on the other side: age_years is at least 60",
        "very-low: one step up: age_years is at least 60",
        "low: one step down: hb_g_dl is below hb_stop",
        "low: outcome not-now/lab-wbc",
        "low: no outcome",
    ]
    assert try_page(pages / SHEET, bench, only_dropped=True).survivors == []


def test_an_equivalent_change_is_explained_once_and_only_while_it_survives(pages: Path, bench: Bench) -> None:
    explained = """
[[equivalent]]
mutant = "low: no outcome"
why = "an example"
[[equivalent]]
mutant = "low: tried before very-low"
why = "noticed, so no longer true"
"""
    (pages / SHEET).write_text(SCENARIOS + explained, encoding="utf-8")
    tried = try_page(pages / SHEET, bench)
    assert tried.equivalent == ["low: no outcome"] and "low: no outcome" not in tried.survivors
    assert tried.stale == ["low: tried before very-low"]


def test_a_page_that_fails_as_it_is_comes_first(pages: Path, bench: Bench) -> None:
    (pages / SHEET).write_text(SCENARIOS.replace('"12 g/dL"', '"5 g/dL"'), encoding="utf-8")
    with pytest.raises(ScenarioError, match="L-91 'no anaemia'"):
        try_page(pages / SHEET, bench)


@pytest.mark.parametrize(
    ("condition", "dropped"),
    [
        (fact.ecog.known & (fact.ecog < 3), ["without ecog is below 3"]),
        (fact.ecog.known & fact.course.known, ["without ecog is known", "without course is known"]),
        (fact.ecog.known | (fact.ecog < 3), ["without ecog is known", "without ecog is below 3"]),
        (named("c", "C", fact.ecog.known & fact.course.known) & (fact.ecog < 3),
         ["without C", "c: without course is known", "without ecog is below 3"]),
        (fact.ecog < 3, ["without ecog is below 3"]),
        (~named("c", "C", fact.ecog < 3), ["without not: C"]),
    ],
)  # fmt: skip
def test_what_leaving_out_cannot_change_is_not_tried(condition: Condition, dropped: list[str]) -> None:
    assert [what for what, _, out in changes(condition, {}) if out] == dropped


def test_a_change_that_changes_nothing_is_proven(pages: Path, bench: Bench) -> None:
    rule, numbers = bench.book.rule("L-91"), {name: float(p.value) for name, p in bench.book.parameters.items()}
    very_low, low = rule.branches

    def same(first: Branch, second: Branch) -> bool:
        other = replace(rule, branches=(first, second))
        return same_rule(rule, other, bench.book.glossary, numbers)

    younger = fact.age_years < 60
    low_hb = low.when
    assert same(very_low, low)
    assert same(very_low, replace(low, when=low_hb & (younger | fact.age_years.unknown)))
    assert not same(very_low, replace(low, when=low_hb & younger))  # of unknown age nobody would be low
    assert not same(low, very_low)
    assert not same(very_low, replace(low, when=fact.hb_g_dl <= param.hb_stop))
    assert not same(very_low, replace(low, reason="lab-wbc"))
    assert same(very_low, replace(low, when=low_hb & ((fact.course == "none") | (fact.course != "none"))))


def test_silencing_and_too_many_combinations_are_never_proven(pages: Path, bench: Bench) -> None:
    rule = bench.book.rule("L-91")
    numbers = {name: float(p.value) for name, p in bench.book.parameters.items()}
    assert not same_rule(rule, replace(rule, silenced_by=("G-91",)), bench.book.glossary, numbers)
    many = [name for name, spec in bench.book.glossary.items() if spec.type == "number"][:16]
    wide = replace(rule, branches=(replace(rule.branches[0], when=All(tuple(Presence(n, True) for n in many))),))
    assert not same_rule(wide, wide, bench.book.glossary, numbers)
