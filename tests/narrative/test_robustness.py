"""Any text is read without raising, in time that grows with its length, and every value is quoted from the text."""

import json
import time
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.read_report import load
from cds_service.narrative import read_report, read_statement
from cds_service.narrative.assemble import FIELDS, Kind
from cds_service.narrative.normalise import plain

KINDS = get_args(Kind)
REPORTS = load("open")
WORDS = (
    "Krenning", "score", "3", "III", "<= 1", "previously", "no", "liver", "metastases", "SUVmax", "12,5", "Ki-67",
    "20 %",
    "(", ")", ",", ";", ".", "\n", "if", "possible", "new", "lesion", "stable disease", "FDG", "DOTATATE", "Addendum:",
    "|", "G2", "from", "to", "all", "above liver", "mitoses", "10 HPF", "2021", "\u200b", "\u202e", "-", "&lt;",
    "\u2264",
)  # fmt: skip


def _reads(text: str) -> None:
    for kind in KINDS:
        out = read_report(text, kind)
        assert tuple(out) == FIELDS
        json.dumps(out)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    _reads(text)
    read_statement(text)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_order_of_report_words_is_read(text: str) -> None:
    _reads(text)
    read_statement(text)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(REPORTS), st.integers(0, 600), st.integers(0, 600))
def test_any_cut_of_a_report_is_read(report: dict[str, Any], begin: int, length: int) -> None:
    _reads(report["text"][begin : begin + length])


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00", "\ud800", "\u202e", "%", "(" * 50, "Krenning", "Ki-67", "SUVmax", "Addendum:"]
)
def test_nothing_is_made_of_nothing(text: str) -> None:
    for kind in KINDS:
        out = read_report(text, kind)
        assert all(value in (None, [], False, {}) for value in out.values())


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r["id"])
def test_every_quote_stands_in_the_text(report: dict[str, Any]) -> None:
    out = read_report(report["text"], report["kind"])
    for name, words in out["quotes"].items():
        assert words
        assert words in report["text"], name
    for name in (
        "tracer",
        "krenning_highest",
        "krenning_implied_lowest",
        "ki67_percent",
        "grade",
        "response",
        "operability",
    ):
        assert (out[name] is None) == (name not in out["quotes"]), name


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r["id"])
def test_invisible_characters_change_nothing(report: dict[str, Any]) -> None:
    text = report["text"]
    littered = "".join(
        c + ("\u200b\u2060" if i % 3 == 0 else "\u202a\u00ad" if i % 7 == 0 else "") for i, c in enumerate(text)
    )
    clean, dirty = read_report(text, report["kind"]), read_report(littered, report["kind"])
    assert {k: v for k, v in dirty.items() if k not in {"quotes", "mitoses"}} == {
        k: v for k, v in clean.items() if k not in {"quotes", "mitoses"}
    }


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "\u3000"])
@pytest.mark.parametrize("hyphen", ["\u2010", "\u2011", "\u2013", "\u2212", "\ufe63"])
def test_unusual_spaces_and_hyphens(space: str, hyphen: str) -> None:
    text = (
        f"\u2076\u2078Ga{hyphen}DOTA{hyphen}TOC{space}PET/CT. "
        f"Liver{space}metastases,{space}Krenning{space}III{hyphen}IV."
    )
    out = read_report(text, "sstr_pet")
    assert out["tracer"] == "68Ga-DOTATOC"
    assert (out["krenning_highest"], out["krenning_lowest"]) == (4, 3)
    assert read_report(f"NET,{space}Ki{hyphen}67{space}7{hyphen}8{space}%", "pathology")["ki67_range"] == [7, 8]


HOSTILE = {
    "no sentence end": "liver ",
    "dots": ".",
    "brackets": "(",
    "negations": "no ",
    "sentences": "Liver lesion Krenning 3. ",
    "values": "Krenning 3, SUVmax 5, ",
    "lines": "Krenning\n",
    "empty lines": "\n",
    "zero width": "\u200b",
    "bidirectional": "\u202eKrenning 3\u202c ",
    "table heads": "Site | Krenning | SUVmax\n",
    "table rows": "Site | Krenning\nLiver | 3\n",
    "dates": "12.03.2022 ",
    "headings": "Findings: ",
    "changes": "from 1 to ",
    "digits": "1234567890",
    "letters": "x",
    "abbreviations": "approx. ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def spent(size: int) -> float:
        text = piece * (size // len(piece))
        begin = time.process_time()
        read_report(text, "sstr_pet")
        return time.process_time() - begin

    spent(1000)  # warm up
    small, large = spent(60_000), spent(240_000)
    assert large <= 8 * small + 0.5  # four times the text; quadratic would be sixteen times


def test_a_megabyte_of_text_is_read() -> None:
    text = "".join(
        f"Liver segment IV lesion {i} Krenning {i % 5}, {i % 60} mm. No new lesion?\n" for i in range(18_000)
    )
    assert len(text) > 1_000_000
    begin = time.process_time()
    out = read_report(text, "sstr_pet")
    assert time.process_time() - begin < 20
    assert out["uncertain"] is True
    assert out["krenning_highest"] is None  # what is too long to be read is not half read


def test_plain_text_keeps_the_way_back() -> None:
    original = "a\u200bb \u2264\u00a0c\u00ad-d &lt; e\r\nf"
    page = plain(original)
    assert page.text == "ab <= c-d < e\nf"
    at = page.text.index("<= c")
    assert page.verbatim(at, at + 4) == "\u2264\u00a0c"
