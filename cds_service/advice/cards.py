"""The cards of an assessment: one for the primary finding, a second and third only for critical or warning ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from cds_service.advice import suggestions
from cds_service.advice.assessment import Assessment
from cds_service.advice.card_text import CardText, drafts_line
from cds_service.advice.escape import clean_markdown, clean_plain
from cds_service.advice.findings import Finding, spoken
from cds_service.rulebook.loader import Rulebook
from cds_service.rulebook.outcomes import OVERRIDING, SCAN_ORDERED
from cds_service.rulebook.texts import Writer
from cds_service.rulebook.words import Advice, Branch, Rule

MOST_FINDING_CARDS = 3
SUMMARY_MAX = 139
RULE_SYSTEM = "urn:prrt-cds:rule"
_NIL = UUID(int=0)
OVERRIDE_SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"


class CardMaker:
    """Makes the cards of one assessment. The same call and record always give the same cards."""

    def __init__(
        self, assessment: Assessment, book: Rulebook, values: dict[str, float], hook_instance: str, patient_id: str,
        under_review: set[str], gaps: Mapping[str, Sequence[str]], *, drafts: Sequence[str] = (),
    ) -> None:  # fmt: skip
        facts, parts = assessment.facts, (book.glossary, book.parameters, values, book.wording)
        self._a, self._book, self._patient_id = assessment, book, patient_id
        self._plain = Writer(facts, *parts, clean_plain)
        self._text = CardText(assessment, book, Writer(facts, *parts, clean_markdown), under_review, drafts)
        self._gaps = gaps
        self._namespace = uuid5(_NIL, hook_instance)
        self._drafts = drafts

    def cards(self) -> list[dict[str, Any]]:
        """Zero to three cards for findings, then those of rules that are always shown."""
        chosen = self._chosen()
        codes = [rule.code for rule, _ in chosen]
        lead = self._a.primary.rule if self._a.primary.rule in codes else next(iter(codes), "")
        return [
            self._card(rule, branch, branch.advice, primary=rule.code == lead)
            for rule, branch in chosen
            if branch.advice is not None
        ]

    def _chosen(self) -> list[tuple[Rule, Branch]]:
        primary = self._a.primary
        chosen: dict[str, tuple[Rule, Branch]] = {}
        heard = self._a.heard
        if self._has_card(primary) and (primary.outcome, primary.reason) != SCAN_ORDERED:
            chosen[primary.rule] = heard[primary.rule]
        if (primary.outcome, primary.reason) in OVERRIDING:
            return list(chosen.values())
        chosen |= {code: pair for code, pair in heard.items() if pair[1].stands_first and pair[1].advice is not None}
        for indicator in ("critical", "warning"):
            for finding in self._a.findings[1:]:
                if len(chosen) < MOST_FINDING_CARDS and self._has_card(finding, indicator):
                    chosen.setdefault(finding.rule, heard[finding.rule])
        if self._drafts or not chosen:  # elsewhere a notable rule is a line on the first card
            for code, (rule, branch) in heard.items():
                if rule.notable and not branch.quiet and branch.advice is not None:
                    chosen.setdefault(code, (rule, branch))
        return sorted(chosen.values(), key=lambda pair: not pair[1].stands_first)

    def _has_card(self, finding: Finding, indicator: str = "") -> bool:
        advice = self._a.heard[finding.rule][1].advice
        return advice is not None and (not indicator or advice.indicator == indicator)

    def _card(self, rule: Rule, branch: Branch, advice: Advice, *, primary: bool) -> dict[str, Any]:
        identity = uuid5(self._namespace, f"{rule.code}/{branch.name}")
        codes = [rule.code, *(code for code in self._a.heard if primary and code != rule.code)]
        card: dict[str, Any] = {
            "uuid": str(identity),
            "summary": shorten(self._plain.fill(advice.summary)),
            "detail": self._text.detail(rule, branch, advice, primary=primary, gaps=self._gaps),
            "indicator": advice.indicator,
            "source": {
                "label": self._book.wording.say("card", "source_label"),
                "topic": {"system": RULE_SYSTEM, "code": rule.code, "display": rule.title},
            },
            "overrideReasons": [
                {"system": OVERRIDE_SYSTEM, "code": code, "display": words}
                for code, words in self._book.wording.groups["override"].items()
            ],
            "extension": {"prrt-cds.card": card_extension(codes, self._drafts)},
        }
        offered = suggestions.build(
            rule, advice, self._book, self._plain, spoken(self._a.heard), self._patient_id, identity
        )
        if offered:
            card["suggestions"] = offered
            card["selectionBehavior"] = "any"
        links = [
            {"label": clean_plain(cited.text), "url": cited.url, "type": "absolute"}
            for cited in (self._book.citations[name] for name in rule.citations)
            if cited.url
        ]
        if links:
            card["links"] = links
        return card


def card_extension(codes: Sequence[str], drafts: Sequence[str]) -> dict[str, Any]:
    """The rules a card speaks of, and the draft orders it was shown for."""
    return {key: list(names) for key, names in (("rules", codes), ("orders", drafts)) if names}


def not_assessed_card(
    book: Rulebook, hook_instance: str, rule: str, why: str, drafts: Sequence[str]
) -> dict[str, Any]:
    """The card that answers an order of a 177Lu agent when nothing could be assessed; ``rule`` says why."""
    text = book.wording.say("card", "not_assessed").format(why=why)
    lines = (text, *([drafts_line(book, drafts)] if drafts else []), book.wording.say("card", "closing"))
    return {
        "uuid": str(uuid5(uuid5(_NIL, hook_instance), "not-assessed")),
        "summary": shorten(text),
        "detail": "\n\n".join(lines),
        "indicator": "info",
        "source": {"label": book.wording.say("card", "source_label")},
        "extension": {"prrt-cds.card": card_extension((rule,), drafts)},
    }


def shorten(summary: str) -> str:
    """At most 139 characters, cut at a word."""
    if len(summary) <= SUMMARY_MAX:
        return summary
    return summary[: SUMMARY_MAX - 1].rsplit(" ", 1)[0] + "…"
