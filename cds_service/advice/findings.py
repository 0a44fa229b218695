"""Which rules are heard, what silences what, and which finding comes first (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from cds_service.rulebook.conditions import Condition
from cds_service.rulebook.outcomes import OVERRIDING, rank
from cds_service.rulebook.words import Also, Branch, Rule

Heard = dict[str, tuple[Rule, Branch]]
"""Code -> the rule that speaks and the branch it speaks with, in the order of the codes."""


class Finding(NamedTuple):
    """One rule's conclusion."""

    outcome: str
    reason: str
    rule: str  # code


def branch_key(rule: Rule, branch: Branch) -> str:
    """The engine's name of a branch: "R-01/after-therapy"."""
    return f"{rule.code}/{branch.name}"


def conditions_of(rule: Rule) -> dict[str, Condition]:
    """Everything the engine is asked about one rule: its branches and their further findings, by key."""
    keyed: dict[str, Condition] = {}
    for branch in rule.branches:
        keyed[branch_key(rule, branch)] = branch.when
        keyed |= {also_key(rule, branch, also): also.when for also in branch.also}
    return keyed


def also_key(rule: Rule, branch: Branch, also: Also) -> str:
    """The engine's name of a further finding: "P-05/ki67-missing+ecog-missing"."""
    return f"{branch_key(rule, branch)}+{also.reason}"


def hear(rules: Iterable[Rule], true: frozenset[str], course: str) -> Heard:
    """The rules that speak in this PRRT course, each with its first true branch and its true further findings."""
    heard: Heard = {}
    speaking = {key.partition("/")[0] for key in true}
    for rule in rules:
        if rule.code not in speaking or course not in rule.speaks_in:
            continue
        for branch in rule.branches:
            if branch_key(rule, branch) in true:
                also = tuple(a for a in branch.also if also_key(rule, branch, a) in true)
                heard[rule.code] = (rule, branch if also == branch.also else replace(branch, also=also))
                break
    return heard


def unsilenced(heard: Heard) -> Heard:
    """Without the rules another heard rule silences. A silenced rule silences nobody."""
    names = spoken(heard)
    decided: dict[str, bool] = {}

    def speaks(code: str, above: tuple[str, ...]) -> bool:
        if code not in decided and code not in above:
            rule, _ = heard[code]
            decided[code] = not any(
                silencer in names and speaks(silencer.partition("/")[0], (*above, code))
                for silencer in rule.silenced_by
            )
        return decided.get(code, True)

    return {code: pair for code, pair in heard.items() if names.isdisjoint(pair[0].silenced_by) or speaks(code, ())}


def spoken(heard: Heard) -> set[str]:
    """What was heard, as codes and as code/branch: "C-04", "C-04/eu"."""
    return {name for code, (rule, branch) in heard.items() for name in (code, branch_key(rule, branch))}


def findings_of(heard: Heard) -> list[Finding]:
    """All findings, primary first; an overriding one stands alone."""
    found = {
        Finding(outcome, reason, rule.code)
        for rule, branch in heard.values()
        for outcome, reason in ((branch.outcome, branch.reason), *((a.outcome, a.reason) for a in branch.also))
        if outcome
    }
    ordered = sorted(found, key=lambda f: (rank(f.outcome, f.reason), f.rule, f.reason))
    overriding = [f for f in ordered if (f.outcome, f.reason) in OVERRIDING]
    return overriding[:1] or ordered


def counts(findings: Iterable[Finding]) -> Mapping[str, int]:
    """How many findings stand against PRRT now, and how many ask for data."""
    outcomes = [finding.outcome for finding in findings]
    return {
        "stop_count": sum(outcome in ("contraindicated", "not-now", "re-image") for outcome in outcomes),
        "needs_data_count": outcomes.count("needs-data"),
    }
