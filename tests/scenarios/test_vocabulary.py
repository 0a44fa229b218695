"""The words of the scenario files: everything documented works, everything else stops with what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cds_service.scenarios import drugs, terms
from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.sheets import _EXPECTATIONS
from cds_service.scenarios.vocabulary import RESOURCES, SHORT, STATEMENTS, TRACERS, WORDS, normalise

PAGE = (Path(__file__).parents[2] / "docs" / "rule-authors.md").read_text(encoding="utf-8")
BASE = {"on": "2026-06-01"}


@pytest.mark.parametrize(
    "words",
    [
        [*WORDS, *_EXPECTATIONS],
        list(terms.TUMOURS),
        [*terms.PROBLEMS, "nyha", "mds-aml-relative"],
        list(terms.PROCEDURES),
        list(terms.LABS),
        [unit for lab in (*terms.LABS.values(), *terms.BODY.values()) for unit in lab.units if unit not in ("µmol/L",)],
        [*drugs.DRUGS, *drugs.REGIMENS, *drugs.RADIOLIGANDS],
        list(STATEMENTS),
        list(TRACERS),
    ],
)
def test_the_page_for_rule_authors_names_every_word(words: list[str]) -> None:
    assert [word for word in words if word not in PAGE] == []


def test_a_bare_value_stands_for_the_key_the_table_requires() -> None:
    normalise(BASE | {"ecog": 1, "diagnosis": "NET", "labs": {"hb": "12 g/dL"}, "problems": ["pregnancy", "ascites"]})
    assert set(SHORT) <= set(WORDS) | set(terms.LABS)


@pytest.mark.parametrize(
    ("patient", "says"),
    [
        ({"krening": 3}, "krening: this key is not known"),
        ({"age": "58"}, "age: '58' is not a whole number"),
        ({"age": 58, "birth": "1968"}, "age: age and birth contradict"),
        ({"on": "2026-06"}, "on: the decision date is missing or partial"),
        ({"labs": {"hb": 12}}, "labs.hb: 12 is not a number with a unit. Write number and unit in quotes"),
        ({"labs": {"hb": "12"}}, "labs.hb: '12' has no unit"),
        ({"labs": {"hb": "12 mg/dL"}}, "labs.hb: the unit 'mg/dL' is not known here. Known: g/dL, g/L, mmol/L"),
        ({"labs": {"hgb": "12 g/dL"}}, "labs.hgb: this key is not known"),
        ({"scans": [{"kind": "sstr-pet", "lesions": [{"krenning": 7}]}]}, "scans[1].lesions[1].krenning: 7 is not"),
        ({"scans": [{"tracer": "68Ga-DOTATATE"}]}, "scans[1]: 'kind' is missing"),
        ({"scans": {"kind": "pet"}}, "scans.kind: 'pet' is not known here. Did you mean"),
        ({"treatments": {"drug": "everolimuss"}}, "the drug 'everolimuss' is not known"),
        ({"statements": {"status": "improved", "days_ago": 3, "on": "2026-05-01"}}, "days_ago and on contradict"),
        ({"problems": "pregnant"}, "problems: 'pregnant' is not known here. Did you mean 'pregnancy'"),
        ({"diagnosis": {"code": "C7A.092"}}, 'Write system and code, for example "snomed#77386006"'),
        ({"diagnosis": {"code": "icd10#C7A.092"}}, "the code system of"),
        ({"sex": "F"}, "sex: 'F' is not known here"),
        ({"ki67": "low"}, "ki67: 'low' is not a percentage"),
        ({"not_provided": ["Observations"]}, "Did you mean 'Observation'"),
        ({"policy": 3}, "policy: 3 is not a table"),
        ({"deceased": "yes"}, "deceased"),
        ({"drafts": ["sstr-pet"]}, "drafts: nothing is ordered in a patient-view"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(patient: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        normalise(BASE | patient)
    line = str(caught.value)
    assert says in line
    assert line.endswith(".") and "\n" not in line


def test_every_resource_type_can_be_left_out() -> None:
    assert normalise(BASE | {"not_provided": list(RESOURCES)})["not_provided"] == list(RESOURCES)
