"""Conflicting results, absent spleen, wording against SUV."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.glossary import Facts
from cds_service.facts.imaging_checks import compute, days_apart
from cds_service.record.model import Problem, Scan
from tests.facts.charts import view
from tests.facts.scans import done, dose, lesion, scan, taken, when


def facts(*scans: Scan, **more: Any) -> Facts:
    return compute(view(scans=list(scans), **more))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


def test_days_apart() -> None:
    assert days_apart(when(10), when(40)) == days_apart(when(40), when(10)) == (30, 30)
    assert days_apart(when("2026-03"), when("2026-05-10")) == (40, 70)
    assert days_apart(when("2026-05"), when("2026-05-10")) == (0, 21)


HIGH, LOW = lesion(score=3), lesion(score=1)


@pytest.mark.parametrize(("ago", "expected"), [(70, "yes"), (71, "no")])
def test_two_scans_on_different_sides(ago: int, expected: str) -> None:
    found = facts(scan(10, HIGH), scan(ago, LOW))
    assert value(found, "sstr_results_conflict") == expected
    if expected == "yes":
        assert value(found, "sstr_conflict_first") == "1 on 2026-03-23"
        assert value(found, "sstr_conflict_second") == "3 on 2026-05-22"


@pytest.mark.parametrize("group", ["cytotoxic", "mtor"])
def test_treatment_between_explains_it(group: Any) -> None:
    between = taken("temozolomide", 50, 20, group)
    assert value(facts(scan(10, HIGH), scan(60, LOW), treatments=[between]), "sstr_results_conflict") == "no"


@pytest.mark.parametrize("group", ["ssa-long", "kinase-inhibitor", "prrt"])
def test_other_treatment_does_not(group: Any) -> None:
    between = taken("lanreotide", 50, 20, group)
    assert value(facts(scan(10, HIGH), scan(60, LOW), treatments=[between]), "sstr_results_conflict") == "yes"


def test_unknown_treatment_leaves_it_open() -> None:
    lacking = frozenset({"MedicationStatement"})
    assert "sstr_results_conflict" not in facts(scan(10, HIGH), scan(60, LOW), not_provided=lacking)
    same_day = [dose("temozolomide", 60)]
    assert "sstr_results_conflict" not in facts(scan(10, HIGH), scan(60, LOW), treatments=same_day)


def test_only_the_current_scan_conflicts() -> None:
    assert value(facts(scan(10, HIGH), scan(200, HIGH), scan(230, LOW)), "sstr_results_conflict") == "no"


def test_two_scans_of_one_day() -> None:
    first, second = scan(10, HIGH, source="DiagnosticReport/a"), scan(10, LOW, source="DiagnosticReport/b")
    assert value(facts(first, second), "sstr_results_conflict") == "yes"
    assert value(facts(first, scan(10, HIGH, source="DiagnosticReport/b")), "sstr_results_conflict") == "no"


@pytest.mark.parametrize(
    ("said", "expected"), [((1, 1), "yes"), ((3, 3), "no"), ((2, 3), "no"), (None, "no"), ((4, 4), "no")]
)
def test_text_against_code(said: tuple[int, int] | None, expected: str) -> None:
    assert value(facts(scan(10, HIGH, text_score=said)), "sstr_results_conflict") == expected


def test_text_scores_alone_do_not_contradict_themselves() -> None:
    read = lesion(score=3, score_read_as="narrative")
    assert value(facts(scan(10, read, text_score=(1, 1))), "sstr_results_conflict") == "no"


@pytest.mark.parametrize(("score", "expected"), [(4, "yes"), ((3, 4), "yes"), (None, "yes"), (3, "no"), (2, "no")])
def test_scores_that_need_a_spleen(score: Any, expected: str) -> None:
    assert value(facts(scan(10, lesion(score=score))), "spleen_limits_score") == expected


def test_a_score_referred_to_the_spleen() -> None:
    assert value(facts(scan(10, HIGH, spleen_reference=True)), "spleen_limits_score") == "yes"


def test_absent_spleen() -> None:
    assert value(facts(), "spleen_absent") == "no"
    assert value(facts(procedures=[done("splenectomy")]), "spleen_absent") == "yes"
    gone = Problem(source="Condition/1", kind="asplenia")
    assert value(facts(problems=[gone]), "spleen_absent") == "yes"
    assert "spleen_absent" not in facts(not_provided=frozenset({"Procedure"}))


@pytest.mark.parametrize(
    ("score", "words", "suv", "fires"),
    [
        (1, None, "9.01", "suv_too_high"), (1, None, "9", None), ((0, 1), None, "9.09", "suv_too_high"),
        (None, "low", "12", "suv_too_high"), ((1, 2), None, "12", None), (2, None, "50", None),
        (3, None, "2.99", "suv_too_low"), (3, None, "3", None), (None, "high", "1.3", "suv_too_low"),
        ((2, 3), None, "1", None), (None, None, "1", None), (4, None, None, None),
    ],
)  # fmt: skip
def test_wording_against_suv(score: Any, words: Any, suv: str | None, fires: str | None) -> None:
    more = {} if suv is None else {"suvmax": suv}
    found = facts(scan(10, lesion("rib", score, words=words, **more)))
    assert [name for name in ("suv_too_high", "suv_too_low") if value(found, name) == "yes"] == [
        name for name in (fires,) if name
    ]
    if fires:
        assert value(found, f"{fires}_site") == "rib"
        assert value(found, f"{fires}_value") == float(suv or 0)


def test_the_most_telling_lesion_is_shown() -> None:
    found = facts(scan(10, lesion("a", 1, suvmax="10"), lesion("b", 0, suvmax="30"), lesion("c", 3, suvmax="1")))
    assert (value(found, "suv_too_high_value"), value(found, "suv_too_low_value")) == (30, 1)
