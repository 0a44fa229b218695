"""Chromogranin A is compared only with its like; quality of life around the course."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from cds_service.facts.biomarkers import compute
from cds_service.record.model import LabResult, Problem, QualityOfLife
from tests.facts.charts import days_ago, lab, view
from tests.facts.test_course import dose

LIMIT = Decimal(85)


def cga(value: str, ago: int, **more: Any) -> LabResult:
    return lab("chromogranin-a", value, ago, **{"unit": "ng/mL", "code": "loinc|9811-1", "upper_limit": LIMIT, **more})


def values(*labs: LabResult, **chart: Any) -> dict[str, Any]:
    found = {}
    for order in permutations(labs):
        found = {name: known.value for name, known in compute(view(labs=list(order), **chart)).items()}
    return found


def test_the_trend_of_seed_1() -> None:
    found = values(cga("588.1", 900), cga("394.2", 300), cga("1210", 10))
    assert found["cga_change_percent"] == pytest.approx(206.95, abs=0.01)
    assert found["cga_uln"] == pytest.approx(14.2, abs=0.05)
    fall = values(cga("1210", 300), cga("121", 10))
    assert (fall["cga_change_percent"], fall["cga_fall_percent"]) == (-90, 90)
    assert fall["cga_raised"] == "yes" and fall["cga_uln"] == pytest.approx(1.42, abs=0.01)


@pytest.mark.parametrize(
    ("more", "differs"),
    [
        ({"unit": "U/L"}, "units"),
        ({"code": "loinc|30169-7"}, "tests"),
        ({"assay": "Kryptor"}, "assays"),
        ({"upper_limit": Decimal(120)}, "reference ranges"),
        ({"unit": "U/L", "upper_limit": Decimal(20)}, "units, reference ranges"),
        ({"upper_limit": Decimal("85.0")}, None),
    ],
)
def test_only_like_with_like(more: dict[str, Any], differs: str | None) -> None:
    found = values(cga("100", 300, assay="NEOLISA"), cga("200", 10, **{"assay": "neolisa", **more}))
    assert found.get("cga_differs") == differs
    assert ("cga_change_percent" in found) is (differs is None)


def test_what_is_not_said_is_neither_equal_nor_different() -> None:
    found = values(cga("100", 300), cga("200", 10, upper_limit=None))
    assert "cga_differs" not in found and "cga_change_percent" not in found
    assert "cga_change_percent" not in values(cga("100", 300), cga("200", 10, comparator=">"))


def test_of_one_day_the_highest() -> None:
    assert values(cga("100", 300), cga("150", 10), cga("200", 10))["cga_change_percent"] == 100


def test_confounders() -> None:
    def named(start: int, end: int | None, **more: Any) -> Any:
        how = {"kind": "statement", "end": None if end is None else days_ago(end), "open_ended": end is None, **more}
        drug = dose(start, None, group="ppi", drug="omeprazole", isotope="", **how)
        return values(cga("200", 10), treatments=[drug]).get("cga_confounders")

    assert named(300, None) == "omeprazole"
    assert named(300, 24) == "omeprazole"  # 14 days before
    assert named(300, 25) is None
    assert named(9, None) is None  # begun after
    assert named(300, None, given=False, kind="request") == "omeprazole"
    failure = Problem(source="Condition/1", kind="renal-failure")
    assert values(cga("200", 10), problems=[failure])["cga_confounders"] == "renal failure"
    assert "cga_confounders" not in values(cga("80", 10), problems=[failure])


def score(value: int, ago: int, instrument: str = "EORTC QLQ-C30") -> QualityOfLife:
    return QualityOfLife(source=f"Observation/{value}-{ago}", when=days_ago(ago), instrument=instrument,
                         global_health=Decimal(value))  # fmt: skip


def around(*scores: QualityOfLife) -> Any:
    found = set()
    for order in permutations(scores):
        facts = compute(view(treatments=[dose(200), dose(144), dose(88)], quality_of_life=list(order)))
        names = ("qol_first", "qol_last", "qol_change")
        found.add(tuple(facts[name].value for name in names) if "qol_change" in facts else None)
    assert len(found) == 1
    return found.pop()


def test_quality_of_life_around_the_course() -> None:
    assert around(score(30, 300), score(17, 200), score(50, 80)) == (17, 50, 33)  # the last before, the newest
    assert around(score(40, 150), score(50, 80)) == (40, 50, 10)  # none before: the first in the course
    assert around(score(50, 80), score(30, 80), score(17, 210)) == (17, 30, 13)  # one day: the lower
    assert around(score(17, 300), score(50, 210)) is None  # both before
    assert around(score(17, 210), score(50, 80, "EQ-5D")) is None
    assert compute(view(quality_of_life=[score(17, 210), score(50, 80)])) == {}
