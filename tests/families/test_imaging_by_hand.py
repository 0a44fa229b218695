"""Imaging rules on records written by hand: reports with contained, listed, coded and merely worded scores."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.families.by_hand import (
    LOINC,
    SNOMED,
    UCUM,
    Resource,
    assess,
    codes,
    criterion,
    findings,
    panel,
    patient,
    respond,
    tumour,
)

SSTR = "urn:prrt-cds:sstr-imaging"
ABOUT = {"subject": {"reference": "Patient/pat"}}


def record(*more: Resource) -> list[Resource]:
    """Everything but a scan, and ``more``."""
    return [patient(), *tumour()[:3], *panel(), *more]


def score(name: str, site: str, value: Any, *, mm: float | None = None) -> Resource:
    """A lesion with its Krenning score: a number, a text, or the whole value[x] as a dict."""
    if not isinstance(value, dict):
        value = {"valueInteger" if isinstance(value, int) else "valueString": value}
    code = {"coding": [{"system": SSTR, "code": "krenning-score"}]}
    found: Resource = lesion(name, site, code) | value
    if mm is None:
        return found
    size = {"value": mm / 10, "unit": "cm", "system": UCUM, "code": "cm"}
    return found | {"component": [{"code": {"coding": [{"system": LOINC, "code": "33728-7"}]}, "valueQuantity": size}]}


def lesion(name: str, site: str, code: Resource, **value: Any) -> Resource:
    about = {"id": name, "status": "final", **ABOUT, "code": code, "bodySite": {"text": site}}
    return {"resourceType": "Observation", **about, **value}


def suv_max(name: str, site: str, value: float) -> Resource:
    return lesion(name, site, {"text": "SUVmax"}, valueQuantity={"value": value, "unit": "g/ml"})


def pet(name: str, day: str, *lesions: Resource, contained: bool = False, **more: Any) -> list[Resource]:
    """A PET report and, unless contained, its Observations."""
    mark = "#" if contained else "Observation/"
    report = {
        "resourceType": "DiagnosticReport", "id": name, "status": "final", **ABOUT, "effectiveDateTime": day,
        "code": {"coding": [{"system": SNOMED, "code": "764695006"}], "text": "68Ga-DOTATATE PET/CT"},
        "result": [{"reference": f"{mark}{lesion['id']}"} for lesion in lesions], **more,
    }  # fmt: skip
    if contained:
        return [{**report, "contained": list(lesions)}]
    return [report, *lesions]


def fdg(day: str, conclusion: str = "", *lesions: Resource, **more: Any) -> list[Resource]:
    return pet("fdg", day, *lesions, code={"text": "18F-FDG PET/CT"}, conclusion=conclusion, **more)


def test_contained_scores_of_two_organs() -> None:
    found = assess(record(*pet("p", "2026-05-10", score("a", "Liver", 3), score("b", "Bone", 4), contained=True)))
    assert (found["outcome"], found["reason"]) == ("criteria-met", "all-criteria-in-record")
    line = criterion(found, "krenning")
    assert (line["status"], line["value"], line["date"]) == ("met", 4, "2026-05-10")


def test_a_score_as_codeable_concept_below_the_threshold() -> None:
    low = score("a", "liver", {"valueCodeableConcept": {"text": "Krenning 2"}}, mm=31)
    found = assess(record(*pet("p", "2026-05-10", low)))
    assert (found["outcome"], found["reason"]) == ("not-now", "sstr-insufficient")
    assert criterion(found, "krenning")["status"] == "not-met"
    assert "needs-data/uptake-equals-liver-eu" in findings(
        assess(record(*pet("p", "2026-05-10", low)), jurisdiction="EU")
    )


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"valueRange": {"low": {"value": 2}, "high": {"value": 3}}}, "unknown"),
        ("III-IV", "met"),
        ("<= 1", "not-met"),
        ({"valueQuantity": {"value": 2, "comparator": "<="}}, "not-met"),
        ("low-grade", "not-met"),
        ("intense", "unknown"),
    ],
)
def test_ways_to_write_one_score(value: Any, status: str) -> None:
    found = assess(record(*pet("p", "2026-05-10", score("a", "liver", value, mm=40))))
    assert criterion(found, "krenning")["status"] == status
    assert ("needs-data/krenning-missing" in findings(found)) is (status == "unknown")


def test_scores_in_an_attached_page_only() -> None:
    page = "<html><body><p>Impression: two liver metastases, Krenning score 1 each.</p></body></html>"
    form = {"contentType": "text/html", "data": base64.b64encode(page.encode()).decode()}
    found = assess(record(*pet("p", "2026-05-10", presentedForm=[form])))
    assert found["reason"] == "sstr-insufficient"
    assert criterion(found, "krenning")["read_as"] == "narrative"


def test_a_mixed_scan_with_sizes_in_centimetres() -> None:
    lesions = (score("a", "liver", 4, mm=40), score("b", "pancreas", 1, mm=28))
    found = assess(record(*pet("p", "2026-05-10", *lesions)))
    assert (found["outcome"], found["reason"]) == ("needs-data", "mixed-needs-fdg")
    assert {"fdg"} <= set(found["missing"])


def test_a_discordant_lesion() -> None:
    lesions = (score("a", "liver", 4, mm=40), score("b", "pancreas", 1, mm=28))
    other = fdg("2026-05-12", "FDG-avid mass in the pancreas.", suv_max("f1", "Pancreas", 7.9))
    found = respond(record(*pet("p", "2026-05-10", *lesions), *other))
    assert "not-now/fdg-discordant" in findings(found["extension"]["prrt-cds.assessment"])
    assert "FDG-positive, SSTR-negative" in found["cards"][0]["summary"]


def test_netpet_p5_as_a_code() -> None:
    grade = {"resourceType": "Observation", "id": "n", "status": "final", **ABOUT,
             "code": {"coding": [{"system": SSTR, "code": "netpet-grade"}]},
             "valueCodeableConcept": {"coding": [{"code": "P5"}]}}  # fmt: skip
    lesions = (score("a", "liver", 3), score("b", "bone", 3))
    found = assess(record(*pet("p", "2026-05-10", *lesions), *fdg("2026-05-12", "", grade)))
    assert "not-now/fdg-discordant" in findings(found)
    assert "I-05" not in codes(assess(record(*pet("p", "2026-05-10", *lesions), *fdg("2026-01-12", "", grade))))


def test_an_amended_report_replaces_its_first_version() -> None:
    same = {"identifier": [{"system": "urn:ris", "value": "4711"}]}
    first = pet("old", "2026-05-10", score("a", "liver", 1), **same, issued="2026-05-10T10:00:00Z")
    second = pet("new", "2026-05-10", score("b", "liver", 3, mm=30), **same, issued="2026-05-12T10:00:00Z")
    second[0]["status"] = "amended"
    found = assess(record(*first, *second))
    assert criterion(found, "krenning")["status"] == "met"
    assert "I-06" not in codes(found)


def test_two_reports_of_one_week_contradict_each_other() -> None:
    found = assess(
        record(*pet("a", "2026-05-04", score("x", "liver", 1)), *pet("b", "2026-05-10", score("y", "liver", 3)))
    )
    assert (found["outcome"], found["reason"]) == ("needs-data", "sstr-conflict")
    assert criterion(found, "sstr-consistent")["status"] == "not-met"


def test_splenectomy_by_snomed_code_and_a_score_of_four() -> None:
    operation = {"resourceType": "Procedure", "id": "s", "status": "completed", **ABOUT, "performedDateTime": "2012",
                 "code": {"coding": [{"system": SNOMED, "code": "234319005"}], "text": "Splenectomy"}}  # fmt: skip
    found = assess(record(operation, *pet("p", "2026-05-10", score("x", "liver", 4))))
    assert "I-07" in codes(found) and criterion(found, "krenning")["status"] == "met"


def test_low_bone_suvs_of_a_hot_patient_refuse_nothing() -> None:
    """Soeiro 2017: SUVmax 108 to 4.7, no score: the score is asked for, nothing is refused."""
    suvs = {"liver segment II": 108.0, "sternum": 13.1, "left femur": 5.2, "second left rib": 4.7}
    lesions = [suv_max(f"l{n}", site, value) for n, (site, value) in enumerate(suvs.items())]
    found = assess(record(*pet("p", "2026-05-10", *lesions)))
    assert (found["outcome"], found["reason"]) == ("needs-data", "krenning-missing")
    assert not {"I-02", "I-04", "I-05"} & codes(found)


def test_planar_imaging_is_no_sstr_pet() -> None:
    planar = pet("p", "2026-05-10", score("a", "liver", 4), code={"text": "111In-pentetreotide scintigraphy"})
    found = assess(record(*planar))
    assert "needs-data/sstr-missing" in findings(found)
    assert criterion(found, "sstr-pet-current")["status"] == "unknown"


def test_an_old_scan_and_a_booked_one() -> None:
    booking = {"resourceType": "Appointment", "id": "b", "status": "booked", "start": "2026-06-09T08:00:00Z",
               "serviceType": [{"text": "68Ga-DOTATATE PET/CT"}],
               "participant": [{"actor": {"reference": "Patient/pat"}, "status": "accepted"}]}  # fmt: skip
    old = pet("p", "2025-05-10", score("a", "liver", 3))
    assert assess(record(*old))["reason"] == "sstr-stale"
    found = respond(record(*old, booking))
    assert found["cards"] == []
    assert found["extension"]["prrt-cds.assessment"]["reason"] == "scan-already-ordered"
