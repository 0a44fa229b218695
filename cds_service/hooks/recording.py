"""What is written down of each call, before it is answered: an answer that cannot be recorded is not given."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from cds_service.hooks.decode import encode
from cds_service.hooks.discovery import Service
from cds_service.hooks.feedback import read_feedback
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.request import Answered, HookCall
from cds_service.hooks.telemetry import log_fault
from cds_service.store import Call, Received, Store, StoreError
from cds_service.store.chain import Link
from cds_service.store.entries import ANONYMOUS

_NOT_RECORDED = "The answer could not be recorded and is not given. This is a fault of the service."
_NOT_STORED = "The feedback could not be stored. This is a fault of the service."


class Recorder:
    """Writes calls and feedback into the store; without a store (in tests) it does nothing."""

    def __init__(self, store: Store | None) -> None:
        self._store = store

    def answered(self, service: Service, call: HookCall, day: date, body: dict[str, Any], answer: bytes) -> None:
        """An answer that is about to be given. Raises Refusal (500) if it could not be recorded."""
        sources = body.sources if isinstance(body, Answered) else {}
        self._record(service, call, day, response=body, answer=answer, sources=sources)

    def refused(self, service: Service, call: HookCall, day: date, status: int) -> None:
        """A call that was understood and gets no assessment. Raises Refusal (500) if it could not be recorded."""
        self._record(service, call, day, status=status)

    def feedback(self, service: Service, body: bytes) -> Received:
        """Stores a batch durably. Raises Refusal."""
        if self._store is None:
            raise Refusal(404, "This service keeps no feedback.")
        batch = read_feedback(body)
        try:
            received = self._store.record_feedback(service.id, _client(), batch)
        except (SQLAlchemyError, StoreError) as error:
            log_fault(error)
            raise Refusal(500, _NOT_STORED) from None
        _mark(received.entry)
        return received

    def _record(self, service: Service, call: HookCall, day: date, **outcome: Any) -> None:
        if self._store is None:
            return
        content = encode(call.as_json()) if self._store.settings.keep_requests else None
        milliseconds = (time.perf_counter() - g.started) * 1000
        entry = Call(
            service=service.id, hook=call.hook, hook_instance=call.hook_instance, patient_id=call.patient_id, day=day,
            client=_client(), milliseconds=milliseconds, content=content, **outcome,
        )  # fmt: skip
        try:
            _mark(self._store.record_call(entry))
        except (SQLAlchemyError, StoreError) as error:
            log_fault(error)
            raise Refusal(500, _NOT_RECORDED) from None


def _client() -> str:
    """Who calls, as authenticated."""
    return str(g.get("client", ANONYMOUS))


def _mark(entry: Link) -> None:
    """The request's log line names the entry and its hash: logs kept elsewhere vouch for the trail."""
    g.audit = str(entry)
