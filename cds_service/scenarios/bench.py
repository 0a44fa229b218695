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
from cds_service.facts.glossary import Facts
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.answer import chart_of
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import HookCall, read_call
from cds_service.policy import Policy, PolicyError, make_policy
from cds_service.rulebook.loader import Rulebook, load_rulebook
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.writer import Written, call_of, write

HOOK_INSTANCE = str(UUID(int=1))
_HOOK = "patient-view"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A patient up to the facts; the rest of the way may be gone again with other rules."""

    written: Written
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
        call = _sent(written)
        try:
            chart = chart_of(call, self.book, written.today)
        except RequiredDataMissing as error:
            raise ScenarioError(f"not assessed: {error}.") from None
        context = Context(today=written.today, hook=call.hook, hook_instance=call.hook_instance, chart=chart)
        return Case(written=written, facts=self.assessor(policy).facts(context), context=context, policy=policy)

    def assess(self, case: Case) -> Assessment:
        """Facts -> engine -> advice -> response. Raises ScenarioError when the engine refuses."""
        try:
            assessment = self.assessor(case.policy).assess_facts(case.facts, case.context)
        except EngineError as error:
            raise ScenarioError(f"no advice: {error}") from None
        assessment.to_response()
        return assessment


def _sent(written: Written) -> HookCall:
    """The call as the service reads it from the wire."""
    service = next(service for service in SERVICES.values() if service.hook == written.patient.get("hook", _HOOK))
    return read_call(json.dumps(call_of(written, HOOK_INSTANCE)).encode(), service)


_BENCHES: dict[Path, Bench] = {}


def bench_of(folder: Path) -> Bench:
    """The bench of the rule book in ``folder``, loaded once a process. Raises PageError, LibraryError."""
    folder = folder.resolve()
    if folder not in _BENCHES:
        _BENCHES[folder] = Bench(load_rulebook(folder))
    return _BENCHES[folder]
