"""Runs one row the whole way and compares what comes out with what the row expects."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from cds_service.advice.assessment import Assessment
from cds_service.fhir.ignored import Why
from cds_service.rulebook.loader import Rulebook
from cds_service.rulebook.outcomes import MISSING_EXTRA, is_outcome
from cds_service.rulebook.words import Rule
from cds_service.scenarios.bench import Bench, Case
from cds_service.scenarios.checks import did_you_mean
from cds_service.scenarios.sheets import Row

NO_CARD = "no-card"


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that was not met, as two halves of a sentence."""

    expected: str
    got: str
    about_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a row came to; it passes when nothing differs. ``case`` can be gone again with changed rules."""

    row: Row
    rule: Rule
    case: Case
    assessment: Assessment
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


def run_scenario(row: Row, rule: Rule, bench: Bench) -> Result:
    """The whole way: vocabulary, FHIR, chart, facts, engine, advice. Raises ScenarioError."""
    return judge(row, rule, bench.case(row.patient), bench)


def judge(row: Row, rule: Rule, case: Case, bench: Bench) -> Result:
    """The way from the facts on, for a case already read (other rules, same patient)."""
    assessment = bench.assess(case)
    return Result(
        row=row, rule=rule, case=case, assessment=assessment, differences=tuple(compare(row, rule, assessment))
    )


def compare(row: Row, rule: Rule, assessment: Assessment) -> Iterable[Difference]:
    """Every difference between the row and the assessment."""
    yield from _rule(row, rule, assessment)
    yield from _findings(row, assessment)
    yield from _cards(row, assessment)
    yield from _lists(row, assessment)


def _rule(row: Row, rule: Rule, assessment: Assessment) -> Iterable[Difference]:
    branch = assessment.fired.get(rule.code)
    spoke = "the rule is silent" if branch is None else f"the rule speaks with its branch {branch!r}"
    if row.fires and branch is None:
        which = f" with its branch {row.branch!r}" if row.branch else ""
        yield Difference(f"the rule speaks{which}", spoke, about_rule=True)
    elif row.fires and row.branch and branch != row.branch:
        yield Difference(f"the rule speaks with its branch {row.branch!r}", spoke, about_rule=True)
    elif not row.fires and branch is not None:
        yield Difference("the rule is silent", spoke, about_rule=True)


def _findings(row: Row, assessment: Assessment) -> Iterable[Difference]:
    first = assessment.primary
    primary = f"{first.outcome}/{first.reason}"
    if row.primary == NO_CARD:
        if assessment.cards:
            yield Difference("no card", f"{len(assessment.cards)} card(s), primary {primary} ({first.rule})")
    elif row.primary and row.primary != primary:
        yield Difference(f"primary is {row.primary}", f"primary is {primary} ({first.rule})")
    found = {f"{f.outcome}/{f.reason}": f.rule for f in assessment.findings}
    listed = ", ".join(f"{name} ({code})" for name, code in found.items())
    yield from (Difference(f"{name} is among the findings", listed) for name in row.finding if name not in found)
    yield from (
        Difference(f"{name} is not among the findings", f"{found[name]} found it")
        for name in row.no_finding
        if name in found
    )


def _cards(row: Row, assessment: Assessment) -> Iterable[Difference]:
    if row.cards is not None and row.cards != len(assessment.cards):
        summaries = "; ".join(card["summary"] for card in assessment.cards)
        yield Difference(f"{row.cards} card(s)", f"{len(assessment.cards)}: {summaries}")
    words = card_words(assessment)
    summaries = " / ".join(card["summary"] for card in assessment.cards) or "no card"
    yield from (Difference(f"a card says {part!r}", summaries) for part in row.card_says if _plain(part) not in words)
    yield from (
        Difference(f"no card says {part!r}", summaries) for part in row.card_never_says if _plain(part) in words
    )


def card_words(assessment: Assessment) -> str:
    """Everything the cards say, as read: escapes undone, spaces single, lower case."""
    parts: list[str] = []
    for card in assessment.cards:
        parts += [card["summary"], card.get("detail", "")]
        parts += [suggestion["label"] for suggestion in card.get("suggestions", ())]
    return _plain("\n".join(parts))


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"\\(?=[^\w\s])", "", words))).strip().casefold()


def _lists(row: Row, assessment: Assessment) -> Iterable[Difference]:
    asked = ", ".join(assessment.missing) or "nothing"
    yield from (
        Difference(f"{name} is asked for", f"asked for: {asked}")
        for name in row.missing
        if name not in assessment.missing
    )
    yield from (
        Difference(f"{name} is not asked for", f"asked for: {asked}")
        for name in row.not_missing
        if name in assessment.missing
    )
    why = {item.why for item in assessment.ignored}
    ignored = "; ".join(f"{item.source} {item.why}" for item in assessment.ignored) or "nothing"
    yield from (
        Difference(f"something is left out as {name}", f"left out: {ignored}")
        for name in row.ignored
        if name not in why
    )
    status = {line.criterion.id: line.status for line in assessment.checklist}
    for name, wanted in row.criteria.items():
        got = status.get(name, "absent")
        if got != wanted:
            yield Difference(f"criterion {name} is {wanted}", f"it is {got}")


def unknown_words(row: Row, rule: Rule, book: Rulebook) -> list[str]:
    """What the row names that the rule book does not know: branches, outcomes, criteria, ids."""
    problems = []
    branches = [branch.name for branch in rule.branches]
    if row.branch and row.branch not in branches:
        problems.append(f"branch {row.branch!r} is not on the page. {did_you_mean(row.branch, branches)}.")
    for name in (row.primary, *row.finding, *row.no_finding):
        outcome, _, reason = name.partition("/")
        if name and name != NO_CARD and not is_outcome(outcome, reason):
            problems.append(f'{name!r} is not an outcome. Write outcome/reason, for example "re-image/post-therapy".')
    criteria = {criterion.id for criterion in book.criteria}
    for name in (*row.missing, *row.not_missing):
        if name not in criteria | MISSING_EXTRA:
            problems.append(f"nothing is asked for as {name!r}. {did_you_mean(name, criteria | MISSING_EXTRA)}.")
    problems += [
        f"{name!r} is not a criterion. {did_you_mean(name, criteria)}." for name in row.criteria if name not in criteria
    ]
    problems += [
        f"{name!r} is no reason to ignore. {did_you_mean(name, get_args(Why))}."
        for name in row.ignored
        if name not in get_args(Why)
    ]
    return problems


def page_gaps(rows: list[Row], rule: Rule) -> list[str]:
    """Branches without a [[fires]] row, and [[fires]] rows that do not say which of several branches they mean."""
    fires = [row for row in rows if row.section == "fires"]
    if len(rule.branches) == 1:
        return []
    gaps = [
        f"[[fires]] {row.name!r} does not say which branch speaks. Add branch = {rule.branches[0].name!r} or another."
        for row in fires
        if not row.branch
    ]
    named = {row.branch for row in fires}
    gaps += [
        f"no [[fires]] row for the branch {branch.name!r}. Add a patient for whom it speaks."
        for branch in rule.branches
        if branch.name not in named
    ]
    return gaps
