"""Ki-67, mitoses, grade, differentiation from Observations and pathology reports."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cds_service.fhir.resources import Resource
from cds_service.record import pathology
from tests.record.tumour_shapes import (
    ICD10CM,
    ICDO3,
    LOINC,
    SNOMED,
    attachment,
    concept,
    condition,
    observation,
    report,
    results,
    run,
    shuffled,
    why,
)

KI67 = concept(LOINC, "29593-1")
PATHOLOGY = concept(LOINC, "22637-3")


def percent(value, unit="%", **more):
    return {"valueQuantity": {"value": value, "unit": unit, **more}}


def one(*resources):
    found, _ = run(pathology, *resources)
    assert len(found) == 1, found
    return found[0]


def span(item):
    return None if item is None else (item.low, item.high, item.comparator)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (percent(10), (10, 10, None)),
        (percent("2.5"), (Decimal("2.5"), Decimal("2.5"), None)),
        (percent(2, comparator="<"), (0, 2, "<")),
        (percent(20, comparator=">"), (20, 100, ">")),
        (percent(20, comparator=">="), (20, 100, ">=")),
        ({"valueQuantity": {"value": 10, "code": "%", "system": "http://unitsofmeasure.org"}}, (10, 10, None)),
        ({"valueRange": {"low": {"value": 7, "unit": "%"}, "high": {"value": 8, "unit": "%"}}}, (7, 8, None)),
        ({"valueRange": {"high": {"value": 3, "unit": "%"}}}, (0, 3, "<=")),
        ({"valueString": "7-8 %"}, (7, 8, None)),
        ({"valueString": "7–8%"}, (7, 8, None)),
        ({"valueString": "<2 %"}, (0, 2, "<")),
        ({"valueString": "≤ 1 %"}, (0, 1, "<=")),
        ({"valueString": "~15 %"}, (15, 15, "~")),
        ({"valueString": "approximately 15 %"}, (15, 15, "~")),
        ({"valueString": "1,5 %"}, (Decimal("1.5"), Decimal("1.5"), None)),
        ({"valueString": "Ki-67: 12 %"}, (12, 12, None)),
        ({"valueCodeableConcept": {"text": "3 to 5 %"}}, (3, 5, None)),
    ],
)  # fmt: skip
def test_ki67_values(value, expected):
    assert span(one(observation(KI67, **value)).ki67_percent) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"valueQuantity": {"value": 10}}, "no-unit"),
        ({"valueInteger": 10}, "no-unit"),
        ({"valueString": "7-8"}, "no-unit"),
        (percent(10, unit="mg/dL"), "unknown-unit"),
        (percent(101), "implausible"),
        (percent(-1), "implausible"),
        ({"valueString": "150 %"}, "implausible"),
        ({"valueString": "l2 %"}, "unreadable"),
        ({"valueString": "8-7 %"}, "unreadable"),
        ({"valueBoolean": True}, "unreadable"),
    ],
)
def test_ki67_that_may_not_be_used_is_listed(value, reason):
    found, ignored = run(pathology, observation(KI67, **value))
    assert found == []
    assert why(ignored) == {("Observation/o", reason)}


def test_ki67_codes_and_words():
    assert one(observation(concept(SNOMED, "1255078008"), **percent(4))).ki67_percent.high == 4
    assert one(observation({"text": "MIB-1 proliferation index"}, **percent(4))).ki67_percent.high == 4
    for other in (concept(LOINC, "85330-9"), concept(SNOMED, "1237281001"), concept(LOINC, "718-7", "Ki-67")):
        assert run(pathology, observation(other, **percent(40)))[0] == []


def test_a_component_counts_like_an_observation():
    for code in ({"text": "Immunohistochemistry panel"}, concept(LOINC, "77753-2")):
        assert one(observation(code, component=[{"code": KI67, **percent(9)}])).ki67_percent.high == 9


@pytest.mark.parametrize(
    "breast",
    [
        {"bodySite": {"text": "Left breast"}},
        {"specimen": {"display": "Breast, left, core biopsy"}},
        {"bodySite": concept(SNOMED, "76752008")},
        {"specimen": {"reference": "Specimen/s"}},
        {"focus": [{"reference": "Condition/other"}]},
        {"note": [{"text": "Invasive ductal carcinoma, HER2 positive"}]},
    ],
)
def test_other_tumours_do_not_count(breast):
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"bodySite": {"text": "breast core biopsy"}}}
    other = condition(concept(ICD10CM, "C50.911", "Breast cancer"), "other")
    assert run(pathology, observation(KI67, **percent(40), **breast), specimen, other)[0] == []


def test_focus_on_the_net_or_its_metastasis_counts():
    for code in (concept(ICD10CM, "C7A.012"), concept(ICD10CM, "C78.7")):
        focused = observation(KI67, **percent(40), focus=[{"reference": "Condition/c"}])
        assert one(focused, condition(code)).ki67_percent.high == 40


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueString": "5 mitoses/10 HPF"}, (5, "10 HPF")),
        ({"valueString": "<2 per 2 mm²"}, (2, "2 mm2")),
        ({"valueQuantity": {"value": 7, "unit": "/10 HPF"}}, (7, "10 HPF")),
        ({"valueQuantity": {"value": 3, "unit": "/2 mm2", "code": "/(2.mm2)"}}, (3, "2 mm2")),
        ({"valueRatio": {"numerator": {"value": 4}, "denominator": {"value": 2, "unit": "mm2"}}}, (4, "2 mm2")),
    ],
)
def test_mitoses(value, expected):
    found = one(observation(concept(SNOMED, "27350008"), **value))
    assert (found.mitoses.high, found.mitoses_per) == expected


@pytest.mark.parametrize("value", [
    {"valueString": ["5/10 HPF"]}, {"valueString": {"a": "b"}}, {"valueString": 5}, {"valueQuantity": "5/10 HPF"},
    {"valueQuantity": {"unit": "/10 HPF"}}, {"valueBoolean": True},
])  # fmt: skip
def test_mitoses_that_cannot_be_read_are_listed(value):
    found, ignored = run(pathology, observation(concept(SNOMED, "27350008"), **value))
    assert found == [] and why(ignored) == {("Observation/o", "unreadable")}


@pytest.mark.parametrize("value", [{}, {"valueString": None}, {"valueString": ""}, {"valueQuantity": {}}])
def test_no_count_of_mitoses_is_none(value):
    found, ignored = run(pathology, observation(concept(SNOMED, "27350008"), **value))
    assert found == [] and ignored == []


def test_a_conclusion_that_is_no_text_is_listed():
    for words in (["G2 NET, Ki-67 8 %"], {"text": "G2 NET, Ki-67 8 %"}, 8):
        found, ignored = run(pathology, report(PATHOLOGY, conclusion=words))
        assert found == [] and why(ignored) == {("DiagnosticReport/r", "unreadable")}
    for words in (None, "", [], {}):
        assert run(pathology, report(PATHOLOGY, conclusion=words)) == ([], [])


def test_mitoses_of_unknown_area_are_listed():
    for value, reason in (({"valueQuantity": {"value": 7}}, "no-unit"), ({"valueInteger": 7}, "no-unit"),
                          ({"valueQuantity": {"value": 7, "unit": "%"}}, "unknown-unit")):  # fmt: skip
        found, ignored = run(pathology, observation({"text": "Mitotic count"}, **value))
        assert found == []
        assert why(ignored) == {("Observation/o", reason)}


@pytest.mark.parametrize(
    ("code", "value", "grade", "differentiation"),
    [
        (concept(LOINC, "33732-9"), {"valueCodeableConcept": {"text": "G2"}}, "G2", None),
        (concept(LOINC, "21858-6"), {"valueCodeableConcept": concept(SNOMED, "258351006")}, "G1", None),
        ({"text": "WHO grade"}, {"valueString": "NET G3"}, "G3", None),
        ({"text": "Histologic grade"}, {"valueString": "Grade 2"}, "G2", None),
        ({"text": "Histologic grade"}, {"valueInteger": 3}, "G3", None),
        ({"text": "Tumour grade"}, {"valueString": "well-differentiated NET, grade II"}, "G2", "well"),
        ({"text": "Tumour grade"}, {"valueString": "poorly differentiated neuroendocrine carcinoma"}, "NEC", "poor"),
        (concept(LOINC, "31206-6"), {"valueCodeableConcept": concept(ICDO3, "8246/3")}, "NEC", "poor"),
        (concept(LOINC, "31206-6"), {"valueCodeableConcept": concept(ICDO3, "8154/3")}, "MiNEN", None),
        (concept(LOINC, "31206-6"), {"valueCodeableConcept": concept(SNOMED, "1286770005")}, "G2", "well"),
        ({"text": "Differentiation"}, {"valueString": "well differentiated"}, None, "well"),
    ],
)
def test_grade_and_differentiation(code, value, grade, differentiation):
    found = one(observation(code, **value))
    assert (found.grade, found.differentiation) == (grade, differentiation)


@pytest.mark.parametrize("code", ["1155708003", "1286893008", "1155707008"])
def test_low_intermediate_high_is_no_net_grade(code):
    grade = observation(concept(LOINC, "33732-9"), valueCodeableConcept=concept(SNOMED, code, "G2"))
    assert run(pathology, grade)[0] == []


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ({"text": "Gleason grade group"}, {"valueInteger": 2}),
        ({"text": "Histologic grade"}, {"valueString": "high grade"}),
        ({"text": "CTCAE toxicity grade"}, {"valueInteger": 3}),
        (concept(LOINC, "44695-5"), {"valueString": "5/10 HPF"}),
    ],
)
def test_other_scales_are_not_read(code, value):
    assert run(pathology, observation(code, **value))[0] == []


def test_report_text_and_its_place():
    for place in (
        {"conclusion": "Well-differentiated NET. Ki-67: 12 %."},
        {"presentedForm": [attachment("Well-differentiated NET. Ki-67: 12 %.")]},
        {"presentedForm": [attachment("<html><body><p>NET.</p><p>Ki-67: 12&nbsp;%</p></body></html>", "text/html")]},
        {"text": {"status": "generated", "div": "<div>NET. Ki-67: 12 %</div>"}},
    ):
        found = one(report(PATHOLOGY, **place))
        assert (found.ki67_percent.high, found.read_as, found.source) == (12, "narrative", "DiagnosticReport/r")
        assert str(found.when) == "2025-03-01"


def test_coded_result_and_its_sentence_are_one_value():
    found = one(
        report(PATHOLOGY, conclusion="NET. Ki-67: 12 %.", **results("o")), observation(KI67, **percent(12))
    )
    assert (found.source, found.read_as) == ("Observation/o", "coded")


def test_a_higher_value_in_the_text_is_kept():
    written = report(PATHOLOGY, conclusion="Ki-67: 18 %.", **results("o"))
    found, _ = run(pathology, written, observation(KI67, **percent(12)))
    assert sorted(item.ki67_percent.high for item in found) == [12, 18]


def test_contained_result():
    contained = observation(KI67, "a", subject={"reference": "Patient/p"}, **percent(6))
    found = one(report(PATHOLOGY, contained=[contained], **results("#a")))
    assert (found.source, found.ki67_percent.high) == ("DiagnosticReport/r#a", 6)


def test_amended_report_replaces_its_earlier_version():
    identifier = {"identifier": [{"system": "urn:lab", "value": "7"}]}
    old = report(PATHOLOGY, "old", conclusion="Ki-67: 30 %.", **identifier)
    new = report(PATHOLOGY, "new", conclusion="Ki-67: 3 %.", **identifier) | {"status": "amended"}
    found, ignored = run(pathology, old, new)
    assert [item.ki67_percent.high for item in found] == [3]
    assert why(ignored) == {("DiagnosticReport/old", "superseded")}


def test_amended_report_takes_its_results_with_it():
    identifier = {"identifier": [{"system": "urn:lab", "value": "7"}]}
    old = report(PATHOLOGY, "old", **identifier, **results("a"))
    new = report(PATHOLOGY, "new", **identifier, **results("b")) | {"status": "corrected"}
    found, _ = run(
        pathology, old, new, observation(KI67, "a", **percent(30)), observation(KI67, "b", **percent(3))
    )
    assert [(item.source, item.ki67_percent.high) for item in found] == [("Observation/b", 3)]


def test_another_report_of_the_day_is_no_version():
    first = report(PATHOLOGY, "a", conclusion="Ki-67: 30 %.", specimen=[{"reference": "Specimen/1"}])
    second = report(PATHOLOGY, "b", conclusion="Ki-67: 3 %.", specimen=[{"reference": "Specimen/2"}])
    found, ignored = run(pathology, first, second | {"status": "amended"})
    assert sorted(item.ki67_percent.high for item in found) == [3, 30]
    assert ignored == []


def test_corrected_observation_replaces_the_final_one_of_the_day():
    day = {"effectiveDateTime": "2024-02-02"}
    found, ignored = run(
        pathology,
        observation(KI67, "a", **percent(30), **day),
        observation(KI67, "b", **percent(3), **day) | {"status": "corrected"},
    )
    assert [item.ki67_percent.high for item in found] == [3]
    assert why(ignored) == {("Observation/a", "superseded")}


def test_unfinished_report_is_listed():
    found, ignored = run(pathology, report(PATHOLOGY, conclusion="Ki-67: 30 %.") | {"status": "preliminary"})
    assert found == []
    assert why(ignored) == {("DiagnosticReport/r", "preliminary")}


def test_a_report_of_breast_tissue_is_not_read():
    assert run(pathology, report({"text": "Breast core biopsy pathology"}, conclusion="Ki-67: 40 %."))[0] == []


def test_unread_attachments_are_listed():
    pdf, broken = attachment(b"%PDF-1.4", "application/pdf"), {"contentType": "text/plain", "data": "%%%"}
    for form, reason in ((pdf, "unsupported"), (broken, "unreadable"), (attachment(b"%PDF-1.7"), "unreadable")):
        found, ignored = run(pathology, report(PATHOLOGY, presentedForm=[form]))
        assert found == []
        assert why(ignored) == {("DiagnosticReport/r", reason)}
        assert "%" not in ignored[0].detail


def test_a_report_that_names_the_tumour_is_histology():
    assert one(report(PATHOLOGY, conclusion="Bone biopsy: metastasis of a neuroendocrine tumour.")).histology
    for words in ("No evidence of neuroendocrine tumour.", "Chronic gastritis.", "Suspected neuroendocrine tumour."):
        assert run(pathology, report(PATHOLOGY, conclusion=words))[0] == []


def test_coded_diagnosis_of_a_report_or_morphology():
    found = one(report(PATHOLOGY, conclusionCode=[concept(SNOMED, "1286770005")]))
    assert (found.grade, found.differentiation) == ("G2", "well")
    assert one(report(PATHOLOGY, conclusionCode=[concept(ICDO3, "8246/3")])).grade == "NEC"
    found = one(observation(concept(LOINC, "31206-6"), valueCodeableConcept=concept(ICDO3, "8240/3")))
    assert (found.histology, found.grade) == (True, None)
    merkel = observation(concept(LOINC, "31206-6"), valueCodeableConcept=concept(ICDO3, "8247/3"))
    assert run(pathology, merkel)[0] == []


def test_undated_results_are_used():
    assert one(observation(KI67, **percent(9))).when is None


def test_a_date_of_the_specimen_or_the_report_it_is_contained_in():
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"collectedDateTime": "2024-07-07"}}
    taken = observation(KI67, specimen={"reference": "Specimen/s"}, **percent(9))
    assert str(one(taken, specimen).when) == "2024-07-07"
    contained = observation(KI67, "a", **percent(6))
    assert str(one(report(PATHOLOGY, contained=[contained], **results("#a"))).when) == "2025-03-01"


def test_site():
    assert one(observation(KI67, bodySite={"text": "Liver segment VII"}, **percent(9))).site == "Liver segment VII"
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"bodySite": {"text": "ileum"}}}
    assert one(observation(KI67, specimen={"reference": "Specimen/s"}, **percent(9)), specimen).site == "ileum"


def test_order_and_duplicates_change_nothing():
    resources = [
        report(PATHOLOGY, "a", conclusion="Ki-67: 9 %.", **results("x")), observation(KI67, "x", **percent(9)),
        report(PATHOLOGY, "b", conclusion="NET G2. Ki-67: 11 %."), observation(KI67, "y", valueString="<2 %"),
    ]  # fmt: skip
    first = run(pathology, *resources)
    assert len(first[0]) == 3
    for seed in range(4):
        assert run(pathology, *shuffled(resources, seed)) == first


@pytest.mark.parametrize("kind", ["SP", "LAB"])
def test_a_category_sent_as_a_bare_coding_counts(kind):
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": kind}
    bare, wrapped = ({"code": {"text": "Report"}, "category": each} for each in (coding, {"coding": [coding]}))
    found = [pathology.is_pathology(Resource("DiagnosticReport", "r", "r", data, "")) for data in (bare, wrapped)]
    assert found == [kind == "SP"] * 2
