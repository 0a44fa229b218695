"""The rule author's logic: comparisons of one fact with one constant, joined by ``&``, ``|`` and ``~``.

Python's own ``and``, ``or``, ``not``, ``in`` and chained comparisons would silently lose conditions.
They all ask an object for its truth, so here that question is an error: a wrong page cannot load.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal, Never

Operator = Literal["==", "!=", "<", "<=", ">", ">="]
Status = Literal["met", "not-met", "unknown"]

OPPOSITE: dict[Operator, Operator] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_HOW = "write & instead of and, | instead of or, ~ instead of not; put each comparison in brackets"


class ConditionError(ValueError):
    """A condition that cannot be used, said so that a rule author can mend it.

    ``name`` is the fact or parameter concerned ("" if none), for finding the line.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


class Condition:
    """Something that is true, false or unknown for a patient. Immutable and hashable."""

    __slots__ = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """Every comparison and presence test in the condition, in the order written (not negated)."""
        raise ConditionError(f"{type(self).__name__} is not a condition")

    def __and__(self, other: object) -> Condition:
        return _joined(All, self, other)

    def __or__(self, other: object) -> Condition:
        return _joined(Any, self, other)

    def __rand__(self, other: object) -> Condition:
        return _joined(All, other, self)

    def __ror__(self, other: object) -> Condition:
        return _joined(Any, other, self)

    def __invert__(self) -> Condition:
        return Not(self)

    def __bool__(self) -> Never:
        raise ConditionError(f"a condition has no truth of its own before there is a patient: {_HOW}")

    def _compared(self, other: object) -> Never:
        raise ConditionError(f"a condition cannot be compared again: {_HOW}")

    __lt__ = __le__ = __gt__ = __ge__ = _compared


@dataclass(frozen=True, slots=True)
class ParamRef:
    """A number of ``parameters.toml``, by name."""

    name: str

    def __bool__(self) -> Never:
        raise ConditionError(f"param.{self.name} has no truth: {_HOW}", self.name)


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """One fact compared with one constant; unknown while the fact is unknown.

    ``param`` names the parameter that a bound value came from, for explanations.
    """

    fact: str
    op: Operator
    value: float | str | ParamRef
    param: str = ""

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return (self,)

    def __invert__(self) -> Condition:
        return Comparison(self.fact, OPPOSITE[self.op], self.value, self.param)


@dataclass(frozen=True, slots=True)
class Presence(Condition):
    """Whether a fact is known at all; itself never unknown."""

    fact: str
    known: bool

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return (self,)

    def __invert__(self) -> Condition:
        return Presence(self.fact, not self.known)


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every part is true."""

    parts: tuple[Condition, ...]
    atoms: tuple[Atom, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_parts(self.parts)
        object.__setattr__(self, "atoms", tuple(atom for part in self.parts for atom in part.atoms))

    def __invert__(self) -> Condition:
        return Any(tuple(~part for part in self.parts))


@dataclass(frozen=True, slots=True)
class Any(Condition):
    """At least one part is true."""

    parts: tuple[Condition, ...]
    atoms: tuple[Atom, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_parts(self.parts)
        object.__setattr__(self, "atoms", tuple(atom for part in self.parts for atom in part.atoms))

    def __invert__(self) -> Condition:
        return All(tuple(~part for part in self.parts))


@dataclass(frozen=True, slots=True)
class Named(Condition):
    """A criterion: a condition with an id, words and sources. For the logic it is its condition."""

    id: str
    words: str
    condition: Condition
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_parts((self.condition,))

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return self.condition.atoms


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The opposite. ``~`` makes it only around a criterion, which keeps its name; all else is turned round at once."""

    condition: Condition

    def __post_init__(self) -> None:
        _check_parts((self.condition,))

    @property
    def atoms(self) -> tuple[Atom, ...]:
        return self.condition.atoms

    def __invert__(self) -> Condition:
        return self.condition


Atom = Comparison | Presence


def named(id: str, words: str, condition: Condition, *, source: str | tuple[str, ...] = ()) -> Named:
    """A criterion with one source or several."""
    return Named(id, words, condition, (source,) if isinstance(source, str) else tuple(source))


class FactRef:
    """A fact, to be compared: ``fact.hb_g_dl < param.hb_stop``, ``fact.pregnant.yes``, ``fact.ecog.unknown``."""

    __slots__ = ("_name",)
    _name: str

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    @property
    def known(self) -> Condition:
        return Presence(self._name, True)

    @property
    def unknown(self) -> Condition:
        return Presence(self._name, False)

    @property
    def yes(self) -> Condition:
        return Comparison(self._name, "==", "yes")

    @property
    def no(self) -> Condition:
        return Comparison(self._name, "==", "no")

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]  # a comparison is built, not answered
        return Comparison(self._name, "==", _constant(self._name, other))

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return Comparison(self._name, "!=", _constant(self._name, other))

    def __lt__(self, other: object) -> Condition:
        return Comparison(self._name, "<", _constant(self._name, other))

    def __le__(self, other: object) -> Condition:
        return Comparison(self._name, "<=", _constant(self._name, other))

    def __gt__(self, other: object) -> Condition:
        return Comparison(self._name, ">", _constant(self._name, other))

    def __ge__(self, other: object) -> Condition:
        return Comparison(self._name, ">=", _constant(self._name, other))

    def __setattr__(self, name: str, value: object) -> Never:
        raise ConditionError(f"fact.{self._name}.{name} cannot be set: a rule page only compares facts", self._name)

    def _misused(self, *_: object) -> Never:
        raise ConditionError(
            f"fact.{self._name} alone is not a condition: compare it, or write .yes, .no, .known or .unknown; {_HOW}",
            self._name,
        )

    # __hash__ too: "fact.x in {1, 2}" would otherwise be silently False.
    __bool__ = __hash__ = __iter__ = __contains__ = __invert__ = _misused
    __and__ = __or__ = __rand__ = __ror__ = _misused

    def __repr__(self) -> str:
        return f"fact.{self._name}"


class _FactNames:
    """``fact.<name>``; whether there is such a fact is checked when the page is loaded."""

    __slots__ = ()

    def __getattr__(self, name: str) -> FactRef:
        if name.startswith("_"):
            raise AttributeError(name)
        return FactRef(name)


class _ParamNames:
    """``param.<name>``; whether there is such a parameter is checked when the page is loaded."""

    __slots__ = ()

    def __getattr__(self, name: str) -> ParamRef:
        if name.startswith("_"):
            raise AttributeError(name)
        return ParamRef(name)


fact = _FactNames()
param = _ParamNames()


def _constant(name: str, value: object) -> float | str | ParamRef:
    """The value a fact may be compared with; numbers become floats, and only if that is exact."""
    if isinstance(value, ParamRef) or (isinstance(value, str) and value):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e300 else math.inf  # a NaN is not below either
        if not math.isfinite(number) or number != value:
            raise ConditionError(f"fact.{name} is compared with a number that is not finite or not exact", name)
        return number
    if isinstance(value, FactRef):
        raise ConditionError(
            f"fact.{name} is compared with {value!r}: compare a fact only with a number, a text or param.<name>", name
        )
    hint = "; write .yes or .no" if isinstance(value, bool) else "; write .unknown" if value is None else ""
    raise ConditionError(
        f"fact.{name} is compared with {type(value).__name__}: only a number, a text or param.<name>{hint}", name
    )


def _check_parts(parts: tuple[Condition, ...]) -> None:
    if not isinstance(parts, tuple) or not parts:
        raise ConditionError("a condition needs at least one part")
    for part in parts:
        if not isinstance(part, Condition):
            hint = "; write .yes, .no, .known or .unknown" if isinstance(part, FactRef) else ""
            raise ConditionError(f"{type(part).__name__} is not a condition{hint}: {_HOW}")


def _joined(kind: type[All] | type[Any], *given: object) -> Condition:
    """The parts in order, groups of the same kind opened, repeats dropped."""
    parts: list[Condition] = []
    for part in given:
        if isinstance(part, kind):
            parts.extend(part.parts)
        elif isinstance(part, Condition):
            parts.append(part)
        else:
            hint = f" ({part!r}: compare it, or write .yes, .no, .known, .unknown)" if isinstance(part, FactRef) else ""
            raise ConditionError(f"{type(part).__name__} is not a condition{hint}: {_HOW}")
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else kind(unique)
