"""Calls and feedback to store, with planted identifiers that must show up nowhere."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid5

from cds_service.store import Call, Feedback

NAME, MRN, COMMENT = "Zebedee-Quux", "MRN-4711-0815", "spoke to Mr Quux, he declines"
"""What may never be found in the database, in a log or in an error."""


def card_uuid(number: int) -> str:
    return str(uuid5(UUID(int=0), f"card {number}"))


def response(*cards: tuple[int, list[str]]) -> dict[str, Any]:
    """An answer with these cards (number, rules), whose assessment holds values and identifiers."""
    return {
        "cards": [
            {
                "uuid": card_uuid(number),
                "summary": NAME,
                "extension": {"prrt-cds.card": {"rules": rules}},
                "suggestions": [{"uuid": card_uuid(number + 1000), "label": NAME}],
            }
            for number, rules in cards
        ],
        "extension": {
            "prrt-cds.assessment": {
                "outcome": "re-image",
                "reason": "post-therapy",
                "findings": [{"outcome": "re-image", "reason": "post-therapy", "rule": "R-01"}],
                "course": "none",
                "rules": [{"id": "reimage-after-therapy", "code": "R-01", "version": "1.0.0"}],
                "criteria": [
                    {"id": "ki67", "status": "met", "value": NAME, "date": "2024-05-17", "read_as": "coded",
                     "sources": [f"Observation/{MRN}"]},
                ],
                "missing": ["hb"],
                "ignored": [{"source": f"Observation/{MRN}", "why": "too-old"}, {"source": "x", "why": "too-old"}],
                "policy": {"jurisdiction": "US", "overrides": {"krenning_min": 2}},
                "rulebook": {"version": "1.0.0", "sha256": "ab" * 32},
            }
        },
    }  # fmt: skip


def call(*cards: tuple[int, list[str]], **changes: Any) -> Call:
    """A call about the planted patient, answered with these cards."""
    values: dict[str, Any] = {
        "service": "prrt-candidacy", "hook": "patient-view", "hook_instance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "patient_id": MRN, "day": date(2024, 6, 1), "milliseconds": 12.345, "response": response(*cards),
        "answer": NAME.encode(), "sources": {"ki67_percent": [f"Observation/{MRN}", f"{NAME}/{MRN}"], "derived": []},
    }  # fmt: skip
    return Call(**values | changes)


def accepted(card: str, at: str = "2024-06-01T10:00:00.000000Z") -> Feedback:
    return Feedback(card, "accepted", at, suggestions=(card_uuid(1),))


def overridden(card: str, code: str = "", comment: str = "", at: str = "2024-06-01T10:00:00.000000Z") -> Feedback:
    return Feedback(card, "overridden", at, reason_system="urn:s" if code else "", reason_code=code, comment=comment)
