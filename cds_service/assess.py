"""Chart in, assessment out: facts, rules, findings, cards. The engine is asked stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from cds_service.advice.assessment import Assessment
from cds_service.advice.cards import CardMaker, not_assessed_card
from cds_service.advice.checklist import Checked, checks, run_checklist
from cds_service.advice.findings import Finding, Heard, conditions_of, counts, findings_of, hear, unsilenced
from cds_service.engine import Engine, EngineError
from cds_service.facts import compute_facts
from cds_service.facts.data_quality import unused
from cds_service.facts.glossary import Facts, Known
from cds_service.facts.view import View
from cds_service.policy import Policy
from cds_service.record.model import Chart
from cds_service.rulebook.conditions import Status, bind, evaluate
from cds_service.rulebook.loader import Rulebook
from cds_service.rulebook.outcomes import OVERRIDING
from cds_service.rulebook.rule_check import fired_fact
from cds_service.rulebook.words import Ask, Branch, Criterion, Rule

_STAGES = (1, 2, 3)
_TOP = 3
_FIRED, _SILENT = (Known(value=value, read_as="derived") for value in ("yes", "no"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the call and the chart say beside the facts."""

    today: date
    hook: str
    hook_instance: str
    chart: Chart
    views: dict[object, View] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What facts were computed from, by the assessor that did."""


class Assessor:
    """Assesses charts under one rule book and one policy. Built once; safe to use from several threads.

    ``assess`` raises EngineError when the engine cannot be trusted for this patient: then there is no advice.
    """

    def __init__(self, book: Rulebook, policy: Policy) -> None:
        self.values: dict[str, float] = {name: float(p.value) for name, p in book.parameters.items()}
        self.values |= policy.values
        self.policy = policy
        self.book = replace(
            book,
            rules=tuple(_bound_rule(rule, self.values) for rule in book.rules),
            criteria=tuple(_bound_criterion(criterion, self.values) for criterion in book.criteria),
        )
        self._rules = {stage: [rule for rule in self.book.rules if rule.stage == stage] for stage in _STAGES}
        self._engines = {stage: self._engine(rules) for stage, rules in self._rules.items() if rules}
        self._fired = {rule.code: fired_fact(rule.code) for rule in book.rules}
        self._silent: dict[int, Facts] = {
            stage: {self._fired[rule.code]: _SILENT for rule in book.rules if rule.stage < stage} for stage in _STAGES
        }
        self._checks = checks(self.book.criteria, book.glossary)
        self._order = {criterion.id: number for number, criterion in enumerate(book.criteria)}

    def _engine(self, rules: list[Rule]) -> Engine:
        conditions = {key: when for rule in rules for key, when in conditions_of(rule).items()}
        return Engine(conditions, self.book.glossary)

    def assess(self, chart: Chart, *, today: date, hook: str, hook_instance: str) -> Assessment:
        """The assessment of one chart on one day, cards included."""
        context = Context(today=today, hook=hook, hook_instance=hook_instance, chart=chart)
        return self.assess_facts(self.facts(context), context)

    def facts(self, context: Context) -> Facts:
        """The chart as facts, the first half of ``assess``."""
        view = context.views[self] = self._view(context)
        return compute_facts(view)

    def _view(self, context: Context) -> View:
        return View(context.chart, context.today, self.policy.jurisdiction, self.values, context.hook)

    def assess_facts(self, facts: Facts, context: Context) -> Assessment:
        """The same from the facts on."""
        chart = context.chart
        course = str(facts["course"].value)
        values = {name: known.value for name, known in facts.items()}
        checklist = run_checklist(
            self._checks, facts, values, absent=chart.not_provided, incomplete=chart.incomplete
        )
        required = self._required_facts(checklist)
        heard: Heard = {}
        findings: list[Finding] = []
        seen: dict[int, Facts] = {}
        for stage, engine in self._engines.items():
            if stage > 1:
                found = self._finding_facts(stage, heard, findings) | required
                facts = facts | found
                values |= {name: known.value for name, known in found.items()}
            seen[stage] = facts
            heard = unsilenced(heard | hear(self._rules[stage], engine.evaluate(values), course))
            findings = findings_of(heard)
            if _stands_alone(findings):
                break  # nothing is synthesised for a patient the rules do not speak of
        if not findings:
            raise EngineError("no rule came to a finding; the rule book has a gap")
        if chart.wrong_patient:
            heard = {code: pair for code, pair in heard.items() if code in ("D-01", findings[0].rule)}
            checklist = []
        assessment = Assessment(
            findings=findings,
            course=course,
            heard=dict(sorted(heard.items())),
            checklist=checklist,
            missing=self._missing(findings, heard, checklist, values, course),
            ignored=[*chart.ignored, *unused(context.views.get(self) or self._view(context))],
            facts=facts,
            seen=seen,
            jurisdiction=self.policy.jurisdiction,
            overrides=self.policy.overrides,
            rulebook_version=self.book.version,
            rulebook_sha256=self.book.sha256,
        )
        assessment.cards.extend(self._cards(assessment, context))
        return assessment

    def _finding_facts(self, stage: int, heard: Heard, findings: list[Finding]) -> Facts:
        """What earlier stages found, as facts for the next one."""
        fired = {self._fired[code]: _FIRED for code in heard}
        numbers = {name: _derived(float(number)) for name, number in counts(findings).items()}
        return self._silent[stage] | fired | numbers

    def _required_facts(self, checklist: list[Checked]) -> Facts:
        """What of the required criteria is not met or not known, as facts for the later stages."""
        required = [line for line in checklist if line.criterion.required]
        unknown = self._items(required, "unknown")
        not_met = self._items(required, "not-met")
        out = {
            "required_unknown_count": _derived(float(len(unknown))),
            "required_not_met_count": _derived(float(len(not_met))),
        }
        if unknown:
            out["required_unknown_list"] = _derived(", ".join(unknown))
            out["required_unknown_top"] = _derived(", ".join(unknown[:_TOP]))
        if not_met:
            out["required_not_met_list"] = _derived(", ".join(not_met))
        return out

    def _items(self, lines: list[Checked], status: Status) -> list[str]:
        return [self.book.wording.say("item", line.criterion.id) for line in lines if line.status == status]

    def _missing(
        self,
        findings: list[Finding],
        heard: Heard,
        checklist: list[Checked],
        values: Mapping[str, float | str],
        course: str,
    ) -> list[str]:
        """Ids to ask for: what heard rules ask, and every required criterion that is unknown."""
        if _stands_alone(findings):
            return []
        asked = {
            ask.id if isinstance(ask, Ask) else ask
            for _, branch in heard.values()
            for ask in branch.ask
            if not isinstance(ask, Ask) or ask.when is None or evaluate(ask.when, values)
        }
        if course in ("none", "retreatment"):
            asked |= {c.criterion.id for c in checklist if c.criterion.required and c.status == "unknown"}
        return sorted(asked, key=lambda name: (self._order.get(name, len(self._order)), name))

    def _advising(self, assessment: Assessment) -> Assessment:
        """The assessment with the advice this site shows: a stop is never taken back."""
        silent = {
            code: (rule, replace(branch, advice=None))
            for code, (rule, branch) in assessment.heard.items()
            if rule.validation == "research" and not _stops(branch)
        }
        if self.policy.research_cards or not silent:
            return assessment
        return replace(assessment, heard=assessment.heard | silent)

    def _cards(self, assessment: Assessment, context: Context) -> list[dict[str, object]]:
        chart = context.chart
        at_order = context.hook != "patient-view"
        drafts = {order.source: order.kind for order in chart.orders if order.draft} if at_order else {}
        maker = CardMaker(
            self._advising(assessment),
            self.book, self.values, context.hook_instance, chart.person.id,
            {rule.code for rule in self.book.rules if rule.review_by < context.today},
            _gaps(chart), drafts=sorted(drafts),
        )  # fmt: skip
        silent = at_order and not drafts and not chart.wrong_patient
        cards = [] if silent else maker.cards()
        asked = "prrt" in drafts.values() or chart.foreign_drafts or chart.unread_agent
        if not cards and context.hook == "order-sign" and asked:
            rule, why = self._why_not_assessed(assessment, chart)
            cards = [not_assessed_card(self.book, context.hook_instance, rule, why, sorted(drafts))]
        return cards

    def _why_not_assessed(self, assessment: Assessment, chart: Chart) -> tuple[str, str]:
        """The rule that says so and its words."""
        if chart.foreign_drafts:
            return "D-01", self.book.wording.say("reason", "wrong-patient")
        if chart.unread_agent:
            rule = "D-02" if "D-02" in assessment.heard else assessment.primary.rule
            return rule, self.book.wording.say("why", chart.unread_agent)
        return assessment.primary.rule, self.book.wording.say("reason", assessment.primary.reason)


def _derived(value: str | float) -> Known:
    return Known(value=value, read_as="derived")


def _gaps(chart: Chart) -> dict[str, list[str]]:
    """What of the record did not come, by the heading a card says it under."""
    found = {
        "not_provided": chart.not_provided - chart.failed,
        "failed": chart.failed,
        "incomplete": chart.incomplete,
    }
    return {heading: sorted(kinds) for heading, kinds in found.items() if kinds}


def _stops(branch: Branch) -> bool:
    return branch.outcome in ("contraindicated", "not-now", "no-advice")


def _stands_alone(findings: list[Finding]) -> bool:
    return bool(findings) and (findings[0].outcome, findings[0].reason) in OVERRIDING


def _bound_rule(rule: Rule, values: Mapping[str, float]) -> Rule:
    return replace(rule, branches=tuple(_bound_branch(branch, values) for branch in rule.branches))


def _bound_branch(branch: Branch, values: Mapping[str, float]) -> Branch:
    asks = tuple(
        replace(ask, when=bind(ask.when, values)) if isinstance(ask, Ask) and ask.when is not None else ask
        for ask in branch.ask
    )
    also = tuple(replace(also, when=bind(also.when, values)) for also in branch.also)
    return replace(branch, when=bind(branch.when, values), ask=asks, also=also)


def _bound_criterion(criterion: Criterion, values: Mapping[str, float]) -> Criterion:
    applies = None if criterion.applies is None else bind(criterion.applies, values)
    return replace(criterion, met=bind(criterion.met, values), applies=applies)
