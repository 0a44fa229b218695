"""Late counts and imaging after a course: what scenarios do not show."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import Any

from cds_service.dates import Span, on_day
from cds_service.facts.follow_up import compute
from cds_service.record.model import LabResult, Scan
from tests.facts.charts import lab, view
from tests.facts.test_course import dose, said

COURSE = [dose(on_day(date(2025, 6, 1)))]


def facts(*labs: LabResult, **chart: Any) -> Any:
    return compute(view(treatments=COURSE, labs=list(labs), **chart))


def test_two_low_counts_three_months_apart_in_any_order() -> None:
    labs = [lab("platelets", "90", 5), lab("platelets", "85", 120), lab("platelets", "150", 60)]
    for order in permutations(labs):
        found = facts(*order)
        assert (found["late_platelets_10_9_l"].value, found["lasting_platelets_10_9_l"].value) == (90, 90)
    assert "lasting_platelets_10_9_l" not in facts(labs[0], labs[2])
    assert "lasting_platelets_10_9_l" not in facts(labs[0], lab("platelets", "85", 400))  # before the last cycle


def test_counts_must_be_late() -> None:
    assert "late_hb_g_dl" not in facts(lab("hb", "9", 182))  # six months after to the day
    assert facts(lab("hb", "9", 181))["late_hb_g_dl"].value == 9
    assert "late_hb_g_dl" not in facts(lab("hb", "9", Span(date(2025, 11, 1), date(2026, 1, 31))))
    assert compute(view(labs=[lab("hb", "9", 5)])) == {}


def test_ct_in_the_window() -> None:
    def done(when: Span, **more: Any) -> Any:
        scan = Scan(source="DiagnosticReport/1", when=when, **{"modality": "ct-mri", **more})
        return facts(scans=[scan])["ct_mri_after_course"].value

    assert done(on_day(date(2025, 8, 1))) == "yes"
    assert done(on_day(date(2025, 7, 31))) == "no"
    assert done(on_day(date(2025, 12, 1))) == "yes"
    assert done(on_day(date(2025, 12, 2))) == "no"
    assert done(on_day(date(2025, 9, 1)), preliminary=True) == "no"
    assert done(on_day(date(2025, 9, 1)), modality="sstr-pet") == "no"
    assert "ct_mri_after_course" not in facts(not_provided=frozenset({"DiagnosticReport"}))


def test_early_worsening() -> None:
    assert "early_worsening" in facts(statements=[said("worsened", on_day(date(2025, 8, 31)))])
    assert "early_worsening" not in facts(statements=[said("worsened", on_day(date(2025, 9, 1)))])
    assert "early_worsening" not in facts(statements=[said("worsened", on_day(date(2025, 5, 31)))])
    scan = Scan(source="DiagnosticReport/1", when=on_day(date(2025, 7, 1)), modality="sstr-pet", new_lesions=True)
    assert "early_worsening" in facts(scans=[scan])
