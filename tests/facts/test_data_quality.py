"""What could not be used, and how it is said."""

from __future__ import annotations

from cds_service.facts.data_quality import compute, unused
from cds_service.fhir.ignored import Ignored
from tests.facts.charts import lab, view


def test_only_what_has_no_fresh_value_is_too_old() -> None:
    labs = [lab("hb", "9", 40), lab("hb", "8", 90), lab("wbc", "4", 40), lab("wbc", "5", 2)]
    facts = compute(view(labs=labs))
    assert facts["too_old_list"].value == "haemoglobin"
    assert facts["too_old_detail"].value == "haemoglobin 2026-04-22"
    assert [i.source for i in unused(view(labs=labs))] == [labs[0].source]


def test_the_limit_itself_is_not_old() -> None:
    assert "too_old_list" not in compute(view(labs=[lab("hb", "9", 28)]))
    assert "too_old_list" in compute(view(labs=[lab("hb", "9", 29)]))


def test_undated_values_are_named() -> None:
    facts = compute(view(ignored=[Ignored("Observation/1", "no-date", "hb")]))
    assert facts["too_old_detail"].value == "haemoglobin undated"
    with_fresh = view(ignored=[Ignored("Observation/1", "no-date", "hb")], labs=[lab("hb", "9")])
    assert "too_old_list" not in compute(with_fresh)


def test_unusable_values_are_named_as_written_and_short() -> None:
    labs = [lab("hb", None, problem="no-unit", raw="12.1"), lab("platelets", "9999", raw="9999 " + "x" * 80)]
    facts = compute(view(labs=labs))
    assert facts["unusable_list"].value == "haemoglobin, platelets"
    words = str(facts["unusable_detail"].value)
    assert "haemoglobin 12.1 (no unit)" in words and "(implausible)" in words and len(words) < 120


def test_an_old_unusable_value_is_not_news() -> None:
    assert "unusable_list" not in compute(view(labs=[lab("hb", None, 40, problem="no-unit")]))


def test_values_refused_elsewhere_are_named_too() -> None:
    facts = compute(view(ignored=[Ignored("Observation/k", "implausible", "Ki-67")]))
    assert facts["unusable_list"].value == "Ki-67"


def test_results_of_one_day_that_disagree() -> None:
    facts = compute(view(labs=[lab("hb", "8"), lab("hb", "10.5")]))
    assert facts["same_day_list"].value == "haemoglobin 2026-05-29"
    assert facts["same_day_detail"].value == "haemoglobin 8 and 10.5"
    assert "same_day_list" not in compute(view(labs=[lab("hb", "8"), lab("hb", "10")]))


def test_an_old_clotting_time_is_listed_but_not_asked_for_by_itself() -> None:
    labs = [lab("prothrombin", "60", 40)]
    assert [i.why for i in unused(view(labs=labs))] == ["too-old"]
    assert "too_old_list" not in compute(view(labs=labs))
