"""What a condition means: its checks, its alternatives, and a plain three-valued interpreter.

The interpreter works on the condition as written. The engine works on its alternatives, so that
comparing the two answers also checks the rewriting.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any as Anything

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.logic import (
    All,
    Any,
    Atom,
    Comparison,
    Condition,
    ConditionError,
    Named,
    Not,
    Operator,
    ParamRef,
    Presence,
)

Judge = Callable[[Mapping[str, float | str]], bool | None]
"""Tells of a patient's facts whether a condition is true, False if it is not, None if that is unknown."""

_COMPARE: dict[Operator, Callable[[Anything, Anything], bool]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_MOST_ALTERNATIVES = 250  # on the way; the engine accepts far fewer, so this only refuses a wrong page early


def check(condition: Condition, glossary: Mapping[str, FactSpec], parameters: Collection[str] = ()) -> None:
    """Refuses a condition that names an unknown fact or parameter, or compares against the fact's type.

    ``parameters`` are the names of the numeric parameters. Raises ConditionError.
    """
    for atom in condition.atoms:
        spec = glossary.get(atom.fact)
        if spec is None:
            raise ConditionError(f"there is no fact called {atom.fact!r}{_close(atom.fact, glossary)}", atom.fact)
        if isinstance(atom, Comparison):
            _check_comparison(atom, spec, parameters)


def _check_comparison(atom: Comparison, spec: FactSpec, parameters: Collection[str]) -> None:
    where = f"fact.{atom.fact} {atom.op} {_source(atom.value)}"
    if isinstance(atom.value, ParamRef):
        name = atom.value.name
        if name not in parameters:
            raise ConditionError(f"{where}: there is no number called {name!r}{_close(name, parameters)}", name)
    if spec.type == "number":
        if isinstance(atom.value, str):
            raise ConditionError(f"{where}: {atom.fact} is a number, not a text", atom.fact)
        return
    if not isinstance(atom.value, str):
        raise ConditionError(f"{where}: {atom.fact} is a {spec.type} fact, not a number", atom.fact)
    if atom.op not in ("==", "!="):
        raise ConditionError(f"{where}: a {spec.type} fact can only be == or !=", atom.fact)
    allowed = ("yes", "no") if spec.type == "truth" else spec.values
    if not allowed:
        raise ConditionError(f"{where}: {atom.fact} is for display only; its values are not listed", atom.fact)
    if atom.value not in allowed:
        raise ConditionError(f"{where}: {atom.fact} is one of {', '.join(allowed)}", atom.fact)


def bind(condition: Condition, values: Mapping[str, float | str]) -> Condition:
    """The same condition with every parameter replaced by its finite number. Raises ConditionError."""
    if isinstance(condition, (All, Any)):
        return replace(condition, parts=tuple(bind(part, values) for part in condition.parts))
    if isinstance(condition, (Named, Not)):
        return replace(condition, condition=bind(condition.condition, values))
    if isinstance(condition, Comparison) and isinstance(condition.value, ParamRef):
        name = condition.value.name
        value = values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ConditionError(f"param.{name} has no finite number as its value", name)
        return replace(condition, value=float(value), param=name)
    return condition


def facts_of(condition: Condition) -> frozenset[str]:
    """The names of all facts the condition looks at."""
    return frozenset(atom.fact for atom in condition.atoms)


def params_of(condition: Condition) -> frozenset[str]:
    """The names of all parameters the condition uses, bound or not."""
    comparisons = [atom for atom in condition.atoms if isinstance(atom, Comparison)]
    return frozenset(c.value.name if isinstance(c.value, ParamRef) else c.param for c in comparisons) - {""}


def plain(condition: Condition) -> Condition:
    """Negation normal form without names: only All, Any, comparisons and presence tests."""
    if isinstance(condition, Named):
        return plain(condition.condition)
    if isinstance(condition, Not):
        return plain(~plain(condition.condition))
    if isinstance(condition, (All, Any)):
        return replace(condition, parts=tuple(plain(part) for part in condition.parts))
    return condition


def alternatives(condition: Condition) -> tuple[tuple[Atom, ...], ...]:
    """The condition as "this and this, or that and that"; contained alternatives are dropped.

    Raises ConditionError if there are absurdly many.
    """
    found = _alternatives(plain(condition))
    return tuple(tuple(each) for each in found)


def _alternatives(condition: Condition) -> list[dict[Atom, None]]:
    if isinstance(condition, (Comparison, Presence)):
        return [{condition: None}]
    if isinstance(condition, Any):
        return _smallest([each for part in condition.parts for each in _alternatives(part)])
    if isinstance(condition, All):
        found: list[dict[Atom, None]] = [{}]
        for part in condition.parts:
            found = _smallest([left | right for left, right in product(found, _alternatives(part))])
        return found
    raise ConditionError(f"{type(condition).__name__} is not a condition")


def _smallest(found: list[dict[Atom, None]]) -> list[dict[Atom, None]]:
    """Without repeats and without alternatives that contain another one: "a, or a and b" is "a"."""
    if len(found) > _MOST_ALTERNATIVES:
        raise ConditionError("the condition has too many alternatives: compute part of it as a fact")
    kept: list[dict[Atom, None]] = []
    for each in sorted(found, key=len):
        if not any(other.keys() <= each.keys() for other in kept):
            kept.append(each)
    return kept


def certain_facts(condition: Condition) -> frozenset[str]:
    """The facts that are known whenever the condition is true: compared, or ``.known``, in every alternative."""
    return _certain(plain(condition))


def _certain(condition: Condition) -> frozenset[str]:
    if isinstance(condition, Comparison):
        return frozenset((condition.fact,))
    if isinstance(condition, Presence):
        return frozenset((condition.fact,)) if condition.known else frozenset()
    if isinstance(condition, All):
        return frozenset[str]().union(*map(_certain, condition.parts))
    if isinstance(condition, Any):
        first, *rest = map(_certain, condition.parts)
        return first.intersection(*rest)
    raise ConditionError(f"{type(condition).__name__} is not a condition")


def evaluate(condition: Condition, facts: Mapping[str, float | str]) -> bool | None:
    """True, False, or None for unknown (Kleene). A fact that is not in ``facts`` is unknown.

    Raises ConditionError for an unbound parameter or a text where a number belongs.
    """
    return judge(condition)(facts)


def judge(condition: Condition) -> Judge:
    """What evaluates this condition, made once for many patients."""
    make = _JUDGES.get(type(condition))
    if make is None:
        raise ConditionError(f"{type(condition).__name__} is not a condition")
    return make(condition)


def _of_comparison(condition: Comparison) -> Judge:
    name, limit, compare = condition.fact, condition.value, _COMPARE[condition.op]
    kind = type(limit)

    def compared(facts: Mapping[str, float | str]) -> bool | None:
        value = facts.get(name)
        if value is None:
            return None
        if type(value) is not kind:
            _check_comparable(name, value, limit)
        return compare(value, limit)

    return compared


def _of_presence(condition: Presence) -> Judge:
    name, known = condition.fact, condition.known
    return lambda facts: (name in facts) is known


def _of_all(condition: All) -> Judge:
    return _joined(condition.parts, False)


def _of_any(condition: Any) -> Judge:
    return _joined(condition.parts, True)


def _joined(parts: Iterable[Condition], deciding: bool) -> Judge:
    """One part with the deciding answer gives it to the whole; else one that is unknown leaves it so."""
    judges = tuple(judge(part) for part in parts)

    def joined(facts: Mapping[str, float | str]) -> bool | None:
        answer: bool | None = not deciding
        for each in judges:
            said = each(facts)
            if said is deciding:
                return deciding
            if said is None:
                answer = None
        return answer

    return joined


def _of_named(condition: Named) -> Judge:
    return judge(condition.condition)


def _of_not(condition: Not) -> Judge:
    inner = judge(condition.condition)

    def turned(facts: Mapping[str, float | str]) -> bool | None:
        said = inner(facts)
        return None if said is None else not said

    return turned


_JUDGES: dict[type[Condition], Callable[[Anything], Judge]] = {
    Comparison: _of_comparison, Presence: _of_presence, All: _of_all, Any: _of_any, Named: _of_named, Not: _of_not,
}  # fmt: skip


def _check_comparable(name: str, value: float | str, limit: float | str | ParamRef) -> None:
    if isinstance(limit, ParamRef) or isinstance(value, bool) or isinstance(value, str) != isinstance(limit, str):
        raise ConditionError(f"fact.{name} cannot be compared with {_source(limit)}", name)


def _source(value: float | str | ParamRef) -> str:
    return f"param.{value.name}" if isinstance(value, ParamRef) else f"{value:g}" if isinstance(value, float) else value


def _close(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
