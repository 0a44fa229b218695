"""What outdates the current SSTR PET, and open orders."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.glossary import Facts
from cds_service.facts.scan_events import compute
from tests.facts.charts import view
from tests.facts.scans import cycles, done, dose, lesion, ordered, said, scan, taken

NOW = scan(60, lesion(score=3))


def facts(**chart: Any) -> Facts:
    return compute(view(scans=chart.pop("scans", [NOW]), **chart))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


@pytest.mark.parametrize(
    ("name", "chart", "event"),
    [
        ("sstr_progression_since", {"statements": [said("PD", 20)]}, "progression"),
        ("sstr_progression_since", {"statements": [said("SD", 20, new_lesions=True)]}, "progression"),
        ("sstr_prrt_since", {"treatments": [dose("177Lu", 20, "prrt")]}, "PRRT"),
        ("sstr_local_since", {"procedures": [done("sirt", 20)]}, "SIRT"),
        ("sstr_local_since", {"procedures": [done("sirt", 30), done("ablation", 20)]}, "ablation"),
    ],
)
def test_events_after_the_scan(name: str, chart: dict[str, Any], event: str) -> None:
    found = facts(**chart)
    assert (value(found, name), value(found, "sstr_event")) == ("yes", event)


@pytest.mark.parametrize("ago", [60, 90])
def test_events_on_or_before_the_scan_s_day(ago: int) -> None:
    found = facts(statements=[said("PD", ago)], procedures=[done("ablation", ago)])
    assert (value(found, "sstr_progression_since"), value(found, "sstr_local_since")) == ("no", "no")
    assert "sstr_event" not in found


def test_undated_procedures_and_unsent_types_are_unknown() -> None:
    assert "sstr_local_since" not in facts(procedures=[done("ablation")])
    assert "sstr_prrt_since" not in facts(not_provided=frozenset({"Procedure"}))
    assert "sstr_progression_since" not in facts(statements=[said("PD", "2026")])


def test_biopsies_and_the_spleen_are_no_tumour_treatment() -> None:
    assert value(facts(procedures=[done("splenectomy", 20)]), "sstr_local_since") == "no"


def test_drugs_since_the_scan() -> None:
    found = facts(scans=[scan(200, lesion(score=3))], treatments=cycles("temozolomide", 4, 20))
    assert (value(found, "sstr_since_cycles"), value(found, "sstr_since_weeks")) == (4, 12)
    assert value(found, "sstr_event") == "4 cycles / 12 wk of temozolomide"
    inhibitor = facts(treatments=[taken("sunitinib", 50, 8, "kinase-inhibitor")])
    assert (value(inhibitor, "sstr_since_cycles"), value(inhibitor, "sstr_since_weeks")) == (0, 6)
    assert value(facts(treatments=[taken("lanreotide", 50, 8, "ssa-long")]), "sstr_since_weeks") == 0


class TestOrders:
    def test_written_or_planned_after_the_scan(self) -> None:
        assert value(facts(orders=[ordered(59)]), "sstr_order_open") == "yes"
        assert value(facts(orders=[ordered(60)]), "sstr_order_open") == "no"
        assert value(facts(orders=[ordered(90, planned=7)]), "sstr_order_open") == "yes"
        assert value(facts(scans=[], orders=[ordered(900)]), "sstr_order_open") == "yes"

    def test_what_does_not_count(self) -> None:
        found = facts(orders=[ordered(1, draft=True), ordered(1, kind="fdg-pet")])
        assert (value(found, "sstr_order_open"), value(found, "sstr_drafted")) == ("no", "yes")

    def test_unknown(self) -> None:
        assert "sstr_order_open" not in facts(orders=[ordered(None)])
        assert "sstr_order_open" not in facts(not_provided=frozenset({"Appointment"}))
