"""``docs/codes.md`` is what the code and unit tables say now."""

from __future__ import annotations

import csv
import runpy

from cds_service.record import codes, units
from tests.live import ROOT

SCRIPT = runpy.run_path(str(ROOT / "scripts" / "code_page.py"))
PAGE = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert SCRIPT["page"]() == PAGE, "run `python scripts/code_page.py`"


def test_every_code_stands_on_the_page_with_where_it_was_verified() -> None:
    lines = PAGE.splitlines()
    for row in csv.DictReader(SCRIPT["TABLE"].read_text(encoding="utf-8").splitlines()):
        name = SCRIPT["_NAMES"].get(row["system"], row["system"])
        (line,) = [line for line in lines if line.startswith(f"| {row['concept']} | {name} | `{row['code']}` |")]
        assert row["source"].split()[0] in line and ("| refused |" in line) == (row["use"] == "refuse")


def test_every_quantity_and_system_stands_on_the_page() -> None:
    for quantity in units.UNITS:
        assert f"| {quantity} | {units.UNITS[quantity]} |" in PAGE
    for alias, canonical in codes.ALIASES.items():
        assert f"`{alias}`" in PAGE and f"`{canonical}`" in PAGE
