"""Every quote has its place in the text as written."""

from typing import Any

import pytest

from benchmarks.read_report import load
from cds_service.narrative import read_report, read_report_with_places


@pytest.mark.parametrize("report", load("open"), ids=lambda r: r["id"])
def test_the_place_of_a_quote_holds_the_quote(report: dict[str, Any]) -> None:
    said, places = read_report_with_places(report["text"], report["kind"])
    assert said == read_report(report["text"], report["kind"])
    assert {name: report["text"][begin:end] for name, (begin, end) in places.items()} == said["quotes"]


def test_places_count_the_characters_of_the_original() -> None:
    text = "\u200bBefund:\u00a0\u00a0Ki\u2011\u200b67 \u2264\u202f3\u00a0%."
    said, places = read_report_with_places(text, "pathology")
    begin, end = places["ki67_range"]
    assert text[begin:end] == said["quotes"]["ki67_range"]
    assert begin == text.index("Ki") and end >= text.index("%")


def test_a_withdrawn_report_has_no_places() -> None:
    text = "Krenning 3 in the liver.\nADDENDUM: This report was issued in error for another patient. Please disregard."
    said, places = read_report_with_places(text, "sstr_pet")
    assert said["quotes"] == places == {}
