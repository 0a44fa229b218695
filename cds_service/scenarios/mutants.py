"""A rule page with one thing wrong: what its scenarios must notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from cds_service.rulebook.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    Named,
    Not,
    ParamRef,
    Presence,
    certain_facts,
    in_words,
)
from cds_service.rulebook.library import Parameter
from cds_service.rulebook.logic import OPPOSITE, Operator
from cds_service.rulebook.outcomes import RANK
from cds_service.rulebook.words import Branch, Rule

ALWAYS = Presence("jurisdiction", True)
"""A fact every record has: what is left of a condition that stood alone."""
_OTHER_SIDE: dict[Operator, Operator] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """The rule with one change. ``what`` names it the same way every time; ``dropped``: a condition was taken out."""

    what: str
    rule: Rule
    dropped: bool = False


def mutants(rule: Rule, parameters: Mapping[str, Parameter]) -> Iterator[Mutant]:
    """Every single change: conditions, comparisons, numbers, joins, outcomes, order of branches, silencing."""
    for index, branch in enumerate(rule.branches):
        for what, changed, dropped in _branch(branch, parameters):
            branches = (*rule.branches[:index], changed, *rule.branches[index + 1 :])
            yield Mutant(f"{branch.name}: {what}", replace(rule, branches=branches), dropped)
        if index:
            first, second = rule.branches[index - 1 : index + 1]
            swapped = (*rule.branches[: index - 1], second, first, *rule.branches[index + 1 :])
            yield Mutant(f"{second.name}: tried before {first.name}", replace(rule, branches=swapped))
    for silencer in rule.silenced_by:
        left = tuple(name for name in rule.silenced_by if name != silencer)
        yield Mutant(f"not silenced by {silencer}", replace(rule, silenced_by=left), dropped=True)


def _branch(branch: Branch, parameters: Mapping[str, Parameter]) -> Iterator[tuple[str, Branch, bool]]:
    for what, when, dropped in changes(branch.when, parameters):
        yield what, replace(branch, when=when), dropped
    for index, also in enumerate(branch.also):
        for what, when, dropped in changes(also.when, parameters):
            others = (*branch.also[:index], replace(also, when=when), *branch.also[index + 1 :])
            yield f"{also.reason}: {what}", replace(branch, also=others), dropped
    if branch.outcome:
        outcome, reason = _another(branch.outcome, branch.reason)
        yield f"outcome {outcome}/{reason}", replace(branch, outcome=outcome, reason=reason), False
        yield "no outcome", replace(branch, outcome="", reason=""), False


def _another(outcome: str, reason: str) -> tuple[str, str]:
    """Another conclusion of about the same rank: the next one of the table."""
    pairs = [(group, one) for group, reasons in RANK for one in reasons]
    return pairs[(pairs.index((outcome, reason)) + 1) % len(pairs)]


Change = tuple[str, Condition, bool]
"""What was changed, the condition then, and whether a part was left out."""


def changes(condition: Condition, parameters: Mapping[str, Parameter]) -> Iterator[Change]:
    """Every single change of a condition; one that stands alone can also be left out."""
    if not isinstance(condition, All | Any):
        yield f"without {in_words(condition)}", ALWAYS, True
    yield from _changes(condition, parameters, frozenset())


def _changes(condition: Condition, parameters: Mapping[str, Parameter], certain: frozenset[str]) -> Iterator[Change]:
    """``certain`` are the facts that must be known anyway for the whole to be true."""
    if isinstance(condition, Comparison):
        yield from ((what, changed, False) for what, changed in _comparison(condition, parameters))
    elif isinstance(condition, Presence):
        yield f"not {in_words(condition)}", ~condition, False
    elif isinstance(condition, Named):
        for what, inner, dropped in _changes(condition.condition, parameters, certain):
            yield f"{condition.id}: {what}", replace(condition, condition=inner), dropped
    elif isinstance(condition, Not):
        for what, inner, dropped in _changes(condition.condition, parameters, frozenset()):
            yield f"not: {what}", Not(inner), dropped
    elif isinstance(condition, All | Any):
        yield from _parts(condition, parameters, certain)


def _parts(condition: All | Any, parameters: Mapping[str, Parameter], certain: frozenset[str]) -> Iterator[Change]:
    kind: type[All | Any] = type(condition)
    other: type[All | Any] = Any if kind is All else All
    joined = f"{other.__name__.lower()} instead of {kind.__name__.lower()} of {in_words(condition)}"
    yield joined, other(condition.parts), False
    for index, part in enumerate(condition.parts):
        before, after = condition.parts[:index], condition.parts[index + 1 :]
        left = before + after
        rest = left[0] if len(left) == 1 else kind(left)
        known = certain | certain_facts(rest) if kind is All else certain
        # "x is known" beside a comparison of x says nothing new: leaving it out changes nothing.
        if not (kind is All and isinstance(part, Presence) and part.known and part.fact in known):
            yield f"without {in_words(part)}", rest, True
        for what, inner, dropped in _changes(part, parameters, known):
            yield what, kind((*before, inner, *after)), dropped


def _comparison(atom: Comparison, parameters: Mapping[str, Parameter]) -> Iterator[tuple[str, Condition]]:
    words = in_words(atom)
    if atom.op not in _OTHER_SIDE:
        yield f"opposite of {words}", replace(atom, op=OPPOSITE[atom.op])
    else:
        yield f"limit on the other side: {words}", replace(atom, op=_OTHER_SIDE[atom.op])
    if isinstance(atom.value, str):
        return
    value, step = _number(atom, parameters)
    yield f"one step up: {words}", replace(atom, value=value + step, param="")
    yield f"one step down: {words}", replace(atom, value=value - step, param="")


def _number(atom: Comparison, parameters: Mapping[str, Parameter]) -> tuple[float, float]:
    """The number in force by default and a step: 1, or 0.1 where fractions are measured."""
    if isinstance(atom.value, ParamRef):
        parameter = parameters[atom.value.name]
        return float(parameter.value), 1.0 if parameter.integer else 0.1
    return float(atom.value), 1.0
