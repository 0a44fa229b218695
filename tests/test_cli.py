"""The commands: what they print, how they stop. Never a traceback, never a word of the record in an error."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cds_service.cli as cli
from cds_service.engine import EngineError
from tests.hooks.fakes import HB, NET, PATIENT
from tests.live import COMMAND, ROOT

SECRET = "Zebedee-4711"
WRONG = HB | {"status": "entered-in-error"}
OTHER = {"resourceType": "Coverage", "id": "x1", "status": "active"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRRT_CDS_POLICY", "PRRT_CDS_JURISDICTION", "PRRT_CDS_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write(tmp_path / "bundle.json", PATIENT, NET, WRONG, OTHER)


def write(path: Path, *resources: dict[str, Any]) -> Path:
    entries = [{"resource": resource} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """What a command that works prints."""
    status = cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    assert (status, printed.err) == (0, "")
    return printed.out


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line of a command that stops because of its input."""
    assert cli.main([str(argument) for argument in arguments]) == 1
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert line.startswith("prrt-cds: ") and printed.out == "" and SECRET not in line
    return line


def usage(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    with pytest.raises(SystemExit) as caught:
        cli.main([str(argument) for argument in arguments])
    assert caught.value.code == 2
    return capsys.readouterr().err


def assessed(capsys: pytest.CaptureFixture[str], bundle: Path, *more: object) -> dict[str, Any]:
    response = json.loads(run(capsys, "assess", bundle, "--format", "json", *more))
    assessment: dict[str, Any] = response["extension"]["prrt-cds.assessment"]
    return assessment


def test_assess_prints_the_outcome_in_words_and_the_card(capsys: pytest.CaptureFixture[str], bundle: Path) -> None:
    text = run(capsys, "assess", bundle, "--jurisdiction", "US", "--on", "2024-06-01")
    assert text.startswith("Needs data: ") and "As of 2024-06-01, US labels" in text
    assert "[info]" in text or "[warning]" in text
    assert "Observation/o1" in text, "what was not used is said"


def test_assess_as_json_is_the_response_of_the_service_and_the_same_every_time(
    capsys: pytest.CaptureFixture[str], bundle: Path
) -> None:
    arguments = ("assess", bundle, "--jurisdiction", "EU", "--on", "2024-06-01", "--format", "json")
    once, twice = run(capsys, *arguments), run(capsys, *arguments)
    assert once == twice
    response = json.loads(once)
    assert response.keys() == {"cards", "extension"}
    assert response["extension"]["prrt-cds.assessment"]["policy"]["jurisdiction"] == "EU"
    assert all(card["uuid"] for card in response["cards"])


def test_the_policy_and_the_environment_are_used(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "site.toml"
    policy.write_text('jurisdiction = "EU"\nkrenning_min = 2\n')
    by_option = assessed(capsys, bundle, "--policy", policy)
    assert by_option["policy"] == {"jurisdiction": "EU", "overrides": {"krenning_min": 2}}
    monkeypatch.setenv("PRRT_CDS_POLICY", str(policy))
    assert assessed(capsys, bundle)["policy"] == by_option["policy"]
    monkeypatch.delenv("PRRT_CDS_POLICY")
    monkeypatch.setenv("PRRT_CDS_JURISDICTION", "US")
    assert assessed(capsys, bundle)["policy"] == {"jurisdiction": "US"}


@pytest.mark.parametrize("command", ["assess", "check"])
def test_without_a_jurisdiction_nothing_is_assessed(
    capsys: pytest.CaptureFixture[str], bundle: Path, command: str
) -> None:
    assert "no jurisdiction" in refusal(capsys, command, bundle)


def test_a_policy_that_is_wrong_stops_with_its_reason(
    capsys: pytest.CaptureFixture[str], bundle: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "site.toml"
    policy.write_text('jurisdiction = "US"\nkrenning_min = 9\n')
    assert "krenning_min must be from" in refusal(capsys, "assess", bundle, "--policy", policy)


@pytest.mark.parametrize("command", ["assess", "check"])
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not valid JSON"),
        (b'{"resourceType": "' + SECRET.encode() + b'"}', "not a FHIR Bundle"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"resourceType": "Bundle", "entry": ' + b"[" * 600 + b"]" * 600 + b"}", "no Patient"),
        (b'{"resourceType": "Bundle"}', "no Patient"),
    ],
)
def test_a_file_that_is_no_bundle_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, content: bytes, why: str
) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes(content)
    assert why in refusal(capsys, command, path, "--jurisdiction", "US")


def test_a_file_that_is_not_there_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "cannot be read" in refusal(capsys, "assess", tmp_path / "none.json", "--jurisdiction", "US")
    assert "cannot be read" in refusal(capsys, "read-report", "--type", "ct", tmp_path)


def test_of_several_patients_one_must_be_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write(tmp_path / "b.json", PATIENT, {**PATIENT, "id": "p2"}, NET)
    assert "--patient" in refusal(capsys, "assess", path, "--jurisdiction", "US")
    assert assessed(capsys, path, "--jurisdiction", "US", "--patient", "p1")["outcome"] == "needs-data"


def test_a_named_patient_who_is_not_in_the_bundle_is_a_wrong_patient(
    capsys: pytest.CaptureFixture[str], bundle: Path
) -> None:
    assert assessed(capsys, bundle, "--jurisdiction", "US", "--patient", "p9")["reason"] == "wrong-patient"


def test_check_says_what_is_used_what_is_not_and_why(capsys: pytest.CaptureFixture[str], bundle: Path) -> None:
    found = json.loads(run(capsys, "check", bundle, "--jurisdiction", "US", "--format", "json"))
    used = {row["source"]: row for row in found["used"]}
    assert used["Condition/c1"]["as"] == ["diagnoses"] and used["Patient/p1"]["as"] == ["patient"]
    assert found["ignored"] == [{"source": "Observation/o1", "why": "entered-in-error"}]
    assert found["not_needed"] == [{"source": "Coverage/x1", "why": "no rule reads this type"}]
    text = run(capsys, "check", bundle, "--jurisdiction", "US")
    for words in ("Condition/c1", "diagnoses", "entered in error", "1 Coverage"):
        assert words in text


def test_read_report_prints_every_field(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.txt"
    path.write_text("Ki-67: 12 %.")
    found = json.loads(run(capsys, "read-report", "--type", "pathology", path))
    assert found["ki67_percent"] == 12 and found["tracer"] is None and len(found) == 23
    for arguments in ((), ("-",)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfKi-67: 12 %.")))
        assert json.loads(run(capsys, "read-report", "--type", "pathology", *arguments)) == found
    path.write_bytes(b"\xff")
    assert "not UTF-8" in refusal(capsys, "read-report", "--type", "pathology", path)


def test_rules_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    listed = run(capsys, "rules", "list")
    assert "G-05" in listed and "neuroendocrine-carcinoma" in listed
    shown = run(capsys, "rules", "show", "G-05")
    assert shown == run(capsys, "rules", "show", "neuroendocrine-carcinoma")
    for words in ("When:", "Outcome: Not now: neuroendocrine carcinoma", "Grade: ", "D03", "review by"):
        assert words in shown
    assert "no rule of this id" in refusal(capsys, "rules", "show", SECRET)
    page = tmp_path / "rules.html"
    assert run(capsys, "rules", "catalogue", page) == ""
    html = page.read_text(encoding="utf-8")
    assert html.count("<article") == len(listed.splitlines()) - 2
    assert "Not for clinical use without local approval" in html and "<script" not in html and "http-equiv" not in html
    assert "cannot be written" in refusal(capsys, "rules", "catalogue", tmp_path)


def test_the_module_is_the_command_and_a_reader_that_leaves_early_is_no_error() -> None:
    shown = subprocess.run([*COMMAND, "--version"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert shown.stdout.startswith("prrt-cds ")
    with subprocess.Popen(
        [*COMMAND, "rules", "list"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_every_rule_and_every_number_can_be_put_into_words(capsys: pytest.CaptureFixture[str]) -> None:
    codes = [line.split()[0] for line in run(capsys, "rules", "list").splitlines()[2:]]
    for code in codes:
        shown = run(capsys, "rules", "show", code)
        assert shown.startswith(code) and "{param." not in shown and "[[" not in shown


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("nonsense",), ("assess",), ("assess", "x", "--jurisdiction", "UK"), ("assess", "x", "--on", "yesterday"),
        ("assess", "x", "--format", "xml"), ("read-report",), ("read-report", "--type", "mri"), ("rules",),
        ("rules", "show"), ("serve", "--port", "0"), ("serve", "--workers", "0"), ("serve", "--port", "x"),
        ("assess", "x", "--juris", "US"),
    ],
)  # fmt: skip
def test_wrong_usage_is_status_2(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    assert "usage:" in usage(capsys, *arguments)


@pytest.mark.parametrize("fault", [EngineError(SECRET), KeyError(SECRET), RecursionError(SECRET)])
def test_a_fault_of_the_program_is_one_line_without_the_record(
    capsys: pytest.CaptureFixture[str], bundle: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(cli, "load_answer", fail)
    refusal(capsys, "assess", bundle, "--jurisdiction", "US")
