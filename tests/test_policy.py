"""The site's policy file: what is accepted, and that everything else stops with one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cds_service.policy import Policy, PolicyError, load_policy, make_policy
from cds_service.rulebook.library import Parameter, load_parameters
from cds_service.rulebook.loader import rules_folder


def number(name: str, value: float, **more: Any) -> Parameter:
    return Parameter(name=name, value=value, meaning="", sources=("S03",), verified="V", **more)


PARAMETERS = {
    "krenning_min": number("krenning_min", 3, min=1, max=4, integer=True, policy=True),
    "hb_stop": number("hb_stop", 8.0, unit="g/dL", min=7, max=11, policy=True),
    "ki67_max": number("ki67_max", 55, min=0, max=100),
}


def load(tmp_path: Path, text: str | None, *, asked: str | None = None, **environ: str) -> Policy:
    path = None
    if text is not None:
        path = tmp_path / "site.toml"
        path.write_text(text, encoding="utf-8")
    return load_policy(path, parameters=PARAMETERS, jurisdiction=asked, environ=environ)


def refusal(tmp_path: Path, text: str | None, **more: str) -> str:
    with pytest.raises(PolicyError) as caught:
        load(tmp_path, text, **more)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_without_a_file_the_defaults_are_in_force_and_nothing_is_overridden(tmp_path: Path) -> None:
    policy = load(tmp_path, None, asked="US")
    assert policy == Policy("US", {"krenning_min": 3, "hb_stop": 8.0}, {})


def test_a_file_names_only_what_differs(tmp_path: Path) -> None:
    policy = load(tmp_path, 'jurisdiction = "EU"\nkrenning_min = 2\nhb_stop = 8.0\n')
    assert policy.jurisdiction == "EU"
    assert policy.values == {"krenning_min": 2, "hb_stop": 8.0}
    assert policy.overrides == {"krenning_min": 2}, "a value equal to the default is no override"


@pytest.mark.parametrize("value", ["1", "4"])
def test_the_ends_of_the_range_are_allowed(tmp_path: Path, value: str) -> None:
    assert load(tmp_path, f'jurisdiction = "US"\nkrenning_min = {value}').values["krenning_min"] == int(value)


@pytest.mark.parametrize("value", ["0", "5"])
def test_a_value_out_of_range_is_refused_with_the_range(tmp_path: Path, value: str) -> None:
    assert "from 1 to 4" in refusal(tmp_path, f'jurisdiction = "US"\nkrenning_min = {value}')


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "6.99", "11.01", "12"])
def test_a_decimal_outside_its_range_is_refused(tmp_path: Path, value: str) -> None:
    assert "from 7 to 11 g/dL" in refusal(tmp_path, f'jurisdiction = "US"\nhb_stop = {value}')


@pytest.mark.parametrize("value", ["3.0", '"3"', "true", "[3]", "2024-05-01"])
def test_a_wrong_type_is_refused(tmp_path: Path, value: str) -> None:
    assert "krenning_min must be a whole number" in refusal(tmp_path, f'jurisdiction = "US"\nkrenning_min = {value}')


def test_a_whole_number_serves_where_a_decimal_is_meant(tmp_path: Path) -> None:
    assert load(tmp_path, 'jurisdiction = "US"\nhb_stop = 9').values["hb_stop"] == 9


def test_an_unknown_key_is_refused_and_the_nearest_named(tmp_path: Path) -> None:
    assert "unknown key 'krening_min'; did you mean 'krenning_min'?" in refusal(tmp_path, "krening_min = 2")


def test_a_number_that_is_no_site_policy_is_an_unknown_key(tmp_path: Path) -> None:
    assert "unknown key 'ki67_max'" in refusal(tmp_path, 'jurisdiction = "US"\nki67_max = 60')


@pytest.mark.parametrize("text", ['jurisdiction = "UK"', "jurisdiction = 1", 'jurisdiction = ""', 'jurisdiction="us"'])
def test_a_wrong_jurisdiction_in_the_file_is_refused_also_beside_a_right_one(tmp_path: Path, text: str) -> None:
    assert 'must be "US" or "EU"' in refusal(tmp_path, text)
    assert 'must be "US" or "EU"' in refusal(tmp_path, text, asked="US")


def test_the_command_line_wins_over_the_file_and_the_file_over_the_environment(tmp_path: Path) -> None:
    text = 'jurisdiction = "EU"'
    assert load(tmp_path, text, asked="US").jurisdiction == "US"
    assert load(tmp_path, text, PRRT_CDS_JURISDICTION="US").jurisdiction == "EU"
    assert load(tmp_path, None, PRRT_CDS_JURISDICTION="EU").jurisdiction == "EU"


def test_there_is_no_default_jurisdiction(tmp_path: Path) -> None:
    assert "no jurisdiction" in refusal(tmp_path, None)
    assert "no jurisdiction" in refusal(tmp_path, "krenning_min = 2")
    assert 'must be "US" or "EU"' in refusal(tmp_path, None, PRRT_CDS_JURISDICTION="Mars")


def test_the_environment_can_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text('jurisdiction = "EU"\nkrenning_min = 2')
    assert load(tmp_path, None, PRRT_CDS_POLICY=str(tmp_path / "p.toml")).overrides == {"krenning_min": 2}


@pytest.mark.parametrize("text", ["krenning_min = ", "a = 1\na = 2", "\x00", "[" * 5000])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, text: str) -> None:
    assert "is not valid TOML" in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(PolicyError, match="cannot be read"):
            load_policy(path, parameters=PARAMETERS, environ={"PRRT_CDS_JURISDICTION": "US"})
    (tmp_path / "latin.toml").write_bytes(b'jurisdiction = "\xff"')
    with pytest.raises(PolicyError, match="not valid TOML"):
        load_policy(tmp_path / "latin.toml", parameters=PARAMETERS, environ={})


def test_every_policy_key_of_the_public_interface_can_be_set_and_its_default_stands() -> None:
    numbers = load_parameters(rules_folder() / "parameters.toml")
    policy = load_policy(None, parameters=numbers, jurisdiction="US", environ={})
    assert policy.values == {
        "krenning_min": 3, "sstr_max_age_days": 180, "lab_max_age_days": 28, "washout_days": 28,
        "reimage_min_cycles": 3, "reimage_min_weeks": 12, "small_lesion_mm": 15, "crcl_stop": 40, "crcl_caution": 50,
        "plt_stop": 75, "hb_stop": 8.0, "wbc_stop": 2.0, "bili_stop_uln": 3, "albumin_stop": 30,
        "retreat_pfs_ok_months": 18, "retreat_pfs_min_months": 12, "ssa_long_acting_days": 28,
        "ssa_short_acting_hours": 24,
    }  # fmt: skip


def test_research_cards_is_a_switch_not_a_number() -> None:
    assert make_policy({}, parameters={}, jurisdiction="US").research_cards is True
    off = make_policy({"research_cards": False}, parameters={}, jurisdiction="US")
    assert off.research_cards is False and off.overrides == {"research_cards": False}
    with pytest.raises(PolicyError, match="true or false"):
        make_policy({"research_cards": 0}, parameters={}, jurisdiction="US")
