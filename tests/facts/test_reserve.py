"""Liver reserve, anticoagulation, kidney risks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.reserve import compute
from cds_service.record.model import Problem, Procedure, Range, Scan, Treatment
from tests.facts.charts import days_ago, lab, view


def values(**chart: Any) -> dict[str, Any]:
    return {name: known.value for name, known in compute(view(**chart)).items()}


def scan(low: str, high: str, ago: int = 10, comparator: Any = None, **more: Any) -> Scan:
    share = Range(low=Decimal(low), high=Decimal(high), comparator=comparator)
    defaults = {"source": f"DiagnosticReport/{low}-{ago}", "modality": "ct-mri", "when": days_ago(ago)}
    return Scan(liver_involvement_percent=share, **{**defaults, **more})


def drug(group: Any, ago: int | None = 10, **more: Any) -> Treatment:
    defaults = {"source": "MedicationStatement/1", "given": True, "kind": "statement", "drug": group}
    return Treatment(group=group, when=None if ago is None else days_ago(ago), **{**defaults, **more})


def test_involvement_is_an_interval_of_the_newest_report() -> None:
    found = values(scans=[scan("80", "80", ago=90), scan("40", "60", ago=5)])
    assert (found["liver_involvement_least"], found["liver_involvement_most"]) == (40, 60)
    assert values(scans=[scan("60", "60"), scan("80", "80")])["liver_involvement_least"] == 80  # one day: the higher
    assert "liver_involvement_least" not in values(scans=[scan("80", "80", preliminary=True)])


def test_more_than_a_number_lies_above_it() -> None:
    found = compute(view(scans=[scan("75", "100", comparator=">")]))["liver_involvement_least"]
    assert float(found.value) > 75 and found.shown == ">75"


def test_what_limits_the_liver_is_listed_with_its_numbers() -> None:
    found = values(
        scans=[scan("60", "60")],
        labs=[lab("alt", "240", upper_limit=Decimal(40)), lab("ast", "200", upper_limit=Decimal(40))],
        problems=[Problem(source="Condition/1", kind="ascites")],
        procedures=[Procedure(source="Procedure/1", kind="sirt")],
    )
    assert found["liver_reserve_list"] == "liver involvement 60 %, ALT 6 x ULN, ascites, SIRT"
    assert (found["alt_uln"], found["ast_uln"], found["ascites_recorded"]) == (6, 5, "yes")
    assert "liver_reserve_list" not in values(scans=[scan("50", "50")])


@pytest.mark.parametrize(
    ("treatment", "taking"),
    [
        (drug("anticoagulant", 300, open_ended=True), "yes"),
        (drug("anticoagulant", 300, end=days_ago(28)), "yes"),
        (drug("anticoagulant", 300, end=days_ago(29)), "no"),
        (drug("anticoagulant", 300, stopped=True), None),
        (drug("ppi", 300, open_ended=True), "no"),
    ],
)
def test_anticoagulation(treatment: Treatment, taking: str | None) -> None:
    assert values(treatments=[treatment]).get("anticoagulated") == taking


def test_no_anticoagulant_is_known_only_if_every_medication_type_came() -> None:
    assert "anticoagulated" not in values(not_provided=frozenset({"MedicationStatement"}))


def test_kidney_risks_are_named_once() -> None:
    problems = [Problem(source="Condition/1", kind="diabetes"), Problem(source="Condition/2", kind="diabetes"),
                Problem(source="Condition/3", kind="hypertension", active=False)]  # fmt: skip
    treatments = [drug("cytotoxic", 900, drug="cisplatin"), drug("prrt", 900), drug("nephrotoxic", 10)]
    found = compute(view(problems=problems, treatments=treatments))["renal_risk_list"]
    assert found.value == "diabetes, nephrotoxic drug, prior cisplatin, prior PRRT"
    assert found.sources == ("Condition/1", "Condition/2", "MedicationStatement/1")
    assert "renal_risk_list" not in values(treatments=[drug("nephrotoxic", 29), drug("cytotoxic", 9)])
