"""A rule book of two small pages in the real tables, for tests of the scenario tools."""

from __future__ import annotations

import shutil
from pathlib import Path

from cds_service.rulebook.loader import rules_folder

PAGE = """
from datetime import date
from cds_service.rulebook import {words}

rule = Rule(
    id={id!r}, code={code!r}, title={title!r}, version="1.0.0", date=date(2026, 11, 20), review_by=date(2027, 11, 20),
    author="test", validation="testing", purpose="test", explanation="test", citations=("EXP",), evidence="expert",
    branches=({branches}),
)
"""
LOW = """
    Branch(name="very-low", when=(fact.hb_g_dl < param.hb_stop) & (fact.age_years >= 60), outcome="not-now",
           reason="lab-hb", ask=("wbc",), advice=Advice(
               indicator="warning", summary="Hb {hb_g_dl} below {param.hb_stop}.", record="Record shows Hb {hb_g_dl}.",
               suggestions=(Suggestion(label="No change: the value is repeated first"),))),
    Branch(name="low", when=fact.hb_g_dl < param.hb_stop, outcome="not-now", reason="lab-hb"),
"""
ANYONE = 'Branch(name="anyone", when=fact.jurisdiction.known, outcome="needs-data", reason="labs-missing-or-old"),'

SCENARIOS = """
[patient]
on = "2026-06-01"
age = 70
labs.hb = "7.5 g/dL"
[[fires]]
name = "old and anaemic"
branch = "very-low"
primary = "not-now/lab-hb"
finding = "needs-data/labs-missing-or-old"
card_says = "hb 7.5 g/dl below 8"
card_never_says = "eligible"
cards = 1
missing = "wbc"
criteria = { hb = "not-met", albumin = "unknown" }
[[fires]]
name = "younger and anaemic"
branch = "low"
age = 59
primary = "no-card"
not_missing = "bilirubin-uln"
[[silent]]
name = "no anaemia"
labs.hb = "12 g/dL"
no_finding = "not-now/lab-hb"
[[boundary]]
name = "exactly the limit"
expect = "silent"
labs.hb = "8.0 g/dL"
[[boundary]]
name = "just below the limit in another unit"
expect = "fires"
branch = "very-low"
labs.hb = "79.9 g/L"
[[boundary]]
name = "just below the site's own limit"
expect = "fires"
labs.hb = "8.9 g/dL"
policy = { hb_stop = 9.0 }
[[unknown]]
name = "haemoglobin not recorded"
expect = "silent"
without = ["labs.hb"]
[[unknown]]
name = "haemoglobin without a unit"
expect = "silent"
labs.hb = { value = 7.5, unit = "none" }
ignored = "no-unit"
"""


def write_book(folder: Path) -> Path:
    """Writes it below ``folder``; returns where its pages lie. The second page has no scenarios."""
    folder = folder / "rules"
    (folder / "some").mkdir(parents=True)
    for path in rules_folder().glob("*.*"):
        if path.name != "__init__.py" and path.is_file():
            shutil.copy(path, folder)
    shutil.copy(rules_folder() / "VERSION", folder)
    words = "Advice, Branch, Rule, Suggestion, fact, param"
    _page(folder, "low-haemoglobin", "L-91", "Low haemoglobin", LOW, words)
    _page(folder, "anyone", "G-91", "Anyone", ANYONE, "Branch, Rule, fact")
    (folder / "some" / "low_haemoglobin.toml").write_text(SCENARIOS, encoding="utf-8")
    return folder / "some"


def _page(folder: Path, name: str, code: str, title: str, branches: str, words: str) -> None:
    source = PAGE.format(id=name, code=code, title=title, branches=branches, words=words)
    (folder / "some" / f"{name.replace('-', '_')}.py").write_text(source, encoding="utf-8")
