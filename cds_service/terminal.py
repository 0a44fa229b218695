"""Answers as text for a terminal: no markup, no control characters, lines that fit."""

from __future__ import annotations

import textwrap
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from cds_service.markdown import MARKDOWN
from cds_service.rulebook.library import Wording

WIDTH = 100


def printable(text: str) -> str:
    """The text without anything that could steer the terminal (the record is not trusted)."""
    return "".join(c if c.isprintable() or c == "\n" else " " if c.isspace() else "?" for c in text)


def fault(error: BaseException) -> str:
    """A fault of ours: its kind and where it arose, without its text, which may quote the record."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"a fault of the program: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}"


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """One paragraph, broken at the terminal's width."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, the first row underlined; the last column is broken at the terminal's width."""
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    room = max(WIDTH - sum(width + 2 for width in widths[:-1]), 20)
    widths[-1] = min(widths[-1], room)
    return "\n".join(
        line for row in [rows[0], ["-" * width for width in widths], *rows[1:]] for line in _row(row, widths)
    )


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    *first, last = cells
    broken = textwrap.wrap(last, widths[-1], break_long_words=False, break_on_hyphens=False) or [""]
    for number, part in enumerate(broken):
        start = [(cell if number == 0 else "").ljust(width) for cell, width in zip(first, widths, strict=False)]
        yield "  ".join([*start, part]).rstrip()


def answer_text(response: Mapping[str, Any], wording: Wording, on: date) -> str:
    """A CDS Hooks response of ours as a clinician reads it in a terminal."""
    assessment = response["extension"]["prrt-cds.assessment"]
    outcome, reason = assessment["outcome"], assessment.get("reason", "")
    say = wording.say
    blocks = [
        f"{say('outcome', outcome)}: {say('reason', reason)}  [{outcome}/{reason}]\n"
        f"As of {on}, {say('profile', assessment['policy']['jurisdiction'])}"
    ]
    blocks += [_card(card) for card in response["cards"]]
    if not response["cards"]:
        blocks += ["No card is shown.", *_lists(assessment, wording), say("card", "closing")]
    return printable("\n\n".join(block for block in blocks if block)) + "\n"


def _card(card: Mapping[str, Any]) -> str:
    head = wrapped(f"[{card['indicator']}] {card['summary']}")
    lines = [head, "=" * min(WIDTH, max(len(line) for line in head.splitlines()))]
    if card.get("detail"):
        lines += ["", plain(card["detail"])]
    if card.get("suggestions"):
        lines += ["", *(wrapped(item["label"], "    ", "  o ") for item in card["suggestions"])]
    return "\n".join(lines)


def _lists(assessment: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    """What no card says: what is missing and what was not used."""
    if assessment.get("missing"):
        items = ", ".join(wording.say("item", name) for name in assessment["missing"])
        yield wrapped(f"{wording.say('card', 'missing')}: {items}")
    if assessment.get("ignored"):
        items = ", ".join(f"{row['source']} ({wording.say('why', row['why'])})" for row in assessment["ignored"])
        yield wrapped(f"{wording.say('card', 'not_used')}: {items}")


def plain(markdown: str) -> str:
    """Markdown as plain text: paragraphs wrapped, tables in columns."""
    return "\n\n".join(_blocks(MARKDOWN.parse(markdown)))


def _blocks(tokens: Iterable[Token]) -> Iterator[str]:
    depth, rows, items = 0, list[list[str]](), list[str]()
    for token in tokens:
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield table(rows)
            rows = []
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0:
                yield "\n".join(items)
                items = []
        elif token.type == "inline":
            text = _inline(token)
            if rows:
                rows[-1].append(text)
            elif depth:
                items.append(wrapped(text, "  " * depth + "  ", "  " * depth + "- "))
            else:
                yield wrapped(text)
        elif token.content.strip():  # a code block
            yield textwrap.indent(token.content.rstrip(), "    ")


def _inline(token: Token) -> str:
    parts = (" " if child.type in ("softbreak", "hardbreak") else child.content for child in token.children or ())
    return " ".join("".join(parts).split())
