"""One input through the whole service, and what must hold for every answer."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from markdown_it import MarkdownIt

from cds_service.app import create_app
from cds_service.hooks.answer import load_answer
from cds_service.hooks.discovery import SERVICES
from cds_service.policy import load_policy
from cds_service.rulebook import load_rulebook
from cds_service.web.pages import Profile

TODAY = date(2026, 6, 1)
MARK = "Zebedee4711"
"""Stands in every planted name and identifier: no log line and no error may hold it."""
MOST_SECONDS = 10.0
"""CPU time after which an input counts as a hang; a usual one takes hundredths of a second."""
_REFUSALS = (400, 412, 413)
_HOOK = re.compile(rb'"hook"\s*:\s*"(order-select|order-sign)"')
_MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
_BARE_LINK = re.compile(r"://|\bwww\.|\w@\w")
_ALIVE = {"html_inline", "html_block", "link_open", "image"}
_OPEN_TAG = re.compile(r"<[a-zA-Z/!?]")


class Finding(AssertionError):
    """A property that does not hold. ``where`` tells one cause from another."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{what} {where}".strip())
        self.where = f"{what} {where}"


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@cache
def service(jurisdiction: str = "US") -> tuple[FlaskClient, _Lines]:
    """The service with its real rule book, and what it logs."""
    book = load_rulebook()
    policy = load_policy(None, parameters=book.parameters, jurisdiction=jurisdiction, environ={})
    app = create_app(load_answer(book, policy), profile=Profile(jurisdiction), today=lambda: TODAY)
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    log = logging.getLogger("cds_service")
    log.addHandler(lines)
    log.setLevel(logging.DEBUG)
    return app.test_client(), lines


def run(body: bytes) -> dict[str, Any] | None:
    """Sends ``body`` to the service its hook belongs to. Raises Finding; returns a 200 answer, None for a refusal."""
    client, lines = service()
    lines.lines.clear()
    hook = _HOOK.search(body)
    named = next(s.id for s in SERVICES.values() if s.hook == (hook[1].decode() if hook else "patient-view"))
    begun = time.process_time()
    response = client.post(f"/cds-services/{named}", data=body)
    seconds = time.process_time() - begun
    if response.status_code != 200 and response.status_code not in _REFUSALS:
        raise Finding(f"status {response.status_code}", fault(lines.lines))
    if seconds > MOST_SECONDS:
        raise Finding("too slow")
    if MARK in "".join(lines.lines):
        raise Finding("the record is in the log")
    answer: dict[str, Any] = strict_json(response.get_data())
    if response.status_code != 200:
        if answer["resourceType"] != "OperationOutcome" or MARK in response.get_data(as_text=True):
            raise Finding("a refusal that is no clean OperationOutcome")
        return None
    check_answer(answer)
    return answer


def fault(lines: list[str]) -> str:
    """Kind and place of a logged fault."""
    found = [json.loads(line) for line in lines if '"fault"' in line]
    return f"{found[-1]['error']} {found[-1]['at'][-3:]}" if found else ""


def strict_json(text: bytes) -> Any:
    """The JSON of an answer; what is not JSON to every reader (NaN, a name given twice) is a finding."""

    def refuse(word: str) -> Any:
        raise Finding("an answer that is not JSON", word)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise Finding("a name given twice")
        return dict(pairs)

    return json.loads(text, parse_constant=refuse, object_pairs_hook=once)


def check_answer(answer: dict[str, Any]) -> None:
    """What the specification asks of a CDS Hooks response, and that nothing in a card comes alive. Raises Finding."""
    if not isinstance(answer.get("cards"), list):
        raise Finding("no cards array")
    for path, value in _members(answer, ""):
        if value is None or (value in ("", [], {}) and path != ".cards"):
            raise Finding("a member without a value", path)
    assessment = answer["extension"]["prrt-cds.assessment"]
    if not assessment["outcome"] or not assessment["reason"] or not assessment["findings"]:
        raise Finding("an assessment without an outcome")
    for card in answer["cards"]:
        _check_card(card)


def _members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    inner = (
        value.items() if isinstance(value, dict) else ((0, item) for item in value) if isinstance(value, list) else ()
    )
    for name, member in inner:
        here = f"{path}.{name}" if isinstance(value, dict) else f"{path}[]"
        yield here, member
        yield from _members(member, here)


def _check_card(card: dict[str, Any]) -> None:
    UUID(card["uuid"])
    if not 0 < len(card["summary"]) < 140:
        raise Finding("a summary of 140 characters or more")
    if card["indicator"] not in ("info", "warning", "critical") or not card["source"]["label"]:
        raise Finding("an indicator or source that is none")
    if card.get("suggestions") and not card.get("selectionBehavior"):
        raise Finding("suggestions without selectionBehavior")
    plain = [card["summary"], card["source"]["label"], *(item["label"] for item in card.get("suggestions", ()))]
    if any(_OPEN_TAG.search(text) or "\n" in text for text in plain):
        raise Finding("markup in a plain field")
    detail = card.get("detail", "")
    if _BARE_LINK.search(detail):
        raise Finding("record text comes alive", "bare link")
    for token in _MARKDOWN.parse(detail):
        alive = [inner.type for inner in (token, *(token.children or ())) if inner.type in _ALIVE]
        if alive:
            raise Finding("record text comes alive", alive[0])
