"""Toxicity since the last cycle, the baseline before cycle 1, and what caused a delay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.dates import Span
from cds_service.facts.toxicity import compute
from cds_service.record.model import LabResult, Problem, Procedure, Treatment
from tests.facts.charts import days_ago, lab, view
from tests.facts.test_course import dose

CYCLES = (dose(226), dose(170))


def facts(*labs: LabResult, treatments: tuple[Treatment, ...] = CYCLES, **chart: Any) -> Any:
    return compute(view(treatments=list(treatments), labs=list(labs), **chart))


def value(found: Any, name: str) -> Any:
    return found[name].value if name in found else None


def test_only_values_surely_after_the_last_cycle_count() -> None:
    assert value(facts(lab("platelets", "60", 169)), "tox_platelets_10_9_l") == 60
    assert value(facts(lab("platelets", "60", 170)), "tox_platelets_10_9_l") is None
    partial = Span(days_ago(175).first, days_ago(160).first)
    assert value(facts(lab("platelets", "60", partial)), "tox_platelets_10_9_l") is None
    assert value(facts(lab("platelets", "60", 100), lab("platelets", "120", 5)), "tox_platelets_10_9_l") == 120
    assert facts(lab("platelets", "60", 5), treatments=()) == {}


def test_creatinine_against_the_last_value_before_cycle_1() -> None:
    now, old = lab("creatinine", "1.26", 5), lab("creatinine", "0.9", 230)
    assert value(facts(now, old), "tox_creatinine_ratio") == 1.4
    assert value(facts(now, old, lab("creatinine", "1.2", 300)), "tox_creatinine_ratio") == 1.4  # the last one
    assert value(facts(now, old, lab("creatinine", "1.3", 226)), "tox_creatinine_ratio") == 1.4  # not the same day's
    assert value(facts(now, lab("creatinine", "0.9", 226)), "tox_creatinine_ratio") == 1.4  # unless there is no other
    between = facts(now, lab("creatinine", "0.9", 200))
    assert "tox_creatinine_ratio" not in between and value(between, "baseline_missing") == "creatinine"


def test_clearance_against_the_clearance_before_cycle_1() -> None:
    labs = [lab("creatinine", "0.9", 5), lab("weight", "42", 5), lab("creatinine", "0.9", 230)]
    then = lab("weight", "70", 240)
    assert value(facts(*labs, then), "tox_crcl_ratio") == pytest.approx(42 * 82 / (70 * 83))  # a year older
    assert "tox_crcl_ratio" not in facts(*labs, lab("weight", "70", 300))  # a weight of another time
    reported = [lab("crcl", "50", 5), lab("crcl", "100", 230)]
    assert value(facts(*reported), "tox_crcl_ratio") == 0.5
    assert value(facts(*labs, then, lab("crcl", "30", 5)), "tox_crcl_ml_min") == 30  # the lower


def test_held() -> None:
    assert value(facts(lab("platelets", "74", 5)), "toxicity_held") == "yes"
    assert value(facts(lab("platelets", "75", 5)), "toxicity_held") is None


def test_recorded_toxicity() -> None:
    toxic = Problem(source="Condition/1", kind="toxicity", when=days_ago(100))
    assert value(facts(problems=[toxic]), "toxicity_recorded") == "yes"
    past = Problem(source="Condition/1", kind="toxicity", when=days_ago(200), active=False)
    assert value(facts(problems=[past]), "toxicity_recorded") is None


@pytest.mark.parametrize(
    ("result", "jurisdiction", "recorded"),
    [
        (lab("platelets", "60", 121), "US", True),  # 49 days after the cycle
        (lab("platelets", "60", 122), "US", False),  # before the next was due
        (lab("platelets", "75", 121), "US", False),
        (lab("platelets", "60", 2), "US", True),  # day 168
        (lab("platelets", "60", 1), "US", False),  # the delay was there without it
        (lab("platelets", "60", 58), "EU", True),  # day 112
        (lab("platelets", "60", 57), "EU", False),
        (lab("anc", "0.9", 100), "US", True),
        (lab("hb", "7.9", 100), "US", True),
        (lab("crcl", "39", 100), "US", True),
    ],
)
def test_a_value_beyond_a_limit_when_the_cycle_was_due(result: LabResult, jurisdiction: str, recorded: bool) -> None:
    assert ("toxicity_recorded" in facts(result, jurisdiction=jurisdiction)) is recorded


@pytest.mark.parametrize(
    ("labs", "recorded"),
    [
        ([lab("creatinine", "1.26", 100), lab("creatinine", "0.9", 230)], True),
        ([lab("creatinine", "1.25", 100), lab("creatinine", "0.9", 230)], False),
        ([lab("crcl", "60", 100), lab("crcl", "100", 230)], True),
        ([lab("crcl", "61", 100), lab("crcl", "100", 230)], False),
        ([lab("bilirubin", "3.7", 100, upper_limit=Decimal("1.2"))], True),
        ([lab("bilirubin", "3.6", 100, upper_limit=Decimal("1.2"))], False),
        ([lab("albumin", "29", 100), lab("prothrombin", "69", 100)], True),
        ([lab("albumin", "29", 100), lab("prothrombin", "70", 100)], False),
        ([lab("albumin", "30", 100), lab("prothrombin", "60", 100)], False),
    ],
)
def test_kidney_and_liver_when_the_cycle_was_due(labs: list[LabResult], recorded: bool) -> None:
    assert ("toxicity_recorded" in facts(*labs)) is recorded


def test_transfusion_and_g_csf_near_a_count() -> None:
    def support(ago: int, kind: str, *labs: LabResult) -> Any:
        if kind == "transfusion":
            return value(facts(*labs, procedures=[Procedure(source="Procedure/1", kind="transfusion",
                                                            when=days_ago(ago))]), "count_support")  # fmt: skip
        given = dose(ago, None, group="g-csf", drug="filgrastim", isotope="", source="MedicationAdministration/g")
        return value(facts(*labs, treatments=(*CYCLES, given)), "count_support")

    hb, anc = lab("hb", "9", 5), lab("anc", "2", 5)
    assert support(19, "transfusion", hb) == f"transfusion {days_ago(19)}"
    assert support(20, "transfusion", hb) is None
    assert support(4, "transfusion", hb) is None  # after the count
    assert support(19, "transfusion", anc) is None
    assert support(19, "g-csf", anc) == f"G-CSF {days_ago(19)}"
    assert support(19, "g-csf", hb) is None
