"""Nothing from the record comes alive in a card."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cds_service.advice import escape
from cds_service.advice.escape import clean_markdown, clean_plain

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](http://evil.example)",
    "![x](http://evil.example/p)",
    "http://evil.example",
    "www.evil.example",
    "a@evil.example",
    "**bold** _it_ ~~gone~~ `code`",
    "| a | b |",
    "&lt;script&gt;",
    "&#60;script&#62;",
    "<!-- hidden -->",
    "</td></table><h1>",
    "line\n\n# heading",
    "\u202eevil\u202c",
    "\u200bzero",
    "a\x00b\x1b[31m",
    "<https://evil.example>",
    "\\<b>",
    "<b",
    "<<script>alert(1)</script>",
    "<<<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_rendered_with_raw_html_it_is_still_only_text(text: str) -> None:
    renderer = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    html = renderer.render(f"| {clean_markdown(text)} |\n|---|\n| {clean_markdown(text)} |\n\n{clean_markdown(text)}")
    for tag in ("<script", "<img", "<a ", "<h1", "<b>", "<!--", "<em>", "<strong>", "<s>", "<code>"):
        assert tag not in html.lower()


@pytest.mark.parametrize("text", HOSTILE)
def test_plain_fields_open_no_tag_and_stay_on_one_line(text: str) -> None:
    cleaned = clean_plain(text)
    assert "\n" not in cleaned and "\x1b" not in cleaned and "\u202e" not in cleaned
    assert not any(f"<{letter}" in cleaned.lower() for letter in "abcdefghijklmnopqrstuvwxyz/!?")


def test_a_comparator_stays_readable() -> None:
    assert clean_markdown("<=1") == "<=1"
    assert clean_plain("< 3 %") == "< 3 %"


@given(st.text("<!/?b 3", max_size=40))
def test_no_run_of_signs_opens_a_tag(text: str) -> None:
    for cleaned in (clean_plain(text), clean_markdown(text)):
        assert not re.search(r"<[a-zA-Z/!?]", cleaned)


@given(st.text("<>&/.:@~|*_`[]\\wb7 -\n", max_size=40) | st.text("wb. ", min_size=190, max_size=210))
def test_a_text_taken_for_tame_is_one_that_nothing_would_be_done_to(text: str) -> None:
    line = clean_plain(text)
    done = escape._MARKDOWN.sub(r"\\\1", escape._ENTITY.sub("&amp;", line))
    done = done.replace("://", "&#58;//").replace("www.", "www&#46;").replace("@", "&#64;")
    assert clean_markdown(text) == done


@given(st.text(max_size=300))
def test_any_text_is_cut_and_single_line(text: str) -> None:
    for cleaned in (clean_plain(text), clean_markdown(text)):
        assert "\n" not in cleaned and "\r" not in cleaned
    assert len(clean_plain(text)) <= 200
