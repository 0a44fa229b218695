"""Scans: modality and tracer, per-lesion Observations, versions, dates, and what is listed instead of used."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tumour_shapes import (
    LOINC,
    SNOMED,
    SSTR,
    concept,
    krenning,
    observation,
    part,
    report,
    results,
    run,
    shuffled,
    why,
)

from cds_service.record import imaging

DOTATATE = {"text": "68Ga-DOTATATE PET/CT"}
PET = concept(LOINC, "44139-4")
FDG = concept(LOINC, "81555-5")
HCPCS, CPT, DICOM = (
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "http://www.ama-assn.org/go/cpt",
    "http://dicom.nema.org/resources/ontology/DCM",
)  # fmt: skip
A9587 = {"system": HCPCS, "code": "A9587"}


def one(*resources):
    found, _ = run(imaging, *resources)
    assert len(found) == 1, found
    return found[0]


def bounded(comparator):
    """A size of 10 mm with a comparator."""
    return {"code": concept(LOINC, "33728-7"), "valueQuantity": {"value": 10, "unit": "mm", "comparator": comparator}}


def lesion(*resources):
    found = one(report(DOTATATE, **results("k")), *resources).lesions
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("code", "modality", "tracer"),
    [
        (concept(SNOMED, "764695006"), "sstr-pet", None),
        (concept(SNOMED, "764695006", "Ga-68 DOTATOC PET"), "sstr-pet", "68Ga-DOTATOC"),
        (DOTATATE, "sstr-pet", "68Ga-DOTATATE"),
        ({"text": "64Cu-DOTATATE PET/CT skull base to thigh"}, "sstr-pet", "64Cu-DOTATATE"),
        ({"text": "PET CT DOTATATE (COPPER CU 64)"}, "sstr-pet", "64Cu-DOTATATE"),
        ({"text": "PET/CT mit [68Ga]Ga-DOTA-TOC"}, "sstr-pet", "68Ga-DOTATOC"),
        ({"text": "Gallium-68 DOTANOC PET-CT"}, "sstr-pet", "68Ga-DOTANOC"),
        ({"text": "18F-AlF-NOTA-octreotide PET/MR"}, "sstr-pet", "18F-AlF-NOTA-octreotide"),
        ({"text": "18F-SiTATE PET"}, "sstr-pet", "18F-SiTATE"),
        ({"text": "Somatostatin receptor PET/CT"}, "sstr-pet", None),
        (concept(LOINC, "44139-4", "68Ga-DOTATATE PET"), "sstr-pet", "68Ga-DOTATATE"),
        ({"coding": [{"system": CPT, "code": "78815"}, A9587]}, "sstr-pet", "68Ga-DOTATATE"),
        ({"coding": [{"system": CPT, "code": "78815"}, A9587 | {"code": "A9552"}]}, "fdg-pet", "18F-FDG"),
        (FDG, "fdg-pet", "18F-FDG"),
        (concept(SNOMED, "443271005"), "fdg-pet", "18F-FDG"),
        ({"text": "FDG PET/CT"}, "fdg-pet", "18F-FDG"),
        (concept(LOINC, "39828-9"), "sstr-scintigraphy", "111In-pentetreotide"),
        ({"text": "Octreoscan"}, "sstr-scintigraphy", "111In-pentetreotide"),
        ({"text": "99mTc-EDDA/HYNIC-TOC SPECT/CT"}, "sstr-scintigraphy", "99mTc-octreotide-analogue"),
        ({"text": "Somatostatin receptor scintigraphy"}, "sstr-scintigraphy", None),
        (concept(LOINC, "24627-2"), "ct-mri", None),
        (concept(LOINC, "36046-1"), "ct-mri", None),
        ({"text": "CT chest abdomen pelvis"}, "ct-mri", None),
        ({"text": "MRI of the brain"}, "ct-mri", None),
    ],
)  # fmt: skip
def test_modality_and_tracer(code, modality, tracer):
    found = one(report(code))
    assert (found.modality, found.tracer) == (modality, tracer)


@pytest.mark.parametrize("code", [PET, concept(CPT, "78815"), {"text": "PET/CT whole body"}])
def test_a_pet_of_unknown_tracer_is_listed(code):
    found, ignored = run(imaging, report(code))
    assert found == []
    assert why(ignored) == {("DiagnosticReport/r", "unsupported")}


@pytest.mark.parametrize(
    "code",
    [
        {"text": "PSMA PET/CT"}, {"text": "Echocardiography"}, {"text": "CT guided biopsy"}, {"text": "CBC"},
        {"text": "Post-therapy 177Lu SPECT/CT"}, {"text": "Bone scan"}, {"text": "18F-DOPA PET"},
        concept(LOINC, "44101-4"),
    ],
)  # fmt: skip
def test_other_examinations_are_no_scan(code):
    assert run(imaging, report(code))[0] == []


@pytest.mark.parametrize(
    "more",
    [
        {"contained": [{"resourceType": "Medication", "id": "m", "code": concept(HCPCS, "A9587")}]},
        {"contained": [{"resourceType": "Procedure", "id": "m", "usedCode": [concept(SNOMED, "724025002")]}]},
        {"contained": [{"resourceType": "Substance", "id": "m", "code": {"text": "Ga-68 dotatate"}}]},
        {"extension": [{"url": "urn:x/radiopharmaceutical", "valueCodeableConcept": concept(SNOMED, "724025002")}]},
        {"extension": [{"url": "urn:x/radiopharmaceutical", "valueString": "68Ga-DOTATATE 150 MBq"}]},
    ],
)
def test_tracer_from_the_radiopharmaceutical(more):
    assert one(report(PET, **more)).tracer == "68Ga-DOTATATE"


def test_tracer_from_a_referenced_study_or_result():
    study = {"resourceType": "ImagingStudy", "id": "s", "status": "available", "description": "68Ga-DOTATATE PET/CT"}
    assert one(report(PET, imagingStudy=[{"reference": "ImagingStudy/s"}]), study).tracer == "68Ga-DOTATATE"
    given = observation({"text": "Radiopharmaceutical"}, "t", valueString="68Ga-DOTATOC")
    assert one(report(PET, **results("t")), given).tracer == "68Ga-DOTATOC"


def test_a_coded_krenning_score_makes_an_unspecified_pet_a_receptor_scan():
    assert one(report(PET, **results("k")), krenning({"valueInteger": 3}, "liver")).modality == "sstr-pet"


def test_two_tracers_in_one_report_are_two_scans():
    found, _ = run(
        imaging,
        report({"text": "68Ga-DOTATATE and 18F-FDG PET/CT"}, **results("k", "f")),
        krenning({"valueInteger": 3}, "liver"),
        observation({"text": "FDG SUVmax"}, "f", valueQuantity={"value": 4}, bodySite={"text": "liver"}),
    )
    by = {scan.modality: scan.lesions for scan in found}
    assert [x.score for x in by["sstr-pet"]] == [(3, 3)]
    assert [x.suvmax for x in by["fdg-pet"]] == [4]


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ({"valueInteger": 0}, (0, 0)),
        ({"valueInteger": 4}, (4, 4)),
        ({"valueQuantity": {"value": 3}}, (3, 3)),
        ({"valueQuantity": {"value": 1, "comparator": "<="}}, (0, 1)),
        ({"valueQuantity": {"value": 3, "comparator": "<"}}, (0, 2)),
        ({"valueQuantity": {"value": 3, "comparator": ">="}}, (3, 4)),
        ({"valueQuantity": {"value": 2, "comparator": ">"}}, (3, 4)),
        ({"valueQuantity": {"value": Decimal("2.5")}}, (2, 3)),
        ({"valueRange": {"low": {"value": 3}, "high": {"value": 4}}}, (3, 4)),
        ({"valueRange": {"high": {"value": 1}}}, (0, 1)),
        ({"valueString": "<= 1"}, (0, 1)),
        ({"valueString": "≤1"}, (0, 1)),
        ({"valueString": "3-4"}, (3, 4)),
        ({"valueString": "III–IV"}, (3, 4)),
        ({"valueString": "III"}, (3, 3)),
        ({"valueString": "Krenning score 2"}, (2, 2)),
        ({"valueString": "2/4"}, (2, 4)),  # "2 of 4" or "2 to 4": both are inside
        ({"valueCodeableConcept": {"text": "Krenning 3"}}, (3, 3)),
        ({"valueCodeableConcept": {"coding": [{"system": SSTR, "code": "3"}]}}, (3, 3)),
    ],
)
def test_krenning_values(value, score):
    assert lesion(krenning(value, "liver")).score == score


@pytest.mark.parametrize("value", [{"valueInteger": 5}, {"valueInteger": -1}, {"valueString": "7"},
                                   {"valueQuantity": {"value": 4, "comparator": ">"}},
                                   {"valueRange": {"low": {"value": 3}, "high": {"value": 6}}}])  # fmt: skip
def test_a_score_off_the_scale_is_listed_and_its_lesion_stays_unscored(value):
    found, ignored = run(imaging, report(DOTATATE, **results("k")), krenning(value, "liver"))
    assert [x.score for x in found[0].lesions] == [None]
    assert why(ignored) == {("Observation/k", "implausible")}


def test_a_score_in_other_words_is_listed():
    found, ignored = run(imaging, report(DOTATATE, **results("k")), krenning({"valueString": "see text"}, "liver"))
    assert [x.score for x in found[0].lesions] == [None]
    assert why(ignored) == {("Observation/k", "unreadable")}


@pytest.mark.parametrize(
    ("size", "expected", "reason"),
    [
        (part(LOINC, "33728-7", 28, "mm"), 28, None),
        (part(LOINC, "33728-7", Decimal("2.8"), "cm"), 28, None),
        (part(LOINC, "21889-1", 28, "mm"), 28, None),
        (part(LOINC, "33728-7", 28), None, "no-unit"),
        (part(LOINC, "33728-7", 28, "kg"), None, "unknown-unit"),
        (part(LOINC, "33728-7", 0, "mm"), None, "implausible"),
        ({"code": concept(LOINC, "33728-7"), "valueString": "10 x 6 x 5.3 cm"}, 100, None),
        ({"code": {"text": "Long axis diameter"}, "valueQuantity": {"value": 9, "unit": "mm"}}, 9, None),
        (bounded("<"), 10, None),
        (bounded(">"), None, None),
    ],
)  # fmt: skip
def test_sizes(size, expected, reason):
    found, ignored = run(
        imaging, report(DOTATATE, **results("k")), krenning({"valueInteger": 3}, "liver", component=[size])
    )
    assert found[0].lesions[0].size_mm == expected
    assert why(ignored) == ({("Observation/k", reason)} if reason else set())


@pytest.mark.parametrize(
    ("suv", "expected"),
    [
        (part(SSTR, "suv-max", Decimal("9.09")), Decimal("9.09")),
        (part(DICOM, "126401", 12, "g/ml{SUVbw}"), 12),
        ({"code": {"text": "SUVmax"}, "valueQuantity": {"value": 7, "unit": "SUV"}}, 7),
        (part(SSTR, "suv-max", 12, "kBq/mL"), None),
        ({"code": concept(SSTR, "suv-max"), "valueQuantity": {"value": 20, "comparator": "<"}}, None),
        ({"code": {"text": "SUVmean"}, "valueQuantity": {"value": 7}}, None),
        (part(DICOM, "126039", 3), None),
    ],
)
def test_suvmax(suv, expected):
    assert lesion(krenning({"valueInteger": 3}, "liver", component=[suv])).suvmax == expected


def test_score_as_component_of_a_lesion_panel():
    panel = observation(
        {"text": "Lesion"}, "k", bodySite={"text": "sternum"},
        component=[{"code": concept(SSTR, "krenning-score"), "valueInteger": 2}, part(LOINC, "33728-7", 9, "mm")],
    )  # fmt: skip
    found = lesion(panel)
    assert (found.site, found.score, found.size_mm) == ("sternum", (2, 2), 9)


def test_panel_members_and_contained_results():
    panel = observation({"text": "Lesions"}, "panel", hasMember=[{"reference": "Observation/k"}])
    found = one(report(DOTATATE, **results("panel")), panel, krenning({"valueInteger": 2}, "liver"))
    assert found.lesions[0].score == (2, 2)
    inside = krenning({"valueInteger": 3}, "node", "a")
    found = one(report(DOTATATE, contained=[inside], **results("#a")))
    assert [(x.source, x.score) for x in found.lesions] == [("DiagnosticReport/r#a", (3, 3))]


def test_krenning_by_its_words_only_without_a_known_code():
    worded = observation({"text": "Krenning score (modified)"}, "k", valueInteger=3)
    assert lesion(worded).score == (3, 3)
    deauville = observation(concept(SNOMED, "708895006", "Krenning"), "k", valueInteger=3)
    assert one(report(DOTATATE, **results("k")), deauville).lesions == ()


def test_sites():
    assert lesion(krenning({"valueInteger": 3}) | {"bodySite": concept(SNOMED, "10200004")}).site == "liver"
    shown = {"coding": [{"system": SNOMED, "code": "10200004", "display": "Liver structure (body structure)"}]}
    assert lesion(krenning({"valueInteger": 3}) | {"bodySite": shown}).site == "Liver"
    structure = {"resourceType": "BodyStructure", "id": "b", "patient": {"reference": "Patient/p"},
                 "location": {"text": "segment VII of liver"}}  # fmt: skip
    structure["subject"] = structure["patient"]
    pointing = krenning({"valueInteger": 3}, focus=[{"reference": "BodyStructure/b"}])
    assert lesion(pointing, structure).site == "segment VII of liver"


def test_score_and_suv_of_one_site_are_one_lesion():
    suv = observation(concept(SSTR, "suv-max"), "s", valueQuantity={"value": 8}, bodySite={"text": "Liver"})
    scored = krenning({"valueInteger": 3}, "liver")
    found = one(report(DOTATATE, **results("k", "s")), scored, suv).lesions
    assert [(x.score, x.suvmax) for x in found] == [((3, 3), 8)]
    elsewhere = suv | {"bodySite": {"text": "bone"}}
    assert len(one(report(DOTATATE, **results("k", "s")), scored, elsewhere).lesions) == 2
    second = suv | {"id": "s2"}
    assert len(one(report(DOTATATE, **results("k", "s", "s2")), scored, suv, second).lesions) == 3


def test_reference_organs_and_physiological_uptake_are_no_lesions():
    liver = {"valueQuantity": {"value": 7}, "bodySite": {"text": "liver"}}
    reference = observation({"text": "SUVmax reference liver"}, "n", **liver)
    found = one(report(DOTATATE, **results("k", "n")), krenning({"valueInteger": 3}, "bone"), reference)
    assert [x.site for x in found.lesions] == ["bone"]
    assert found.liver_suvmax == 7
    usual = krenning({"valueInteger": 4}, "adrenal", note=[{"text": "physiological"}])
    assert lesion(usual).physiological


def test_highest_score_is_only_a_maximum():
    highest = observation({"text": "Highest Krenning score"}, "k", valueInteger=4)
    assert one(report(DOTATATE, **results("k")), highest).only_maximum
    assert not one(report(DOTATATE, **results("k")), krenning({"valueInteger": 4}, "liver")).only_maximum


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
     ({"valueString": "P2"}, "P2"), ({"valueString": "high"}, None)],
)  # fmt: skip
def test_netpet(value, grade):
    netpet = observation(concept(SSTR, "netpet-grade"), "n", **value)
    assert one(report(FDG, **results("n")), netpet).netpet == grade


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
