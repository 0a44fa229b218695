"""At the order hooks every card names the draft orders it was shown for."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import bench_of

PATIENT = {"on": "2026-06-01", "sex": "male", "age": 58, "diagnosis": "gastric NET", "ki67": "8 %"}
DRAFT = {"kind": "prrt", "planned_in_days": 10, "activity": "7.4 GBq"}


def cards(patient: dict[str, Any]) -> list[dict[str, Any]]:
    bench = bench_of(rules_folder())
    found: list[dict[str, Any]] = bench.assess(bench.case(patient)).to_response()["cards"]
    return found


@pytest.mark.parametrize("diagnosis", ["gastric NET", "colon cancer"])
def test_cards_name_the_draft(diagnosis: str) -> None:
    shown = cards({**PATIENT, "diagnosis": diagnosis, "hook": "order-sign", "drafts": [DRAFT]})
    assert shown
    for card in shown:
        (order,) = card["extension"]["prrt-cds.card"]["orders"]
        assert order.partition("/")[0] in ("MedicationRequest", "ServiceRequest")
        assert f"Draft order:** {order}" in card["detail"]


def test_elsewhere_there_is_no_draft_to_name() -> None:
    for card in cards(PATIENT):
        assert "orders" not in card["extension"]["prrt-cds.card"]
        assert "Draft order" not in card["detail"]
