"""Kidney formulas against independent published values, and which clearance counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cds_service.dates import Span, on_day
from cds_service.facts.renal import bedside_schwartz, ckd_epi_2021, cockcroft_gault, compute, du_bois_m2
from tests.facts.charts import lab, person, view


def test_the_worked_example_of_the_knowledge_base() -> None:
    """Row B11: 80 y, 55 kg, 1.0 mg/dL, male: Cockcroft-Gault 46, CKD-EPI 2021 76."""
    assert round(cockcroft_gault(80, Decimal(55), Decimal(1), "male")) == 46
    assert round(ckd_epi_2021(80, Decimal(1), "male")) == 76


@pytest.mark.parametrize(
    ("age", "creatinine", "sex", "egfr"),
    [
        # equations per sex and creatinine as printed in Inker 2021, table S: evaluated piece by piece by hand
        (50, "0.7", "female", 142 * 0.9938**50 * 1.012),
        (50, "0.9", "male", 142 * 0.9938**50),
        (50, "0.8", "male", 142 * (0.8 / 0.9) ** -0.302 * 0.9938**50),
        (50, "2.1", "female", 142 * 3.0**-1.2 * 0.9938**50 * 1.012),
    ],
)
def test_ckd_epi_2021_piece_by_piece(age: int, creatinine: str, sex: Any, egfr: float) -> None:
    assert ckd_epi_2021(age, Decimal(creatinine), sex) == pytest.approx(egfr)


def test_published_values_of_the_other_formulas() -> None:
    assert bedside_schwartz(Decimal(150), Decimal("0.7")) == Decimal("88.5")
    assert du_bois_m2(Decimal(70), Decimal(170)) == pytest.approx(1.81, abs=0.005)
    assert cockcroft_gault(60, Decimal(72), Decimal(1), "female") == Decimal(68)


def _crcl(**chart: Any) -> float | None:
    known = compute(view(**chart)).get("crcl_ml_min")
    return None if known is None else float(known.value)


MAN_60 = person(sex="male", birth=on_day(date(1966, 1, 1)))


def test_exactly_the_limit_stays_exact() -> None:
    labs = [lab("creatinine", "2"), lab("weight", "72")]
    assert _crcl(person=MAN_60, labs=labs) == 40.0


def test_the_card_shows_one_decimal_the_rule_all() -> None:
    known = compute(view(person=MAN_60, labs=[lab("creatinine", "1.3"), lab("weight", "70.4")]))["crcl_ml_min"]
    assert known.shown == "60.2" and known.value == pytest.approx(60.1709, abs=1e-4)
    assert len(known.sources) == 2 and known.read_as == "derived"


def test_creatinine_and_weight_must_both_be_fresh() -> None:
    assert _crcl(labs=[lab("creatinine", "1"), lab("weight", "70", 29)]) is None
    assert _crcl(labs=[lab("creatinine", "1", 29), lab("weight", "70")]) is None
    assert _crcl(labs=[lab("creatinine", "1", 28), lab("weight", "70", 28)]) is not None


def test_a_reported_clearance_helps_only_when_nothing_can_be_computed_or_it_is_lower() -> None:
    labs = [lab("creatinine", "1"), lab("weight", "70")]
    computed = _crcl(labs=labs)
    assert computed is not None
    assert _crcl(labs=[lab("crcl", "33")]) == 33
    assert _crcl(labs=[*labs, lab("crcl", "33")]) == 33
    assert _crcl(labs=[*labs, lab("crcl", "133")]) == computed


def test_without_sex_or_age_nothing_is_computed() -> None:
    labs = [lab("creatinine", "1"), lab("weight", "70")]
    assert _crcl(person=person(sex=None), labs=labs) is None
    assert _crcl(person=person(birth=None), labs=labs) is None


def test_a_birth_year_gives_the_older_age_unless_the_limit_lies_between() -> None:
    year = Span(date(1966, 1, 1), date(1966, 12, 31))  # 59 or 60
    man = person(sex="male", birth=year)
    assert _crcl(person=man, labs=[lab("creatinine", "1"), lab("weight", "72")]) == 80
    assert _crcl(person=man, labs=[lab("creatinine", "2.01"), lab("weight", "72")]) is None  # 39.8 or 40.3


def test_a_child_is_measured_by_height_not_weight() -> None:
    child = person(birth=on_day(date(2012, 1, 1)))
    labs = [lab("creatinine", "0.7"), lab("weight", "40")]
    assert _crcl(person=child, labs=labs) is None
    facts = compute(view(person=child, labs=[*labs, lab("height", "150", 300)]))
    assert facts["crcl_ml_min"].value == 88.5 and facts["crcl_formula"].value == "bedside Schwartz"
    assert "egfr_ckd_epi" not in facts


def test_a_creatinine_below_detection_is_read_at_its_worse_end() -> None:
    assert _crcl(person=MAN_60, labs=[lab("creatinine", "0.5", comparator="<"), lab("weight", "72")]) == pytest.approx(
        160
    )
    assert _crcl(person=MAN_60, labs=[lab("creatinine", "15", comparator=">"), lab("weight", "72")]) == pytest.approx(
        5.33, abs=0.01
    )


def test_the_lower_of_indexed_and_own_surface_is_kept_beside() -> None:
    small = [lab("creatinine", "1"), lab("weight", "40"), lab("height", "150", 400)]
    facts = compute(view(labs=small))
    assert facts["egfr_lowest"].value == pytest.approx(
        float(facts["egfr_ckd_epi"].value) * du_bois_m2(Decimal(40), Decimal(150)) / 1.73
    )
    large = [lab("creatinine", "1"), lab("weight", "120"), lab("height", "185", 400)]
    facts = compute(view(labs=large))
    assert facts["egfr_lowest"].value == facts["egfr_ckd_epi"].value
    assert facts["bmi_kg_m2"].value == pytest.approx(35.06, abs=0.01)


def test_a_weight_or_height_without_bounds_is_not_calculated_with() -> None:
    open_ended = [lab("weight", "50", comparator="<"), lab("height", "150", comparator="<")]
    facts = compute(view(person=MAN_60, labs=[lab("creatinine", "1"), *open_ended]))
    assert "crcl_ml_min" not in facts and "bmi_kg_m2" not in facts
    assert facts["egfr_lowest"].value == facts["egfr_ckd_epi"].value
