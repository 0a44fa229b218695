"""Answers as terminal text: all of the card, nothing that steers the terminal."""

from __future__ import annotations

from datetime import date
from typing import Any

from cds_service.rulebook.library import Wording
from cds_service.terminal import WIDTH, answer_text, plain, printable, table

WORDING = Wording(
    groups={
        "outcome": {"re-image": "Re-imaging suggested"},
        "reason": {"post-therapy": "no scan since treatment"},
        "why": {"no-unit": "no unit"},
        "item": {"hb": "haemoglobin"},
        "card": {"missing": "Missing", "not_used": "Not used", "closing": "Advisory."},
        "profile": {"US": "US labels"},
    },
    banned=(),
)


def response(*cards: dict[str, Any], **assessment: Any) -> dict[str, Any]:
    says = {"outcome": "re-image", "reason": "post-therapy", "policy": {"jurisdiction": "US"}, **assessment}
    return {"cards": list(cards), "extension": {"prrt-cds.assessment": says}}


def test_the_outcome_comes_first_in_words_and_as_the_codes() -> None:
    text = answer_text(response(), WORDING, date(2024, 6, 1))
    assert text.startswith(
        "Re-imaging suggested: no scan since treatment  [re-image/post-therapy]\nAs of 2024-06-01, US labels"
    )


def test_a_card_is_printed_whole() -> None:
    card = {
        "summary": "Consider an SSTR PET",
        "indicator": "warning",
        "detail": "Record shows **low** uptake.\n\n| Fact | Value |\n|---|---|\n| Krenning | &lt;=1 |\n\n- a\\_b",
        "suggestions": [{"label": "Order SSTR PET/CT"}, {"label": "No change"}],
    }
    text = answer_text(response(card), WORDING, date(2024, 6, 1))
    for words in ("[warning] Consider an SSTR PET", "Record shows low uptake.", "Krenning  <=1", "- a_b",
                  "o Order SSTR PET/CT", "o No change"):  # fmt: skip
        assert words in text, words
    assert "**" not in text and "|" not in text


def test_without_a_card_what_is_missing_and_not_used_is_said() -> None:
    text = answer_text(response(missing=["hb"], ignored=[{"source": "Observation/1", "why": "no-unit"}]), WORDING,
                       date(2024, 6, 1))  # fmt: skip
    assert "No card is shown." in text
    assert "Missing: haemoglobin" in text and "Not used: Observation/1 (no unit)" in text and "Advisory." in text


def test_nothing_steers_the_terminal() -> None:
    assert printable("a\x1b[31mb\x07\u202ec\r\nd\u00a0e") == "a?[31mb??c \nd e"
    card = {"summary": "x\x1b]0;y", "indicator": "info", "detail": "z\x1b[2J"}
    assert "\x1b" not in answer_text(response(card), WORDING, date(2024, 6, 1))


def test_paragraphs_are_wrapped_and_tables_aligned() -> None:
    lines = plain("word " * 100).splitlines()
    assert len(lines) > 1 and max(map(len, lines)) <= WIDTH
    assert table([("a", "long head"), ("long cell", "b")]) == "a          long head\n---------  ---------\nlong cell  b"
    assert table([]) == ""
    broken = table([("fact", "source"), ("hb", "Observation/1, " * 12)]).splitlines()
    assert len(broken) == 4 and max(map(len, broken)) <= WIDTH and broken[3].startswith("      Observation/1")
