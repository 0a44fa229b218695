"""What a rule page must satisfy before it is served."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cds_service.facts.glossary import FactSpec
from cds_service.rulebook.conditions import Condition, ConditionError, alternatives, certain_facts, check, facts_of
from cds_service.rulebook.outcomes import MISSING_EXTRA, is_outcome
from cds_service.rulebook.page_check import PageError
from cds_service.rulebook.texts import TextError, check_text
from cds_service.rulebook.words import Advice, Ask, Branch, Rule

if TYPE_CHECKING:
    from cds_service.rulebook.loader import Rulebook

MOST_ALTERNATIVES = 12  # a page's share of an engine pack of 60
MOST_BRANCHES = 4
CRITICAL = frozenset(("C-01", "C-03", "C-05", "F-02", "F-03"))
_CODE = re.compile(r"[A-Z]-\d\d")
_VERSION = re.compile(r"\d+\.\d+\.\d+")

STAGE_FACTS = (
    FactSpec("stop_count", "number", "findings that stand against PRRT now", "contraindicated, not-now and re-image"),
    FactSpec("needs_data_count", "number", "findings that ask for data", "needs-data findings of earlier stages"),
    FactSpec("required_unknown_count", "number", "required criteria not known", "of the checklist"),
    FactSpec("required_not_met_count", "number", "required criteria not met", "of the checklist"),
    FactSpec("required_unknown_list", "text", "required criteria not known", "names, in the checklist's order"),
    FactSpec("required_unknown_top", "text", "first items missing", "at most three, in the checklist's order"),
    FactSpec("required_not_met_list", "text", "required criteria not met", "names, in the checklist's order"),
)


class RuleError(ValueError):
    """A page that breaks a rule of the house; ``name`` is the word to look for in the file."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


def finding_facts(rules: Iterable[Rule]) -> dict[str, FactSpec]:
    """The facts later stages read: which rules of earlier stages spoke, and how many findings there are."""
    specs = {spec.name: spec for spec in STAGE_FACTS}
    for rule in rules:
        name = fired_fact(rule.code)
        specs[name] = FactSpec(name, "truth", f"{rule.code} speaks", "yes when the rule fired and is not silenced")
    return specs


def fired_fact(code: str) -> str:
    """ "R-01" -> "fired_r_01"."""
    return f"fired_{code.lower().replace('-', '_')}"


def check_rule(rule: Rule, book: Rulebook) -> None:
    """Refuses a page that breaks a rule of the house. Raises RuleError or ConditionError."""
    _check_library_part(rule, book)
    if not 1 <= len(rule.branches) <= MOST_BRANCHES:
        raise RuleError(f"a page has one to {MOST_BRANCHES} branches, this one has {len(rule.branches)}")
    names = [branch.name for branch in rule.branches]
    if len(set(names)) != len(names):
        raise RuleError("two branches have one name; rename one")
    for branch in rule.branches:
        _check_branch(rule, branch, book)
    count = sum(len(alternatives(branch.when)) for branch in rule.branches)
    if count > MOST_ALTERNATIVES:
        raise RuleError(f"the page has {count} alternatives, at most {MOST_ALTERNATIVES}: compute part of it as a fact")


def _check_library_part(rule: Rule, book: Rulebook) -> None:
    if not _CODE.fullmatch(rule.code) or not _VERSION.fullmatch(rule.version):
        raise RuleError("code looks like R-01 and version like 1.0.0", "code")
    if not rule.citations:
        raise RuleError("a page without a citation does not load; name its rows of citations.toml", "citations")
    for citation in rule.citations:
        if citation not in book.citations:
            raise RuleError(f"citation {citation!r} is not in citations.toml; add it there", citation)
    if rule.review_by <= rule.date:
        raise RuleError("review_by must lie after date", "review_by")
    for what in ("title", "author", "purpose", "explanation"):
        if not getattr(rule, what).strip():
            raise RuleError(f"{what} is empty; a reader needs it", what)


def _check_branch(rule: Rule, branch: Branch, book: Rulebook) -> None:
    if not isinstance(branch.when, Condition):
        raise RuleError(f"when={branch.when!r} alone is not a condition; compare it, or write .yes or .known", "when=")
    check(branch.when, book.glossary, book.parameters)
    later = sorted(facts_of(branch.when) & finding_facts(book.rules).keys())
    if rule.stage == 1 and later:
        raise RuleError(f"branch {branch.name!r} reads findings; set stage=2", later[0])
    for also in branch.also:
        check(also.when, book.glossary, book.parameters)
    for outcome, reason in ((branch.outcome, branch.reason), *((a.outcome, a.reason) for a in branch.also)):
        if (outcome or reason) and not is_outcome(outcome, reason):
            raise RuleError(f"{outcome}/{reason} is not an outcome of the contract", reason or outcome)
    _check_asks(branch, book)
    if branch.advice is not None:
        _check_advice(rule, branch, branch.advice, book)


def _check_asks(branch: Branch, book: Rulebook) -> None:
    known = MISSING_EXTRA | {criterion.id for criterion in book.criteria}
    for ask in branch.ask:
        name = ask.id if isinstance(ask, Ask) else ask
        if name not in known:
            raise RuleError(f"branch {branch.name!r} asks for {name!r}, which is not in the vocabulary", name)
        if isinstance(ask, Ask) and ask.when is not None:
            check(ask.when, book.glossary, book.parameters)


def _check_advice(rule: Rule, branch: Branch, advice: Advice, book: Rulebook) -> None:
    certain = certain_facts(branch.when)
    labels = tuple(suggestion.label for suggestion in advice.suggestions)
    for text in (advice.summary, advice.record, *advice.detail, *labels):
        try:
            check_text(text, certain, book.glossary, book.parameters)
        except TextError as error:
            raise RuleError(str(error), text[:30]) from None
        for word in book.wording.banned:
            if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                raise RuleError(f"{word!r} is not a word for a card: consider, record shows, discuss", text[:30])
    for name in advice.shows:
        if name not in book.glossary:
            raise RuleError(f"shows {name!r}, which is not a fact", name)
    if advice.indicator == "critical" and rule.code not in CRITICAL:
        raise RuleError(f"critical is only for {', '.join(sorted(CRITICAL))}", "critical")
    no_change = any(label.lower().startswith("no change") for label in labels)
    if len(labels) < 2 and not no_change:
        raise RuleError("offer at least two suggestions, or one that begins with 'No change'", "suggestions")
    for suggestion in advice.suggestions:
        if suggestion.order and suggestion.order not in book.orders:
            raise RuleError(f"order {suggestion.order!r} is not in orders.toml; add it there", suggestion.order)


def check_rules(book: Rulebook) -> None:
    """What only the whole book can show: codes and ids once, every silencer there. Raises PageError."""
    branches = {rule.code: {branch.name for branch in rule.branches} for rule in book.rules}
    seen: dict[str, str] = {}
    for rule in book.rules:
        for key in (rule.code, rule.id):
            if key in seen:
                raise PageError(rule.file, 1, f"{key} is already taken by {seen[key]}; choose another")
            seen[key] = rule.file
        for silencer in rule.silenced_by:
            code, _, branch = silencer.partition("/")
            if code in branches and branch and branch not in branches[code]:
                raise PageError(rule.file, 1, f"silenced_by names {silencer}, but {code} has no such branch")
            if not _CODE.fullmatch(code):
                raise PageError(rule.file, 1, f"silenced_by names {silencer!r}; write a code, or code/branch")


def check_criteria(book: Rulebook) -> None:
    """The checklist's conditions against the glossary. Raises PageError."""
    for criterion in book.criteria:
        try:
            for condition in (criterion.met, criterion.applies):
                if condition is not None:
                    check(condition, book.glossary, book.parameters)
        except ConditionError as error:
            raise PageError("rules/criteria.py", 1, f"{criterion.id}: {error}") from None
        if criterion.shows and criterion.shows not in book.glossary:
            raise PageError("rules/criteria.py", 1, f"{criterion.id} shows {criterion.shows!r}, which is not a fact")
