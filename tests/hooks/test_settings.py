"""Deployment settings: optional, checked at the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.hooks.settings import Settings, SettingsError, load_settings


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings({}) == Settings() == Settings(allowed_origins=None, max_body_bytes=25 * 1024 * 1024)


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('allowed_origins = ["https://ehr.example"]\n')
    assert load_settings({"PRRT_CDS_CONFIG": str(path)}) == Settings(allowed_origins=("https://ehr.example",))


@pytest.mark.parametrize(
    "text", ["unknown = 1", "allowed_origins = 5", "max_body_bytes = 10", "x = ", 'max_body_bytes="9"']
)
def test_anything_wrong_stops_with_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({"PRRT_CDS_CONFIG": str(path)})
    assert str(caught.value).startswith("configuration ") and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_stops_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"PRRT_CDS_CONFIG": str(tmp_path / "none.toml")})
