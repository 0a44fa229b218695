"""The short form of ``make fuzz``: damaged calls through the whole service, from a seed that changes nothing."""

from __future__ import annotations

import json
import random

import pytest

from tests.fuzz.corpus import documents
from tests.fuzz.edits import edited, random_bytes, random_edits
from tests.fuzz.target import MARK, Finding, check_answer, run, strict_json

PORTIONS = 10
INPUTS = 120  # a portion
HOSTILE = "<img src=x onerror=alert(1)> [a](http://evil.test) " + MARK


def damaged(seed: int) -> bytes:
    """An input: a document of the corpus, edited, and sometimes its text damaged as well."""
    chance = random.Random(seed)
    document = edited(chance.choice(documents()), random_edits(chance))
    body = json.dumps(document).encode()
    return random_bytes(body, chance) if chance.random() < 0.2 else body


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_damaged_calls_are_answered_or_refused(portion: int) -> None:
    answered = sum(run(damaged(portion * 1_000_000 + number)) is not None for number in range(INPUTS))
    assert answered > INPUTS / 3, "too much of what is tried is refused unread"


def test_every_document_of_the_corpus_is_answered() -> None:
    for document in documents():
        assert run(json.dumps(document).encode()) is not None, document["context"]


def test_text_of_the_record_never_comes_alive() -> None:
    """Every display, text and unit of the record replaced by markup."""
    for document in documents()[::4]:
        text = json.dumps(_hostile(document))
        assert HOSTILE in json.loads(text, object_pairs_hook=dict).__str__()
        run(text.encode())


def _hostile(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: f"{inner} {HOSTILE}" if name in ("text", "display", "unit", "valueString", "title", "conclusion")
            and isinstance(inner, str) else _hostile(inner)
            for name, inner in value.items()
        }  # fmt: skip
    return [_hostile(item) for item in value] if isinstance(value, list) else value


def card(**changes: object) -> dict[str, object]:
    right = {
        "uuid": "0fde66f0-c51c-5788-b849-54fe1d1dec8d",
        "summary": "s",
        "indicator": "info",
        "source": {"label": "l"},
    }
    return {"cards": [{**right, **changes}], "extension": {"prrt-cds.assessment": {
        "outcome": "o", "reason": "r", "findings": [{"rule": "D-01"}]}}}  # fmt: skip


def test_a_right_answer_passes() -> None:
    check_answer(card(detail="**Missing:** <=1 and 5 < 6"))


@pytest.mark.parametrize(
    "changes",
    [
        {"summary": "x" * 140}, {"summary": "a <b>c"}, {"indicator": "hint"}, {"detail": "<b>x</b>"}, {"links": []},
        {"detail": "[x](http://evil.test)"}, {"detail": "https://evil.test"}, {"source": {"label": None}},
        {"suggestions": [{"label": "x"}]},
    ],
)  # fmt: skip
def test_the_fuzzer_would_notice(changes: dict[str, object]) -> None:
    with pytest.raises(Finding):
        check_answer(card(**changes))


@pytest.mark.parametrize("text", [b'{"a": NaN}', b'{"a": 1, "a": 2}'])
def test_the_fuzzer_would_notice_what_is_not_json(text: bytes) -> None:
    with pytest.raises(Finding):
        strict_json(text)
