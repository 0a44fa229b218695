"""What kind of scan a report is of, and with which tracer."""

from __future__ import annotations

import pytest

from cds_service.record import imaging
from tests.record.tumour_shapes import (
    LOINC,
    SNOMED,
    concept,
    krenning,
    observation,
    report,
    results,
    run,
    why,
)

DOTATATE = {"text": "68Ga-DOTATATE PET/CT"}
PET = concept(LOINC, "44139-4")
FDG = concept(LOINC, "81555-5")
HCPCS, CPT = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "http://www.ama-assn.org/go/cpt"
A9587 = {"system": HCPCS, "code": "A9587"}


def one(*resources):
    found, _ = run(imaging, *resources)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("code", "modality", "tracer"),
    [
        (concept(SNOMED, "764695006"), "sstr-pet", "68Ga-DOTATATE"),
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


def test_tracer_given_on_the_day():
    given = {"resourceType": "MedicationAdministration", "id": "m", "status": "completed",
             "effectiveDateTime": "2025-03-01T08:00:00Z",
             "medicationCodeableConcept": concept(HCPCS, "A9587")}  # fmt: skip
    assert one(report(PET), given).tracer == "68Ga-DOTATATE"
    assert run(imaging, report(PET), given | {"effectiveDateTime": "2025-02-28"})[0] == []
    other = given | {"id": "n", "medicationCodeableConcept": concept(HCPCS, "A9552")}
    assert run(imaging, report(PET), given, other)[0] == []  # which of the two?


def test_a_report_that_is_only_called_imaging_is_told_by_its_first_line():
    called = {"text": "Diagnostic imaging report"}
    assert one(report(called, conclusion="68Ga-DOTATOC PET/CT. Liver.")).tracer == "68Ga-DOTATOC"
    assert one(report(called, conclusion="CT abdomen\nLiver.")).modality == "ct-mri"
    assert run(imaging, report(called, conclusion="Chest X-ray. CT advised.")) == ([], [])
    assert run(imaging, report({"text": "Discharge letter"}, conclusion="68Ga-DOTATOC PET/CT."))[0] == []


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
    ("words", "modality"),
    [
        ("All lesions Krenning 4.", "sstr-scintigraphy"),
        ("Pt with NET. All lesions Krenning 4.", "sstr-scintigraphy"),
        ("Somatostatin receptor PET/CT. All lesions Krenning 4.", "sstr-pet"),
        ("68Ga-DOTATATE. All lesions Krenning 4.", "sstr-pet"),
    ],
)
def test_a_code_of_planar_or_spect_imaging_is_no_pet_unless_words_say_so(words, modality):
    for code in ("39763-8", "39762-0"):
        assert one(report(concept(LOINC, code), conclusion=words)).modality == modality
