"""The whole way of a call: prefetch -> chart -> assessment -> CDS Hooks response."""

from __future__ import annotations

from datetime import date
from typing import Any

from cds_service.assess import Assessor
from cds_service.hooks.request import Answer, HookCall
from cds_service.policy import Policy
from cds_service.record import read_chart
from cds_service.rulebook import Rulebook


def load_answer(rulebook: Rulebook, policy: Policy) -> Answer:
    """Builds the engine for one site (once a process). The result raises RequiredDataMissing and EngineError."""
    assessor = Assessor(rulebook, policy)

    def answer(call: HookCall, today: date) -> dict[str, Any]:
        chart = read_chart(call.prefetch, patient_id=call.patient_id, today=today, draft_orders=call.draft_orders)
        assessment = assessor.assess(chart, today=today, hook=call.hook, hook_instance=call.hook_instance)
        return assessment.to_response()

    return answer
