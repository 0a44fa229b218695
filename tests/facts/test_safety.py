"""Hypersensitivity, hormones, dangerous sites, resectability."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cds_service.facts.safety import compute
from cds_service.record.model import Allergy, Diagnosis, Operability, Problem, Scan
from tests.facts.charts import days_ago, lab, view


def value(name: str, **chart: Any) -> Any:
    facts = compute(view(**chart))
    return facts[name].value if name in facts else None


def allergy(severe: bool | None, agent: str = "177Lu agent") -> Allergy:
    return Allergy(source=f"AllergyIntolerance/{agent}-{severe}", agent=agent, severe=severe)


def problem(kind: Any, **more: Any) -> Problem:
    return Problem(**{"source": f"Condition/{kind}", "kind": kind, **more})


def test_hypersensitivity() -> None:
    assert value("severe_hypersensitivity") is None
    assert value("severe_hypersensitivity", allergies=[allergy(True), allergy(False)]) == "yes"
    assert value("severe_hypersensitivity", allergies=[allergy(False)]) == "no"
    ungraded = [allergy(None, "lysine"), allergy(False)]
    assert value("severe_hypersensitivity", allergies=ungraded) is None
    assert value("hypersensitivity_ungraded", allergies=ungraded) == "yes"
    assert value("hypersensitivity_agent", allergies=ungraded) == "lysine"
    assert value("hypersensitivity_ungraded", allergies=[allergy(True), allergy(None)]) is None


def test_hormones() -> None:
    assert value("hormone_type") is None
    assert value("hormone_type", problems=[problem("vipoma"), problem("insulinoma")]) == "VIPoma, insulinoma"
    assert value("hormone_type", problems=[problem("vipoma", active=False)]) is None
    assert value("hormone_type", problems=[problem("hormonal-crisis", active=False)]) == "previous hormonal crisis"
    diagnosis = Diagnosis(source="Condition/1", entity="ppgl")
    assert value("hormone_type", diagnoses=[diagnosis]) == "phaeochromocytoma / paraganglioma"
    raised = lab("catecholamines", "3", upper_limit=Decimal(1))
    assert value("hormone_type", labs=[raised]) == "raised catecholamines"
    assert value("hormone_type", labs=[lab("catecholamines", "1", upper_limit=Decimal(1))]) is None


def test_critical_sites() -> None:
    def scan(ago: int, *sites: str, **more: Any) -> Scan:
        return Scan(source=f"DiagnosticReport/{ago}", when=days_ago(ago), critical_sites=sites,
                    **{"modality": "ct-mri", **more})  # fmt: skip

    assert value("critical_sites", scans=[scan(10, "orbit"), scan(300)]) == "orbit"
    assert value("critical_sites", scans=[scan(300, "orbit"), scan(10)]) is None
    assert value("critical_sites", scans=[scan(300, "orbit"), scan(10, modality="sstr-pet")]) == "orbit"
    assert value("critical_sites", scans=[scan(10, "orbit", preliminary=True)]) is None
    assert value("critical_sites", problems=[problem("brain-lesion")], scans=[scan(10, "brain")]) == "brain"
    assert value("critical_sites", problems=[problem("brain-lesion", active=False)]) is None


def test_resectability() -> None:
    def said(verdict: Any) -> Any:
        return value("unresectable_stated", operability=[Operability(source="Condition/1", verdict=verdict)])

    assert (said("unresectable"), said("resectable"), said("localised")) == ("yes", "no", None)
