"""Kills the conditions of a rule page one by one, to see whether its scenarios notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cds_service.rulebook.explain import in_words
from cds_service.rulebook.logic import All, Any, Condition, Named, Not, Presence
from cds_service.rulebook.words import Rule
from cds_service.scenarios.bench import Bench, Case
from cds_service.scenarios.runner import Result, judge
from cds_service.scenarios.sheets import Row

ALWAYS = Presence("jurisdiction", True)
"""A fact that is always known: what is left of a condition that was the only one."""


@dataclass(frozen=True, slots=True)
class Killed:
    """A rule without one of its conditions."""

    what: str
    rule: Rule


def killed(rule: Rule) -> Iterator[Killed]:
    """The rule without each of its conditions in turn, and without each of its silencers."""
    for index, branch in enumerate(rule.branches):
        for words, when in _without_one(branch.when):
            branches = list(rule.branches)
            branches[index] = replace(branch, when=when)
            yield Killed(f"{branch.name}: {words}", replace(rule, branches=tuple(branches)))
    for silencer in rule.silenced_by:
        left = tuple(name for name in rule.silenced_by if name != silencer)
        yield Killed(f"silenced by {silencer}", replace(rule, silenced_by=left))


def _without_one(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The condition without each of its parts; one that stands alone becomes always true."""
    if not isinstance(condition, All | Any):
        yield in_words(condition), ALWAYS
    yield from _inside(condition)


def _inside(condition: Condition) -> Iterator[tuple[str, Condition]]:
    if isinstance(condition, Named):
        for words, inner in _inside(condition.condition):
            yield f"{condition.id}: {words}", replace(condition, condition=inner)
    elif isinstance(condition, Not):
        for words, inner in _inside(condition.condition):
            yield words, Not(inner)
    elif isinstance(condition, All | Any):
        kind = type(condition)
        for index, part in enumerate(condition.parts):
            left = condition.parts[:index] + condition.parts[index + 1 :]
            yield in_words(part), left[0] if len(left) == 1 else kind(left)
            for words, inner in _inside(part):
                yield words, kind((*condition.parts[:index], inner, *condition.parts[index + 1 :]))


def noticed(mutant: Killed, cases: list[tuple[Row, Case]], bench: Bench) -> Result | None:
    """The first row that fails with the mutant, run from the facts on; None if none does."""
    rules = tuple(mutant.rule if rule.code == mutant.rule.code else rule for rule in bench.book.rules)
    other = Bench(replace(bench.book, rules=rules))
    for row, case in cases:
        result = judge(row, mutant.rule, case, other)
        if not result.passed:
            return result
    return None
