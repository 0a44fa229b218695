"""What became of the cards, rule by rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, func, select

from cds_service.store import chain
from cds_service.store.feedback import COMMENT
from cds_service.store.keys import SiteKey
from cds_service.store.store import Store
from cds_service.store.tables import AUDIT, CARDS, FEEDBACK

NO_RULE = "none"
"""Stands for the rule of a card that no rule made ("not assessed")."""

UNKNOWN = "unknown"
"""Stands for the rule of a card that nobody here made, or whose entry was pruned."""


@dataclass(slots=True)
class RuleReport:
    """One rule's cards. A card counts for the rule whose card it is, not for the others it mentions."""

    rule: str
    shown: int = 0
    cards: set[str] = field(default_factory=set)
    accepted: int = 0
    overridden: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    comments: list[str] = field(default_factory=list, repr=False)

    def to_json(self, *, comments: bool) -> dict[str, Any]:
        """The report of one rule; ``comments``: with their texts, otherwise only how many."""
        told = self.accepted + self.overridden
        out: dict[str, Any] = {
            "rule": self.rule,
            "cards_shown": self.shown,
            "cards_with_feedback": len(self.cards),
            "accepted": self.accepted,
            "overridden": self.overridden,
            "acceptance": round(self.accepted / told, 3) if told else None,
            "override_reasons": [
                {"system": system, "code": code, "count": count}
                for (system, code), count in sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
            ],
            "overridden_without_reason": self.overridden - self.reasons.total(),
            "with_comment": len(self.comments),
        }
        if comments:
            out["comments"] = self.comments
        return out


def feedback_report(store: Store, since: datetime | None, until: datetime | None) -> list[RuleReport]:
    """One report a rule that had cards or feedback, in the order of their codes. ``since`` (inclusive) and ``until``
    (exclusive) are about when a card was last shown, and when the clinician acted."""
    reports: dict[str, RuleReport] = {}
    with store.reading() as connection:
        for rules, shown in _shown(connection, since, until):
            _of(reports, rules).shown += shown
        for row in _last_words(connection, since, until):
            _add(_of(reports, row.rules), row, store.key)
    return [reports[rule] for rule in sorted(reports)]


def _of(reports: dict[str, RuleReport], rules: str | None) -> RuleReport:
    rule = UNKNOWN if rules is None else next(iter(msgspec.json.decode(rules)), NO_RULE)
    return reports.setdefault(rule, RuleReport(rule))


def _add(report: RuleReport, row: Any, key: SiteKey) -> None:
    report.cards.add(row.card)
    if row.outcome == "accepted":
        report.accepted += 1
    else:
        report.overridden += 1
        if row.reason_code:
            report.reasons[row.reason_system, row.reason_code] += 1
    if row.comment is not None:
        report.comments.append(key.open(bytes(row.comment), COMMENT).decode())


def _window(column: Column[Any], since: datetime | None, until: datetime | None) -> list[Any]:
    conditions = [column >= chain.utc(since)] if since else []
    return conditions + ([column < chain.utc(until)] if until else [])


def _shown(connection: Connection, since: datetime | None, until: datetime | None) -> list[tuple[str, int]]:
    query = (
        select(CARDS.c.rules, func.count())
        .join(AUDIT, AUDIT.c.number == CARDS.c.entry)
        .where(*_window(AUDIT.c.at, since, until))
        .group_by(CARDS.c.rules)
    )
    return [(rules, count) for rules, count in connection.execute(query)]


def _last_words(connection: Connection, since: datetime | None, until: datetime | None) -> list[Any]:
    """Feedback, once for each card, outcome and time: what was sent again with another reason replaces the first."""
    query = select(FEEDBACK).where(*_window(FEEDBACK.c.at, since, until))
    rows = connection.execute(query.order_by(FEEDBACK.c.entry, FEEDBACK.c.position))
    return list({(row.card, row.outcome, row.at): row for row in rows}.values())
