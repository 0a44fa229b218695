"""The engine's answers against an independent oracle, and under load in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from cds_service.engine import Engine
from cds_service.rulebook.conditions import alternatives, evaluate
from tests.engine.random_rules import GLOSSARY, oracle, random_condition, random_facts, true_condition

HERE = Path(__file__).parent


@pytest.mark.parametrize("seed", range(4))
def test_random_rule_sets_agree_with_the_oracle(seed: int) -> None:
    random = Random(seed)
    true = 0
    for _ in range(250):
        conditions = {f"R-{i}": random_condition(random) for i in range(random.randint(1, 12))}
        engine = Engine(conditions, GLOSSARY)
        for _ in range(4):
            facts = random_facts(random)
            answer = engine.evaluate(facts)
            assert answer == {key for key, each in conditions.items() if oracle(each, facts) == 1}
            true += len(answer)
    assert true > 1000  # the comparison is not of empty sets


def test_interpreter_agrees_with_the_oracle_on_all_three_values() -> None:
    random = Random(7)
    words = {1: True, 0: False, 0.5: None}
    seen = set()
    for _ in range(3000):
        condition, facts = random_condition(random), random_facts(random)
        answer = evaluate(condition, facts)
        assert answer is words[oracle(condition, facts)]
        assert evaluate(~condition, facts) is (None if answer is None else not answer)
        seen.add(answer)
    assert seen == {True, False, None}


def test_order_of_facts_and_of_conditions_does_not_matter() -> None:
    random = Random(11)
    conditions = {f"R-{i}": random_condition(random) for i in range(80)}
    shuffled = list(conditions.items())
    random.shuffle(shuffled)
    one, other = Engine(conditions, GLOSSARY), Engine(dict(shuffled), GLOSSARY)
    for _ in range(100):
        facts = list(random_facts(random).items())
        answer = one.evaluate(dict(facts))
        random.shuffle(facts)
        assert one.evaluate(dict(facts)) == other.evaluate(dict(facts)) == answer


def test_a_patient_for_whom_everything_is_true_is_answered() -> None:
    random = Random(13)
    facts = random_facts(random, known=1.0)
    conditions = {f"R-{i}": true_condition(random, facts) for i in range(160)}
    assert sum(len(alternatives(each)) for each in conditions.values()) > 5 * 60  # several packs, each full
    assert Engine(conditions, GLOSSARY).evaluate(facts) == conditions.keys()


def test_six_thousand_evaluations_in_threads_neither_crash_nor_err() -> None:
    root = HERE.parents[1]
    done = subprocess.run(
        [sys.executable, str(HERE / "stress.py"), "2000", "1", "2", "3"],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (done.returncode, done.stdout.split()) == (0, ["2000"] * 3), done.stderr
