"""Run as a process of its own: a crash of the C module is then a return code. Arguments: evaluations, seeds."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random

from cds_service.engine import Engine
from tests.engine.random_rules import GLOSSARY, oracle, random_condition, random_facts, true_condition


def main(seed: int, evaluations: int, threads: int = 4) -> None:
    random = Random(seed)
    everything = random_facts(random, known=1.0)
    conditions = {f"R-{i}": random_condition(random) for i in range(30)}
    conditions |= {f"T-{i}": true_condition(random, everything) for i in range(40)}
    engine = Engine(conditions, GLOSSARY)

    def work(thread: int) -> int:
        mine = Random(seed * 100 + thread)
        for i in range(evaluations // threads):
            facts = dict(everything) if i % 10 == 0 else random_facts(mine)
            expected = {key for key, each in conditions.items() if oracle(each, facts) == 1}
            assert engine.evaluate(facts) == expected
        return evaluations // threads

    with ThreadPoolExecutor(threads) as pool:
        print(sum(pool.map(work, range(threads))))


if __name__ == "__main__":
    for each in sys.argv[2:]:
        main(int(each), int(sys.argv[1]))
