"""Feedback on cards (``POST /cds-services/{id}/feedback``): a batch is read whole or refused whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cds_service.hooks.decode import JsonError, decode
from cds_service.hooks.outcome import Refusal
from cds_service.store import Feedback, Received
from cds_service.store.chain import utc

MAX_ITEMS = 10_000
"""More than a client collects between two calls."""

MAX_WORDS = 20_000
"""Characters of a comment; a longer one is refused, never cut."""

_MAX_ID = 512
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]00:00)", re.ASCII)


def read_feedback(body: bytes) -> list[Feedback]:
    """Reads the body. Raises Refusal (400), which says which item is wrong and quotes nothing of it."""
    try:
        sent = decode(body)
    except JsonError as error:
        raise Refusal(400, f"The request body is not readable: {error}.") from None
    items = sent.get("feedback") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not items:
        raise Refusal(400, '"feedback" must be a list with at least one item.')
    if len(items) > MAX_ITEMS:
        raise Refusal(413, f"More than {MAX_ITEMS} items of feedback were sent.")
    return [_Item(item, f"feedback[{number}]").read() for number, item in enumerate(items)]


def feedback_answer(received: Received) -> dict[str, Any]:
    """The body of the answer: how much of the batch was stored, was stored already, and is about unknown cards."""
    numbers = {"stored": received.stored, "repeated": received.repeated, "unknownCards": received.unknown}
    return {"extension": {"prrt-cds.feedback": numbers}}


class _Item:
    """One item, and where it stands, for the refusal."""

    def __init__(self, item: object, where: str) -> None:
        self._where = where
        if not isinstance(item, dict):
            raise self._wrong("", "must be an object")
        self._item: Mapping[str, Any] = item

    def read(self) -> Feedback:
        outcome = self._item.get("outcome")
        if outcome not in ("accepted", "overridden"):
            raise self._wrong("outcome", 'must be "accepted" or "overridden"')
        suggestions = self._suggestions(required=outcome == "accepted")
        system, code, comment = self._override()
        return Feedback(
            card=self._name(self._item.get("card"), "card"),
            outcome=outcome,
            at=self._time(self._item.get("outcomeTimestamp")),
            suggestions=suggestions,
            reason_system=system,
            reason_code=code,
            comment=comment,
        )

    def _wrong(self, member: str, what: str) -> Refusal:
        name = f"{self._where}.{member}" if member else self._where
        return Refusal(400, f'"{name}" {what}. Nothing of the batch was stored.')

    def _name(self, value: object, member: str) -> str:
        """A short text without control characters."""
        if not isinstance(value, str) or not value.strip() or len(value) > _MAX_ID or not value.isprintable():
            raise self._wrong(member, f"must be a text of at most {_MAX_ID} printable characters")
        return value

    def _time(self, value: object) -> str:
        """RFC 3339 in UTC; finer than a microsecond is cut off, a leap second is the end of its minute."""
        found = _TIME.fullmatch(value) if isinstance(value, str) else None
        if found:
            day, clock, fraction, _ = found.groups()
            leap = clock.endswith(":60")
            try:
                when = datetime.fromisoformat(f"{day}T{clock[:-2]}59" if leap else f"{day}T{clock}").replace(tzinfo=UTC)
                micro = int((fraction or ".0")[1:7].ljust(6, "0"))
                return utc(when + timedelta(microseconds=999_999 if leap else micro))
            except ValueError:
                pass
        raise self._wrong("outcomeTimestamp", 'must be a time in UTC by RFC 3339, such as "2024-05-31T12:00:00Z"')

    def _suggestions(self, *, required: bool) -> tuple[str, ...]:
        accepted = self._item.get("acceptedSuggestions")
        if accepted is None and not required:
            return ()
        if not isinstance(accepted, list) or (required and not accepted):
            raise self._wrong("acceptedSuggestions", "must list the accepted suggestions")
        if not all(isinstance(entry, dict) for entry in accepted):
            raise self._wrong("acceptedSuggestions", "must hold objects")
        return tuple(self._name(entry.get("id"), "acceptedSuggestions.id") for entry in accepted)

    def _override(self) -> tuple[str, str, str]:
        """System and code of the reason, and the comment. Neither is required, but an ``overrideReason`` has one."""
        override = self._item.get("overrideReason")
        if override is None:
            return "", "", ""
        if not isinstance(override, dict):
            raise self._wrong("overrideReason", "must be an object")
        reason, comment = override.get("reason"), override.get("userComment")
        system, code = self._reason(reason) if reason is not None else ("", "")
        if comment is not None and not (isinstance(comment, str) and len(comment) <= MAX_WORDS):
            raise self._wrong("overrideReason.userComment", f"must be a text of at most {MAX_WORDS} characters")
        if not code and not (comment or "").strip():
            raise self._wrong("overrideReason", 'must hold a "reason" or a "userComment"')
        return system, code, comment or ""

    def _reason(self, reason: object) -> tuple[str, str]:
        """A Coding; some clients send no system."""
        if not isinstance(reason, dict):
            raise self._wrong("overrideReason.reason", "must be a Coding")
        system = reason.get("system")
        return (
            "" if system is None else self._name(system, "overrideReason.reason.system"),
            self._name(reason.get("code"), "overrideReason.reason.code"),
        )
