"""The small wall around durable-rules: which conditions are true for a patient's facts.

The engine is not trusted. It only sees checked facts, it must show what it saw, and its answer is
compared with a plain interpreter's every time. Any doubt is an EngineError, and then no advice.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Container, Mapping
from itertools import count

from cds_service.engine.errors import EngineError
from cds_service.engine.native import Native, load
from cds_service.engine.packs import CATCH_ALL, SID, Pack, plan
from cds_service.engine.written import writer
from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import Condition, facts_of, judge

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


class Engine:
    """The conditions of a rulebook, bound to their numbers, under keys such as "R-01/after-therapy".

    Safe to call from several threads (one evaluation at a time) and after a fork (built anew in the
    child). Building raises EngineError naming the key that cannot be used.
    """

    def __init__(self, conditions: Mapping[str, Condition], glossary: Mapping[str, FactSpec]) -> None:
        self._packs = plan(conditions, glossary)
        self._judges = {key: judge(each) for key, each in conditions.items()}
        used = frozenset[str]().union(*map(facts_of, conditions.values()))
        self._writers = {name: writer(glossary[name]) for name in sorted(used)}
        self._native: Native = load()
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._handles: list[int] | None = self._built()
        _engines.add(self)

    def evaluate(self, facts: Mapping[str, float | str]) -> frozenset[str]:
        """The keys of all conditions that are true. A fact that is not there is unknown.

        Raises EngineError for a value that cannot be judged, or if the engine fails or errs.
        """
        written = {name: write(facts[name]) for name, write in self._writers.items() if name in facts}
        expected = {key for key, true in self._judges.items() if true(facts) is True}
        with self._lock:
            # Taken away while in use and put back only after success, so that no handle outlives an error of any kind.
            handles, self._handles = self._handles or self._built(), None
            answered: set[str] = set()
            for handle, pack in zip(handles, self._packs, strict=True):
                answered |= self._matches(handle, pack, written)
            if answered != expected:
                differing = ", ".join(sorted(answered ^ expected))
                raise EngineError(f"the engine and the interpreter disagree on {differing}")
            self._handles = handles
        return frozenset(answered)

    def _built(self) -> list[int]:
        try:
            return [self._native.create_ruleset(f"pack{i}", pack.definition()) for i, pack in enumerate(self._packs)]
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"the engine could not be built ({type(error).__name__})") from error

    def _matches(self, handle: int, pack: Pack, written: Mapping[str, str]) -> set[str]:
        fact = pack.fact(next(self._numbers), written)
        try:
            matched = self._ask(handle, fact, pack.rules)
        except EngineError:
            raise
        except Exception as error:  # the C module raises its own kinds and MemoryError
            raise EngineError(f"the engine failed ({type(error).__name__})") from error
        return {pack.keys[rule] for rule in matched}

    def _ask(self, handle: int, fact: str, rules: Container[str]) -> set[str]:
        """The ruleset's rules that match, without the catch-all, which must be among them."""
        echo = f'{{"m":{fact}}}}}'
        code, state = self._native.assert_fact(handle, fact)
        if code != 0:
            raise EngineError(f"the engine did not take a fact (code {code})")
        first = self._native.start_action_for_state(handle, state)
        match = None if first is None else first[1]
        matched: set[str] = set()
        while match is not None:
            head, _, seen = match.partition(":")  # {"rule":{"m":fact}}, the fact copied as it was sent
            if seen != echo:
                raise EngineError("the engine did not see what it was sent")
            rule = head[2:-1]
            if rule in matched or (rule not in rules and rule != CATCH_ALL):
                raise EngineError("the engine answered with a rule twice, or with one it was not given")
            matched.add(rule)
            match = self._native.complete_and_start_action(handle, state)
        if CATCH_ALL not in matched:
            raise EngineError("the engine dropped a fact")
        self._native.delete_state(handle, SID)
        matched.remove(CATCH_ALL)
        return matched

    def _after_fork(self) -> None:
        """In a new process: handles are the parent's, and another thread may have held the lock."""
        self._lock = threading.Lock()
        self._handles = None


def _forget_the_parents_handles() -> None:
    for engine in _engines:
        engine._after_fork()


os.register_at_fork(after_in_child=_forget_the_parents_handles)
