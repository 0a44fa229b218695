"""Scores of the patient: performance, NYHA class, quality of life."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.record.chart_shapes import (
    LOINC,
    SNOMED,
    amount,
    chart,
    concept,
    condition,
    listed,
    loinc,
    observation,
)


@pytest.mark.parametrize(
    ("resource", "ecog", "karnofsky"),
    [
        (loinc("89247-1", valueInteger=1), 1, None),
        (loinc("89247-1", valueQuantity=amount(2, "{score}")), 2, None),
        (loinc("89262-0", valueCodeableConcept=concept(None, (LOINC, "LA9625-0"))), 3, None),
        (observation(concept(None, (SNOMED, "423740007")), valueCodeableConcept=concept(None, (SNOMED,
         "422512005"))), 1, None),
        (observation(concept("ECOG performance status"), valueString="1"), 1, None),
        (observation(concept("ECOG"), valueString="ECOG 0-1"), 1, None),
        (observation(concept("ECOG"), valueCodeableConcept=concept("Grade 2 - ambulatory, no work")), 2, None),
        (observation(concept("WHO performance status"), valueString="0"), 0, None),
        (observation(concept("ECOG"), valueRange={"low": {"value": 1}, "high": {"value": 2}}), 2, None),
        (loinc("89243-0", valueInteger=100), 0, 100), (loinc("89243-0", valueInteger=80), 1, 80),
        (loinc("89243-0", valueInteger=70), 2, 70), (loinc("89243-0", valueInteger=60), 2, 60),
        (loinc("89243-0", valueInteger=50), 3, 50), (loinc("89243-0", valueInteger=40), 3, 40),
        (loinc("89243-0", valueInteger=30), 4, 30), (loinc("89243-0", valueInteger=0), 5, 0),
        (observation(concept("Karnofsky index"), valueString="70-80 %"), 2, 70),
        (observation(concept("KPS"), valueQuantity=amount(90, "%")), 0, 90),
        (loinc("89247-1", valueQuantity={"value": 1, "comparator": "<="}), 1, None),
        (observation(concept("Vitals"), component=[{"code": concept("ECOG"), "valueInteger": 3}]), 3, None),
        (loinc("89247-1", component=[{"code": concept(None, (LOINC, "89247-1")), "valueInteger": 2}]), 2, None),
        (loinc("89243-0", valueQuantity={"value": 70, "comparator": ">="}), 2, 70),
    ],
)  # fmt: skip
def test_performance(resource, ecog, karnofsky):
    found = chart(resource)
    assert [(item.ecog, item.karnofsky) for item in found.performance] == [(ecog, karnofsky)]


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (loinc("89247-1", valueInteger=6), "implausible"), (loinc("89247-1", valueInteger=-1), "implausible"),
        (loinc("89247-1", valueQuantity=amount(Decimal("1.5"))), "implausible"),
        (loinc("89243-0", valueInteger=110), "implausible"), (loinc("89247-1", valueString="good"), "unreadable"),
        (loinc("89247-1", valueQuantity={"value": 2, "comparator": ">="}), "unreadable"),
        (loinc("89243-0", valueQuantity={"value": 70, "comparator": "<"}), "unreadable"),
        (loinc("89247-1", valueInteger=1, status="entered-in-error"), "entered-in-error"),
    ],
)  # fmt: skip
def test_scores_off_the_scale(resource, why):
    found = chart(resource)
    assert found.performance == [] and listed(found) == {("Observation/o", why)}


def test_undated_performance_is_used():
    undated = loinc("89247-1", valueInteger=1)
    del undated["effectiveDateTime"]
    assert [item.when for item in chart(undated).performance] == [None]


@pytest.mark.parametrize(
    ("resource", "grade"),
    [
        (loinc("88020-3", valueCodeableConcept=concept(None, (SNOMED, "420913000"))), 3),
        (loinc("88020-3", valueCodeableConcept=concept("NYHA class II")), 2), (loinc("88020-3", valueInteger=4), 4),
        (observation(concept("NYHA"), valueString="II-III"), 3), (condition(concept("NYHA III")), 3),
        (condition(concept("Heart failure, NYHA class IV")), 4), (condition(concept(None, (SNOMED, "422293003"))), 4),
        (condition(concept("Heart failure"), stage=[{"summary": concept("NYHA II")}]), 2),
        (loinc("88020-3", valueCodeableConcept=concept(None, (LOINC, "LA28406-9"))), 3),
    ],
)  # fmt: skip
def test_nyha(resource, grade):
    assert [item.grade for item in chart(resource).problems if item.kind == "nyha"] == [grade]


def answers(*items, questionnaire="http://example.org/Questionnaire/eortc-qlq-c30"):
    return {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "authored": "2025-12-01",
            "questionnaire": questionnaire, "item": list(items)}  # fmt: skip


SCORE = {"linkId": "ql2", "text": "Global health status / QoL", "answer": [{"valueDecimal": Decimal("66.7")}]}


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (answers(SCORE), "66.7"), (answers({"linkId": "1", "item": [SCORE]}), "66.7"),
        (answers({"linkId": "i", "text": "EORTC QLQ-C30"}, SCORE, questionnaire="urn:x"), "66.7"),
        (observation(concept("EORTC QLQ-C30 global health status"), valueQuantity=amount(50, "{score}")), "50"),
        (observation(concept("QLQ-C30"), component=[{"code": concept("Global health status"), "valueInteger": 17}]),
         "17"),
        (observation(concept("EORTC QLQ-C30 global health status"), valueString="41.7"), "41.7"),
    ],
)  # fmt: skip
def test_quality_of_life(resource, value):
    found = chart(resource).quality_of_life
    assert [(item.instrument, item.global_health) for item in found] == [("EORTC QLQ-C30", Decimal(value))]


def test_other_questionnaires_and_impossible_scores():
    assert chart(answers(SCORE, questionnaire="http://example.org/phq-9")).quality_of_life == []
    found = chart(answers({**SCORE, "answer": [{"valueInteger": 120}]}))
    assert found.quality_of_life == [] and listed(found) == {("QuestionnaireResponse/q", "implausible")}


@pytest.mark.parametrize(
    "resource",
    [
        observation(concept("EORTC QLQ-C30 global health status"), valueString=[1, 2]),
        observation(concept("EORTC QLQ-C30 global health status"), valueString="better"),
        observation(concept("EORTC QLQ-C30 global health status"), valueQuantity={"value": 50, "comparator": "<"}),
        observation(concept("QLQ-C30"), component=[{"code": concept("Global health status")}]),
        answers({**SCORE, "answer": []}),
    ],
)
def test_a_score_that_cannot_be_read_is_listed(resource):
    found = chart(resource)
    assert found.quality_of_life == [] and {why for _, why in listed(found)} == {"unreadable"}
