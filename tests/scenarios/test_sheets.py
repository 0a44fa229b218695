"""Scenario files: a row states only what differs; an unusable file or row says where and what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cds_service.scenarios.checks import ScenarioError
from cds_service.scenarios.sheets import Row, apply, read_rows
from cds_service.scenarios.writer import write

FILE = """
[patient]
on = "2026-06-01"
ecog = 1
labs = { hb = "12.1 g/dL", wbc = "5 10*9/L" }
scans = [{ kind = "sstr-pet", days_ago = 30, lesions = [{ site = "liver", krenning = 1 }] }]
[[fires]]
name = "a"
branch = "b"
[[silent]]
name = "a"
[[boundary]]
name = "a"
expect = "fires"
[[unknown]]
name = "a"
expect = "silent"
without = ["labs.hb"]
"""


def read(tmp_path: Path, text: str) -> tuple[list[Row], list[str]]:
    path = tmp_path / "some_rule.toml"
    path.write_text(text, encoding="utf-8")
    rows, errors = read_rows(path)
    return rows, [str(error) for error in errors]


def test_rows_know_what_they_expect(tmp_path: Path) -> None:
    rows, errors = read(tmp_path, FILE)
    assert errors == []
    assert [(row.section, row.fires, row.branch) for row in rows] == [
        ("fires", True, "b"), ("silent", False, ""), ("boundary", True, ""), ("unknown", False, ""),
    ]  # fmt: skip
    assert set(rows[3].patient["labs"]) == {"wbc"}


LESION = {"site": "liver", "krenning": 1}
BASE: dict[str, Any] = {
    "on": "2026-06-01",
    "ecog": 1,
    "labs": {"hb": "12.1 g/dL", "wbc": "5 10*9/L"},
    "scans": [{"kind": "sstr-pet", "days_ago": 30, "lesions": [LESION]}],
    "problems": ["ascites", "diabetes"],
}


@pytest.mark.parametrize(
    ("changes", "key", "becomes"),
    [
        ({"ecog": 3}, "ecog", 3),
        ({"ecog": {"days_ago": 3}}, "ecog", {"score": 1, "days_ago": 3}),
        ({"labs": {"hb": "7.9 g/dL"}}, "labs", {"hb": "7.9 g/dL", "wbc": "5 10*9/L"}),
        ({"labs": {"hb": {"days_ago": 29}}}, "labs", {"hb": {"value": "12.1 g/dL", "days_ago": 29}, "wbc": "5 10*9/L"}),
        ({"scans": {"months_ago": 7}}, "scans", [{"kind": "sstr-pet", "months_ago": 7, "lesions": [LESION]}]),
        ({"scans": {"lesions": {"krenning": 3}}}, "scans",
         [{"kind": "sstr-pet", "days_ago": 30, "lesions": [LESION | {"krenning": 3}]}]),
        ({"scans": []}, "scans", []),
        ({"add_problems": "pregnancy"}, "problems", ["ascites", "diabetes", "pregnancy"]),
        ({"add_ecog": [{"score": 2, "days_ago": 1}]}, "ecog", [1, {"score": 2, "days_ago": 1}]),
        ({"add_prrt": {"days_ago": 60, "gbq": 7}}, "prrt", [{"days_ago": 60, "gbq": 7}]),
        ({"policy": {"krenning_min": 2}}, "policy", {"krenning_min": 2}),
    ],
)  # fmt: skip
def test_a_row_states_only_what_differs(changes: dict[str, Any], key: str, becomes: Any) -> None:
    assert apply(BASE, changes, [])[key] == becomes
    assert apply(BASE, {}, []) == BASE


def test_what_is_taken_away_is_gone() -> None:
    patient = apply(BASE, {}, ["labs.hb", "scans.lesions.krenning", "ecog"])
    assert set(patient["labs"]) == {"wbc"}
    assert patient["scans"][0]["lesions"] == [{"site": "liver"}]
    assert "ecog" not in patient


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('labs = { hb = "12 mg/dL" }', r"some_rule.toml, [[silent]] 'a': labs.hb: the unit 'mg/dL' is not known"),
        ('lab.hb = "12 g/dL"', "[[silent]] 'a': lab: this key is not known. Did you mean 'labs'"),
        ("problems = { clinical = 3 }", "[[silent]] 'a': problems"),
        ('expect = "silent"', "a [[silent]] row needs no expect"),
        ('branch = "b"', "a silent row names a branch"),
        ('without = ["labs.plt"]', "without: 'labs.plt' is not in [patient]"),
        ("cards = 9", "cards: 9 is not a whole number from 0 to 3"),
    ],
)
def test_a_wrong_row_names_file_row_place_and_remedy(tmp_path: Path, change: str, says: str) -> None:
    rows, errors = read(tmp_path, FILE.replace('[[silent]]\nname = "a"', f'[[silent]]\nname = "a"\n{change}'))
    assert len(errors) == 1 and says in errors[0], errors
    assert "silent" not in [row.section for row in rows]


@pytest.mark.parametrize("section", ["fires", "silent", "boundary", "unknown"])
def test_every_section_is_compulsory(tmp_path: Path, section: str) -> None:
    kept = re.sub(rf"\[\[{section}\]\]\n(?:[a-z].*\n)+", "", FILE)
    _, errors = read(tmp_path, kept)
    assert [error.split(". ")[0] for error in errors] == [f"some_rule.toml: no [[{section}]] row"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[patient", "not readable as TOML"),
        (FILE.replace("[[silent]]", "[[silnet]]"), "[silnet] is not known. Did you mean 'silent'"),
        (FILE.replace("[patient]", "[[silent]]"), "[patient] is missing"),
        (FILE.replace("ecog = 1", "ecog = 99"), "[patient]: ecog"),
        (FILE.replace("[[silent]]", "[silent]"), "[silent] is one table"),
    ],
)
def test_an_unusable_file_stops(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text)
    assert says in str(caught.value) and "some_rule.toml" in str(caught.value)


def test_two_rows_with_one_name(tmp_path: Path) -> None:
    _, errors = read(tmp_path, FILE + '[[silent]]\nname = "a"\n')
    assert errors == ["some_rule.toml: two [[silent]] rows named 'a'. Rename one."]


def test_the_example_of_the_page_for_rule_authors(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "rule-authors.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    rows, errors = read(tmp_path, example[1])
    assert errors == [] and len(rows) == 4
    given = [len([r for r in write(row.patient).resources if r["id"].startswith("given")]) for row in rows]
    assert given == [12, 12, 4, 12]
