"""What was not prefetched is fetched from the caller's FHIR server, where the deployment allows that.

Only a declared key that is absent is fetched, and a prefetched Bundle is read on where it says there is more. A key
that came as null, empty or as an OperationOutcome stays what it is: four different things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from cds_service.fhir.client import FhirAccess, FhirClient, Resource, next_link
from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.request import HookCall

_FHIR_ID = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}")
"""An id that is one in a URL and in a search too: a comma would ask for several patients."""

_PLACE = "{{context.patientId}}"


def complete_prefetch(call: HookCall, access: FhirAccess | None) -> Mapping[str, Any]:
    """The call's prefetch and what could be fetched: an answer, or an OperationOutcome where the server failed.

    Without a listed server it is the prefetch as it came. Takes no longer than the access' deadline; raises nothing.
    """
    if access is None or call.server is None or not _FHIR_ID.fullmatch(call.patient_id):
        return call.prefetch
    wanted = _wanted(call.prefetch)
    if not wanted:
        return call.prefetch
    client = access.connect(call.server, call.token)
    if client is None:
        return call.prefetch
    jobs = {key: _job(client, key, call) for key in wanted}
    fetched = dict(zip(jobs, client.gather(list(jobs.values())), strict=True))
    # A page that did not come takes nothing away from those that did.
    lost = {key for key, value in fetched.items() if key in call.prefetch and value["resourceType"] != "Bundle"}
    return {**call.prefetch, **{key: value for key, value in fetched.items() if key not in lost}}


def _wanted(prefetch: Mapping[str, Any]) -> list[str]:
    """The declared keys that are absent, the required ones first, and the Bundles that say there is more."""
    absent = [key for key in TEMPLATES if key not in prefetch]
    return absent + [key for key, value in prefetch.items() if _is_paged(value)]


def _is_paged(value: object) -> bool:
    return isinstance(value, dict) and value.get("resourceType") == "Bundle" and next_link(value) is not None


def _job(client: FhirClient, key: str, call: HookCall) -> Callable[[], Resource]:
    if key in call.prefetch:
        return partial(client.follow, call.prefetch[key])
    kind, _, query = TEMPLATES[key].replace(_PLACE, call.patient_id).partition("?")
    return partial(client.search, kind, dict(parse_qsl(query))) if query else partial(client.read, kind)
