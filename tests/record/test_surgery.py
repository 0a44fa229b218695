"""Operations and local treatments: codes, words, status Conditions; planned and denied ones never count."""

from __future__ import annotations

import pytest

from cds_service.record import surgery
from cds_service.record.surgery import kinds_in
from tests.record.tumour_shapes import ICD10CM, LOINC, SNOMED, concept, condition, report, run, shuffled


def procedure(code, identity="p", **more):
    return {"resourceType": "Procedure", "id": identity, "status": "completed", "code": code, **more}


def kinds(*resources):
    found, ignored = run(surgery, *resources)
    assert ignored == []
    return [item.kind for item in found]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (concept(SNOMED, "234319005"), ["splenectomy"]),
        (concept(SNOMED, "60194009"), ["pancreatectomy", "splenectomy"]),
        (concept(SNOMED, "33149006"), ["pancreatectomy"]),
        (concept(SNOMED, "71273005"), ["liver-resection"]),
        (concept(SNOMED, "428115007"), ["ablation"]),
        (concept(LOINC, "88931-1"), ["embolisation"]),
        (concept(LOINC, "88939-4"), ["sirt"]),
        (concept(SNOMED, "1217123003"), ["external-beam-radiotherapy"]),
        (concept(SNOMED, "80146002", "Appendicectomy"), ["tumour-resection"]),
        (concept(SNOMED, "73761001", "Colonoscopy"), []),
    ],
)
def test_codes(code, expected):
    assert kinds(procedure(code)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Laparoscopic distal pancreatectomy and splenectomy", ("pancreatectomy", "splenectomy")),
        ("Whipple procedure", ("pancreatectomy",)),
        ("Resection of two liver metastases", ("metastasectomy",)),
        ("Right hepatectomy", ("liver-resection",)),
        ("Percutaneous thermoablation, segment V", ("ablation",)),
        ("RFA of a liver lesion", ("ablation",)),
        ("Transarterial chemoembolisation (TACE)", ("embolisation",)),
        ("Selective internal radiation therapy with Y-90", ("sirt",)),
        ("External beam radiotherapy of L3", ("external-beam-radiotherapy",)),
        ("Total abdominal hysterectomy", ("hysterectomy",)),
        ("Bilateral tubal ligation", ("sterilisation",)),
        ("Left nephrectomy", ("nephrectomy",)),
        ("Placement of biliary stent", ("biliary-stent",)),
        ("Transthoracic echocardiography", ("echocardiography",)),
        ("Ileocaecal resection for NET", ("tumour-resection",)),
        ("Caesarean section", ("delivery",)),
    ],
)
def test_words(words, expected):
    assert kinds_in(words) == expected
    assert [item.read_as for item in run(surgery, procedure({"text": words}))[0]] == ["narrative"] * len(expected)


@pytest.mark.parametrize(
    "words",
    [
        "Planned splenectomy", "Splenectomy not performed", "Evaluation for liver resection", "Pancreatoscopy",
        "Patient declined hysterectomy", "Uterine fibroid embolisation", "Atrial fibrillation ablation",
        "Endometrial ablation", "Radionuclide therapy 177Lu", "Radioiodine therapy", "Unilateral salpingectomy",
        "Cholecystectomy",
    ],
)  # fmt: skip
def test_words_that_name_none(words):
    assert kinds_in(words) == ()


@pytest.mark.parametrize("status", ["not-done", "preparation", "entered-in-error", "unknown", "on-hold"])
def test_only_what_was_done_counts(status):
    found, _ = run(surgery, procedure(concept(SNOMED, "234319005")) | {"status": status})
    assert found == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (concept(ICD10CM, "Z90.81"), "splenectomy"),
        (concept(ICD10CM, "Z90.411"), "pancreatectomy"),
        (concept(ICD10CM, "Z92.3"), "external-beam-radiotherapy"),
        ({"text": "Status post splenectomy"}, "splenectomy"),
        ({"text": "Surgical absence of spleen"}, "splenectomy"),
        ({"text": "History of hysterectomy"}, "hysterectomy"),
        ({"text": "Z.n. Splenektomie"}, "splenectomy"),
    ],
)
def test_status_conditions(code, kind):
    found, _ = run(surgery, condition(code, recordedDate="2024-01-01"))
    assert [item.kind for item in found] == [kind]
    assert found[0].when is None  # the day it was written down is not the day of the operation
    assert str(run(surgery, condition(code, onsetDateTime="2012"))[0][0].when) == "2012"


@pytest.mark.parametrize("words", ["Splenomegaly", "Splenic infarction", "Radiotherapy planned", "NET of the spleen"])
def test_other_conditions_prove_no_operation(words):
    assert kinds(condition({"text": words})) == []


@pytest.mark.parametrize(
    ("said", "low", "high"),
    [
        ({"note": [{"text": "Field covered about 30 % of the bone marrow."}]}, 30, 30),
        ({"note": [{"text": "Bone marrow in the field: 20-30%"}]}, 20, 30),
        ({"outcome": {"text": "> 25 % of marrow irradiated"}}, 25, 100),
        ({"outcome": {"text": "more than 25 % of the bone marrow in the field"}}, 25, 100),
        ({"extension": [{"url": "urn:x/irradiated-marrow", "valueQuantity": {"value": 40, "unit": "%"}}]}, 40, 40),
    ],
)
def test_irradiated_marrow(said, low, high):
    found, _ = run(surgery, procedure(concept(SNOMED, "1217123003"), **said))
    assert (found[0].marrow_percent.low, found[0].marrow_percent.high) == (low, high)


def test_other_shares_are_no_marrow():
    found, _ = run(surgery, procedure(concept(SNOMED, "1217123003"), note=[{"text": "90 % isodose, 50 Gy"}]))
    assert found[0].marrow_percent is None


def test_dates():
    def day(**when):
        return str(run(surgery, procedure(concept(SNOMED, "234319005"), **when))[0][0].when)

    assert day(performedDateTime="2012-05") == "2012-05"
    assert day(performedPeriod={"start": "2024-01-01", "end": "2024-01-20"}) == "2024-01-20"
    assert day() == "None"


def test_an_echo_report_is_an_echocardiography():
    found, _ = run(surgery, report({"text": "Transthoracic echocardiogram"}))
    assert [(item.kind, str(item.when)) for item in found] == [("echocardiography", "2025-03-01")]


def test_the_guidance_of_a_treatment_is_the_treatment():
    for code, kind in (("44101-4", "ablation"), ("88931-1", "embolisation"), ("88939-4", "sirt")):
        found, _ = run(surgery, report(concept(LOINC, code)))
        assert [(item.kind, str(item.when)) for item in found] == [(kind, "2025-03-01")]
    assert run(surgery, report(concept(LOINC, "44101-4")) | {"status": "registered"})[0] == []
    assert run(surgery, report(concept(LOINC, "24627-2")))[0] == []


def test_order_and_duplicates_change_nothing():
    resources = [
        procedure(concept(SNOMED, "60194009"), "a"), procedure({"text": "TACE"}, "b"),
        condition(concept(ICD10CM, "Z90.81")), procedure({"text": "Right hepatectomy"}, "c"),
    ]  # fmt: skip
    found, _ = run(surgery, *resources)
    assert len(found) == 5
    for seed in range(4):
        assert run(surgery, *shuffled(resources, seed))[0] == found
