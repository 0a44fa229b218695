"""Biomarker rules and the Das items on records written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.families.by_hand import Resource, assess, codes, observation, panel, patient, respond, tumour
from tests.families.test_course_by_hand import dose

ABOUT: Resource = {"subject": {"reference": "Patient/pat"}}


def record(*more: Resource) -> list[Resource]:
    return [patient(), *tumour(), *panel(), *more]


def cga(name: str, day: str, value: float, unit: str = "ng/mL", limit: float | None = 85, **more: Any) -> Resource:
    ranges = {"referenceRange": [{"high": {"value": limit, "unit": unit}}]} if limit is not None else {}
    return observation(name, "9811-1", {"value": value, "unit": unit}, effectiveDateTime=day, **ranges, **more)


def said(*more: Resource) -> tuple[set[str], str]:
    """The rules that speak, and everything the cards say."""
    response = respond(record(*more))
    return codes(response["extension"]["prrt-cds.assessment"]), "\n".join(c["detail"] for c in response["cards"])


def test_the_rise_of_the_first_published_case() -> None:
    rules, words = said(cga("a", "2025-12-01", 394.2), cga("b", "2026-05-20", 1210))
    assert "B-01" in rules and "CgA rose 207 % to 14.24 x ULN" in words


def test_its_fall_after_treatment() -> None:
    rules, words = said(cga("a", "2025-12-01", 1210), cga("b", "2026-05-20", 121))
    assert "B-01" in rules and "CgA fell 90 %" in words


def test_micrograms_per_litre_are_nanograms_per_millilitre() -> None:
    rules, _ = said(cga("a", "2025-12-01", 100), cga("b", "2026-05-20", 200, "ug/L"))
    assert "B-01" in rules and "B-03" not in rules


@pytest.mark.parametrize(
    "newest",
    [
        cga("b", "2026-05-20", 12, "nmol/L", 3),
        cga("b", "2026-05-20", 200, limit=120),
        cga("b", "2026-05-20", 200, method={"text": "Kryptor"}),
    ],
)
def test_what_cannot_be_compared_is_not(newest: Resource) -> None:
    rules, words = said(cga("a", "2025-12-01", 100, method={"text": "NEOLISA"}), newest)
    assert "B-03" in rules and "B-01" not in rules and "trend not calculated" in words


def test_without_a_reference_range_nothing_is_said() -> None:
    rules, _ = said(cga("a", "2025-12-01", 100), cga("b", "2026-05-20", 900, limit=None))
    assert not rules & {"B-01", "B-02", "B-03"}


def test_a_proton_pump_inhibitor_by_prescription() -> None:
    taken = {
        "resourceType": "MedicationRequest",
        "id": "ppi",
        **ABOUT,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Pantoprazole 40 mg tablets"},
        "authoredOn": "2026-01-10",
    }
    rules, words = said(cga("b", "2026-05-20", 200), taken)
    assert "B-02" in rules and "pantoprazole" in words
    assert "B-02" not in said(cga("b", "2026-05-20", 80), taken)[0]


def test_kidney_failure_raises_it_too() -> None:
    failure = {"resourceType": "Condition", "id": "ckd", **ABOUT, "code": {"text": "Chronic kidney disease stage 4"}}
    assert "B-02" in said(cga("b", "2026-05-20", 200), failure)[0]


def quality(name: str, day: str, value: float) -> Resource:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        **ABOUT,
        "effectiveDateTime": day,
        "code": {"text": "EORTC QLQ-C30 global health status"},
        "valueQuantity": {"value": value, "unit": "{score}"},
    }


def test_quality_of_life_around_a_course() -> None:
    four = [dose(day) for day in ("2025-10-06", "2025-12-01", "2026-01-26", "2026-03-23")]
    rules, words = said(*four, quality("q1", "2025-10-01", 16.67), quality("q2", "2026-04-20", 50))
    assert "B-04" in rules and "global health 16.67 to 50 between 2025-10-01 and 2026-04-20" in words
    assert "B-04" not in said(quality("q1", "2025-10-01", 16.67), quality("q2", "2026-04-20", 50))[0]


def test_a_questionnaire_response() -> None:
    four = [dose(day) for day in ("2025-10-06", "2025-12-01", "2026-01-26", "2026-03-23")]

    def filled(name: str, day: str, value: float) -> Resource:
        return {
            "resourceType": "QuestionnaireResponse",
            "id": name,
            "status": "completed",
            **ABOUT,
            "authored": day,
            "questionnaire": "http://example.org/Questionnaire/eortc-qlq-c30",
            "item": [{"linkId": "ql2", "text": "Global health status / QoL", "answer": [{"valueDecimal": value}]}],
        }

    rules, words = said(*four, filled("q1", "2025-10-01", 50), filled("q2", "2026-04-20", 58))
    assert "B-04" in rules and "global health 50 to 58" in words


def test_biomarkers_never_change_the_outcome() -> None:
    plain = assess(record())
    marked = assess(record(cga("a", "2025-12-01", 100), cga("b", "2026-05-20", 5000)))
    assert (plain["outcome"], plain["findings"]) == (marked["outcome"], marked["findings"])


def test_das_items_without_a_total() -> None:
    rules, words = said()
    assert "P-07" in rules and "No total" in words and "symptoms" in words
