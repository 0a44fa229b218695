"""What an entry of the trail says about a call: what was asked and answered, without the record's values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from cds_service import __version__
from cds_service.store.keys import SiteKey

ANONYMOUS = "anonymous"
"""The client where none is authenticated."""

_FINDING = ("outcome", "reason", "rule")
_CRITERION = ("id", "status", "read_as")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call and how it ended.

    ``client``: who called, as authenticated; ``day``: the decision date; ``milliseconds``: from its arrival to its
    answer; ``status``: HTTP. ``response`` is the answer as an object and ``answer`` its bytes, both None for a
    refusal; ``sources``: fact -> the resources it was read from; ``content``: the call itself, given only where calls
    are kept.
    """

    service: str
    hook: str
    hook_instance: str
    patient_id: str
    day: date
    milliseconds: float
    client: str = ANONYMOUS
    status: int = 200
    response: Mapping[str, Any] | None = field(default=None, repr=False)
    answer: bytes | None = field(default=None, repr=False)
    sources: Mapping[str, Iterable[str]] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)

    @property
    def assessment(self) -> Mapping[str, Any]:
        """The machine-readable assessment of the answer; empty for a refusal."""
        found: Mapping[str, Any] = (self.response or {}).get("extension", {}).get("prrt-cds.assessment", {})
        return found

    @property
    def cards(self) -> list[dict[str, Any]]:
        """uuid, rules and suggestions of each card that can be named in feedback."""
        return [
            {
                "uuid": card["uuid"],
                "rules": card.get("extension", {}).get("prrt-cds.card", {}).get("rules", []),
                "suggestions": [offered["uuid"] for offered in card.get("suggestions", ()) if "uuid" in offered],
            }
            for card in (self.response or {}).get("cards", ())
            if "uuid" in card
        ]


def call_body(call: Call, key: SiteKey) -> dict[str, Any]:
    """The body of the call's entry. Identifiers are hidden; no value, date or text of the record is in it."""
    body: dict[str, Any] = {
        "client": call.client,
        "hook": call.hook,
        "hook_instance": call.hook_instance,
        "day": call.day.isoformat(),
        "status": call.status,
        "ms": round(call.milliseconds, 1),
        "program": __version__,
    }
    if call.response is not None:
        policy = call.assessment.get("policy", {})
        body |= {
            "rulebook": call.assessment.get("rulebook", {}),
            "policy": {**policy, "sha256": policy_hash(policy)},
            "assessment": _assessment(call.assessment),
            **_facts(call.sources, key),
            "cards": call.cards,
        }
    if call.answer is not None:
        body["answer"] = fingerprint(call.answer, key)
    if call.content is not None:
        body["kept"] = fingerprint(call.content, key)
    return body


def policy_hash(policy: Mapping[str, Any]) -> str:
    """The SHA-256 of what a site decided, jurisdiction and overrides, the same wherever they are the same."""
    return sha256(msgspec.json.encode(policy, order="deterministic")).hexdigest()


def fingerprint(content: bytes, key: SiteKey) -> dict[str, Any]:
    """By which a content is known again. Keyed: a small answer could otherwise be found by trying."""
    return {"bytes": len(content), "hash": key.hash(content)}


def _assessment(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Outcome, findings, rules and the criteria's statuses; of what was not used only how many of each kind."""
    kept: dict[str, Any] = {name: assessment[name] for name in ("outcome", "reason", "course") if name in assessment}
    kept["findings"] = [_only(finding, _FINDING) for finding in assessment.get("findings", ())]
    kept["rules"] = [f"{rule['code']} {rule['version']}" for rule in assessment.get("rules", ())]
    kept["criteria"] = [_only(line, _CRITERION) for line in assessment.get("criteria", ())]
    kept["missing"] = list(assessment.get("missing", ()))
    kept["ignored"] = dict(sorted(Counter(item["why"] for item in assessment.get("ignored", ())).items()))
    return kept


def _only(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: item[name] for name in names if name in item}


def _facts(sources: Mapping[str, Iterable[str]], key: SiteKey) -> dict[str, Any]:
    """The sources, hidden, and of each fact where in that list its own are. Facts without a source are left out."""
    places: dict[str, int] = {}
    facts = {
        fact: [places.setdefault(source, len(places)) for source in several]
        for fact, several in sorted(sources.items())
        if several
    }
    return {"sources": [key.hidden(source) for source in places], "facts": facts}
