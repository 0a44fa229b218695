"""Within and after a PRRT course there is always a finding, whatever the record holds (the engine has no gap)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cds_service.assess import Assessor
from cds_service.dates import on_day
from cds_service.policy import make_policy
from cds_service.record.model import (
    Chart,
    Diagnosis,
    DiseaseStatement,
    LabResult,
    Order,
    Person,
    PregnancyResult,
    Problem,
    Treatment,
)
from cds_service.rulebook.loader import load_rulebook

TODAY = date(2026, 6, 1)
PROBLEMS: tuple[Any, ...] = ("pancytopenia", "toxicity", "lactation", "vipoma", "germline-mds", "sterilised")
RANGES: dict[Any, tuple[int, int]] = {
    "hb": (60, 140), "wbc": (15, 60), "anc": (5, 40), "platelets": (600, 2500), "creatinine": (6, 25),
    "bilirubin": (4, 50), "albumin": (250, 450), "alt": (200, 900), "ast": (200, 900), "weight": (400, 900),
    "potassium": (25, 60), "prothrombin": (500, 1000),
}  # fmt: skip


@cache
def assessor(jurisdiction: str, lab_max_age_days: int) -> Assessor:
    book = load_rulebook(Path(__file__).parents[1] / "rules")
    settings = {"lab_max_age_days": lab_max_age_days}
    return Assessor(book, make_policy(settings, parameters=book.parameters, jurisdiction=jurisdiction))


def ago(days: int) -> Any:
    return on_day(TODAY - timedelta(days=days))


def some_chart(dice: random.Random) -> Chart:
    """A patient with one to five cycles and anything else."""
    last, cycles = dice.choice([5, 27, 28, 42, 43, 48, 49, 56, 80, 120, 170, 200, 400]), dice.randint(1, 5)
    doses = [
        Treatment(source=f"M/{n}", when=ago(last + 56 * n), drug="177Lu-DOTATATE", group="prrt", given=True,
                  kind="administration", isotope="177Lu", activity_gbq=dice.choice([None, Decimal("7.4"), Decimal(3)]))
        for n in range(cycles)
    ]  # fmt: skip
    labs = [
        LabResult(source=f"O/{analyte}-{n}", when=ago(dice.choice([1, 8, 14, 15, 30, 100, 300])), analyte=analyte,
                  value=Decimal(dice.randint(*ends)) / 10, unit="", upper_limit=dice.choice([None, Decimal(1)]))
        for analyte, ends in RANGES.items() for n in range(dice.randint(0, 2))
    ]  # fmt: skip
    problems = [
        Problem(source=f"C/{kind}", kind=kind, when=ago(dice.randint(1, 400)))
        for kind in dice.sample(PROBLEMS, 1)
        if dice.random() < 0.4
    ]  # fmt: skip
    tests = [PregnancyResult(source="O/t", when=ago(dice.randint(1, 40)), result=dice.choice(
        ["positive", "negative", "above-range", "possible"]))] if dice.random() < 0.5 else []  # fmt: skip
    said = [DiseaseStatement(source="O/s", when=ago(dice.randint(1, 300)), status=dice.choice(
        ["worsened", "stable"]))] if dice.random() < 0.4 else []  # fmt: skip
    orders = [Order(source="S/1", kind="prrt", planned=ago(-dice.randint(0, 30)), draft=dice.random() < 0.5)] * (
        dice.random() < 0.4
    )
    lacking = frozenset({dice.choice(["Observation", "Procedure", "MedicationStatement"])})
    return Chart(
        person=Person(source="Patient/p", id="p", sex=dice.choice(["female", "male", None]),
                      birth=dice.choice([None, on_day(date(1996, 1, 1)), on_day(date(1960, 1, 1))])),
        diagnoses=[Diagnosis(source="C/1", entity="net", primary="gep", primary_text="ileum")],
        treatments=doses, labs=labs, problems=problems, pregnancy=tests, statements=said, orders=orders,
        not_provided=lacking if dice.random() < 0.15 else frozenset(),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_there_is_always_a_finding(seed: int) -> None:
    dice = random.Random(seed)
    chart = some_chart(dice)
    hook = dice.choice(["patient-view", "order-select", "order-sign"])
    judge = assessor(dice.choice(["US", "EU"]), dice.choice([7, 28, 90]))
    found = judge.assess(chart, today=TODAY, hook=hook, hook_instance=str(UUID(int=seed)))
    assert found.findings
    ready = any(f.reason == "cycle-ready" for f in found.findings)
    assert not (ready and any(f.outcome in ("contraindicated", "not-now", "needs-data") for f in found.findings))
    assert not (ready and (chart.not_provided or found.course != "in-progress"))
