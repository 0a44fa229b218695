"""Every card of every scenario keeps the card contract (decision table, section 2; CDS Hooks; wording)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fhir.resources.R4B.servicerequest import ServiceRequest

from cds_service.rulebook.loader import rules_folder
from cds_service.scenarios.bench import bench_of
from cds_service.scenarios.sheets import read_rows

PAGES = sorted(path for path in rules_folder().glob("*/*.toml") if path.with_suffix(".py").exists())
# the headings of a card's detail, in the order they must stand
ORDER = ("Record shows", "**Missing:**", "**Rule:**", "**Evidence:**", "Advisory. For use by NET clinicians")
OVER = re.compile(r"\b(eligible|safe|give|start)\b", re.IGNORECASE)

pages = pytest.mark.parametrize("page", PAGES, ids=[path.stem for path in PAGES])


@cache
def responses(page: Path) -> tuple[dict[str, Any], ...]:
    bench = bench_of(rules_folder())
    rows, errors = read_rows(page)
    assert not errors
    return tuple(bench.assess(bench.case(row.patient)).to_response() for row in rows)


def cards(page: Path) -> list[dict[str, Any]]:
    return [card for response in responses(page) for card in response["cards"]]


def empties(value: Any, path: str = "") -> list[str]:
    """Paths of null, "", [] and {} (CDS Hooks forbids them, ``cards`` excepted)."""
    if value in (None, "", [], {}):
        return [] if path == "/cards" else [path]
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in empties(part, f"{path}/{key}")]
    if isinstance(value, list):
        return [found for number, part in enumerate(value) for found in empties(part, f"{path}/{number}")]
    return []


@pages
def test_nothing_empty_is_sent(page: Path) -> None:
    for response in responses(page):
        assert empties(response) == []


@pages
def test_a_summary_is_one_short_sentence(page: Path) -> None:
    for card in cards(page):
        assert 0 < len(card["summary"]) < 140
        assert "\n" not in card["summary"]
        assert "{" not in card["summary"] and "[[" not in card["summary"]


@pages
def test_the_detail_keeps_its_order(page: Path) -> None:
    for card in cards(page):
        places = [card["detail"].find(words) for words in ORDER]
        assert -1 not in places, f"lacks {ORDER[places.index(-1)]}: {card['detail'][:80]}"
        assert places == sorted(places)
        assert "{" not in card["detail"] and "[[" not in card["detail"]


@pages
def test_words_a_card_never_uses(page: Path) -> None:
    for card in cards(page):
        labels = " ".join(suggestion["label"] for suggestion in card.get("suggestions", ()))
        assert not OVER.search(f"{card['summary']} {card['detail']} {labels}")


@pages
def test_two_suggestions_or_no_change(page: Path) -> None:
    for card in cards(page):
        labels = [suggestion["label"] for suggestion in card["suggestions"]]
        assert len(labels) >= 2 or labels[0].startswith("No change")
        assert card["selectionBehavior"] in ("any", "at-most-one")


@pages
def test_uuids_are_unique_and_a_replay_repeats_them(page: Path) -> None:
    for response in responses(page):
        found = [card["uuid"] for card in response["cards"]]
        found += [s["uuid"] for card in response["cards"] for s in card.get("suggestions", ())]
        assert len(set(found)) == len(found)
        assert all(UUID(one).version == 5 for one in found)


@pages
def test_draft_orders_are_valid_and_say_why(page: Path) -> None:
    for card in cards(page):
        for suggestion in card["suggestions"]:
            for action in suggestion.get("actions", ()):
                assert action["type"] == "create" and action["description"]
                order = ServiceRequest.model_validate(action["resource"])
                assert order.status == "draft" and order.subject.reference.startswith("Patient/")
                assert card["source"]["topic"]["code"] in order.note[0].text
                assert order.reasonCode[0].text


@pages
def test_override_reasons_are_whole_codings(page: Path) -> None:
    for card in cards(page):
        assert card["overrideReasons"]
        assert all({"system", "code", "display"} <= reason.keys() for reason in card["overrideReasons"])


@pages
def test_at_most_three_cards_for_findings(page: Path) -> None:
    for response in responses(page):
        findings = {f["rule"] for f in response["extension"]["prrt-cds.assessment"]["findings"]}
        own = [card for card in response["cards"] if card["source"]["topic"]["code"] in findings]
        assert len(own) <= 3


def test_critical_only_where_the_table_says() -> None:
    critical = [card for page in PAGES for card in cards(page) if card["indicator"] == "critical"]
    codes = {card["source"]["topic"]["code"] for card in critical}
    assert codes <= {"C-01", "C-03", "C-05", "F-02", "F-03"}
