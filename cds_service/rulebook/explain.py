"""Conditions in words, and why one is met, not met or unknown for a patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.logic import (
    All,
    Any,
    Comparison,
    Condition,
    ConditionError,
    Named,
    Not,
    Operator,
    ParamRef,
    Presence,
    Status,
)
from cds_service.rulebook.truth import evaluate

_NUMBER_WORDS: dict[Operator, str] = {
    "==": "is", "!=": "is not", "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explanation:
    """One step of the reasoning. ``fact`` and ``value`` only for a single fact, ``id`` only for a criterion."""

    words: str
    status: Status
    id: str = ""
    sources: tuple[str, ...] = ()
    fact: str = ""
    value: float | str | None = None
    parts: tuple[Explanation, ...] = ()


def explain(
    condition: Condition, facts: Mapping[str, float | str], glossary: Mapping[str, FactSpec] | None = None
) -> Explanation:
    """The tree of reasons for one patient's facts. The condition must be bound. Raises ConditionError."""
    words = in_words(condition, glossary)
    status = status_of(evaluate(condition, facts))
    if isinstance(condition, (Comparison, Presence)):
        return Explanation(words, status, fact=condition.fact, value=facts.get(condition.fact))
    if isinstance(condition, Named):
        inner = (explain(condition.condition, facts, glossary),)
        return Explanation(words, status, id=condition.id, sources=condition.sources, parts=inner)
    if isinstance(condition, Not):
        return Explanation(words, status, parts=(explain(condition.condition, facts, glossary),))
    if isinstance(condition, (All, Any)):
        return Explanation(words, status, parts=tuple(explain(part, facts, glossary) for part in condition.parts))
    raise ConditionError(f"{type(condition).__name__} is not a condition")


def status_of(answer: bool | None) -> Status:
    """The word for a three-valued answer."""
    return "unknown" if answer is None else "met" if answer else "not-met"


def in_words(condition: Condition, glossary: Mapping[str, FactSpec] | None = None) -> str:
    """The condition as a clinician reads it: "haemoglobin in g/dL is below hb_stop (8)".

    With a glossary the facts' meanings are used, without one their names.
    """
    if isinstance(condition, Named):
        return condition.words
    if isinstance(condition, Not):
        return f"not: {_bracketed(condition.condition, glossary)}"
    if isinstance(condition, (All, Any)):
        link = " and " if isinstance(condition, All) else " or "
        return link.join(_bracketed(part, glossary) for part in condition.parts)
    if isinstance(condition, Presence):
        return f"{_meaning(condition.fact, glossary)} is {'known' if condition.known else 'not known'}"
    if isinstance(condition, Comparison):
        return _comparison(condition, glossary)
    raise ConditionError(f"{type(condition).__name__} is not a condition")


def _comparison(atom: Comparison, glossary: Mapping[str, FactSpec] | None) -> str:
    spec = glossary.get(atom.fact) if glossary else None
    if spec is None or spec.type != "number":
        if spec is not None and spec.type == "truth":
            yes = (atom.op == "==") == (atom.value == "yes")
            return f"{spec.meaning}: {'yes' if yes else 'no'}"
        return f"{_meaning(atom.fact, glossary)} {_NUMBER_WORDS[atom.op]} {_limit(atom)}"
    unit = f" in {spec.unit}" if spec.unit else ""
    return f"{spec.meaning}{unit} {_NUMBER_WORDS[atom.op]} {_limit(atom)}"


def _limit(atom: Comparison) -> str:
    if isinstance(atom.value, ParamRef):
        return atom.value.name
    shown = atom.value if isinstance(atom.value, str) else number(atom.value)
    return f"{atom.param} ({shown})" if atom.param else shown


def number(value: float) -> str:
    """A number as written by hand: 8, 2.5."""
    return str(int(value)) if value == int(value) else repr(value)


def _meaning(name: str, glossary: Mapping[str, FactSpec] | None) -> str:
    spec = glossary.get(name) if glossary else None
    return spec.meaning if spec else name


def _bracketed(condition: Condition, glossary: Mapping[str, FactSpec] | None) -> str:
    words = in_words(condition, glossary)
    return f"({words})" if isinstance(condition, (All, Any)) else words
