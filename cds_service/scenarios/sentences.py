"""A failed scenario as a clinician reads it: what was expected, what came, what decided, from which facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cds_service.advice.findings import branch_key
from cds_service.facts.glossary import Facts, FactSpec
from cds_service.rulebook.explain import Explanation, explain, number
from cds_service.rulebook.words import Branch, Rule
from cds_service.scenarios.bench import Bench
from cds_service.scenarios.runner import Result

_MOST_SOURCES = 3
_STATUS = {"met": "met", "not-met": "not met", "unknown": "not known"}


def describe(result: Result, bench: Bench) -> str:
    """The whole message of a failure, without a traceback."""
    row, rule = result.row, result.rule
    lines = [f"{rule.code} {rule.id}: {rule.title}", f"Scenario ({row.section}): {row.name}"]
    for difference in result.differences:
        lines += [f"Expected: {difference.expected}.", f"Got:      {difference.got.rstrip('.')}."]
    if any(difference.about_rule for difference in result.differences):
        lines += _reasons(result, bench)
    lines += _others(result)
    return "\n".join(lines)


def _reasons(result: Result, bench: Bench) -> list[str]:
    """Which criteria decided, branch by branch, and the facts they read."""
    assessor = bench.assessor(result.case.policy)
    rule = assessor.book.rule(result.rule.code)
    facts = result.assessment.seen_by(result.rule.stage)
    values = {name: known.value for name, known in facts.items()}
    lines, read = list(_unheard(rule, result)), dict[str, None]()
    for branch in _asked(rule, result):
        tree = explain(branch.when, values, assessor.book.glossary)
        lines.append(f"Branch {branch.name!r} is {_STATUS[tree.status]}, decided by:")
        for depth, step in _deciding(tree):
            lines.append(f"  {'  ' * depth}- {_STATUS[step.status]}: {step.words}")
            read |= dict.fromkeys(filter(None, [step.fact]))
    if read:
        lines.append("Facts:")
        lines += [f"  - {_fact(name, facts, assessor.book.glossary)}" for name in read]
    return lines


def _asked(rule: Rule, result: Result) -> Iterable[Branch]:
    """The branches a reader asks about: the one that spoke, the one expected, else all."""
    names = {result.row.branch, result.assessment.fired.get(rule.code, "")} - {""}
    return [branch for branch in rule.branches if not names or branch.name in names]


def _unheard(rule: Rule, result: Result) -> Iterator[str]:
    """Why a rule whose condition is true is not heard: the PRRT course, or another rule that silences it."""
    assessment = result.assessment
    if rule.code in assessment.heard:
        return
    if assessment.course not in rule.speaks_in:
        yield f"The PRRT course is {assessment.course!r}; this rule speaks in: {', '.join(rule.speaks_in)}."
    heard = {branch_key(spoken, branch) for spoken, branch in assessment.heard.values()} | set(assessment.heard)
    silencers = [name for name in rule.silenced_by if name in heard]
    if silencers:
        yield f"It is silenced by {', '.join(silencers)}."


def _deciding(step: Explanation, depth: int = 0) -> Iterator[tuple[int, Explanation]]:
    """What made a step what it is: named criteria, and below each the criteria and comparisons that decided it."""
    if step.id or not step.parts:
        yield depth, step
        depth += 1
    same = [part for part in step.parts if part.status == step.status]
    for part in same or step.parts:  # under a "not" the part has the other status
        yield from _deciding(part, depth)


def _fact(name: str, facts: Facts, glossary: Mapping[str, FactSpec]) -> str:
    spec = glossary.get(name)
    meaning = f" ({spec.meaning})" if spec else ""
    known = facts.get(name)
    if known is None:
        return f"{name}{meaning}: not known"
    value = known.shown or (known.value if isinstance(known.value, str) else number(known.value))
    unit = f" {spec.unit}" if spec and spec.unit else ""
    more = f" and {len(known.sources) - _MOST_SOURCES} more" if len(known.sources) > _MOST_SOURCES else ""
    sources = ", ".join(known.sources[:_MOST_SOURCES]) + more
    where = "; ".join(filter(None, [sources, str(known.when or ""), known.read_as]))
    return f"{name}{meaning}: {value}{unit} [{where}]"


def _others(result: Result) -> list[str]:
    assessment = result.assessment
    findings = ", ".join(f"{f.outcome}/{f.reason} ({f.rule})" for f in assessment.findings)
    spoke = ", ".join(f"{code} {branch}" for code, branch in assessment.fired.items()) or "none"
    lines = [f"Findings: {findings}.", f"Rules that speak: {spoke}."]
    if assessment.ignored:
        left_out = "; ".join(f"{item.source} ({item.why})" for item in assessment.ignored)
        lines.append(f"Left out: {left_out}.")
    return lines
