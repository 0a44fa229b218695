"""What surrounds SSTR scans: analogues, glucocorticoids, comparability."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.glossary import Facts
from cds_service.facts.scan_context import compute
from cds_service.record.model import Problem, Scan, Treatment
from tests.facts.charts import view
from tests.facts.scans import done, dose, lesion, scan, taken

NOW = scan(60, lesion(score=1))


def facts(*treatments: Treatment, scans: tuple[Scan, ...] = (NOW,), **more: Any) -> Facts:
    return compute(view(scans=list(scans), treatments=list(treatments), **more))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


def steroid(first: int, last: int | None, mg: str | None = "40", drug: str = "prednisolone") -> Treatment:
    return taken(drug, first, last, "glucocorticoid", dose_mg_per_day=None if mg is None else Decimal(mg))


@pytest.mark.parametrize(("ago", "on_it"), [(27, "yes"), (28, "no")])
def test_long_acting_analogue_by_its_last_dose(ago: int, on_it: str) -> None:
    found = facts(dose("lanreotide", ago, "ssa-long"))
    assert (value(found, "scan_ssa_long"), value(found, "scan_ssa_days")) == (on_it, ago)


def test_a_running_analogue_has_no_dose_date() -> None:
    found = facts(taken("lanreotide", 300, None, "ssa-long"))
    assert value(found, "scan_ssa_long") == "yes"
    assert "scan_ssa_days" not in found
    assert value(facts(dose("octreotide", 1, "ssa-short")), "scan_ssa_long") == "no"
    assert "scan_ssa_long" not in facts(not_provided=frozenset({"MedicationRequest"}))


@pytest.mark.parametrize(
    ("course", "expected"),
    [
        (steroid(80, 55), "yes"), (steroid(80, 55, "20"), "yes"), (steroid(80, 55, "19"), "no"),
        (steroid(61, 55), "yes"), (steroid(60, 55), "no"),  # seven days, six days
        (steroid(120, 88), "yes"), (steroid(120, 89), "no"),  # 28 and 29 days before the scan
        (steroid(32, 20), "yes"), (steroid(31, 20), "no"),  # 28 and 29 days after it
        (steroid(80, 55, "3", "dexamethasone"), "yes"), (steroid(80, 55, "2.9", "dexamethasone"), "no"),
        (steroid(80, 55, "16", "methylprednisolone"), "yes"), (steroid(80, 55, "79", "hydrocortisone"), "no"),
        (steroid(80, 55, None), None),
    ],
)  # fmt: skip
def test_high_dose_around_the_scan(course: Treatment, expected: str | None) -> None:
    assert value(facts(course), "steroid_around_scan") == expected


def test_daily_entries_make_a_course() -> None:
    days = [dose("prednisolone", day, "glucocorticoid", dose_mg_per_day=Decimal(40)) for day in range(60, 67)]
    assert value(facts(*days), "steroid_around_scan") == "yes"
    assert value(facts(*days[1:]), "steroid_around_scan") == "no"


def test_cushing_and_now() -> None:
    cushing = Problem(source="Condition/c", kind="acth-cushing")
    assert value(facts(problems=[cushing]), "steroid_around_scan") == "yes"
    found = facts(steroid(20, None), scans=(scan(300, lesion(score=3)),))
    assert (value(found, "steroid_around_scan"), value(found, "steroid_now")) == ("no", "yes")


def pair(**differ: Any) -> tuple[Scan, Scan]:
    """An earlier and a current scan alike but for ``differ`` (of the earlier one)."""
    same: dict[str, Any] = {"tracer": "68Ga-DOTATATE", "scanner": "A"}
    return scan(10, lesion(score=3, suvmax="20"), **same), scan(200, lesion(score=3, suvmax="10"), **{**same, **differ})


@pytest.mark.parametrize(
    ("scans", "more", "reason"),
    [
        (pair(tracer="64Cu-DOTATATE"), {}, "different tracer"),
        (pair(scanner="B"), {}, "different scanner"),
        (pair(modality="sstr-scintigraphy"), {}, "scintigraphy against PET"),
        (pair(), {"treatments": [dose("lanreotide", 30, "ssa-long")]}, "long-acting SSA at only one of them"),
        (pair(), {"procedures": [done("splenectomy", 100)]}, "splenectomy between them"),
        (pair(), {"treatments": [steroid(30, 10)]}, "glucocorticoid at only one of them"),
    ],
)
def test_why_a_comparison_is_limited(scans: tuple[Scan, Scan], more: dict[str, Any], reason: str) -> None:
    found = compute(view(scans=list(scans), **more))
    assert (value(found, "scan_comparison_limited"), value(found, "scan_comparison_reasons")) == ("yes", reason)


def test_comparable_scans() -> None:
    found = facts(scans=pair())
    assert (value(found, "scan_comparison_limited"), value(found, "scan_suv_change")) == ("no", 100)
    assert value(facts(scans=pair(scanner=None)), "scan_comparison_limited") == "no"
    assert "scan_comparison_limited" not in facts()
    both = [dose("lanreotide", day, "ssa-long") for day in (30, 210)]
    assert value(facts(*both, scans=pair()), "scan_comparison_limited") == "no"


@pytest.mark.parametrize(("suv", "change", "limited"), [("12.9", 29, "yes"), ("13", 30, "no"), ("7.1", -29, "yes")])
def test_a_small_change_may_be_noise(suv: str, change: float, limited: str) -> None:
    found = facts(scans=(scan(10, lesion(score=3, suvmax=suv)), scan(200, lesion(score=3, suvmax="10"))))
    assert (value(found, "scan_suv_change"), value(found, "scan_comparison_limited")) == (change, limited)
