"""Every known trap of durable-rules 2.0.28 that could reach the engine, one test each."""

from __future__ import annotations

import copy
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cds_service.engine import Engine, EngineError, packs
from cds_service.engine.native import Native, load
from cds_service.engine.written import check_text, writer
from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import Condition, fact, param

ROOT = Path(__file__).parents[2]
LONG = "a" * 65_537
GLOSSARY = {
    spec.name: spec
    for spec in (
        FactSpec("hb", "number", "haemoglobin", "", unit="g/dL"),
        FactSpec("plt", "number", "platelets", "", unit="10*9/L"),
        FactSpec("grade", "text", "grade", "", values=("G1", "G2", "G3", 'G"', "a", LONG)),
        FactSpec("pregnant", "truth", "pregnancy on record", ""),
        FactSpec("therapy", "text", "therapy", ""),  # display only
        *(FactSpec(f"f{i}", "number", f"f{i}", "") for i in range(300)),
    )
}
CONDITIONS: dict[str, Condition] = {
    "low": fact.hb < 8,
    "not-eight": fact.hb != 8,
    "eight": fact.hb == 8,
    "not-g1": fact.grade != "G1",
    "pregnant": fact.pregnant.yes,
    "not-pregnant": ~fact.pregnant.yes,
    "no-therapy": fact.therapy.unknown,
    "no-count": fact.plt.unknown | (fact.plt < 75),
}


class Spoilt:
    """The C module with one call replaced; remembers which handles were used for what."""

    def __init__(self, **replaced: Callable[..., object]) -> None:
        self.real: Native = load()
        self.replaced = replaced
        self.calls: list[tuple[str, object]] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*args: object) -> object:
            self.calls.append((name, args[0]))
            return self.replaced.get(name, getattr(self.real, name))(*args)

        return call


@pytest.fixture
def engine() -> Engine:
    return Engine(CONDITIONS, GLOSSARY)


def spoil(engine: Engine, monkeypatch: pytest.MonkeyPatch, **replaced: Callable[..., object]) -> Spoilt:
    spoilt = Spoilt(**replaced)
    monkeypatch.setattr(engine, "_native", spoilt)
    return spoilt


# what goes in


def test_no_facts_at_all_is_an_answer(engine: Engine) -> None:
    assert engine.evaluate({}) == {"no-therapy", "no-count"}


def test_no_conditions_is_an_answer() -> None:
    assert Engine({}, GLOSSARY).evaluate({"hb": 1.0}) == frozenset()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hb", math.nan),
        ("hb", math.inf),
        ("hb", -math.inf),
        ("hb", True),
        ("hb", None),
        ("hb", "7"),  # the engine would compare texts with numbers
        ("hb", [7.0]),
        ("hb", {"value": 7.0}),
        ("hb", 2**60 + 1),  # not exact as a float
        ("hb", 10**400),
        ("pregnant", True),
        ("pregnant", 1.0),
        ("pregnant", "maybe"),
        ("grade", 2.0),
        ("grade", "G4"),
        ("grade", 'G"'),
        ("grade", LONG),
        ("therapy", 3.0),
    ],
)
def test_a_value_the_engine_would_misread_is_refused_without_quoting_it(
    engine: Engine, name: str, value: float | str
) -> None:
    with pytest.raises(EngineError, match=name) as caught:
        engine.evaluate({name: value})
    assert len(str(caught.value)) < 80
    assert engine.evaluate({"hb": 7.0}) == {"low", "not-eight", "no-therapy", "no-count"}


@pytest.mark.parametrize("text", ['a"b', "a'b", "a\\b", "a\nb", "a\x00b", "e\u0301", "\u202eabc", "\ud800", "a" * 2001])
def test_a_text_the_engine_would_misread_is_refused(text: str) -> None:
    with pytest.raises(EngineError, match="R-01"):
        check_text(text, "R-01")
    with pytest.raises(EngineError, match="R-01"):
        Engine({"R-01": fact.t == text}, {"t": FactSpec("t", "text", "t", "", values=(text,))})


def test_texts_are_not_compared_by_length_modulo_65536(engine: Engine) -> None:
    with pytest.raises(EngineError, match="2000 characters"):
        Engine({"R-01": fact.grade == LONG}, GLOSSARY)


@pytest.mark.parametrize("limit", [1e-05, 5e-324, 1e16, 1.7e299, 0.1, -0.0, 123456789.123456789])
def test_numbers_that_print_with_an_exponent_compare_exactly(limit: float) -> None:
    engine = Engine({"<": fact.hb < limit, "==": fact.hb == limit, ">": fact.hb > limit}, GLOSSARY)
    assert engine.evaluate({"hb": limit}) == {"=="}
    assert engine.evaluate({"hb": math.nextafter(limit, -math.inf)}) == {"<"}
    assert engine.evaluate({"hb": math.nextafter(limit, math.inf)}) == {">"}


def test_whole_numbers_and_floats_are_the_same_number(engine: Engine) -> None:
    assert "eight" in engine.evaluate({"hb": 8})
    assert "eight" in engine.evaluate({"hb": 8.0})


def test_an_absent_fact_is_neither_equal_nor_different(engine: Engine) -> None:
    answer = engine.evaluate({"plt": 80.0, "therapy": "CAPTEM"})
    assert answer == frozenset()


def test_display_text_is_not_sent(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def assert_fact(handle: int, text: str) -> tuple[int, int]:
        sent.append(text)
        return load().assert_fact(handle, text)

    spoil(engine, monkeypatch, assert_fact=assert_fact)
    answer = engine.evaluate({"therapy": 'CAP"TEM\n\\', "hb": 9.0, "f7": 1.0, "not-a-fact": "x"})
    assert answer == {"not-eight", "no-count"}
    assert set(json.loads(sent[0])) == {"id", "sid", "seen", "v_hb", "k_plt"}


def test_the_same_patient_again_and_a_fact_that_vanished(engine: Engine) -> None:
    for _ in range(50):
        assert "low" in engine.evaluate({"hb": 7.0, "grade": "G2"})
        assert "low" not in engine.evaluate({"grade": "G2"})


def test_every_fact_is_forgotten_after_its_answer(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = spoil(engine, monkeypatch)
    for _ in range(3):
        engine.evaluate({"hb": 7.0})
    calls = [name for name, _ in spoilt.calls if name in ("assert_fact", "delete_state")]
    assert calls == ["assert_fact", "delete_state"] * 3


def test_threads_wait_for_each_other_instead_of_building_their_own(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(handle: int, text: str) -> tuple[int, int]:
        time.sleep(0.002)
        return load().assert_fact(handle, text)

    spoilt = spoil(engine, monkeypatch, assert_fact=slow)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda i: engine.evaluate({"hb": float(i)}), range(16)))
    assert ["low" in answer for answer in answers] == [i < 8 for i in range(16)]
    assert "create_ruleset" not in [name for name, _ in spoilt.calls]


# what is built


def test_a_parameter_without_its_number_is_refused() -> None:
    with pytest.raises(EngineError, match=r"R-02.*hb_stop"):
        Engine({"R-02": fact.hb < param.hb_stop}, GLOSSARY)


def test_a_misspelt_fact_never_gets_as_far_as_never_firing() -> None:
    with pytest.raises(EngineError, match=r"R-03.*did you mean 'pregnant'"):
        Engine({"R-03": fact.pregnnt.yes}, GLOSSARY)


def test_more_than_twelve_alternatives_are_refused_by_name() -> None:
    condition = fact.f0 < 1
    for i in range(1, 12):
        condition = condition | (getattr(fact, f"f{i}") < 1)
    assert Engine({"R-04": condition}, GLOSSARY).evaluate({"f3": 0.0}) == {"R-04"}
    with pytest.raises(EngineError, match="R-04: 13 alternatives"):
        Engine({"R-04": condition | (fact.f12 < 1)}, GLOSSARY)


def test_no_pack_is_so_full_that_one_patient_can_match_too_much() -> None:
    conditions = {f"R-{i}": (fact.hb < 8 + i) | (fact.plt < 75 + i) | fact.pregnant.yes for i in range(100)}
    shared = packs.plan(conditions, GLOSSARY)
    assert [len(pack.rules) for pack in shared] == [60] * 5
    answer = Engine(conditions, GLOSSARY).evaluate({"hb": 1.0, "plt": 1.0, "pregnant": "yes"})
    assert answer == conditions.keys()


def test_no_pack_is_sent_more_properties_than_the_engine_holds() -> None:
    conditions = {f"R-{i}": (getattr(fact, f"f{i}") < 1) & getattr(fact, f"f{i + 1}").known for i in range(0, 300, 2)}
    conditions["all"] = fact.f0.known
    for i in range(1, 247):
        conditions["all"] = conditions["all"] & (getattr(fact, f"f{i}") < 1)
    facts = {f"f{i}": 0.0 for i in range(300)}
    written = {name: writer(GLOSSARY[name])(value) for name, value in facts.items()}
    for pack in packs.plan(conditions, GLOSSARY):
        assert len(json.loads(pack.fact(1, written))) <= packs.MOST_PROPERTIES
    assert Engine(conditions, GLOSSARY).evaluate(facts) == conditions.keys()
    with pytest.raises(EngineError, match="all: looks at more facts"):
        Engine({"all": conditions["all"] & fact.hb.known & fact.plt.known}, GLOSSARY)


def test_hundreds_of_rules_on_one_condition() -> None:
    conditions = {f"R-{i}": fact.hb < 8 for i in range(400)}
    assert Engine(conditions, GLOSSARY).evaluate({"hb": 7.0}) == conditions.keys()


# what can go wrong inside


def test_after_an_engine_error_the_handle_is_never_touched_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> object:
        raise RuntimeError("Could not assert fact, error code: 303")

    spoilt = spoil(engine, monkeypatch, assert_fact=fails)
    with pytest.raises(EngineError, match="engine failed"):
        engine.evaluate({"hb": 7.0})
    assert [name for name, _ in spoilt.calls] == ["assert_fact"]  # above all no delete_state
    abandoned = spoilt.calls[0][1]
    spoilt.replaced.clear()
    assert "low" in engine.evaluate({"hb": 7.0})
    later = [used for name, used in spoilt.calls[1:] if name != "create_ruleset"]
    assert later
    assert abandoned not in later


def test_a_real_engine_error_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's own error on the 65th match, brought about by letting a pack be too full."""
    monkeypatch.setattr(packs, "MOST_ALTERNATIVES", 100)
    engine = Engine({f"R-{i}": fact.hb < 8 + i for i in range(80)}, GLOSSARY)
    for _ in range(20):
        with pytest.raises(EngineError):
            engine.evaluate({"hb": 7.0})
        assert len(engine.evaluate({"hb": 50.0})) == 37


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt, SystemExit])
def test_whatever_interrupts_an_evaluation_the_pack_is_built_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def interrupted(*_: object) -> object:
        raise error

    spoilt = spoil(engine, monkeypatch, complete_and_start_action=interrupted)
    with pytest.raises((error, EngineError)):
        engine.evaluate({"hb": 7.0})
    assert "delete_state" not in [name for name, _ in spoilt.calls]
    spoilt.replaced.clear()
    assert "low" in engine.evaluate({"hb": 7.0})
    assert "create_ruleset" in [name for name, _ in spoilt.calls]


def test_a_fact_the_engine_dropped_is_noticed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = spoil(engine, monkeypatch, start_action_for_state=lambda *_: None)
    with pytest.raises(EngineError, match="dropped"):
        engine.evaluate({})
    assert "delete_state" not in [name for name, _ in spoilt.calls]


def test_a_fact_the_engine_did_not_handle_is_noticed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(engine, monkeypatch, assert_fact=lambda *_: (1, 0))
    with pytest.raises(EngineError, match="code 1"):
        engine.evaluate({"hb": 7.0})


@pytest.mark.parametrize(("sent", "seen"), [("7.5", "7.25"), (',"v_hb":7.5', ""), ('"f1"', '"f2"')])
def test_an_engine_that_saw_something_else_is_noticed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sent: str, seen: str
) -> None:
    def spoilt_start(handle: int, state: int) -> tuple[str, str]:
        found = load().start_action_for_state(handle, state)
        assert found is not None
        assert sent in found[1]
        return found[0], found[1].replace(sent, seen)

    spoil(engine, monkeypatch, start_action_for_state=spoilt_start)
    with pytest.raises(EngineError, match="did not see"):
        engine.evaluate({"hb": 7.5})


def test_an_engine_that_forgets_a_rule_is_caught_by_the_interpreter(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(engine, monkeypatch, complete_and_start_action=lambda *_: None)
    with pytest.raises(EngineError, match=r"disagree on .*low"):
        engine.evaluate({"hb": 7.0})


def test_an_engine_that_repeats_a_rule_is_stopped(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    again: list[str] = []

    def start(handle: int, state: int) -> tuple[str, str]:
        found = load().start_action_for_state(handle, state)
        assert found is not None
        again.append(found[1])
        return found

    spoil(engine, monkeypatch, start_action_for_state=start, complete_and_start_action=lambda *_: again[0])
    with pytest.raises(EngineError, match="twice"):
        engine.evaluate({"hb": 7.0})


def test_an_engine_that_cannot_be_built_says_so(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    def fails(*_: object) -> object:
        raise MemoryError

    spoilt = spoil(engine, monkeypatch, create_ruleset=fails, assert_fact=fails)
    for _ in range(2):
        with pytest.raises(EngineError):
            engine.evaluate({"hb": 7.0})
    assert [name for name, _ in spoilt.calls] == ["assert_fact", "create_ruleset"]


# processes and copies


def test_an_engine_cannot_be_copied_together_with_its_handles(engine: Engine) -> None:
    with pytest.raises(TypeError):
        copy.deepcopy(engine)


def test_conditions_can_be_copied() -> None:
    condition = ~((fact.hb < 8) & fact.plt.unknown)
    assert copy.deepcopy(condition) == condition
    assert copy.deepcopy(fact).hb.known == fact.hb.known


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_forked_worker_builds_its_own_even_while_the_parent_is_evaluating() -> None:
    done = python("""
import os, signal
from cds_service.engine import Engine
from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import fact
engine = Engine({"R": fact.hb < 8}, {"hb": FactSpec("hb", "number", "hb", "")})
with engine._lock:
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a lock that is never freed ends the child
        assert engine._handles is None
        os._exit(0 if all(engine.evaluate({"hb": 7.0}) == {"R"} for _ in range(100)) else 3)
assert os.waitpid(child, 0)[1] == 0
assert engine.evaluate({"hb": 7.0}) == {"R"}
""")
    assert done.returncode == 0, done.stderr


def test_neither_the_language_nor_its_background_threads_are_loaded() -> None:
    done = python("""
import sys, threading, cds_service.engine
assert "durable" not in sys.modules and "durable.lang" not in sys.modules
assert threading.active_count() == 1
""")
    assert done.returncode == 0, done.stderr
