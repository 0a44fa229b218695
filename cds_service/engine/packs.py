"""Conditions -> rulesets of the engine, small enough for its limits.

A ruleset holds one engine rule for each alternative of each condition, and a catch-all that every
fact must match. Only comparisons of one property with one constant are used. Whether a fact is known
is a property of its own, because the engine's "does not exist" is not reliable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cds_service.engine.errors import EngineError
from cds_service.engine.written import check_text, known, value
from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import (
    Atom,
    Comparison,
    Condition,
    ConditionError,
    Operator,
    ParamRef,
    alternatives,
    check,
)

MOST_ALTERNATIVES = 60  # in a pack; the engine fails on a 65th match of one fact, and one is the catch-all
MOST_PER_CONDITION = 12
MOST_PROPERTIES = 250  # of a fact; the engine's limit is 254, and id, sid and the catch-all's are among them

SID = "patient"
CATCH_ALL = "all"
SEEN = "seen"  # the property of the catch-all
_OPERATORS: dict[Operator, str] = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


@dataclass(slots=True)
class Pack:
    """One ruleset: which facts it is sent, and which condition each of its rules belongs to."""

    rules: dict[str, tuple[Atom, ...]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # engine rule -> key of the condition
    compared: list[str] = field(default_factory=list)
    presence: dict[tuple[str, bool], str] = field(default_factory=dict)  # fact and whether it is known -> what is sent

    def takes(self, key: str, found: tuple[tuple[Atom, ...], ...]) -> bool:
        """Adds the condition if there is room for all of its alternatives."""
        compared = {*self.compared, *(a.fact for each in found for a in each if isinstance(a, Comparison))}
        asked = {(a.fact, a.known) for each in found for a in each if not isinstance(a, Comparison)}
        presence = {*self.presence, *asked}
        too_many = len(self.rules) + len(found) > MOST_ALTERNATIVES
        if too_many or len(compared) + len(presence) + 3 > MOST_PROPERTIES:
            return False
        self.compared = sorted(compared)
        self.presence = {side: known(*side) for side in sorted(presence)}
        for each in found:
            rule = f"r{len(self.rules)}"
            self.rules[rule], self.keys[rule] = each, key
        return True

    def definition(self) -> str:
        """The ruleset in the engine's JSON."""
        catch_all = f'"{CATCH_ALL}":{{"all":[{{"m":{{"$ex":{{"{SEEN}":1}}}}}}]}}'
        return "{" + ",".join([catch_all, *(f'"{name}":{_rule(each)}' for name, each in self.rules.items())]) + "}"

    def fact(self, number: int, written: Mapping[str, str]) -> str:
        """What this pack is told about a patient in the engine's JSON: the facts its rules look at, and nothing else.

        ``written``: the known facts as properties (``written.writer``). Never empty.
        """
        sent = [f'"id":"f{number}","sid":"{SID}","{SEEN}":"yes"']
        sent += [written[name] for name in self.compared if name in written]
        sent += [said for (name, is_known), said in self.presence.items() if (name in written) is is_known]
        return "{" + ",".join(sent) + "}"


def plan(conditions: Mapping[str, Condition], glossary: Mapping[str, FactSpec]) -> list[Pack]:
    """The conditions, checked and shared out over packs in their order. Raises EngineError naming the key."""
    packs = [Pack()]
    for key, condition in conditions.items():
        try:
            check(condition, glossary)
            found = alternatives(condition)
        except ConditionError as error:
            raise EngineError(f"{key}: {error}") from error
        if len(found) > MOST_PER_CONDITION:
            raise EngineError(f"{key}: {len(found)} alternatives, at most {MOST_PER_CONDITION} are possible")
        for atom in (atom for each in found for atom in each):
            if isinstance(atom, Comparison) and isinstance(atom.value, str):
                check_text(atom.value, key)
        if not packs[-1].takes(key, found):
            packs.append(Pack())
            if not packs[-1].takes(key, found):
                raise EngineError(f"{key}: looks at more facts than the engine can hold")
    return packs


def _rule(atoms: Iterable[Atom]) -> str:
    tests = [_test(atom) for atom in atoms]
    return '{"all":[{"m":' + (tests[0] if len(tests) == 1 else '{"$and":[' + ",".join(tests) + "]}") + "}]}"


def _test(atom: Atom) -> str:
    if not isinstance(atom, Comparison):
        return "{" + known(atom.fact, atom.known) + "}"
    if isinstance(atom.value, ParamRef):
        raise EngineError(f"param.{atom.value.name} has not been replaced by its number")
    test = "{" + value(atom.fact, atom.value) + "}"
    return test if atom.op == "==" else f'{{"{_OPERATORS[atom.op]}":{test}}}'
