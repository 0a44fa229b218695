"""Das items: each from the record, never from its silence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.das import compute
from cds_service.record.model import Diagnosis, Lesion, Problem, Range, Scan
from tests.facts.charts import days_ago, view
from tests.facts.test_course import dose


def items(**chart: Any) -> dict[str, int]:
    facts = compute(view(**chart))
    told = str(facts["das_items"].value).split(", ") if "das_items" in facts else []
    return {name: int(points) for name, points in (item.rsplit(" ", 1) for item in told)}


def problem(kind: Any, **more: Any) -> Problem:
    return Problem(**{"source": f"Condition/{kind}", "kind": kind, **more})


@pytest.mark.parametrize(
    ("primary", "organ", "points"),
    [
        ("gep", "pancreas", 0),
        ("gep", "ileum", 1),
        ("lung", "lung", 1),
        ("thymus", "thymus", 2),
        ("kidney", "kidney", None),
    ],
)
def test_primary(primary: Any, organ: str, points: int | None) -> None:
    diagnosis = Diagnosis(source="Condition/1", entity="net", primary=primary, primary_text=organ)
    assert items(diagnoses=[diagnosis]).get("primary") == points


def test_earlier_treatment() -> None:
    def points(*groups: Any, **chart: Any) -> Any:
        drugs = [dose(300, None, group=group, drug=group, source=f"M/{group}") for group in groups]
        return items(treatments=drugs, **chart).get("earlier treatment")

    assert (points(), points("ssa-long"), points("mtor"), points("mtor", "cytotoxic")) == (0, 0, 1, 2)
    assert (points("prrt"), points("mibg")) == (1, 1)
    assert points(not_provided=frozenset({"MedicationStatement"})) is None
    assert points("cytotoxic", not_provided=frozenset({"MedicationStatement"})) == 2


def test_symptoms_need_a_grade() -> None:
    assert "symptoms" not in items(problems=[problem("carcinoid-syndrome")])
    for grade, points in ((1, 1), (2, 2), (3, 2)):
        assert items(problems=[problem("carcinoid-syndrome", grade=grade)])["symptoms"] == points


def scan(**more: Any) -> Scan:
    return Scan(**{"source": "DiagnosticReport/1", "when": days_ago(30), "modality": "ct-mri", **more})


def test_critical_organs() -> None:
    def points(share: str | None, **more: Any) -> Any:
        liver = Range(low=Decimal(share), high=Decimal(share)) if share else None
        return items(scans=[scan(liver_involvement_percent=liver, **more)]).get("critical organs")

    assert [points(share) for share in ("24", "25", "49", "50")] == [0, 1, 1, 2]
    assert points(None) is None
    assert points(None, critical_sites=("brain",)) == 2
    assert (points("10", bone_lesions=4), points("10", bone_lesions=5)) == (0, 1)


def test_peritoneum() -> None:
    pet = scan(modality="sstr-pet", lesions=(Lesion(site="liver", score=(3, 3)),))
    assert "peritoneum" not in items()
    assert items(scans=[pet])["peritoneum"] == 0
    assert items(scans=[pet], problems=[problem("peritoneal-disease")])["peritoneum"] == 1
    found = scan(modality="sstr-pet", lesions=(Lesion(site="peritoneum", score=(3, 3)),))
    assert items(scans=[found])["peritoneum"] == 1
    assert items(scans=[pet, scan(modality="ct", peritoneal=True)])["peritoneum"] == 1
    old = scan(modality="sstr-pet", when=days_ago(181), lesions=pet.lesions)
    assert "peritoneum" not in items(scans=[old])


def test_no_total_unless_all_five_are_known() -> None:
    facts = compute(view())
    assert "das_total" not in facts and "symptoms" in str(facts["das_unknown"].value)
