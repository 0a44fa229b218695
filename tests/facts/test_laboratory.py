"""Laboratory facts and the list of what is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cds_service.dates import on_day
from cds_service.facts.laboratory import compute
from cds_service.record.model import LabResult
from tests.facts.charts import lab, person, view

FULL: dict[str, LabResult] = {
    "hb": lab("hb", "11"),
    "wbc": lab("wbc", "5"),
    "platelets": lab("platelets", "200"),
    "creatinine": lab("creatinine", "0.9"),
    "weight": lab("weight", "70"),
    "alt": lab("alt", "30"),
    "ast": lab("ast", "30"),
    "bilirubin": lab("bilirubin", "0.6", upper_limit=Decimal("1.2")),
    "albumin": lab("albumin", "40"),
}


def test_a_complete_panel_misses_nothing() -> None:
    facts = compute(view(labs=list(FULL.values())))
    assert facts["labs_missing_count"].value == 0
    assert "labs_missing_list" not in facts
    assert facts["bilirubin_uln"].value == 0.5


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        ("hb", "haemoglobin"), ("wbc", "white cells"), ("platelets", "platelets"), ("creatinine", "creatinine"),
        ("weight", "weight"), ("alt", "ALT"), ("ast", "AST"), ("bilirubin", "bilirubin"), ("albumin", "albumin"),
    ],
)  # fmt: skip
def test_each_value_that_is_gone_is_named(gone: str, named: str) -> None:
    facts = compute(view(labs=[result for name, result in FULL.items() if name != gone]))
    assert facts["labs_missing_list"].value == named
    assert facts["labs_missing_count"].value == 1


def test_nothing_at_all_names_everything_in_one_order() -> None:
    words = compute(view())["labs_missing_list"].value
    assert words == "haemoglobin, white cells, platelets, creatinine, weight, ALT, AST, bilirubin, albumin"


def test_bilirubin_without_its_limit_asks_for_the_limit() -> None:
    facts = compute(view(labs=[*(r for n, r in FULL.items() if n != "bilirubin"), lab("bilirubin", "0.6")]))
    assert facts["labs_missing_list"].value == "upper limit of bilirubin"
    assert "bilirubin_uln" not in facts


def test_a_reported_clearance_replaces_creatinine_and_weight() -> None:
    labs = [r for n, r in FULL.items() if n not in ("creatinine", "weight")]
    assert "labs_missing_list" not in compute(view(labs=[*labs, lab("crcl", "70")]))


def test_an_unknown_age_is_not_a_missing_laboratory_value() -> None:
    facts = compute(view(person=person(birth=None), labs=list(FULL.values())))
    assert "labs_missing_list" not in facts


def test_a_child_needs_height_instead_of_weight() -> None:
    child = person(birth=on_day(date(2012, 1, 1)))
    labs = [r for n, r in FULL.items() if n != "weight"]
    facts = compute(view(person=child, labs=labs))
    assert facts["labs_missing_list"].value == "height"
    assert (facts["height_missing"].value, facts["weight_missing"].value) == ("yes", "no")
    assert "labs_missing_list" not in compute(view(person=child, labs=[*labs, lab("height", "150", 200)]))


def test_a_creatinine_that_does_not_decide_is_asked_again() -> None:
    labs = [r for n, r in FULL.items() if n != "creatinine"]
    facts = compute(view(labs=[*labs, lab("creatinine", "1", comparator=">")]))
    assert "creatinine" in str(facts["labs_missing_list"].value)


def test_a_value_carries_where_it_comes_from() -> None:
    hb = compute(view(labs=list(FULL.values())))["hb_g_dl"]
    assert (hb.value, hb.sources, hb.when) == (11, (FULL["hb"].source,), FULL["hb"].when)
