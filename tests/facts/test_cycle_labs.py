"""Laboratory before a cycle: 14 days to the planned day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from cds_service.dates import on_day
from cds_service.facts.cycle_labs import compute
from cds_service.record.model import Analyte, LabResult, Order
from tests.facts.charts import TODAY, lab, view
from tests.facts.test_course import dose

VALUES: tuple[tuple[Analyte, str], ...] = (
    ("hb", "12"), ("wbc", "5"), ("platelets", "200"), ("creatinine", "0.9"), ("weight", "70"), ("albumin", "41"),
)  # fmt: skip


def panel(ago: int, without: str = "") -> list[LabResult]:
    labs = [lab(analyte, value, ago) for analyte, value in VALUES]
    labs.append(lab("bilirubin", "0.6", ago, upper_limit=Decimal("1.2")))
    return [r for r in labs if r.analyte != without]


def missing(labs: list[LabResult], **chart: Any) -> Any:
    facts = compute(view(treatments=[dose(60)], labs=labs, **chart))
    return facts["cycle_labs_missing"].value if "cycle_labs_missing" in facts else None


def test_fourteen_days() -> None:
    assert missing(panel(14)) is None
    assert missing(panel(15)) == (
        "haemoglobin, white cells, platelets, albumin, creatinine, weight, bilirubin"
    )  # fmt: skip


def test_they_run_to_the_planned_day() -> None:
    planned = [Order(source="Appointment/1", kind="prrt", planned=on_day(TODAY + timedelta(days=10)))]
    assert missing(panel(4), orders=planned) is None
    assert missing(panel(5), orders=planned) is not None
    far = [Order(source="Appointment/1", kind="prrt", planned=on_day(TODAY + timedelta(days=15)))]
    assert missing(panel(0), orders=far) is not None


@pytest.mark.parametrize(
    ("analyte", "words"),
    [
        ("hb", "haemoglobin"), ("wbc", "white cells"), ("platelets", "platelets"), ("creatinine", "creatinine"),
        ("weight", "weight"), ("albumin", "albumin"), ("bilirubin", "bilirubin"),
    ],
)  # fmt: skip
def test_each_is_named_when_missing(analyte: str, words: str) -> None:
    assert missing(panel(3, without=analyte)) == words


def test_bilirubin_needs_its_limit_and_a_reported_clearance_will_do() -> None:
    assert missing([*panel(3, without="bilirubin"), lab("bilirubin", "0.6")]) == "upper limit of bilirubin"
    assert missing([*panel(3, without="weight"), lab("crcl", "80")]) is None


def test_a_site_that_wants_fresher_values() -> None:
    assert missing(panel(8), numbers={"lab_max_age_days": 7.0}) is not None
    assert missing(panel(7), numbers={"lab_max_age_days": 7.0}) is None


def test_nothing_without_a_course() -> None:
    assert compute(view(labs=panel(3))) == {}
