"""A rule page in words: for ``rules show`` and for the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.rulebook import Advice, Ask, Branch, Rule, Rulebook
from cds_service.rulebook.conditions import All, Any, Condition, Named, Not, bind, in_words, number, params_of
from cds_service.rulebook.library import Citation, Parameter

_QUOTED = re.compile(r"\[\[|\]\]|\{param\.([a-z0-9_]+)(?::[a-z]+)?\}")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines; ``depth`` is how far each line is indented (a reason below what it explains)."""

    title: str
    lines: tuple[tuple[int, str], ...]


def describe(rule: Rule, book: Rulebook) -> list[Section]:
    """Everything a page says, in the page's own order, with the book's default numbers."""
    words = _Words(book)
    sections = [
        _plain("Maintenance", words.maintenance(rule)),
        _plain("Purpose", [rule.purpose, rule.explanation]),
        *(Section(f"Branch {branch.name}", tuple(words.branch(branch))) for branch in rule.branches),
        _plain("Heard", words.heard(rule)),
        _plain("Numbers", words.numbers(rule)),
        _plain("Evidence", words.evidence(rule)),
    ]
    return [section for section in sections if section.lines]


def outcomes(rule: Rule, book: Rulebook) -> str:
    """What the rule can come to, in words; "listed only" if it has no outcome."""
    found = dict.fromkeys(book.wording.say("outcome", branch.outcome) for branch in rule.branches if branch.outcome)
    return ", ".join(found) or "listed only"


def _plain(title: str, lines: list[str]) -> Section:
    return Section(title, tuple((0, line) for line in lines if line))


class _Words:
    def __init__(self, book: Rulebook) -> None:
        self._book = book
        self._say = book.wording.say
        self._defaults = {name: parameter.value for name, parameter in book.parameters.items()}

    def maintenance(self, rule: Rule) -> list[str]:
        return [
            f"Version {rule.version} of {rule.date}, review by {rule.review_by}, {rule.author}",
            f"Validation: {self._say('validation', rule.validation)}",
        ]

    def heard(self, rule: Rule) -> list[str]:
        lines = [f"In these PRRT course states: {', '.join(rule.speaks_in)}"]
        return [*lines, f"Silenced by: {', '.join(rule.silenced_by)}"] if rule.silenced_by else lines

    def branch(self, branch: Branch) -> Iterator[tuple[int, str]]:
        yield 0, "When:"
        yield from self._logic(bind(branch.when, self._defaults), 1)
        yield 0, f"Outcome: {self._finding(branch.outcome, branch.reason)}"
        for also in branch.also:
            yield 0, f"Also: {self._finding(also.outcome, also.reason)}, when:"
            yield from self._logic(bind(also.when, self._defaults), 1)
        if branch.advice:
            yield from ((0, line) for line in self._advice(branch.advice))
        if asked := [self._say("item", ask.id if isinstance(ask, Ask) else ask) for ask in branch.ask]:
            yield 0, f"Asks for: {', '.join(asked)}"

    def _finding(self, outcome: str, reason: str) -> str:
        said = (self._say("outcome", outcome), self._say("reason", reason))
        return ": ".join(words for words in said if words) or "none, the rule is listed only"

    def _advice(self, advice: Advice) -> Iterator[str]:
        yield f"Card ({advice.indicator}): {self._text(advice.summary)}"
        yield self._text(advice.record)
        yield from (self._text(line) for line in advice.detail)
        yield from (f"Suggestion: {self._text(suggestion.label)}" for suggestion in advice.suggestions)

    def _logic(self, condition: Condition, depth: int) -> Iterator[tuple[int, str]]:
        """The condition as an indented list; a named criterion is followed by what it means."""
        if isinstance(condition, (All, Any)):
            yield depth, "all of:" if isinstance(condition, All) else "at least one of:"
            for part in condition.parts:
                yield from self._logic(part, depth + 1)
        elif isinstance(condition, (Named, Not)):
            yield depth, f"{condition.words}:" if isinstance(condition, Named) else "not:"
            yield from self._logic(condition.condition, depth + 1)
        else:
            yield depth, in_words(condition, self._book.glossary)

    def numbers(self, rule: Rule) -> list[str]:
        names = {name for branch in rule.branches for name in params_of(branch.when)}
        return [self._number(self._book.parameters[name]) for name in sorted(names)]

    def _number(self, p: Parameter) -> str:
        value = f"{number(p.value)} {self._unit(p.unit)}".rstrip()
        site = f", a site may set {number(p.min)} to {number(p.max)}" if p.policy and p.min and p.max else ""
        origin = self._say("card", "own_default") if p.own_default else self._say("verified", p.verified)
        disagree = f". {self._say('card', 'disagree')}: {p.disagree}" if p.disagree else ""
        return f"{p.name} = {value}: {p.meaning}{site} ({origin}; {', '.join(p.sources)}){disagree}"

    def _unit(self, unit: str) -> str:
        return self._say("unit", unit)

    def evidence(self, rule: Rule) -> list[str]:
        own = f" ({self._say('card', 'own_default')})" if rule.own_default else ""
        lines = [f"Grade: {self._say('evidence', rule.evidence)}{own}"]
        lines += [self._citation(self._book.citations[name]) for name in rule.citations]
        return [*lines, f"{self._say('card', 'disagree')}: {rule.disagree}"] if rule.disagree else lines

    def _citation(self, source: Citation) -> str:
        return f"{source.id}: {source.text} {source.url}".rstrip() + f" ({self._say('verified', source.verified)})"

    def _text(self, text: str) -> str:
        """An advice text with its numbers filled in; what is filled in for a patient stays ``{fact}``."""
        return _QUOTED.sub(lambda m: number(self._defaults[m[1]]) if m[1] else "", text)
