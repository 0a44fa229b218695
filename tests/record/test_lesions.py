"""Per-lesion Observations: scores, sizes, uptake, sites, and which of them are one lesion."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cds_service.record import imaging, lesions
from cds_service.record.model import Lesion
from tests.record.tumour_shapes import (
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
    why,
)

DOTATATE = {"text": "68Ga-DOTATATE PET/CT"}
DICOM = "http://dicom.nema.org/resources/ontology/DCM"


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
        ({"valueCodeableConcept": {"text": "Grade 3: uptake greater than liver"}}, (3, 3)),
        ({"valueString": "Krenning score 2 - equal to liver"}, (2, 2)),
        ({"valueString": "IV (tracer uptake higher than spleen)"}, (4, 4)),
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


@pytest.mark.parametrize(
    ("words", "score", "worded"),
    [
        ("above liver", (3, 3), None), ("greater than spleen", (4, 4), None), ("equal to liver", (2, 2), None),
        ("less than normal liver", (1, 1), None), ("faint", None, "low"), ("intense", None, "high"),
        ("no uptake", None, "none"), ("not above liver", None, None),
    ],
)  # fmt: skip
def test_krenning_in_words(words, score, worded):
    found = lesion(krenning({"valueString": words}, "bone"))
    assert (found.score, found.words) == (score, worded)


@pytest.mark.parametrize("words", ["see text", "3: see text", "Grade 3: uptake less than liver",
                                   "3 (lower than liver)", "3: not greater than liver"])  # fmt: skip
def test_a_score_in_other_words_or_with_another_meaning_beside_it_is_listed(words):
    found, ignored = run(imaging, report(DOTATATE, **results("k")), krenning({"valueString": words}, "liver"))
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


@pytest.mark.parametrize("value", [{"valueQuantity": {"value": "NaN"}}, {"valueString": "see text"}])
def test_an_uptake_value_that_is_no_number_is_listed(value):
    uptake = observation(concept(SSTR, "suv-max"), "k", bodySite={"text": "liver"}, **value)
    found, ignored = run(imaging, report(DOTATATE, **results("k")), uptake)
    assert all(lesion.suvmax is None for lesion in found[0].lesions)
    assert ("Observation/k", "unreadable") in [(row.source, row.why) for row in ignored]


def test_very_many_lesions_are_joined_in_one_pass(monkeypatch):
    seen = []
    plain = lesions.site_key
    monkeypatch.setattr(lesions, "site_key", lambda site: seen.append(site) or plain(site))
    many = [Lesion(site=f"liver {number}", score=(3, 3), source=f"Observation/{number}") for number in range(300)]
    assert len(lesions.joined(many)) == 300 and len(seen) <= 2 * len(many)
