"""The course of the disease and operability: coded statements, reports, notes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.record import statements
from cds_service.record.statements import _ASSERTABLE, _LOCALISED, _SYMPTOMS_IMPROVED, localised, symptoms_improved
from tests.record.tumour_shapes import (
    ICD10CM,
    LOINC,
    SNOMED,
    attachment,
    concept,
    condition,
    observation,
    report,
    run,
    shuffled,
)

STATUS = concept(LOINC, "97509-4")
CT = {"text": "CT abdomen"}


def said(*resources):
    (found, _), ignored = run(statements, *resources)
    assert {item.why for item in ignored} <= {"no-date"}  # most statements of these tests are undated
    return [item.status for item in found]


def verdicts(*resources):
    return [item.verdict for item in run(statements, *resources)[0][1]]


@pytest.mark.parametrize(
    ("code", "status"),
    [("268910001", "improved"), ("359746009", "stable"), ("271299001", "worsened"), ("260415000", "not-detected")],
)
def test_coded_status(code, status):
    (found, _), _ = run(
        statements, observation(STATUS, effectiveDateTime="2025-05", valueCodeableConcept=concept(SNOMED, code))
    )
    assert [(item.status, item.read_as, str(item.when)) for item in found] == [(status, "coded", "2025-05")]


@pytest.mark.parametrize(
    ("code", "status"), [("V", "CR"), ("T", "PR"), ("K", "stable"), ("P", "worsened"), ("B", "improved"), ("D", None)]
)
def test_the_status_of_a_german_registry(code, status):
    module = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko"
    system = f"{module}/CodeSystem/mii-cs-onko-verlauf-gesamtbeurteilung"
    for asked in (concept(SNOMED, "396432002"), concept(LOINC, "21976-6")):
        given = observation(asked, effectiveDateTime="2025-05-02", valueCodeableConcept=concept(system, code))
        (found, _), ignored = run(statements, given)
        assert [item.status for item in found] == ([status] if status else [])
        assert [item.why for item in ignored] == ([] if status else ["unreadable"])


def test_an_undated_status_is_listed():
    _, ignored = run(statements, observation(STATUS, valueCodeableConcept=concept(SNOMED, "271299001")))
    assert [(item.source, item.why) for item in ignored] == [("Observation/o", "no-date")]


def test_a_corrected_status_replaces_the_first():
    day = {"effectiveDateTime": "2025-05-05", "identifier": [{"system": "u", "value": "1"}]}
    first = observation(STATUS, "a", valueCodeableConcept=concept(SNOMED, "271299001"), **day)
    second = observation(STATUS, "b", valueCodeableConcept=concept(SNOMED, "359746009"), **day)
    assert said(first, second | {"status": "corrected"}) == ["stable"]


def test_the_status_of_another_tumour_does_not_count():
    worse = observation(STATUS, valueCodeableConcept=concept(SNOMED, "271299001"), focus=[{"reference": "Condition/c"}])
    assert said(worse, condition(concept(ICD10CM, "C50.911"))) == []
    assert said(worse, condition(concept(ICD10CM, "C7A.012"))) == ["worsened"]


def test_a_coded_value_is_not_overruled_by_its_text():
    value = concept(SNOMED, "271299001", "stable disease")
    assert said(observation(STATUS, valueCodeableConcept=value)) == ["worsened"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Partial response", "PR"), ("PD", "PD"), ("Stable disease (RECIST 1.1)", "SD"), ("Complete response", "CR"),
        ("complete remission", "not-detected"), ("No evidence of disease", "not-detected"),
        ("Progressive disease", "PD"),
        ("patient's condition improved", "improved"), ("not evaluable", None), ("No progression", None),
        ("unknown", None), ("possible progression", None),
    ],
)  # fmt: skip
def test_status_in_words(words, status):
    for value in ({"valueString": words}, {"valueCodeableConcept": {"text": words}}):
        assert said(observation({"text": "Disease status"}, **value)) == ([status] if status else [])


def test_other_observations_say_nothing_of_the_disease():
    assert said(observation({"text": "Smoking status"}, valueString="stable")) == []
    assert said(observation(concept(LOINC, "718-7"), valueString="improved")) == []


@pytest.mark.parametrize(
    "words",
    [
        "Less abdominal pain since the third cycle.", "Abdominal pain has improved.", "Symptoms improved.",
        "Diarrhoea and flushing are much better under CAPTEM.", "Clear clinical improvement.", "Pain is less.",
        "Relief of symptoms.", "Less pain than before chemotherapy.",
    ],
)  # fmt: skip
def test_symptoms_improved(words):
    assert symptoms_improved(words)


@pytest.mark.parametrize(
    "words",
    [
        "Symptoms should improve with treatment.", "Pain has not improved.", "No relief of pain.", "No pain.",
        "The aim is to reduce symptoms.", "Initially less pain, then worsened.", "Pain improved?", "Less weight.",
        "If symptoms improve, continue.", "", "Pain improved before chemotherapy.", "Less pain at first, now worse.",
        "Hoping for pain relief.",
    ],
)  # fmt: skip
def test_symptoms_not_said_to_be_better(words):
    assert not symptoms_improved(words)


def test_symptoms_from_an_observation_and_a_note():
    assert said(observation({"text": "Abdominal pain"}, valueString="improved")) == ["symptoms-improved"]
    impression = {"resourceType": "ClinicalImpression", "id": "i", "status": "completed", "date": "2025-05-05",
                  "summary": "After 6 cycles of CAPTEM less abdominal pain."}  # fmt: skip
    (found, _), _ = run(statements, impression)
    assert [(item.status, str(item.when), item.source) for item in found] == [
        ("symptoms-improved", "2025-05-05", "ClinicalImpression/i")
    ]


def test_better_or_worse_symptoms_are_no_word_on_the_tumour():
    letter = {"text": "Clinic letter"}
    assert said(report(letter, conclusion="Patient reports less pain.")) == ["symptoms-improved"]
    assert said(report(letter, conclusion="Pain is worse.")) == []
    assert said(report(letter, conclusion="Stable disease, less pain.")) == ["symptoms-improved", "SD"]


def test_operability_in_notes():
    letter = {"text": "Tumour board"}
    assert verdicts(report(letter, conclusion="Single liver metastasis, judged resectable.")) == ["resectable"]
    assert verdicts(condition(concept(ICD10CM, "C7A.8"), note=[{"text": "Unresectable."}])) == ["unresectable"]
    operation = {"resourceType": "Procedure", "id": "p", "status": "completed", "code": {"text": "Laparotomy"},
                 "note": [{"text": "The tumour is unresectable."}]}  # fmt: skip
    assert verdicts(operation) == ["unresectable"]
    both = report(CT, conclusion="Localised tumour of the pancreatic tail. The tumour is resectable.")
    assert verdicts(both) == ["resectable"]  # one judgement, not two


def test_new_lesions_are_worsening():
    (found, _), _ = run(statements, report(CT, conclusion="New liver metastases."))
    assert [(item.status, item.new_lesions) for item in found] == [("worsened", True)]


def test_notes_of_other_conditions_are_not_about_the_tumour():
    note = {"note": [{"time": "2025-05-05", "text": "Abdominal pain has improved."}]}
    assert said(condition(concept(ICD10CM, "C7A.012"), **note)) == ["symptoms-improved"]
    assert said(condition(concept(ICD10CM, "M54.5"), **note)) == []


@pytest.mark.parametrize("words", ["Localised disease.", "The tumour is confined to the pancreas."])
def test_localised(words):
    assert localised(words)
    assert verdicts(condition(concept(ICD10CM, "C7A.8"), note=[{"text": words}])) == ["localised"]


@pytest.mark.parametrize("words", ["No localised disease.", "Localised pain.", "If localised disease, surgery."])
def test_not_localised(words):
    assert not localised(words)


def test_unfinished_and_erroneous_reports_say_nothing():
    for status in ("preliminary", "partial", "entered-in-error"):
        assert said(report(CT, conclusion="Partial response.") | {"status": status}) == []


def test_laboratory_reports_are_not_read_as_notes():
    lab = report({"text": "Comment"}, conclusion="Symptoms improved.",
                 category=[{"coding": [{"system": "x", "code": "LAB"}]}])  # fmt: skip
    assert said(lab) == []
    del lab["category"]
    assert said(lab) == ["symptoms-improved"]


def test_documents():
    letter = {"resourceType": "DocumentReference", "id": "d", "status": "current", "date": "2025-04-04T08:00:00Z",
              "type": {"text": "Clinic letter"}, "content": [{"attachment": attachment("Pain is less.")}]}  # fmt: skip
    board = {"resourceType": "Composition", "id": "b", "status": "final", "date": "2025-04-05",
             "type": {"text": "Tumour board"},
             "section": [{"title": "Result", "text": {"div": "<div>Localised disease.</div>"}}]}  # fmt: skip
    assert said(letter) == ["symptoms-improved"]
    assert verdicts(board) == ["localised"]


def test_order_and_duplicates_change_nothing():
    resources = [
        observation(STATUS, valueCodeableConcept=concept(SNOMED, "359746009")),
        observation({"text": "RECIST"}, "r", valueString="PR"),
        condition(concept(ICD10CM, "C7A.8"), note=[{"text": "Localised disease. Pain is less."}]),
    ]
    found = run(statements, *resources)[0]
    assert [len(part) for part in found] == [3, 1]
    for seed in range(4):
        assert run(statements, *shuffled(resources, seed))[0] == found


@pytest.mark.parametrize(
    "value",
    [{"valueCodeableConcept": "see comment"}, {"valueCodeableConcept": {"text": "see comment"}}, {"valueQuantity": {}},
     {"valueCodeableConcept": concept(SNOMED, "363676003")}],
)  # fmt: skip
def test_a_coded_disease_status_that_says_none_is_listed(value):
    (found, _), ignored = run(statements, observation(STATUS, "s", **value))
    assert found == [] and [(row.source, row.why) for row in ignored] == [("Observation/s", "unreadable")]


@settings(deadline=None)
@given(st.one_of(st.from_regex(re.compile(what.source), fullmatch=True) for what in (_LOCALISED, _SYMPTOMS_IMPROVED)))
def test_what_is_asked_first_of_a_note_is_never_too_narrow(words):
    assert _ASSERTABLE.search(words.lower())
