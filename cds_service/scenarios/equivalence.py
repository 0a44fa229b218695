"""Proves that a changed page is the same rule in other words: it concludes the same for every possible patient.

Every fact the page compares takes each of its values (a number: below, on and above each of its limits), and is
unknown, unless it is always known. What depends on how facts hang together is not seen: then a person says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import Atom, Comparison, Condition, bind, evaluate
from cds_service.rulebook.rule_check import STAGE_FACTS
from cds_service.rulebook.words import Branch, Rule

MOST_PATIENTS = 30_000
"""More combinations than this are not tried: nothing is proven then."""
_ALWAYS_KNOWN = {"jurisdiction", "course", *(spec.name for spec in STAGE_FACTS if spec.type == "number")}
_CLOSE = 0.05  # half the smallest step a limit is moved by

Value = float | str | None


@dataclass(frozen=True, slots=True)
class _Bound:
    """One branch with its numbers filled in."""

    branch: Branch
    when: Condition
    also: tuple[Condition, ...]


def same_rule(first: Rule, second: Rule, glossary: Mapping[str, FactSpec], numbers: Mapping[str, float]) -> bool:
    """Whether two versions of a page are proven to conclude the same. ``numbers``: the parameters in force."""
    if (first.silenced_by, first.speaks_in) != (second.silenced_by, second.speaks_in):
        return False
    one, other = _bound(first, numbers), _bound(second, numbers)
    atoms: dict[str, set[Atom]] = {}
    for item in (*one, *other):
        for condition in (item.when, *item.also):
            for atom in condition.atoms:
                atoms.setdefault(atom.fact, set()).add(atom)
    choices = {name: _values(name, found, glossary[name], first) for name, found in atoms.items()}
    if prod(len(values) for values in choices.values()) > MOST_PATIENTS:
        return False
    return all(_conclusion(one, facts) == _conclusion(other, facts) for facts in _patients(choices))


def _bound(rule: Rule, numbers: Mapping[str, float]) -> list[_Bound]:
    return [
        _Bound(branch, bind(branch.when, numbers), tuple(bind(also.when, numbers) for also in branch.also))
        for branch in rule.branches
    ]


def _values(name: str, atoms: set[Atom], spec: FactSpec, rule: Rule) -> list[Value]:
    """The values at which the page can tell one patient from another."""
    known: list[Value]
    compared = {atom.value for atom in atoms if isinstance(atom, Comparison)}
    if name == "course":
        known = list(rule.speaks_in)
    elif spec.type == "truth":
        known = ["yes", "no"]
    elif spec.type == "text":
        known = list(spec.values) or [*sorted(str(value) for value in compared), "another text"]
    else:
        limits = sorted(value for value in compared if isinstance(value, float))
        known = [limit + shift for limit in limits for shift in (-_CLOSE, 0.0, _CLOSE)] or [1.0]
    return known if name in _ALWAYS_KNOWN or name.startswith("fired_") else [*known, None]


def _patients(choices: Mapping[str, list[Value]]) -> Iterator[dict[str, float | str]]:
    for values in product(*choices.values()):
        yield {name: value for name, value in zip(choices, values, strict=True) if value is not None}


def _conclusion(rule: list[_Bound], facts: Mapping[str, float | str]) -> object:
    """The branch that speaks and all it finds; None if the rule is silent."""
    for item in rule:
        if evaluate(item.when, facts) is True:
            branch = item.branch
            found = [
                (also.outcome, also.reason)
                for also, when in zip(branch.also, item.also, strict=True)
                if evaluate(when, facts) is True
            ]
            return branch.name, branch.outcome, branch.reason, found
    return None
