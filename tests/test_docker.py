"""The Dockerfile, read: what it copies exists and reaches the build, and the image is what it should be."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [(line.split()[0], line.split(None, 1)[1]) for line in LINES if line.strip() and not line.startswith("#")]


def of(word: str) -> list[str]:
    return [rest for name, rest in STEPS if name == word]


def last_stage() -> list[tuple[str, str]]:
    start = max(i for i, (name, _) in enumerate(STEPS) if name == "FROM")
    return STEPS[start:]


def test_two_stages_on_one_base_that_the_engine_works_on() -> None:
    bases = [rest.split()[0] for rest in of("FROM")]
    assert len(bases) == 2 and len(set(bases)) == 1
    assert re.match(r"python:3\.1[12]-slim", bases[0])


def test_the_compiler_stays_in_the_first_stage_and_the_engine_is_tried_there() -> None:
    first = " ".join(rest for name, rest in STEPS[: -len(last_stage())] if name == "RUN")
    assert "gcc" in first and "import durable_rules_engine" in first
    assert first.count("--require-hashes") == 2
    assert not any("gcc" in rest or "pip" in rest for _, rest in last_stage())


def test_everything_copied_exists_and_is_not_kept_out_by_dockerignore() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    copied = {path for rest in of("COPY") if not rest.startswith("--from") for path in rest.split()[:-1]}
    assert copied == allowed
    for path in copied:
        assert (ROOT / path).exists(), path


def test_the_image_runs_as_nobody_special_with_a_health_check_and_no_jurisdiction_of_its_own() -> None:
    last = dict(last_stage())
    assert last["USER"] not in ("root", "0")
    assert last["EXPOSE"] == "8000" and "8000" in json.loads(last["CMD"])
    assert "/healthz" in last["HEALTHCHECK"]
    assert json.loads(last["ENTRYPOINT"]) == ["prrt-cds"]
    assert "JURISDICTION" not in " ".join(" ".join(step) for step in STEPS).upper()
