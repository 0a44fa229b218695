"""The words a rule page is written in: Rule, Branch, Advice, Suggestion, Ask, Criterion.

A page holds one ``rule = Rule(...)``. Its branches are tried in order; the first whose condition is true speaks.
Texts may quote facts as ``{fact_name}`` and parameters as ``{param.name}``; a part in ``[[ ]]`` is printed only
when every fact it quotes is known.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from cds_service.rulebook.conditions import Condition

Indicator = Literal["info", "warning", "critical"]
Validation = Literal["testing", "research", "production", "expired"]
Course = Literal["none", "in-progress", "completed", "retreatment"]
Evidence = Literal["label", "RCT", "guideline", "cohort", "protocol", "case reports", "expert"]

COURSES: tuple[Course, ...] = ("none", "in-progress", "completed", "retreatment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One thing the reader may consider. ``order`` names a draft ServiceRequest of ``rules/orders.toml``.

    ``unless`` names rules ("C-01") or branches ("C-04/eu") beside which the suggestion is left out.
    """

    label: str
    order: str = ""
    recommended: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Something missing (an id of the contract's vocabulary) to ask for, when ``when`` is true (always if None)."""

    id: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the reader sees: ``record`` is the one sentence of what the record shows, ``detail`` more sentences.

    ``shows`` adds facts to the card's table beyond those the condition tests.
    """

    indicator: Indicator
    summary: str
    record: str
    detail: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Also:
    """A further finding of a branch, when ``when`` is true beside the branch's own condition."""

    outcome: str
    reason: str
    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way a rule speaks. ``outcome``/``reason`` empty: the rule is listed only. ``also``: further findings.

    ``stands_first``: its card is shown before the primary one. ``quiet``: it has none of its own in a notable rule.
    """

    name: str
    when: Condition
    outcome: str = ""
    reason: str = ""
    also: tuple[Also, ...] = ()
    advice: Advice | None = None
    ask: tuple[Ask | str, ...] = ()
    stands_first: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One recommendation: maintenance, library and knowledge, in that order.

    ``speaks_in``: the PRRT course states it is heard in. ``silenced_by``: rules ("C-01") or branches ("C-07/stop")
    beside which it is not heard. ``stage``: 1 reads the chart's facts; 2 and 3 also read what earlier stages found.
    ``notable``: shown on a card of its own when it is not the primary finding.
    """

    # maintenance
    id: str
    code: str
    title: str
    version: str
    date: datetime.date
    review_by: datetime.date
    author: str
    validation: Validation
    # library
    purpose: str
    explanation: str
    citations: tuple[str, ...]
    evidence: Evidence
    disagree: str = ""
    own_default: bool = False  # a number or choice of this rule set, not checked against a source (M or EXP)
    # knowledge
    branches: tuple[Branch, ...]
    speaks_in: tuple[Course, ...] = COURSES
    silenced_by: tuple[str, ...] = ()
    stage: Literal[1, 2, 3] = 1
    notable: bool = False
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One line of the checklist in every assessment (rulings, section 7).

    ``met`` is the side favourable to PRRT; ``applies`` false leaves the line out; ``shows`` is the fact whose value,
    date and sources are printed; ``reads`` the FHIR resource types it is read from; ``required`` for criteria-met.
    """

    id: str
    words: str
    met: Condition
    shows: str = ""
    applies: Condition | None = None
    reads: tuple[str, ...] = ()
    required: bool = True
    sources: tuple[str, ...] = ()
