"""Text from the record is hostile: what may stand in a card's markdown and in its plain fields."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_\[\]|~])")
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?=[#a-zA-Z])")
_LONGEST = 200


def clean_plain(text: str) -> str:
    """One line without control, format or bidirectional characters, and without anything that opens a tag."""
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(text.split())
    return _TAG.sub("", line)[:_LONGEST]


def clean_markdown(text: str) -> str:
    """The same, safe inside GitHub Flavored Markdown rendered with raw HTML: no markup, no link comes alive."""
    line = _ENTITY.sub("&amp;", clean_plain(text))
    line = _MARKDOWN.sub(r"\\\1", line)
    return line.replace("://", "&#58;//").replace("www.", "www&#46;").replace("@", "&#64;")
