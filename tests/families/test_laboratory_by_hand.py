"""Laboratory rules on records written by hand: units, shapes and orders as laboratories send them."""

from __future__ import annotations

import pytest

from tests.families.by_hand import (
    LOINC,
    UCUM,
    assess,
    codes,
    criterion,
    findings,
    observation,
    panel,
    patient,
    respond,
    tumour,
)


def record(*more: dict[str, object], **changed: dict[str, object] | None) -> list[dict[str, object]]:
    return [patient(), *tumour(), *panel(**changed), *more]


def test_a_complete_record_in_si_units_meets_the_criteria() -> None:
    found = assess(record())
    assert (found["outcome"], found["reason"]) == ("criteria-met", "all-criteria-in-record")
    assert criterion(found, "hb") == {
        "id": "hb", "status": "met", "value": 12.1, "unit": "g/dL", "date": "2026-05-20", "sources": ["Observation/hb"],
        "read_as": "coded",
    }  # fmt: skip


def test_haemoglobin_in_millimoles_below_the_limit() -> None:
    low = observation("hb", "718-7", {"value": 4.8, "unit": "mmol/L"})  # 7.7 g/dL
    found = assess(record(hb=low))
    assert (found["outcome"], found["reason"]) == ("not-now", "lab-hb")


def test_platelets_and_white_cells_in_thousands_per_microlitre_by_text_alone() -> None:
    platelets = {**observation("plt", "", {"value": 60, "unit": "K/uL"}), "code": {"text": "Platelets"}}
    cells = {**observation("wbc", "", {"value": 1.7, "unit": "x10E3/uL"}), "code": {"text": "White blood cells"}}
    assert {"not-now/lab-plt", "not-now/lab-wbc"} <= findings(assess(record(plt=platelets, wbc=cells)))


def test_creatinine_in_micromoles_and_weight_in_pounds() -> None:
    creatinine = observation("crea", "14682-9", {"value": 176.8, "unit": "µmol/L"})  # 2 mg/dL
    weight = observation("weight", "29463-7", {"value": 154, "unit": "[lb_av]", "system": UCUM, "code": "[lb_av]"})
    found = assess(record(crea=creatinine, weight=weight))
    assert findings(found) >= {"not-now/lab-renal"}
    line = criterion(found, "crcl")
    assert line["value"] == pytest.approx(38.81, abs=0.01) and line["unit"] == "mL/min"
    assert set(line["sources"]) == {"Observation/crea", "Observation/weight"} and line["read_as"] == "derived"


def test_a_panel_in_components_of_one_observation() -> None:
    count = {
        "resourceType": "Observation", "id": "count", "status": "amended", "subject": {"reference": "Patient/pat"},
        "effectivePeriod": {"start": "2026-05-20", "end": "2026-05-20"},
        "code": {"coding": [{"system": LOINC, "code": "58410-2"}]},
        "component": [
            {"code": {"coding": [{"system": LOINC, "code": "718-7"}]}, "valueQuantity": {"value": 7.2, "unit": "g/dL"}},
            {"code": {"coding": [{"system": LOINC, "code": "777-3"}]}, "valueQuantity": {"value": 90, "unit": "G/L"}},
        ],
    }  # fmt: skip
    found = assess(record(count, hb=None, plt=None))
    assert criterion(found, "hb")["status"] == "not-met" and criterion(found, "platelets")["status"] == "met"
    assert criterion(found, "hb")["sources"] == ["Observation/count"]


def test_the_newest_of_three_counts_whatever_the_order() -> None:
    def count(name: str, value: float, day: str, status: str = "final") -> dict[str, object]:
        return observation(name, "718-7", {"value": value, "unit": "g/dL"}, effectiveDateTime=day, status=status)

    older, newest, wrong = (
        count("a", 7.0, "2026-05-10"),
        count("b", 9.5, "2026-05-28"),
        count("c", 6.0, "2026-05-30", "entered-in-error"),
    )
    for order in ([older, newest, wrong], [wrong, newest, older]):
        found = assess(record(*order, hb=None))
        assert criterion(found, "hb")["value"] == 9.5
        assert {"source": "Observation/c", "why": "entered-in-error"} in found["ignored"]


def test_bilirubin_against_a_limit_in_another_unit() -> None:
    high = observation("bili", "14631-6", {"value": 64, "unit": "umol/L"},
                       referenceRange=[{"high": {"value": 1.2, "unit": "mg/dL"}}])  # fmt: skip
    found = assess(record(bili=high))
    assert (found["outcome"], found["reason"]) == ("not-now", "lab-bili")
    assert criterion(found, "bilirubin")["value"] == pytest.approx(3.119, abs=0.001)


def test_low_albumin_on_phenprocoumon_asks_for_clotting() -> None:
    drug = {"resourceType": "MedicationStatement", "id": "vka", "status": "active",
            "subject": {"reference": "Patient/pat"}, "medicationCodeableConcept": {"text": "Phenprocoumon 3 mg"},
            "effectivePeriod": {"start": "2025-01-01"}}  # fmt: skip
    albumin = observation("alb", "1751-7", {"value": 2.7, "unit": "g/dL"})
    inr = observation("inr", "6301-6", {"value": 2.4, "unit": "{INR}"})
    found = assess(record(drug, inr, alb=albumin))
    assert (found["outcome"], found["reason"]) == ("needs-data", "pt-for-low-albumin")
    assert "prothrombin" in found["missing"]
    without = assess(record(inr, alb=albumin))
    assert (without["outcome"], without["reason"]) == ("not-now", "lab-liver")


def test_what_cannot_be_used_is_listed_and_asked_for() -> None:
    no_unit = observation("hb", "718-7", {"value": 12.1})
    old = observation("wbc", "6690-2", {"value": 5, "unit": "10*9/L"}, effectiveDateTime="2026-05-03")
    undated = observation("plt", "777-3", {"value": 212, "unit": "10*9/L"})
    del undated["effectiveDateTime"]
    wild = observation("crea", "2160-0", {"value": 80, "unit": "mg/dL"})
    found = assess(record(hb=no_unit, wbc=old, plt=undated, crea=wild))
    assert {(i["source"], i["why"]) for i in found["ignored"]} == {
        ("Observation/hb", "no-unit"), ("Observation/wbc", "too-old"), ("Observation/plt", "no-date"),
        ("Observation/crea", "implausible"),
    }  # fmt: skip
    assert {"hb", "wbc", "platelets", "crcl"} <= set(found["missing"])
    assert {"D-04", "D-05", "L-08"} <= codes(found) and found["reason"] == "labs-missing-or-old"


def test_hostile_words_in_a_result_are_only_ever_words() -> None:
    words = "<img src=x onerror=alert(1)> [click](javascript:alert(1)) | `x` \n# head"
    hostile = observation("hb", "718-7", {"value": 12.1, "unit": words})
    cards = respond(record(hb=hostile))["cards"]
    written = "\n".join(card["summary"] + card["detail"] for card in cards)
    assert "<img" not in written and "](javascript" not in written and "\n# head" not in written


def test_obesity_lets_the_estimates_disagree() -> None:
    creatinine = observation("crea", "2160-0", {"value": 1.9, "unit": "mg/dL"})
    weight = observation("weight", "29463-7", {"value": 130, "unit": "kg"})
    found = assess(record(crea=creatinine, weight=weight))
    assert (found["outcome"], found["reason"]) == ("needs-data", "renal-estimates-disagree")
    assert {"measured-gfr", "height"} <= set(found["missing"])
