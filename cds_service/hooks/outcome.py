"""Refusals: every answer that is not 2xx is an OperationOutcome, in fixed words that never quote the request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """A request that is not answered. ``text`` is for the client's engineer and holds nothing of the record."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}


_ISSUE_TYPES = {
    400: "invalid",
    401: "security",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    408: "timeout",
    412: "required",
    413: "too-long",
    415: "not-supported",
    503: "transient",
}


def operation_outcome(status: int, text: str) -> dict[str, Any]:
    """The FHIR R4 OperationOutcome of an HTTP status; without words if there are none."""
    kind = _ISSUE_TYPES.get(status, "exception" if status >= 500 else "processing")
    severity = "fatal" if status >= 500 else "error"
    issue = {"severity": severity, "code": kind} | ({"diagnostics": text} if text else {})
    return {"resourceType": "OperationOutcome", "issue": [issue]}
