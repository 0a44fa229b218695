"""Text from the record is hostile: what may stand in a card's markdown and in its plain fields."""

from __future__ import annotations

import re
import unicodedata

_MARKDOWN = re.compile(r"([\\`*_\[\]|~])")
_TAG = re.compile(r"(?<!<)<++(?=[a-zA-Z/!?])")  # all of a run: of "<<b" the first would open the tag
_ENTITY = re.compile(r"&(?=[#a-zA-Z])")
_TAME = re.compile(r"[a-zA-Z0-9.,;()/%=>+-]+(?: [a-zA-Z0-9.,;()/%=>+-]+)*")
"""Nothing of this is changed below, but for "www." and what is too long."""
_LONGEST = 200


def clean_plain(text: str) -> str:
    """One line without control, format or bidirectional characters, and without anything that opens a tag."""
    if not text.isprintable():
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(text.split())
    return (_TAG.sub("", line) if "<" in line else line)[:_LONGEST]


def clean_markdown(text: str) -> str:
    """The same, safe inside GitHub Flavored Markdown rendered with raw HTML: no markup, no link comes alive."""
    if len(text) <= _LONGEST and _TAME.fullmatch(text) and "www." not in text:
        return text
    line = _ENTITY.sub("&amp;", clean_plain(text))
    line = _MARKDOWN.sub(r"\\\1", line)
    return line.replace("://", "&#58;//").replace("www.", "www&#46;").replace("@", "&#64;")
