"""Suggestions of a card, and the draft orders they carry."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid5

from cds_service.rulebook.library import OrderTemplate
from cds_service.rulebook.loader import Rulebook
from cds_service.rulebook.texts import Writer
from cds_service.rulebook.words import Advice, Rule

_CATEGORIES = {
    "imaging": ("363679005", "Imaging"),
    "laboratory": ("108252007", "Laboratory procedure"),
    "referral": ("3457005", "Patient referral"),
    "procedure": ("387713003", "Surgical procedure"),
}


def build(
    rule: Rule, advice: Advice, book: Rulebook, write: Writer, heard: Collection[str], patient_id: str, card: UUID
) -> list[dict[str, Any]]:
    """The suggestions of one advice, in its order; those switched off by another heard rule are left out."""
    reason = write.fill(advice.summary)
    out: list[dict[str, Any]] = []
    for number, suggestion in enumerate(advice.suggestions):
        if any(code in heard for code in suggestion.unless):
            continue
        identity = uuid5(card, f"suggestion-{number}")
        entry: dict[str, Any] = {"label": write.fill(suggestion.label), "uuid": str(identity)}
        if suggestion.recommended:
            entry["isRecommended"] = True
        if suggestion.order:
            template = book.orders[suggestion.order]
            entry["actions"] = [
                {
                    "type": "create",
                    "description": f"{template.text} (draft)",
                    "resource": _service_request(template, rule, reason, book, patient_id, identity),
                }
            ]
        out.append(entry)
    return out


def _service_request(
    template: OrderTemplate, rule: Rule, reason: str, book: Rulebook, patient_id: str, identity: UUID
) -> dict[str, Any]:
    """A draft R4 ServiceRequest that says which rule proposed it and why."""
    code: dict[str, Any] = {"text": template.text}
    if template.code:
        code["coding"] = [{"system": template.system, "code": template.code, "display": template.display}]
    number, display = _CATEGORIES[template.category]
    note = book.wording.say("card", "proposed").format(rule=f"{rule.code} ({rule.id} {rule.version})")
    return {
        "resourceType": "ServiceRequest",
        "id": str(uuid5(identity, "resource")),
        "status": "draft",
        "intent": "proposal",
        "category": [{"coding": [{"system": "http://snomed.info/sct", "code": number, "display": display}]}],
        "code": code,
        "subject": {"reference": f"Patient/{patient_id}"},
        "reasonCode": [{"text": reason}],
        "note": [{"text": note}],
    }
