"""The bench scenarios run on: one rule book, one engine a policy, and the whole way from FHIR to cards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from cds_service.advice.assessment import Assessment
from cds_service.assess import Assessor, Context
from cds_service.engine import EngineError
from cds_service.facts import compute_facts
from cds_service.facts.glossary import Facts
from cds_service.facts.view import View
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.decode import decode
from cds_service.policy import Policy, PolicyError, make_policy
from cds_service.record import read_chart
from cds_service.record.model import Chart
from cds_service.rulebook.loader import Rulebook, load_rulebook
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.writer import Written, collection, prefetch_of, write

HOOK_INSTANCE = str(UUID(int=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient up to the facts; the rest of the way may be gone again with other rules."""

    written: Written
    chart: Chart
    facts: Facts
    context: Context
    policy: Policy


@dataclass(slots=True)
class Bench:
    """A rule book and the assessors built from it so far."""

    book: Rulebook
    _assessors: dict[tuple[str, tuple[tuple[str, float], ...]], Assessor] = field(default_factory=dict)

    def assessor(self, policy: Policy) -> Assessor:
        """The assessor of this policy, built once."""
        key = (policy.jurisdiction, tuple(sorted(policy.overrides.items())))
        if key not in self._assessors:
            self._assessors[key] = Assessor(self.book, policy)
        return self._assessors[key]

    def policy_of(self, patient: Mapping[str, Any]) -> Policy:
        """The site policy a scenario asks for. Raises ScenarioError."""
        try:
            return make_policy(
                patient.get("policy", {}),
                parameters=self.book.parameters,
                jurisdiction=patient.get("jurisdiction", "US"),
            )
        except PolicyError as error:
            raise ScenarioError(f"policy: {error}") from None

    def case(self, patient: Mapping[str, Any]) -> Case:
        """Vocabulary -> FHIR -> chart -> facts. Raises ScenarioError when the record cannot be assessed at all."""
        written = write(patient)
        policy = self.policy_of(written.patient)
        chart = read(written)
        hook = written.patient.get("hook", "patient-view")
        view = View(chart, written.today, policy.jurisdiction, self.assessor(policy).values, hook)
        context = Context(today=written.today, hook=hook, hook_instance=HOOK_INSTANCE, chart=chart)
        return Case(written=written, chart=chart, facts=compute_facts(view), context=context, policy=policy)

    def assess(self, case: Case) -> Assessment:
        """Facts -> engine -> advice -> response. Raises ScenarioError when the engine refuses."""
        try:
            assessment = self.assessor(case.policy).assess_facts(case.facts, case.context)
        except EngineError as error:
            raise ScenarioError(f"no advice: {error}") from None
        assessment.to_response()
        return assessment


def read(written: Written) -> Chart:
    """The chart of a written record, through the JSON a hospital would send. Raises ScenarioError."""
    drafts = collection(list(written.drafts)) if written.drafts else None
    call = decode(json.dumps({"prefetch": prefetch_of(written), "draftOrders": drafts}).encode())
    try:
        return read_chart(
            call["prefetch"], patient_id=written.patient_id, today=written.today, draft_orders=call["draftOrders"]
        )
    except RequiredDataMissing as error:
        raise ScenarioError(f"not assessed: {error}") from None


_BENCHES: dict[Path, Bench] = {}


def bench_of(folder: Path) -> Bench:
    """The bench of the rule book in ``folder``, loaded once a process. Raises PageError, LibraryError."""
    folder = folder.resolve()
    if folder not in _BENCHES:
        _BENCHES[folder] = Bench(load_rulebook(folder))
    return _BENCHES[folder]
