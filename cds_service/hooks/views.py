"""The HTTP surface of CDS Hooks: routes, and an OperationOutcome for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, g
from werkzeug.exceptions import HTTPException

from cds_service.fhir.client import FhirAccess
from cds_service.fhir.resources import RequiredDataMissing
from cds_service.hooks.complete import complete_prefetch
from cds_service.hooks.decode import encode, nested_too_deeply
from cds_service.hooks.discovery import SERVICES, Service, discovery
from cds_service.hooks.feedback import feedback_answer
from cds_service.hooks.limits import read_body
from cds_service.hooks.openapi import description
from cds_service.hooks.outcome import Refusal, operation_outcome
from cds_service.hooks.overtime import Overtime
from cds_service.hooks.recording import Recorder
from cds_service.hooks.request import Answer, HookCall, read_call
from cds_service.hooks.settings import LimitSettings
from cds_service.hooks.telemetry import count_outcome, log_fault, metrics
from cds_service.store import Store

_WORDS = {
    404: "There is nothing at this address.",
    405: "This method is not supported at this address.",
    413: "The request body is too large.",
}
_OVERTIME = "Reading this record takes more computing than one call may; no advice is given."
_FAULT = "The assessment failed and no advice is given. This is a fault of the service."


def hooks_blueprint(
    answer: Answer,
    today: Callable[[], date],
    store: Store | None = None,
    *,
    limits: LimitSettings,
    access: FhirAccess,
) -> Blueprint:
    """Discovery, the services and feedback. ``today`` is the decision date of every call; ``store`` keeps what is
    answered; ``access`` fetches what was not prefetched."""
    hooks = Blueprint("hooks", __name__)
    recorder = Recorder(store)

    @hooks.get("/cds-services")
    def discover() -> Response:
        return _json(discovery())

    @hooks.post("/cds-services/<service_id>")
    def call(service_id: str) -> Response:
        service = _service(service_id)
        sent, day = read_call(read_body(limits), service), today()
        asked = replace(sent, prefetch=complete_prefetch(sent, access))
        try:
            body = _answered(answer, asked, day)
        except Refusal as refusal:
            recorder.refused(service, asked, day, refusal.status)
            raise
        except Exception:
            recorder.refused(service, asked, day, 500)
            raise
        response = _json(body)
        recorder.answered(service, asked, day, body, response.get_data())
        assessment = body["extension"]["prrt-cds.assessment"]
        count_outcome(service.id, assessment["outcome"], assessment.get("reason", ""))
        return response

    @hooks.post("/cds-services/<service_id>/feedback")
    def feedback(service_id: str) -> Response:
        return _json(feedback_answer(recorder.feedback(_service(service_id), read_body(limits))))

    return hooks


def _service(service_id: str) -> Service:
    service = SERVICES.get(service_id)
    if service is None:
        raise Refusal(404, "There is no service of this id.")
    g.service = service.id
    return service


def operations_blueprint(ready: Callable[[], None]) -> Blueprint:
    """Health, readiness, metrics and the description of it all. ``ready`` raises when this process cannot assess."""
    operations = Blueprint("operations", __name__)

    @operations.get("/healthz")
    def healthz() -> Response:
        return _json({"status": "ok"})

    @operations.get("/readyz")
    def readyz() -> Response:
        try:
            ready()
        except Exception as error:
            log_fault(error)
            raise Refusal(503, "The service cannot assess.") from None
        return _json({"status": "ready"})

    @operations.get("/openapi.json")
    def openapi() -> Response:
        return _json(description())

    operations.add_url_rule("/metrics", view_func=metrics)
    return operations


def answer_errors(app: Flask) -> None:
    """Makes every error of the app an OperationOutcome, also those of the framework and the unexpected."""

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        response = _outcome(error.status, error.text)
        response.headers.update(error.headers)
        return response

    @app.errorhandler(HTTPException)
    def of_the_framework(error: HTTPException) -> Response:
        status = error.code or 500
        response = _outcome(status, _WORDS.get(status) or f"{HTTPStatus(status).phrase}.")
        if "Allow" in (headers := dict(error.get_headers())):
            response.headers["Allow"] = headers["Allow"]
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log_fault(error)
        return _outcome(500, _FAULT)


def _answered(answer: Answer, call: HookCall, today: date) -> dict[str, Any]:
    try:
        return answer(call, today)
    except Overtime:
        raise Refusal(503, _OVERTIME) from None
    except RequiredDataMissing as missing:
        raise Refusal(412, f"Required data were not provided: {', '.join(missing.keys)}.") from None
    except RecursionError:
        if nested_too_deeply(call.prefetch) or nested_too_deeply(call.draft_orders):
            raise Refusal(400, "The request body is not readable: nested too deeply.") from None
        raise


def _json(body: dict[str, Any]) -> Response:
    response = Response(encode(body), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _outcome(status: int, text: str) -> Response:
    response = Response(encode(operation_outcome(status, text)), status=status, mimetype="application/fhir+json")
    response.headers["Cache-Control"] = "no-store"
    return response
