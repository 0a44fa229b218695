"""The whole rule book as one HTML page that needs nothing else: to print, to sign, to compare."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from cds_service.rule_words import describe, outcomes
from cds_service.rulebook import Rulebook

_HERE = Path(__file__).parent


def catalogue(book: Rulebook) -> str:
    """The page's HTML."""
    pages = [{"rule": rule, "outcomes": outcomes(rule, book), "sections": describe(rule, book)} for rule in book.rules]
    style = (_HERE / "static" / "style.css").read_text(encoding="utf-8")
    environment = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
    return environment.get_template("catalogue.html").render(book=book, pages=pages, style=style)
