"""A CDS Hooks call, checked: what is required and malformed is refused, what is unknown is tolerated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cds_service.fhir.bundle import UNREAD
from cds_service.hooks.decode import JsonError
from cds_service.hooks.discovery import Service
from cds_service.hooks.outcome import Refusal
from cds_service.hooks.sift import decode_call

MAX_ENTRIES = 50_000
"""More resources than one patient's record holds; what comes on top is refused, not half read."""

_BEARER = re.compile(r"[\x21-\x7e]{1,16000}")
_PATIENT_ID = re.compile(r"[^\s/?#&\x00-\x1f\x7f]{1,128}")


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a service. ``prefetch`` holds what was sent, key by key: null is None (nothing on record), a key
    not sent is absent. ``draft_orders`` is ``context.draftOrders`` as sent. ``server`` and ``token`` are ``fhirServer``
    and its access token: used for this call's own requests, never kept."""

    hook: str
    hook_instance: str
    patient_id: str
    prefetch: Mapping[str, Any] = field(repr=False)
    draft_orders: Mapping[str, Any] | None = field(default=None, repr=False)
    server: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """All that the answer depends on, for the audit trail; the server and the token are not in it."""
        return {
            "hook": self.hook,
            "hookInstance": self.hook_instance,
            "patientId": self.patient_id,
            "prefetch": self.prefetch,
            "draftOrders": self.draft_orders,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> HookCall:
        """The call of ``as_json``."""
        return cls(
            kept["hook"], kept["hookInstance"], kept["patientId"], prefetch=kept["prefetch"],
            draft_orders=kept["draftOrders"],
        )  # fmt: skip


class Answered(dict[str, Any]):
    """A CDS Hooks response; ``sources`` (fact -> the resources it was read from) are for the audit trail, not sent."""

    def __init__(self, response: Mapping[str, Any], sources: Mapping[str, Sequence[str]]) -> None:
        super().__init__(response)
        self.sources = sources


Answer = Callable[[HookCall, date], dict[str, Any]]
"""The whole way of a call: the chart is read, assessed, and the CDS Hooks response comes back."""


def read_call(body: bytes, service: Service) -> HookCall:
    """Reads the body of ``POST /cds-services/{id}``. Raises Refusal (400)."""
    try:
        call = decode_call(body)
    except JsonError as error:
        raise Refusal(400, f"The request body is not readable: {error}.") from None
    if not isinstance(call, dict):
        raise _bad("The request body must be a JSON object")
    if call.get("hook") != service.hook:
        raise _bad(f'"hook" must be "{service.hook}" for this service')
    context = call.get("context")
    if not isinstance(context, dict):
        raise _bad('"context" must be an object')
    server, token = _access(call)
    return HookCall(
        hook=service.hook,
        hook_instance=_hook_instance(call.get("hookInstance")),
        patient_id=_patient_id(context),
        prefetch=_prefetch(call.get("prefetch")),
        draft_orders=_draft_orders(context, service) if service.orders else None,
        server=server,
        token=token,
    )


def _bad(text: str) -> Refusal:
    return Refusal(400, f"{text}.")


def _hook_instance(value: object) -> str:
    if isinstance(value, str):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise _bad('"hookInstance" must be a UUID')


def _patient_id(context: Mapping[str, Any]) -> str:
    user = context.get("userId")
    if not isinstance(user, str) or not user.strip():
        raise _bad('"context.userId" is required')
    patient = context.get("patientId")
    if not isinstance(patient, str) or not _PATIENT_ID.fullmatch(patient):
        raise _bad('"context.patientId" must be the id of a Patient')
    return patient


def _draft_orders(context: Mapping[str, Any], service: Service) -> Mapping[str, Any]:
    selections = context.get("selections")
    if service.hook == "order-select" and not (
        isinstance(selections, list) and all(isinstance(item, str) for item in selections)
    ):
        raise _bad('"context.selections" must be a list of references')
    orders = context.get("draftOrders")
    if not isinstance(orders, dict) or orders.get("resourceType") != "Bundle":
        raise _bad('"context.draftOrders" must be a Bundle')
    return orders


def _prefetch(value: object) -> Mapping[str, Any]:
    """Whatever was prefetched; a missing or null ``prefetch`` provides nothing."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _bad('"prefetch" must be an object')
    if _entries(value) > MAX_ENTRIES:
        raise Refusal(413, f"More than {MAX_ENTRIES} entries were prefetched.")
    return value


def _entries(prefetch: Mapping[str, Any]) -> int:
    """How many entries and list items the prefetch holds, those of Bundles inside Bundles included."""
    count = 0
    rest: list[Any] = list(prefetch.values())
    while rest and count <= MAX_ENTRIES:
        value = rest.pop()
        items = value.get("entry") if isinstance(value, dict) else value
        if isinstance(items, list):
            count += len(items)
            rest += [inner for item in items if item is not UNREAD and (inner := _bundle_in(item)) is not None]
    return count


def _bundle_in(item: object) -> object:
    inner = item.get("resource", item) if isinstance(item, dict) else item
    opened = isinstance(inner, list) or (isinstance(inner, dict) and inner.get("resourceType") == "Bundle")
    return inner if opened else None


def _access(call: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """``fhirServer`` and its token, which go together and have the right shape; neither is echoed."""
    server, authorization = call.get("fhirServer"), call.get("fhirAuthorization")
    if server is not None and not _is_url(server):
        raise _bad('"fhirServer" must be an http or https URL')
    if authorization is None:
        return server, None
    if server is None:
        raise _bad('"fhirServer" is required beside "fhirAuthorization"')
    if not isinstance(authorization, dict) or not (
        isinstance(token := authorization.get("access_token"), str)
        and _BEARER.fullmatch(token)
        and str(authorization.get("token_type")).lower() == "bearer"
    ):
        raise _bad('"fhirAuthorization" must be a bearer token')
    return server, token


def _is_url(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
