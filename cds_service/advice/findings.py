"""Which rules are heard, what silences what, and which finding comes first (contract, section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.rulebook.outcomes import OVERRIDING, rank
from cds_service.rulebook.words import Branch, Rule

Heard = dict[str, tuple[Rule, Branch]]
"""Code -> the rule that speaks and the branch it speaks with, in the order of the codes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's conclusion."""

    outcome: str
    reason: str
    rule: str  # code


def branch_key(rule: Rule, branch: Branch) -> str:
    """The engine's name of a branch: "R-01/after-therapy"."""
    return f"{rule.code}/{branch.name}"


def hear(rules: Iterable[Rule], true: frozenset[str], course: str) -> Heard:
    """The rules that speak in this PRRT course, each with its first true branch."""
    heard: Heard = {}
    for rule in rules:
        if course not in rule.speaks_in:
            continue
        for branch in rule.branches:
            if branch_key(rule, branch) in true:
                heard[rule.code] = (rule, branch)
                break
    return heard


def unsilenced(heard: Heard) -> Heard:
    """Without the rules another heard rule silences. A silenced rule silences nobody."""
    decided: dict[str, bool] = {}

    def speaks(code: str, above: tuple[str, ...]) -> bool:
        if code not in decided and code not in above:
            rule, _ = heard[code]
            decided[code] = not any(
                _names(silencer, heard) and speaks(silencer.partition("/")[0], (*above, code))
                for silencer in rule.silenced_by
            )
        return decided.get(code, True)

    return {code: pair for code, pair in heard.items() if speaks(code, ())}


def _names(silencer: str, heard: Heard) -> bool:
    code, _, branch = silencer.partition("/")
    return code in heard and (not branch or heard[code][1].name == branch)


def findings_of(heard: Heard) -> list[Finding]:
    """All findings, primary first; an overriding one stands alone."""
    found = {
        Finding(outcome, reason, rule.code)
        for rule, branch in heard.values()
        for outcome, reason in ((branch.outcome, branch.reason), *branch.also)
        if outcome
    }
    ordered = sorted(found, key=lambda f: (rank(f.outcome, f.reason), f.rule, f.reason))
    for pair in OVERRIDING:
        alone = [f for f in ordered if (f.outcome, f.reason) == pair]
        if alone:
            return alone[:1]
    return ordered


def counts(findings: Iterable[Finding]) -> Mapping[str, int]:
    """How many findings stand against PRRT now, and how many ask for data."""
    outcomes = [finding.outcome for finding in findings]
    return {
        "stop_count": sum(outcome in ("contraindicated", "not-now", "re-image") for outcome in outcomes),
        "needs_data_count": outcomes.count("needs-data"),
    }
