"""The services offered, and the discovery document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cds_service.fhir.prefetch import TEMPLATES

VERSION = "2.0.1"
"""The CDS Hooks version spoken (semver, as the 3.0 discovery wants it)."""

_NEEDS = (
    "FHIR R4 (4.0.1). The Patient and the Conditions are required; whatever else is not provided is named as such in "
    "the answer and never guessed. Not for clinical use without local approval."
)


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service. ``orders``: its hook carries ``draftOrders`` in the context."""

    id: str
    hook: str
    title: str
    description: str
    orders: bool = False

    def described(self) -> dict[str, Any]:
        """Its entry in the discovery document."""
        return {
            "id": self.id,
            "hook": self.hook,
            "title": self.title,
            "description": self.description,
            "version": VERSION,
            "prefetch": dict(TEMPLATES),
            "usageRequirements": _NEEDS,
        }


SERVICES: dict[str, Service] = {
    service.id: service
    for service in (
        Service(
            "prrt-candidacy",
            "patient-view",
            "PRRT candidacy in neuroendocrine tumours",
            "Where this patient stands for peptide receptor radionuclide therapy (PRRT), whether to consider imaging "
            "again after treatment, and what is missing from the record.",
        ),
        Service(
            "prrt-order-select",
            "order-select",
            "PRRT candidacy while ordering",
            "The same assessment, sharpened by what is being ordered.",
            orders=True,
        ),
        Service(
            "prrt-order-sign",
            "order-sign",
            "PRRT check before signing",
            "Last check before a 177Lu agent or a somatostatin receptor PET is signed.",
            orders=True,
        ),
    )
}


def discovery() -> dict[str, Any]:
    """The body of ``GET /cds-services``."""
    return {"services": [service.described() for service in SERVICES.values()]}
