"""A site may do without the cards of rules still in research; stops stay (``research_cards``)."""

from __future__ import annotations

from typing import Any

from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import bench_of

PATIENT = {
    "on": "2026-06-01", "sex": "female", "age": 58, "diagnosis": "gastric NET", "ki67": "8 %",
    "scans": [{"kind": "sstr-pet", "days_ago": 170, "lesions": [{"site": "liver", "krenning": 1, "size_mm": 40}]}],
    "treatments": [{"drug": "CAPTEM", "cycles": 5, "last_days_ago": 10}],
    "statements": [{"status": "improved", "days_ago": 5}],
}  # fmt: skip
PREGNANT = {**PATIENT, "age": 35, "problems": ["pregnancy"]}


def answered(patient: dict[str, Any], *, research: bool) -> dict[str, Any]:
    bench = bench_of(rules_folder())
    return bench.assess(bench.case({**patient, "policy": {"research_cards": research}})).to_response()


def test_the_assessment_is_the_same_and_only_the_card_is_gone() -> None:
    shown, quiet = answered(PATIENT, research=True), answered(PATIENT, research=False)
    on, off = (response["extension"]["prrt-cds.assessment"] for response in (shown, quiet))
    assert on["findings"] == off["findings"] and on["rules"] == off["rules"]
    assert on["findings"][0]["rule"] == "R-01"
    assert "repeat SSTR PET could be considered" in shown["cards"][0]["summary"]
    assert "repeat SSTR PET could be considered" not in str(quiet["cards"])
    assert off["policy"]["overrides"] == {"research_cards": False}


def test_a_stop_is_never_taken_back() -> None:
    assert answered(PREGNANT, research=False)["cards"][0]["indicator"] == "critical"
