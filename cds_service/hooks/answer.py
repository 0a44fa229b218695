"""The whole way of a call: prefetch -> chart -> assessment -> CDS Hooks response."""

from __future__ import annotations

from datetime import date
from typing import Any

from cds_service.assess import Assessor, Context
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.overtime import at_most
from cds_service.hooks.request import Answer, Answered, HookCall
from cds_service.policy import Policy
from cds_service.record import read_chart
from cds_service.record.model import Chart
from cds_service.rulebook import Rulebook


def load_answer(book: Rulebook, policy: Policy, *, read_seconds: float | None = None) -> Answer:
    """Builds the engine for one site (once a process). The result raises RequiredDataMissing and EngineError, and
    Overtime when reading the record takes more than ``read_seconds`` of computing."""
    assessor = Assessor(book, policy)

    def answer(call: HookCall, today: date) -> dict[str, Any]:
        with at_most(read_seconds):
            chart = chart_of(call, book, today)
            context = Context(today=today, hook=call.hook, hook_instance=call.hook_instance, chart=chart)
            facts = assessor.facts(context)
        assessment = assessor.assess_facts(facts, context)
        sources = {name: known.sources for name, known in assessment.facts.items()}
        return Answered(assessment.to_response(), sources)

    return answer


def chart_of(call: HookCall, book: Rulebook, today: date) -> Chart:
    """What the call's record says. Raises RequiredDataMissing."""
    return read_chart(
        call.prefetch,
        patient_id=call.patient_id,
        today=today,
        draft_orders=call.draft_orders,
        plausible=book.plausible,
        declared=TEMPLATES,
    )
