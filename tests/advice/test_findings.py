"""What is heard, what silences what, what comes first."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

import pytest

from cds_service.advice.findings import Finding, counts, findings_of, hear, unsilenced
from cds_service.rulebook import Also, Branch, Rule, fact
from cds_service.rulebook.outcomes import OVERRIDING, RANK, rank

ALWAYS = fact.wrong_patient.known


def rule(code: str, outcome: str = "", reason: str = "", **kw: Any) -> Rule:
    branch = Branch(name="only", when=ALWAYS, outcome=outcome, reason=reason, also=kw.pop("also", ()))
    day = datetime.date(2026, 1, 1)
    return Rule(
        id=f"rule-{code.lower()}", code=code, title="t", version="1.0.0", date=day, review_by=day, author="a",
        validation="testing", purpose="p", explanation="e", citations=("EXP",), evidence="expert",
        branches=kw.pop("branches", (branch,)), **kw,
    )  # fmt: skip


def heard_of(*rules: Rule, true: frozenset[str] | None = None, course: str = "none") -> list[str]:
    keys = true if true is not None else frozenset(f"{r.code}/{b.name}" for r in rules for b in r.branches)
    return list(unsilenced(hear(rules, keys, course)))


def test_the_first_true_branch_speaks() -> None:
    two = (Branch(name="first", when=ALWAYS), Branch(name="second", when=ALWAYS))
    pages = [rule("L-01", branches=two)]
    assert hear(pages, frozenset(("L-01/first", "L-01/second")), "none")["L-01"][1].name == "first"
    assert hear(pages, frozenset(("L-01/second",)), "none")["L-01"][1].name == "second"
    assert hear(pages, frozenset(), "none") == {}


def test_a_rule_is_not_heard_in_another_course() -> None:
    page = rule("L-01", speaks_in=("none",))
    assert heard_of(page) == ["L-01"]
    assert heard_of(page, course="in-progress") == []


def test_a_silenced_rule_is_not_heard_and_silences_nobody() -> None:
    first, second, third = rule("C-01"), rule("R-05", silenced_by=("C-01",)), rule("I-02", silenced_by=("R-05",))
    assert heard_of(second, third) == ["R-05"]
    assert heard_of(first, second, third) == ["C-01", "I-02"]


def test_a_branch_silences_only_when_it_is_the_one_that_speaks() -> None:
    ecog = rule("C-07", branches=(Branch(name="stop", when=ALWAYS), Branch(name="caution", when=ALWAYS)))
    scan = rule("R-01", silenced_by=("C-07/stop",))
    assert heard_of(ecog, scan, true=frozenset(("C-07/caution", "R-01/only"))) == ["C-07", "R-01"]
    assert heard_of(ecog, scan, true=frozenset(("C-07/stop", "R-01/only"))) == ["C-07"]


def test_two_rules_that_silence_each_other_do_not_both_vanish() -> None:
    assert heard_of(rule("I-01", silenced_by=("I-02",)), rule("I-02", silenced_by=("I-01",)))


def test_findings_come_in_the_order_of_the_contract() -> None:
    pairs = [(outcome, reason) for outcome, reasons in RANK for reason in reasons]
    assert [rank(*pair) for pair in pairs if pair != ("no-advice", "scan-already-ordered")] == sorted(
        rank(*pair) for pair in pairs if pair != ("no-advice", "scan-already-ordered")
    )
    plain = [pair for pair in pairs if pair[0] != "no-advice"]
    for first, second in itertools.combinations(plain, 2):
        pages = [rule("B-02", *first), rule("B-01", *second)]
        heard = hear(pages, frozenset(("B-02/only", "B-01/only")), "none")
        assert [(f.outcome, f.reason) for f in findings_of(heard)] == [first, second]


def test_an_ordered_scan_takes_the_rank_of_re_imaging() -> None:
    assert rank("not-now", "resectable") < rank("no-advice", "scan-already-ordered") < rank("not-now", "lab-hb")


@pytest.mark.parametrize("pair", OVERRIDING)
def test_an_overriding_finding_stands_alone(pair: tuple[str, str]) -> None:
    pages = [rule("C-01", "contraindicated", "pregnancy"), rule("G-01", *pair)]
    heard = hear(pages, frozenset(("C-01/only", "G-01/only")), "none")
    assert findings_of(heard) == [Finding(*pair, "G-01")]


def test_overriding_findings_have_an_order_of_their_own() -> None:
    pages = [rule(f"G-0{n}", *pair) for n, pair in enumerate(reversed(OVERRIDING), 1)]
    heard = hear(pages, frozenset(f"{p.code}/only" for p in pages), "none")
    assert findings_of(heard) == [Finding("no-advice", "wrong-patient", "G-04")]
    assert sorted(OVERRIDING, key=lambda pair: rank(*pair)) == list(OVERRIDING)


def test_further_findings_of_a_branch_need_their_own_condition() -> None:
    page = rule("P-05", "needs-data", "ki67-missing", also=(Also("needs-data", "ecog-missing", ALWAYS),))
    assert len(findings_of(hear([page], frozenset(("P-05/only",)), "none"))) == 1
    both = findings_of(hear([page], frozenset(("P-05/only", "P-05/only+ecog-missing")), "none"))
    assert [f.reason for f in both] == ["ki67-missing", "ecog-missing"]


def test_counts_separate_stops_from_questions() -> None:
    found = [Finding("contraindicated", "pregnancy", "C-01"), Finding("re-image", "post-therapy", "R-01"),
             Finding("not-now", "lab-hb", "L-01"), Finding("needs-data", "ki67-missing", "P-05"),
             Finding("no-advice", "course-running", "F-01")]  # fmt: skip
    assert counts(found) == {"stop_count": 3, "needs_data_count": 1}
