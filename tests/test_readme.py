"""The README is run: its console blocks against the real service, its make targets and links against the repository."""

from __future__ import annotations

import doctest
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.hooks.discovery import SERVICES
from tests.live import ROOT, clean_environment, running_service

README = (ROOT / "README.md").read_text(encoding="utf-8")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", README, re.M | re.S)


def commands() -> list[tuple[str, str]]:
    """Each command of the console blocks with what the README says it prints."""
    parts = [part for block in blocks("console") for part in re.split(r"^\$ ", block, flags=re.M)[1:]]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with running_service("--workers", "1") as (port, _):
        yield port


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of its own that sees the samples, so that what the README writes does not stay in the repository."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "fhir_samples").symlink_to(ROOT / "fhir_samples")
    return folder


@pytest.mark.parametrize(("command", "expected"), commands())
def test_a_command_prints_what_the_readme_shows(port: int, workplace: Path, command: str, expected: str) -> None:
    here = command.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace("python3", shlex.quote(sys.executable))
    here = here.replace(".venv/bin/prrt-cds", f"{shlex.quote(sys.executable)} -m cds_service")
    environment = clean_environment(PYTHONPATH=str(ROOT))
    run = subprocess.run(
        ["bash", "-o", "pipefail", "-c", here], cwd=workplace, env=environment, capture_output=True, text=True,
        timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    checker = doctest.OutputChecker()
    example = doctest.Example(command, expected)
    assert checker.check_output(expected, run.stdout, FLAGS), checker.output_difference(example, run.stdout, FLAGS)


def test_it_opens_with_the_two_commands_then_the_card_then_three_doors() -> None:
    order = ["make run", "make test", "curl -s", '"summary"', "## For the clinician", "## For the engineer",
             "## For the integrator"]  # fmt: skip
    places = [README.index(words) for words in order]
    assert places == sorted(places)
    opening = README[: places[0]]
    assert "Not for clinical use without local approval" in opening and "Not a medical device" in opening


def test_every_make_target_it_names_exists() -> None:
    named = set(
        re.findall(r"`?\bmake ([a-z]+)", "\n".join(blocks("sh")) + " ".join(re.findall(r"`make [a-z]+`", README)))
    )
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert named >= {"run", "test"} and named <= targets


def test_every_file_it_names_exists() -> None:
    linked = re.findall(r"\]\(([^):]+)\)", README)
    named = re.findall(r"`((?:rules|docs|fhir_samples|cds_service|\.ci)/[^` ]*)`", README)
    tested = re.findall(r"pytest (rules/\S+\.toml)", README)
    for path in [*linked, *named, *tested]:
        assert (ROOT / path).exists(), path


def test_the_services_it_lists_are_those_on_offer() -> None:
    assert dict(re.findall(r"^\| `(prrt-[a-z-]+)` \| `([a-z-]+)` \|$", README, re.M)) == {
        service.id: service.hook for service in SERVICES.values()
    }
