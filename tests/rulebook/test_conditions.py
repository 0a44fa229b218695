"""Writing conditions: what Python would silently lose must be an error, and the meaning must be three-valued."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import (
    All,
    Any,
    Comparison,
    Condition,
    ConditionError,
    Named,
    Not,
    ParamRef,
    Presence,
    alternatives,
    bind,
    certain_facts,
    check,
    evaluate,
    explain,
    fact,
    facts_of,
    in_words,
    named,
    param,
    params_of,
    plain,
)

GLOSSARY = {
    spec.name: spec
    for spec in (
        FactSpec("hb", "number", "haemoglobin", "", unit="g/dL"),
        FactSpec("ecog", "number", "performance status (ECOG)", ""),
        FactSpec("grade", "text", "WHO grade", "", values=("G1", "G2", "G3")),
        FactSpec("regimen", "text", "regimen", ""),
        FactSpec("pregnant", "truth", "pregnancy on record", ""),
    )
}
p, q, r = fact.a < 1, fact.b.yes, fact.c.unknown


# what a rule author may write by mistake


MISTAKES: dict[str, Callable[[], object]] = {
    "and": lambda: p and q,
    "or": lambda: p or q,
    "not": lambda: not p,
    "if": lambda: p if q else r,
    "chained": lambda: 2 < fact.a < 4,
    "in a list": lambda: fact.a in [1, 2],
    "in a set": lambda: fact.a in {1, 2},
    "in a fact": lambda: 1 in fact.a,
    "all()": lambda: all([p, q]),
    "any()": lambda: any([p, q]),
    "no brackets": lambda: fact.a > 3 & fact.b.yes,
    "no brackets at the end": lambda: fact.b.yes & fact.a > 3,
    "a fact alone": lambda: fact.b & p,
    "a fact alone, second": lambda: p & fact.b,
    "not a fact": lambda: ~fact.b,
    "the truth of a fact": lambda: bool(fact.b),
    "the truth of a parameter": lambda: bool(param.hb_stop),
    "fact with fact": lambda: fact.a < fact.b,
    "fact with True": lambda: fact.b == True,  # noqa: E712
    "fact with None": lambda: fact.a == None,  # noqa: E711
    "fact with NaN": lambda: fact.a < math.nan,
    "fact with infinity": lambda: fact.a < math.inf,
    "fact with an inexact number": lambda: fact.a < 2**53 + 1,
    "fact with a huge number": lambda: fact.a < 10**400,
    "fact with a list": lambda: fact.a == [1],
    "fact with no text": lambda: fact.a == "",
    "fact with a condition": lambda: fact.a == p,
    "condition with a number": lambda: p < 3,
    "lost comparison": lambda: p & (1 < 2),
    "a word for a condition": lambda: "yes" | p,
    "named without condition": lambda: named("a", "words", fact.b),  # type: ignore[arg-type]
    "named with a bool": lambda: named("a", "words", True),  # type: ignore[arg-type]
    "an empty All": lambda: All(()),
    "a list of parts": lambda: Any([p, q]),  # type: ignore[arg-type]
    "setting a fact": lambda: setattr(fact.a, "yes", 1),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_python_would_swallow_is_an_error(mistake: Callable[[], object]) -> None:
    with pytest.raises(ConditionError):
        mistake()


def test_the_error_says_what_to_write() -> None:
    with pytest.raises(ConditionError, match=r"write & instead of and, \| instead of or, ~ instead of not"):
        bool(p)
    with pytest.raises(ConditionError, match=r"fact\.a.*write \.unknown") as caught:
        fact.a == None  # noqa: B015, E711
    assert caught.value.name == "a"


def test_names_cannot_be_set_or_misspelt() -> None:
    with pytest.raises(AttributeError):
        fact.a = 3  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        fact.a.knwon  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError):
        fact._a  # noqa: B018


# what it builds


def test_each_operator_keeps_its_own_meaning() -> None:
    built = [fact.a == 1, fact.a != 1, fact.a < 1, fact.a <= 1, fact.a > 1, fact.a >= 1]
    assert built == [Comparison("a", op, 1.0) for op in ("==", "!=", "<", "<=", ">", ">=")]
    eight = 8.0
    assert (eight > fact.a) == (fact.a < 8)
    assert (param.limit <= fact.a) == (fact.a >= param.limit) == Comparison("a", ">=", ParamRef("limit"))
    assert (fact.b.yes, fact.b.no) == (Comparison("b", "==", "yes"), Comparison("b", "==", "no"))
    assert (fact.b.known, fact.b.unknown) == (Presence("b", True), Presence("b", False))


def test_groups_are_flat_without_repeats_and_in_order() -> None:
    assert (p & q) & (r & p) == All((p, q, r))
    assert p | (q | r) == Any((p, q, r))
    assert p & (q | r) == All((p, Any((q, r))))
    assert p & p == p


def test_conditions_are_values() -> None:
    condition = ~(p & (q | r))
    assert {condition: 1}[copy.deepcopy(condition)] == 1
    with pytest.raises(FrozenInstanceError):
        p.fact = "b"  # type: ignore[attr-defined]


def test_the_opposite_is_pushed_to_the_single_facts() -> None:
    assert ~(fact.a >= 3) == (fact.a < 3)
    assert ~(fact.a > 3) == (fact.a <= 3)
    assert ~(fact.a == 3) == (fact.a != 3)
    assert ~fact.a.known == fact.a.unknown
    assert ~(p & (q | r)) == Any((~p, All((~q, ~r))))
    assert ~~(p & q) == p & q


def test_the_opposite_of_a_criterion_keeps_its_name() -> None:
    criterion = named("fit", "the patient is fit", p & q, source=("L11",))
    assert ~criterion == Not(criterion)
    assert ~~criterion == criterion
    assert criterion.sources == ("L11",)
    assert named("fit", "fit", p, source="L11").sources == ("L11",)
    assert plain(~(criterion & r)) == Any((Any((~p, ~q)), ~r))


# checks against the glossary


@pytest.mark.parametrize(
    "condition",
    [
        fact.hb < param.hb_stop,
        (fact.hb != 8) & fact.ecog.known,
        (fact.grade == "G2") | (fact.grade != "G3"),
        fact.pregnant.yes | ~fact.pregnant.no,
        fact.regimen.unknown,
        ~named("c", "words", fact.hb >= 3),
    ],
)
def test_a_right_condition_passes(condition: Condition) -> None:
    check(condition, GLOSSARY, {"hb_stop"})


@pytest.mark.parametrize(
    ("condition", "name", "words"),
    [
        (fact.hbb < 3, "hbb", "did you mean 'hb'"),
        (p & ~named("c", "words", fact.eccog.known), "a", "no fact called 'a'"),
        (~named("c", "words", fact.eccog.known), "eccog", "did you mean 'ecog'"),
        (fact.hb < param.hb_stp, "hb_stp", "did you mean 'hb_stop'"),
        (fact.hb < param.jurisdiction, "jurisdiction", "no number called"),
        (fact.hb == "8", "hb", "is a number, not a text"),
        (fact.hb.yes, "hb", "is a number, not a text"),
        (fact.grade == 2, "grade", "not a number"),
        (fact.grade == param.hb_stop, "grade", "not a number"),
        (fact.grade >= "G2", "grade", "only be == or !="),
        (fact.grade == "G4", "grade", "is one of G1, G2, G3"),
        (fact.grade.yes, "grade", "is one of G1, G2, G3"),
        (fact.regimen == "CAPTEM", "regimen", "display only"),
        (fact.pregnant == "maybe", "pregnant", "is one of yes, no"),
        (fact.pregnant > "no", "pregnant", "only be == or !="),
    ],
)
def test_a_wrong_condition_is_refused_by_name(condition: Condition, name: str, words: str) -> None:
    with pytest.raises(ConditionError, match=words) as caught:
        check(condition, GLOSSARY, {"hb_stop"})
    assert caught.value.name == name


# numbers from the parameters


def test_parameters_become_numbers_that_remember_their_name() -> None:
    condition = ~named("c", "words", (fact.hb < param.hb_stop) & fact.pregnant.no) | (fact.ecog > 2)
    assert params_of(condition) == {"hb_stop"}
    bound = bind(condition, {"hb_stop": 8, "jurisdiction": "EU"})
    comparison = Comparison("hb", "<", 8.0, "hb_stop")
    assert bound == Not(Named("c", "words", All((comparison, fact.pregnant.no)))) | (fact.ecog > 2)
    assert params_of(bound) == {"hb_stop"}
    assert evaluate(bound, {"hb": 8.0, "pregnant": "no"}) is True
    with pytest.raises(ConditionError, match="hb"):
        evaluate(condition, {"hb": 8.0, "pregnant": "no"})


@pytest.mark.parametrize("value", [None, "8", True, math.nan, math.inf])
def test_a_parameter_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ConditionError, match=r"param\.hb_stop"):
        bind(fact.hb < param.hb_stop, {} if value is None else {"hb_stop": value})


# meaning


YES, NO, UNKNOWN = fact.y.yes, fact.y.no, fact.u.yes
VALUES: dict[str, float | str] = {"y": "yes", "n": 3.0}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (YES, True), (NO, False), (UNKNOWN, None), (~UNKNOWN, None),
        (YES & UNKNOWN, None), (NO & UNKNOWN, False), (YES | UNKNOWN, True), (NO | UNKNOWN, None),
        (UNKNOWN | ~UNKNOWN, None), (fact.u != "yes", None), (fact.u.unknown, True), (fact.u.known, False),
        (fact.n.known, True), (~fact.n.known, False), (fact.n >= 3, True), (fact.n > 3, False), (fact.n != 3, False),
        (~named("c", "words", UNKNOWN & NO), True), (~named("c", "words", UNKNOWN), None),
    ],
)  # fmt: skip
def test_unknown_is_never_no(condition: Condition, answer: bool | None) -> None:
    assert evaluate(condition, VALUES) is answer


@pytest.mark.parametrize("facts", [{"a": "0"}, {"a": True}])
def test_a_value_of_the_wrong_type_is_not_compared(facts: dict[str, float | str]) -> None:
    with pytest.raises(ConditionError, match=r"fact\.a"):
        evaluate(p, facts)


def test_alternatives_are_the_ways_to_be_true() -> None:
    assert alternatives(p) == ((p,),)
    assert alternatives(p & (q | r)) == ((p, q), (p, r))
    assert alternatives(~named("c", "words", p & q)) == ((~p,), (~q,))
    assert alternatives(p | (p & q)) == ((p,),)
    assert len(alternatives((p | q) & (p | r) & (q | r))) == 3


def test_absurdly_many_alternatives_are_refused_quickly() -> None:
    condition = p | q
    for i in range(20):
        condition = condition & ((getattr(fact, f"x{i}") < 1) | (getattr(fact, f"x{i}") > 2))
    with pytest.raises(ConditionError, match="too many alternatives"):
        alternatives(condition)


def test_a_fact_is_certain_if_every_alternative_makes_it_known() -> None:
    condition = (p & q) | (p & fact.d.known & (fact.e > 1)) | (fact.a.known & fact.b.unknown)
    assert certain_facts(condition) == {"a"}
    assert certain_facts(p & (fact.b.yes | fact.b.no)) == {"a", "b"}
    assert certain_facts(~named("c", "words", p | fact.b.unknown)) == {"a", "b"}
    assert certain_facts(r) == frozenset()
    assert facts_of(condition) == {"a", "b", "d", "e"}


atoms = st.sampled_from([p, ~p, fact.a.known, fact.b.yes, fact.b.no, fact.b.unknown, r, fact.c >= 2, fact.c != 2])
trees = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        inner.map(lambda one: ~one),
        inner.map(lambda one: named("c", "words", one)),
    ),
    max_leaves=7,
)
known = st.fixed_dictionaries(
    {},
    optional={"a": st.sampled_from([0.0, 1.0]), "b": st.sampled_from(["yes", "no"]), "c": st.sampled_from([2.0, 1.5])},
)


@given(trees, known)
def test_rewriting_changes_no_answer(condition: Condition, facts: dict[str, float | str]) -> None:
    answer = evaluate(condition, facts)
    ways = [[evaluate(atom, facts) for atom in each] for each in alternatives(condition)]
    assert any(all(way) for way in ways) is (answer is True)
    assert evaluate(plain(condition), facts) is answer
    assert evaluate(~condition, facts) is (None if answer is None else not answer)
    every = [{a.fact for a in way if a != Presence(a.fact, False)} for way in alternatives(condition)]
    assert certain_facts(condition) <= frozenset.intersection(*map(frozenset, every))
    if answer:
        assert certain_facts(condition) <= facts.keys()


@given(trees, known, st.sampled_from(["a", "b", "c"]))
def test_learning_a_fact_never_turns_an_answer_that_does_not_ask_what_is_known(
    condition: Condition, facts: dict[str, float | str], name: str
) -> None:
    asks = any(isinstance(atom, Presence) for each in alternatives(condition) for atom in each)
    fewer = {key: value for key, value in facts.items() if key != name}
    if not asks and evaluate(condition, fewer) is not None:
        assert evaluate(condition, facts) is evaluate(condition, fewer)


# words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Comparison("hb", "<", 8.0, "hb_stop"), "haemoglobin in g/dL is below hb_stop (8)"),
        (fact.hb < param.hb_stop, "haemoglobin in g/dL is below hb_stop"),
        (fact.hb >= 8.5, "haemoglobin in g/dL is at least 8.5"),
        (fact.ecog <= 2, "performance status (ECOG) is at most 2"),
        (fact.ecog > 1e20, "performance status (ECOG) is above 100000000000000000000"),
        (fact.grade == "G2", "WHO grade is G2"),
        (fact.grade != "G2", "WHO grade is not G2"),
        (fact.pregnant.yes, "pregnancy on record: yes"),
        (~fact.pregnant.yes, "pregnancy on record: no"),
        (fact.ecog.unknown, "performance status (ECOG) is not known"),
        (fact.pregnant.no & (fact.ecog.known | (fact.hb != 3)),
         "pregnancy on record: no and (performance status (ECOG) is known or haemoglobin in g/dL is not 3)"),
        (~named("fit", "the patient is fit", p), "not: the patient is fit"),
    ],
)  # fmt: skip
def test_a_condition_in_words(condition: Condition, words: str) -> None:
    assert in_words(condition, GLOSSARY) == words


def test_without_a_glossary_the_facts_names_are_used() -> None:
    assert in_words((fact.hb < 8) & fact.ecog.known) == "hb is below 8 and ecog is known"


def test_an_explanation_speaks_in_criteria_and_shows_every_value() -> None:
    fit = named("fit", "the patient is fit", fact.ecog <= 2, source="L11")
    told = explain(~fit & (fact.hb < 8), {"ecog": 3.0}, GLOSSARY)
    assert told.status == "unknown"
    opposite, low = told.parts
    assert (opposite.words, opposite.status) == ("not: the patient is fit", "met")
    (criterion,) = opposite.parts
    assert (criterion.id, criterion.words, criterion.status, criterion.sources) == (
        "fit", "the patient is fit", "not-met", ("L11",),
    )  # fmt: skip
    (single,) = criterion.parts
    assert (single.fact, single.value, single.status) == ("ecog", 3.0, "not-met")
    assert (low.fact, low.value, low.status) == ("hb", None, "unknown")
