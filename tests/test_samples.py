"""Every sample: valid FHIR, and the answer it is there to show, over the service's own way."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.hooks.answer import load_answer
from cds_service.hooks.bundle import call_from_bundle
from cds_service.hooks.discovery import SERVICES
from cds_service.hooks.request import Answer, read_call
from cds_service.policy import Jurisdiction, Policy
from cds_service.rulebook import load_rulebook

FOLDER = Path(__file__).parent.parent / "fhir_samples"
SAMPLES = sorted(path.parent for path in FOLDER.glob("*/expected.json"))
FILES = {"bundle.json", "request.json", "expected.json", "README.md"}
KEYS = {
    "on", "jurisdiction", "outcome", "reason", "course", "findings", "fires", "silent", "missing", "not_missing",
    "card_says", "card_never_says", "cards", "ignored", "criteria", "elsewhere",
}  # fmt: skip

samples = pytest.mark.parametrize("sample", SAMPLES, ids=[path.name for path in SAMPLES])


@cache
def answer(jurisdiction: Jurisdiction) -> Answer:
    return load_answer(load_rulebook(), Policy(jurisdiction, {}, {}))


def expected(sample: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((sample / "expected.json").read_text(encoding="utf-8"))
    assert loaded.keys() <= KEYS, f"unknown keys: {loaded.keys() - KEYS}"
    return loaded


def asked(sample: Path, jurisdiction: Jurisdiction = "US") -> dict[str, Any]:
    call = json.loads((sample / "request.json").read_text(encoding="utf-8"))
    service = next(s for s in SERVICES.values() if s.hook == call["hook"])
    on = date.fromisoformat(expected(sample)["on"])
    return answer(jurisdiction)(read_call(json.dumps(call).encode(), service), on)


def assessment(response: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = response["extension"]["prrt-cds.assessment"]
    return found


@samples
def test_a_sample_is_complete(sample: Path) -> None:
    assert {path.name for path in sample.iterdir()} == FILES
    page = (sample / "README.md").read_text(encoding="utf-8")
    assert "Assumed" in page


@samples
def test_every_resource_is_valid_r4(sample: Path) -> None:
    bundle = json.loads((sample / "bundle.json").read_text(encoding="utf-8"))
    get_fhir_model_class("Bundle").model_validate(bundle)
    for entry in bundle["entry"]:
        get_fhir_model_class(entry["resource"]["resourceType"]).model_validate(entry["resource"])


@samples
def test_the_answer_is_the_one_expected(sample: Path) -> None:
    want, response = expected(sample), asked(sample, expected(sample)["jurisdiction"])
    got = assessment(response)
    codes = {rule["code"] for rule in got["rules"]}
    cards = " ".join(card["summary"] + " " + card["detail"] for card in response["cards"])
    for card in response["cards"]:
        cards += " ".join(suggestion["label"] for suggestion in card.get("suggestions", ()))
    assert (got["outcome"], got["reason"]) == (want["outcome"], want["reason"])
    assert got["course"] == want.get("course", "none")
    assert set(want["fires"]) <= codes, f"silent: {set(want['fires']) - codes}"
    assert not set(want["silent"]) & codes, f"spoke: {set(want['silent']) & codes}"
    assert set(want.get("missing", ())) <= set(got.get("missing", ()))
    assert not set(want.get("not_missing", ())) & set(got.get("missing", ()))
    assert {tuple(f) for f in want.get("findings", ())} <= {(f["outcome"], f["reason"]) for f in got["findings"]}
    assert set(want.get("ignored", ())) <= {item["why"] for item in got.get("ignored", ())}
    assert len(response["cards"]) == want.get("cards", len(response["cards"]))
    statuses = {criterion["id"]: criterion["status"] for criterion in got.get("criteria", ())}
    assert {name: statuses.get(name) for name in want.get("criteria", {})} == want.get("criteria", {})
    for words in want.get("card_says", ()):
        assert words.lower() in cards.lower()
    for words in want.get("card_never_says", ()):
        assert words.lower() not in cards.lower()


@samples
def test_the_answer_elsewhere(sample: Path) -> None:
    for jurisdiction, want in expected(sample).get("elsewhere", {}).items():
        got = assessment(asked(sample, jurisdiction))
        assert (got["outcome"], got["reason"]) == (want["outcome"], want["reason"])


@samples
def test_the_bundle_says_the_same_as_the_call(sample: Path) -> None:
    """`prrt-cds assess` on the Bundle and the CDS Hooks call come to one assessment."""
    call = json.loads((sample / "request.json").read_text(encoding="utf-8"))
    if call["hook"] != "patient-view":
        return
    bundle = call_from_bundle((sample / "bundle.json").read_bytes(), call["context"]["patientId"])
    on = date.fromisoformat(expected(sample)["on"])
    assert assessment(answer("US")(bundle, on)) == assessment(asked(sample))


def test_both_published_cases_are_there() -> None:
    names = {path.name for path in SAMPLES}
    assert {f"sharma-basu-2{step}" for step in "abcde"} <= names
    assert {f"soeiro-1{step}" for step in "ah"} <= names
