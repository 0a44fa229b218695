"""Deployment settings: optional, checked at the start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cds_service.fhir.settings import FhirSettings
from cds_service.hooks.settings import Client, Settings, SettingsError, load_settings


def test_without_a_file_the_defaults_hold() -> None:
    assert load_settings({}) == Settings() == Settings(allowed_origins=None, max_body_bytes=28 * 1024 * 1024)


def test_a_file_sets_what_it_names(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('allowed_origins = ["https://ehr.example"]\n')
    assert load_settings({"PRRT_CDS_CONFIG": str(path)}) == Settings(allowed_origins=("https://ehr.example",))


CLIENT = '[[clients]]\nissuer = "https://ehr.example"\njku = "https://ehr.example/keys"\n'


@pytest.mark.parametrize(
    "text",
    ["unknown = 1", "allowed_origins = 5", "max_body_bytes = 10", "x = ", 'max_body_bytes="9"',
     "[fhir]\nseconds = 0", '[fhir]\nservers = ["ehr.example"]', '[fhir]\nservers = ["https://a/b/../c"]',
     '[fhir]\nnetworks = ["10.0.0.0/99"]', '[fhir]\nca_file = "/nowhere"', "[fhir]\nserver = []",
     "[limits]\nconcurrent = 0", "[limits]\nreceive_seconds = -1", CLIENT, 'public_url = "cds.example"\n' + CLIENT,
     'public_url = "https://cds.example"\n' + CLIENT + CLIENT, '[[clients]]\nissuer = ""\njku = "https://a/k"',
     'public_url = "https://c.example"\n[[clients]]\nissuer = "x"\njku = "http://ehr.example/k"',
     'public_url = "https://c.example"\n[[clients]]\nissuer = "x"', "allow_unauthenticated = 1"],
)  # fmt: skip
def test_anything_wrong_stops_with_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings({"PRRT_CDS_CONFIG": str(path)})
    assert str(caught.value).startswith("configuration ") and "\n" not in str(caught.value)


def test_a_file_that_is_not_there_stops_with_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({"PRRT_CDS_CONFIG": str(tmp_path / "none.toml")})


def test_the_configuration_of_the_guide_is_a_right_one(tmp_path: Path) -> None:
    """Every block of TOML in docs/integration.md, together."""
    guide = (Path(__file__).parents[2] / "docs" / "integration.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", guide, re.S)
    assert blocks
    path = tmp_path / "c.toml"
    path.write_text("\n".join(blocks))
    settings = load_settings({"PRRT_CDS_CONFIG": str(path)})
    assert settings.clients and settings.fhir.servers and settings.public_url


def test_variables_win_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('database = "a"\npublic_url = "https://a.example"\n' + CLIENT)
    settings = load_settings(
        {
            "PRRT_CDS_CONFIG": str(path),
            "PRRT_CDS_DATABASE": "b",
            "PRRT_CDS_PUBLIC_URL": "https://b.example/cds",
            "PRRT_CDS_ALLOW_UNAUTHENTICATED": "1",
        }
    )
    assert (settings.database, settings.public_url) == ("b", "https://b.example/cds")
    assert settings.allow_unauthenticated
    for value in ("yes", "true", "2"):
        with pytest.raises(SettingsError, match="1 or 0"):
            load_settings({"PRRT_CDS_ALLOW_UNAUTHENTICATED": value})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1", "localhost"])
def test_on_this_machine_alone_it_may_go_without_clients_and_call_its_fhir_servers(host: str) -> None:
    assert Settings().listening_on(host).fhir.loopback is True
    assert Settings(clients=(Client(issuer="x"),)).listening_on(host).fhir.loopback is False
    assert Settings(fhir=FhirSettings(loopback=False)).listening_on(host).fhir.loopback is False


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "", "cds.invalid", "*"])
def test_elsewhere_it_does_not_start_without_clients_unless_told_so(host: str) -> None:
    with pytest.raises(SettingsError, match="allow_unauthenticated") as caught:
        Settings().listening_on(host)
    assert "\n" not in str(caught.value)
    assert Settings(allow_unauthenticated=True).listening_on(host).fhir.loopback is False
    assert Settings(clients=(Client(issuer="x"),)).listening_on(host).fhir.loopback is False
