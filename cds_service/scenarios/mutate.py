"""Checks the scenarios themselves: each page is changed in every single way, and a row must turn red.

``python -m cds_service.scenarios.mutate [PAGE.toml ...]`` prints a table and the survivors. A change that makes no
difference is proven so where the page alone shows it; else it is named in the scenario file, with the reason::

    [[equivalent]]
    mutant = "ready: without cycle_labs_missing is not known"
    why = "nothing can be missing when all six values are fresh"
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cds_service.rulebook.conditions import Condition, ConditionError, bind, evaluate
from cds_service.rulebook.loader import Rulebook, rules_folder
from cds_service.rulebook.rule_check import RuleError, check_rule
from cds_service.rulebook.words import Rule
from cds_service.scenarios.bench import Bench, Case, bench_of
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.equivalence import same_rule
from cds_service.scenarios.mutants import Mutant, mutants
from cds_service.scenarios.runner import Result, judge
from cds_service.scenarios.sheets import Row, read_equivalents, read_rows

Facts = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Trial:
    """A row that passes, up to its facts, and what the unchanged rule makes of them."""

    row: Row
    case: Case
    facts: Facts
    parameters: Mapping[str, float]
    truths: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A page's mutants: how many, how many are proven to be the same rule, and which nobody noticed.

    ``stale``: equivalents named in the file that are noticed, proven or gone.
    """

    rule: Rule
    count: int
    proven: int = 0
    survivors: list[str] = field(default_factory=list)
    equivalent: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def try_page(path: Path, bench: Bench, *, only_dropped: bool = False) -> Tried:
    """Runs a page's mutants against its own scenarios. Raises ScenarioError when one of these fails unchanged."""
    rule = bench.book.rule(path.stem.replace("_", "-"))
    trials = trials_of(read_rows(path)[0], rule, bench)
    explained = read_equivalents(path)
    listed = [m for m in mutants(rule, bench.book.parameters) if m.dropped or not only_dropped]
    unnoticed = [mutant for mutant in listed if not refused(mutant, bench.book) and not notice(mutant, trials, bench)]
    numbers = {name: float(parameter.value) for name, parameter in bench.book.parameters.items()}
    alive = [m.what for m in unnoticed if not same_rule(rule, m.rule, bench.book.glossary, numbers)]
    return Tried(
        rule=rule,
        count=len(listed),
        proven=len(unnoticed) - len(alive),
        survivors=[what for what in alive if what not in explained],
        equivalent=[what for what in alive if what in explained],
        stale=[] if only_dropped else [what for what in explained if what not in alive],
    )


def trials_of(rows: Iterable[Row], rule: Rule, bench: Bench) -> list[Trial]:
    """The rows with their facts. Raises ScenarioError for a row that fails as it is."""
    trials = []
    for row in rows:
        try:
            case = bench.case(row.patient)
            result = judge(row, rule, case, bench)
        except ScenarioError as error:
            raise ScenarioError(f"{rule.code} {row.name!r}: {error}") from None
        if not result.passed:
            raise ScenarioError(f"{rule.code} {row.name!r} fails unchanged: mend it first.")
        facts = {name: known.value for name, known in result.assessment.seen_by(rule.stage).items()}
        values = bench.assessor(case.policy).values
        trials.append(Trial(row, case, facts, values, _truths(rule, facts, values)))
    return trials


def _truths(rule: Rule, facts: Facts, values: Mapping[str, float]) -> tuple[bool | None, ...]:
    conditions: list[Condition] = []
    for branch in rule.branches:
        conditions += [branch.when, *(also.when for also in branch.also)]
    return tuple(evaluate(bind(condition, values), facts) is True for condition in conditions)


def refused(mutant: Mutant, book: Rulebook) -> bool:
    """Whether the page would not even load."""
    try:
        check_rule(mutant.rule, book)
    except (RuleError, ConditionError):
        return True
    return False


def notice(mutant: Mutant, trials: list[Trial], bench: Bench) -> Result | ScenarioError | None:
    """What the first row says that turns red, from the facts on; None if none does.

    A row for which the changed conditions are as true as before is not run: nothing could differ.
    """
    original = next(rule for rule in bench.book.rules if rule.code == mutant.rule.code)
    only_conditions = _conditions(original) != _conditions(mutant.rule) and _names(original) == _names(mutant.rule)
    rules = tuple(mutant.rule if rule.code == original.code else rule for rule in bench.book.rules)
    changed = Bench(replace(bench.book, rules=rules))
    for trial in trials:
        if only_conditions and _truths(mutant.rule, trial.facts, trial.parameters) == trial.truths:
            continue
        try:
            result = judge(trial.row, mutant.rule, trial.case, changed)
        except ScenarioError as error:
            return error
        if not result.passed:
            return result
    return None


def _conditions(rule: Rule) -> list[Condition]:
    return [condition for branch in rule.branches for condition in (branch.when, *(also.when for also in branch.also))]


def _names(rule: Rule) -> list[str]:
    return [branch.name for branch in rule.branches]


def main(arguments: list[str]) -> int:
    """Prints the table; 0 when no survivor is unexplained."""
    folder = rules_folder()
    bench = bench_of(folder)
    paths = [Path(argument) for argument in arguments] or sorted(folder.glob("*/*.toml"))
    total = unexplained = 0
    for path in paths:
        try:
            tried = try_page(path.resolve(), bench)
        except ScenarioError as error:
            print(error)
            unexplained += 1
            continue
        total += tried.count
        unexplained += len(tried.survivors) + len(tried.stale)
        name = f"{tried.rule.code} {tried.rule.id}"
        same = tried.proven + len(tried.equivalent)
        counts = f"{tried.count:>5} changes {same:>4} change nothing {len(tried.survivors):>4} not noticed"
        print(f"{name:<45}{counts}")
        for what in tried.survivors:
            print(f"    not noticed: {what}")
        for what in tried.stale:
            print(f"    [[equivalent]] no longer needed: {what}")
    print(f"{total} changes, {unexplained} unexplained")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
