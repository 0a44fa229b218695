"""Markdown of cards and of the samples' pages; raw HTML, images and dangerous links never come alive."""

from __future__ import annotations

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def to_html(text: str) -> str:
    """The text as HTML; HTML written in it comes out as the characters it is made of."""
    return str(MARKDOWN.render(text))
