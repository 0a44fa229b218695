"""Scans: which Observations belong to them, versions, dates, and what is listed instead of used."""

from __future__ import annotations

import pytest

from cds_service.record import imaging
from tests.record.tumour_shapes import (
    LOINC,
    SSTR,
    concept,
    krenning,
    observation,
    report,
    results,
    run,
    shuffled,
    why,
)

DOTATATE = {"text": "68Ga-DOTATATE PET/CT"}
PET = concept(LOINC, "44139-4")
FDG = concept(LOINC, "81555-5")


def one(*resources):
    found, _ = run(imaging, *resources)
    assert len(found) == 1, found
    return found[0]


def test_loose_scores_join_the_one_report_of_their_study_or_day():
    study = {"imagingStudy": [{"reference": "ImagingStudy/s"}]}
    linked = krenning({"valueInteger": 3}, "liver", partOf=[{"reference": "ImagingStudy/s"}])
    other = report(FDG, "f")
    assert [len(scan.lesions) for scan in run(imaging, report(DOTATATE, **study), other, linked)[0]] == [0, 1]
    same_day = krenning({"valueInteger": 3}, "liver", effectiveDateTime="2025-03-01")
    assert one(report(DOTATATE), same_day).lesions[0].score == (3, 3)
    next_day = krenning({"valueInteger": 3}, "liver", effectiveDateTime="2025-03-02")
    found, ignored = run(imaging, report(DOTATATE), next_day)
    assert found[0].lesions == ()
    assert why(ignored) == {("Observation/k", "unsupported")}


def test_scores_without_any_report():
    method = {"method": {"text": "68Ga-DOTATATE PET/CT"}, "effectiveDateTime": "2025-02-02"}
    found = one(krenning({"valueInteger": 3}, "liver", **method), krenning({"valueInteger": 1}, "bone", "l", **method))
    assert (found.modality, found.tracer) == ("sstr-pet", "68Ga-DOTATATE")
    assert [x.score for x in found.lesions] == [(3, 3), (1, 1)]
    undated, ignored = run(imaging, krenning({"valueInteger": 3}, "liver", method=method["method"]))
    assert undated == []
    assert why(ignored) == {("Observation/k", "no-date")}


def test_dates():
    assert str(one(report(DOTATATE, issued="2025-03-09T10:00:00Z")).when) == "2025-03-01"
    undated = report(DOTATATE)
    del undated["effectiveDateTime"]
    assert str(one(undated | {"issued": "2025-03-09T10:00:00Z"}).when) == "2025-03-09"
    study = {"resourceType": "ImagingStudy", "id": "s", "status": "available", "started": "2025-02-28T09:00:00Z"}
    assert str(one(undated | {"imagingStudy": [{"reference": "ImagingStudy/s"}]}, study).when) == "2025-02-28"
    found, ignored = run(imaging, undated)
    assert found == []
    assert why(ignored) == {("DiagnosticReport/r", "no-date")}


@pytest.mark.parametrize("status", ["registered", "partial", "preliminary"])
def test_unfinished_reports_are_kept_as_such_and_listed(status):
    found, ignored = run(imaging, report(DOTATATE) | {"status": status})
    assert [scan.preliminary for scan in found] == [True]
    assert why(ignored) == {("DiagnosticReport/r", "preliminary")}


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error", "unknown", "nonsense"])
def test_reports_without_a_usable_status_are_gone(status):
    assert run(imaging, report(DOTATATE) | {"status": status})[0] == []


def test_a_final_report_supersedes_its_preliminary():
    draft = report(DOTATATE, "a") | {"status": "preliminary"}
    for link in ({"identifier": [{"system": "u", "value": "1"}]}, {"basedOn": [{"reference": "ServiceRequest/1"}]}, {}):
        found, ignored = run(imaging, draft | link, report(DOTATATE, "b") | link)
        assert [(scan.source, scan.preliminary) for scan in found] == [("DiagnosticReport/b", False)]
        assert why(ignored) == {("DiagnosticReport/a", "superseded")}


def test_a_preliminary_of_another_study_stays():
    draft = report(DOTATATE, "a", "2025-06-01") | {"status": "preliminary"}
    assert len(run(imaging, draft, report(DOTATATE, "b"))[0]) == 2
    draft = report(DOTATATE, "a", basedOn=[{"reference": "ServiceRequest/2"}]) | {"status": "preliminary"}
    assert len(run(imaging, draft, report(DOTATATE, "b", basedOn=[{"reference": "ServiceRequest/1"}]))[0]) == 2
    assert len(run(imaging, report(FDG, "a") | {"status": "preliminary"}, report(DOTATATE, "b"))[0]) == 2


def test_an_amended_report_replaces_the_final_one():
    found, ignored = run(
        imaging,
        report(DOTATATE, "a", **results("k")), krenning({"valueInteger": 1}, "liver"),
        report(DOTATATE, "b", **results("l")) | {"status": "amended"}, krenning({"valueInteger": 3}, "liver", "l"),
    )  # fmt: skip
    assert [x.score for scan in found for x in scan.lesions] == [(3, 3)]
    assert why(ignored) == {("DiagnosticReport/a", "superseded")}


def test_two_final_reports_of_one_day_are_two_scans():
    assert len(run(imaging, report(DOTATATE, "a"), report(DOTATATE, "b"))[0]) == 2


def test_fdg_lesions():
    avid = observation(concept(SSTR, "suv-max"), "k", valueQuantity={"value": 5}, bodySite={"text": "liver"},
                       interpretation=[{"coding": [{"code": "POS"}]}])  # fmt: skip
    found = one(report(FDG, **results("k")), avid).lesions[0]
    assert (found.suvmax, found.fdg, found.score) == (5, "positive", None)
    for value, state in (({"valueString": "FDG-negative"}, "negative"), ({"valueBoolean": True}, "positive"),
                         ({"valueCodeableConcept": {"text": "Not avid"}}, "negative")):  # fmt: skip
        uptake = observation({"text": "FDG uptake"}, "k", bodySite={"text": "liver"}, **value)
        assert one(report(FDG, **results("k")), uptake).lesions[0].fdg == state


@pytest.mark.parametrize(
    ("value", "grade"),
    [({"valueCodeableConcept": concept(SSTR, "P5")}, "P5"), ({"valueCodeableConcept": {"text": "NETPET P4a"}}, "P4"),
     ({"valueString": "P2"}, "P2"), ({"valueString": "Grade P5"}, "P5"), ({"valueString": "P5 (discordant)"}, "P5")],
)  # fmt: skip
def test_netpet(value, grade):
    netpet = observation(concept(SSTR, "netpet-grade"), "n", **value)
    assert one(report(FDG, **results("n")), netpet).netpet == grade


@pytest.mark.parametrize("value", [{"valueString": "high"}, {"valueInteger": 5}, {"valueString": "P1 or P2"}])
def test_a_pairing_of_both_tracers_that_cannot_be_read_is_listed(value):
    for code in ("netpet-grade", "fdg-sstr-discordant"):
        found, ignored = run(imaging, report(FDG, **results("n")), observation(concept(SSTR, code), "n", **value))
        assert [(scan.netpet, scan.discordant) for scan in found] == [(None, None)]
        assert ("Observation/n", "unreadable") in why(ignored)


def test_discordance_in_words():
    for words, flag in (("true", True), ("Yes", True), ("no", False)):
        stated = observation(concept(SSTR, "fdg-sstr-discordant"), "n", valueString=words)
        assert one(report(FDG, **results("n")), stated).discordant is flag


def test_netpet_and_discordance_stand_alone():
    day = {"effectiveDateTime": "2025-03-01"}
    found = one(observation(concept(SSTR, "netpet-grade"), "n", valueCodeableConcept=concept(SSTR, "P5"), **day))
    assert (found.modality, found.netpet, found.source) == ("fdg-pet", "P5", "Observation/n")
    assert one(observation(concept(SSTR, "fdg-sstr-discordant"), "n", valueBoolean=True, **day)).discordant is True
    denied = observation(concept(SSTR, "fdg-sstr-discordant"), "n", valueBoolean=False)
    assert one(report(FDG, **results("n")), denied).discordant is False


def test_other_tumours_are_no_lesions():
    assert one(report(DOTATATE, **results("k")), krenning({"valueInteger": 4}, "meningioma")).lesions == ()


def test_bone_lesions_are_counted():
    sites = ["sternum", "left second rib", "L3", "liver"]
    scores = [krenning({"valueInteger": 3}, site, f"k{n}") for n, site in enumerate(sites)]
    assert one(report(DOTATATE, **results("k0", "k1", "k2", "k3")), *scores).bone_lesions == 3


def test_a_document_is_a_report_unless_it_repeats_one():
    document = {"resourceType": "DocumentReference", "id": "d", "status": "current", "date": "2025-03-09T10:00:00Z",
                "type": DOTATATE, "context": {"period": {"start": "2025-03-01", "end": "2025-03-01"}},
                "content": [{"attachment": {"contentType": "text/plain", "data": "TGl2ZXI="}}]}  # fmt: skip
    found = one(document)
    assert (found.source, found.modality, str(found.when)) == ("DocumentReference/d", "sstr-pet", "2025-03-01")
    assert one(document, report(DOTATATE)).source == "DiagnosticReport/r"


def test_order_and_duplicates_change_nothing():
    resources = [
        report(DOTATATE, "a", **results("k", "s", "n")), krenning({"valueInteger": 1}, "liver"),
        observation(concept(SSTR, "suv-max"), "s", valueQuantity={"value": 8}, bodySite={"text": "Liver"}),
        krenning({"valueString": "3-4"}, "bone", "n"), report(FDG, "f"), report(DOTATATE, "p") | {"status": "partial"},
        report(PET, "u"), krenning({"valueInteger": 2}, "node", "x", effectiveDateTime="2024-01-01"),
        report({"text": "CT abdomen"}, "ct", conclusion="Liver metastases."),
    ]  # fmt: skip
    found, ignored = run(imaging, *resources)
    assert len(found) == 3
    for seed in range(5):
        again, listed = run(imaging, *shuffled(resources, seed))
        assert again == found
        assert why(listed) == why(ignored)
