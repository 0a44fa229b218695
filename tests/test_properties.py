"""What must hold for every plausible record (rulings, section 8), tried on all scenario patients and on random ones."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds_service.fhir.prefetch import TEMPLATES
from cds_service.hooks.answer import chart_of
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import read_call
from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import Bench, Case, bench_of
from cds_service.scenarios.sheets import Row, read_rows
from cds_service.scenarios.writer import call_of

GOODNESS = {"criteria-met": 2, "needs-data": 1, "re-image": 0, "not-now": 0, "contraindicated": 0}
INTEGRITY = {"D-01", "D-02"}


@cache
def bench() -> Bench:
    return bench_of(rules_folder())


@cache
def rows() -> tuple[Row, ...]:
    found: list[Row] = []
    for page in sorted(rules_folder().glob("*/*.toml")):
        if page.with_suffix(".py").exists():
            found += read_rows(page)[0]
    apart = ("other_patient", "not_provided", "failed")
    return tuple(row for row in found if not any(key in row.patient for key in apart))


def assessed(case: Case, change: Any = None) -> dict[str, Any]:
    """The assessment of a case, its call changed first."""
    call = json.loads(json.dumps(call_of(case.written, "00000000-0000-0000-0000-000000000001")))
    if change is not None:
        change(call["prefetch"])
    service = next(s for s in SERVICES.values() if s.hook == call["hook"])
    today = case.context.today
    chart = chart_of(read_call(json.dumps(call).encode(), service), bench().book, today)
    assessor = bench().assessor(case.policy)
    answer = assessor.assess(chart, today=today, hook=call["hook"], hook_instance=call["hookInstance"])
    return answer.to_json()


def essence(assessment: dict[str, Any], *, integrity: bool = True) -> dict[str, Any]:
    """What may never change: findings, rules, criteria with status and value, what is missing."""
    rules = {rule["code"] for rule in assessment.get("rules", ())}
    return {
        "findings": assessment["findings"],
        "rules": rules if integrity else rules - INTEGRITY,
        "criteria": [(c["id"], c["status"], c.get("value")) for c in assessment.get("criteria", ())],
        "missing": assessment.get("missing"),
    }


def entries(prefetch: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [value["entry"] for value in prefetch.values() if isinstance(value, dict) and value.get("entry")]


def shuffled_and_doubled(seed: int) -> Any:
    chance = random.Random(seed)

    def change(prefetch: dict[str, Any]) -> None:
        for listed in entries(prefetch):
            listed += [deepcopy(entry) for entry in listed if chance.random() < 0.5]
            chance.shuffle(listed)

    return change


def polluted(seed: int) -> Any:
    """Everything again for another patient, and the patient's own results again, wrong and marked as erroneous."""
    chance = random.Random(seed)

    def change(prefetch: dict[str, Any]) -> None:
        for listed in entries(prefetch):
            foreign = json.loads(json.dumps(listed).replace("Patient/", "Patient/other-"))
            for number, entry in enumerate(foreign):
                entry["resource"]["id"] = f"foreign-{number}"
                entry.pop("fullUrl", None)
            listed += foreign
            for number, entry in enumerate([e for e in listed if e["resource"]["resourceType"] == "Observation"]):
                wrong = deepcopy(entry["resource"])
                if "valueQuantity" in wrong and "contained" not in wrong:
                    wrong |= {"id": f"wrong-{number}", "status": "entered-in-error"}
                    wrong["valueQuantity"]["value"] = 1
                    listed.append({"resource": wrong})
            chance.shuffle(listed)
        conditions = next(key for key, template in TEMPLATES.items() if template.startswith("Condition"))
        mine = prefetch[conditions].setdefault("entry", [])
        if mine:
            carcinoma = deepcopy(mine[0]["resource"])
            carcinoma |= {"id": "refuted-1", "code": {"text": "Neuroendocrine carcinoma"}}
            carcinoma["verificationStatus"] = {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                        "code": "refuted",
                    }
                ]
            }
            mine.append({"resource": carcinoma})

    return change


many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(st.data(), st.integers(0, 2**32))
def test_order_and_repetition_change_nothing(data: st.DataObject, seed: int) -> None:
    row = data.draw(st.sampled_from(rows()), label="row")
    case = bench().case(row.patient)
    assert essence(assessed(case, shuffled_and_doubled(seed))) == essence(assessed(case))


@many
@given(st.data(), st.integers(0, 2**32))
def test_foreign_and_erroneous_data_change_only_what_is_ignored(data: st.DataObject, seed: int) -> None:
    row = data.draw(st.sampled_from(rows()), label="row")
    case = bench().case(row.patient)
    assert essence(assessed(case, polluted(seed)), integrity=False) == essence(assessed(case), integrity=False)


LABS = {
    # analyte: (values from good to bad, unit)
    "hb": ([14, 8, 7.9, 5], "g/dL"),
    "wbc": ([6, 2, 1.9, 0.8], "10*9/L"),
    "platelets": ([250, 100, 75, 74, 20], "10*9/L"),
    "creatinine": ([0.6, 1.1, 1.6, 2.4, 6], "mg/dL"),
    "bilirubin": ([0.5, 3.6, 3.7, 9], "mg/dL"),
    "albumin": ([42, 30, 29, 18], "g/L"),
    "alt": ([20, 190, 900], "U/L"),
    "ast": ([20, 190, 900], "U/L"),
}


@st.composite
def patient_and_worse(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], str]:
    """A patient whose other items are in order, and the same patient with one item worse."""
    places = {name: draw(st.integers(0, len(values) - 1)) for name, (values, _) in LABS.items() if draw(st.booleans())}
    good = {name: places.get(name, 0) for name in LABS}
    scores = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3))
    ecog = draw(st.integers(0, 4))
    what = draw(st.sampled_from([*LABS, "krenning", "ecog"]))
    worse, worse_scores, worse_ecog = dict(good), list(scores), ecog
    if what == "krenning":
        place = draw(st.integers(0, len(scores) - 1))
        worse_scores[place] = draw(st.integers(0, scores[place]))
    elif what == "ecog":
        worse_ecog = draw(st.integers(ecog, 5))
    else:
        worse[what] = draw(st.integers(good[what], len(LABS[what][0]) - 1))
    fixed = {"sex": draw(st.sampled_from(["male", "female"])), "age": draw(st.integers(60, 80)),
             "jurisdiction": draw(st.sampled_from(["US", "EU"]))}  # fmt: skip
    return patient(fixed, good, scores, ecog), patient(fixed, worse, worse_scores, worse_ecog), what


def patient(fixed: dict[str, Any], places: dict[str, int], scores: list[int], ecog: int) -> dict[str, Any]:
    sites = ("liver", "pelvic lymph node", "mesentery")
    lesions = [{"site": site, "krenning": score, "size_mm": 30} for site, score in zip(sites, scores, strict=False)]
    return {
        **fixed,
        "on": "2026-06-01",
        "diagnosis": "ileal NET",
        "ki67": "8 %",
        "ecog": ecog,
        "weight": "70 kg",
        "labs": {name: f"{LABS[name][0][place]} {LABS[name][1]}" for name, place in places.items()},
        "statements": [{"status": "PD", "days_ago": 60}],
        "scans": [{"kind": "sstr-pet", "days_ago": 30, "lesions": lesions}],
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(patient_and_worse())
def test_a_worse_value_never_raises_the_outcome(pair: tuple[dict[str, Any], dict[str, Any], str]) -> None:
    better, worse, what = pair
    outcomes = [bench().assess(bench().case(p)).primary for p in (better, worse)]
    before, after = (GOODNESS[finding.outcome] for finding in outcomes)
    assert after <= before, f"worse {what}: {outcomes[0]} became {outcomes[1]}"


def test_the_random_patients_reach_every_level() -> None:
    """The property above would mean little if all its patients were stopped anyway."""
    fixed = {"sex": "male", "age": 70, "jurisdiction": "US"}
    good = dict.fromkeys(LABS, 0)
    reached = {
        bench().assess(bench().case(p)).primary.outcome
        for p in (
            patient(fixed, good, [3, 3], 1),
            patient(fixed, good, [3, 1], 1),
            patient(fixed, good, [1, 1], 1),
        )
    }
    assert reached == {"criteria-met", "needs-data", "not-now"}


@pytest.mark.parametrize("what", ["labs", "scans", "ecog", "ki67", "weight"])
def test_a_missing_item_never_meets_the_criteria(what: str) -> None:
    whole = patient({"sex": "male", "age": 70, "jurisdiction": "US"}, dict.fromkeys(LABS, 0), [3, 3], 1)
    assert bench().assess(bench().case(whole)).primary.outcome == "criteria-met"
    without = {key: value for key, value in whole.items() if key != what}
    assert bench().assess(bench().case(without)).primary.outcome == "needs-data"
