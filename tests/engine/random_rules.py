"""Random conditions and facts, and an oracle that shares no code with what is tested."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    ConditionError,
    FactRef,
    Named,
    Not,
    Presence,
    alternatives,
    named,
)

NUMBERS = tuple(f"n{i}" for i in range(8))
TEXTS = tuple(f"t{i}" for i in range(3))
TRUTHS = tuple(f"y{i}" for i in range(4))
WORDS = ("G1", "G2", "G", "mässig ≤1", "x" * 2000)
LIMITS = (0.0, 1.0, 2.5, 8.0, 20.0, 1e-05, 0.1 + 0.2, 1e16, -3.0, 123456789.125)
NEAR = tuple(v for limit in LIMITS for v in (math.nextafter(limit, -math.inf), limit, math.nextafter(limit, math.inf)))
GLOSSARY: Mapping[str, FactSpec] = {
    spec.name: spec
    for spec in (
        *(FactSpec(name, "number", name, "") for name in NUMBERS),
        *(FactSpec(name, "text", name, "", values=WORDS) for name in TEXTS),
        *(FactSpec(name, "truth", name, "") for name in TRUTHS),
    )
}

Values = dict[str, float | str]


def random_facts(random: Random, known: float | None = None) -> Values:
    """Some facts, in any order; each is known with a probability that itself varies."""
    share = random.random() if known is None else known
    facts: Values = {name: random.choice(NEAR) for name in NUMBERS}
    facts |= {name: random.choice(WORDS) for name in TEXTS} | {name: random.choice(("yes", "no")) for name in TRUTHS}
    kept = [item for item in facts.items() if random.random() < share]
    random.shuffle(kept)
    return dict(kept)


def random_atom(random: Random) -> Condition:
    kind = random.random()
    if kind < 0.15:
        ref = FactRef(random.choice(NUMBERS + TEXTS + TRUTHS))
        return random.choice((ref.known, ref.unknown))
    if kind < 0.35:
        ref = FactRef(random.choice(TRUTHS))
        return random.choice((ref.yes, ref.no, ref != "yes"))
    if kind < 0.5:
        ref, word = FactRef(random.choice(TEXTS)), random.choice(WORDS)
        return random.choice((ref == word, ref != word))
    ref, limit = FactRef(random.choice(NUMBERS)), random.choice(LIMITS)
    comparisons = (ref < limit, ref <= limit, ref > limit, ref >= limit, ref == limit, ref != limit)
    return random.choice(comparisons)


def random_condition(random: Random, depth: int = 3) -> Condition:
    """A condition the engine accepts: at most 12 alternatives."""
    while True:
        condition = _tree(random, depth)
        try:
            if len(alternatives(condition)) <= 12:
                return condition
        except ConditionError:
            continue


def _tree(random: Random, depth: int) -> Condition:
    if depth == 0 or random.random() < 0.25:
        return random_atom(random)
    parts = [_tree(random, depth - 1) for _ in range(random.randint(2, 3))]
    condition = parts[0]
    join_all = random.random() < 0.6
    for part in parts[1:]:
        condition = condition & part if join_all else condition | part
    if random.random() < 0.2:
        condition = named("c", "a criterion", condition)
    return ~condition if random.random() < 0.25 else condition


def true_condition(random: Random, facts: Values) -> Condition:
    """A condition with several alternatives, each of which is true for these facts."""
    while True:
        found = [a for a in (random_atom(random) for _ in range(40)) if oracle(a, facts) == 1]
        condition = found[0] & found[1]
        for left, right in zip(found[2:8:2], found[3:8:2], strict=False):
            condition = condition | (left & right)
        if len(alternatives(condition)) > 1:
            return condition


def oracle(condition: Condition, facts: Values) -> float:
    """1 true, 0 false, 0.5 unknown: "and" is the least, "or" the greatest, "not" the distance from 1."""
    match condition:
        case Named(condition=inner):
            return oracle(inner, facts)
        case Not(condition=inner):
            return 1 - oracle(inner, facts)
        case All(parts=parts):
            return min(oracle(part, facts) for part in parts)
        case Any(parts=parts):
            return max(oracle(part, facts) for part in parts)
        case Presence(fact=name, known=known):
            return float((name in facts) == known)
        case Comparison(fact=name) if name not in facts:
            return 0.5
        case Comparison(fact=name, op=op, value=limit):
            value = facts[name]
            low, same = value < limit, value == limit  # type: ignore[operator]
            return float(
                {"==": same, "!=": not same, "<": low, "<=": low or same, ">": not low and not same}.get(op, not low)
            )
    raise AssertionError(condition)
