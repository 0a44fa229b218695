"""Precision, recall and unsafe rate of the report reader, per field, on the labelled reports.

Run: python -m benchmarks.read_report [open|set_aside] [--show]
"Unsafe" counts a value given as current that the label does not have (wrong, or the report does not say it);
its rate is the share of reports. `uncertain` and `prior` are shown, but are never unsafe.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cds_service.narrative import read_report

REPORTS = Path(__file__).resolve().parent.parent / "tests" / "narrative" / "reports"
SCALARS = (
    "tracer", "krenning_highest", "krenning_lowest", "krenning_implied_highest", "krenning_implied_lowest",
    "all_lesions_sstr_positive", "fdg_discordant", "ki67_percent", "ki67_range", "ki67_comparator", "mitoses", "grade",
    "differentiation", "response", "new_lesions", "no_evidence_of_disease", "operability",
)  # fmt: skip
LISTS = ("krenning_lesions", "suvmax", "suv_reference", "prior")
Reader = Callable[[str, Any], dict[str, Any]]


@dataclass
class Tally:
    """Counts of one field: items right, given but not labelled, labelled but not given; reports with a wrong item."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    unsafe_reports: set[str] = field(default_factory=set)


def load(half: str) -> list[dict[str, Any]]:
    """The reports of one half, "open" or "set_aside"."""
    found: list[dict[str, Any]] = tomllib.loads((REPORTS / f"{half}.toml").read_text(encoding="utf-8"))["report"]
    return found


def _site_fits(words: str, site: str) -> bool:
    return any(option.lower() in site.lower() for option in words.split("|"))


def _fits(name: str, label: list[Any], given: dict[str, Any]) -> bool:
    if name == "krenning_lesions":
        score = None if label[1] == "null" else label[1]
        size_fits = given["size_mm"] is None or (len(label) > 2 and given["size_mm"] == label[2])
        return bool(given["krenning"] == score and size_fits and _site_fits(label[0], given["site"]))
    if name in {"suvmax", "suv_reference"}:
        return bool(given["value"] == label[1] and _site_fits(label[0], given["site"]))
    return bool([given["what"], given["value"]] == label)


def compare(name: str, label: Any, given: Any) -> tuple[int, list[Any], list[Any]]:
    """(right, given but not labelled, labelled but not given) for one field of one report."""
    if name not in LISTS:
        if label == given:
            return int(label is not None), [], []
        return 0, [given] if given is not None else [], [label] if label is not None else []
    left, missed, right = list(given or []), [], 0
    for item in label or []:
        match = next((g for g in left if _fits(name, item, g)), None)
        if match is None:
            missed.append(item)
        else:
            left.remove(match)
            right += 1
    return right, left, missed


def measure(half: str, reader: Reader = read_report, *, show: bool = False) -> dict[str, Tally]:
    """Reads one half and counts, per field."""
    tallies = {name: Tally() for name in (*SCALARS, *LISTS, "uncertain")}
    for report in load(half):
        given, label = reader(report["text"], report["kind"]), report.get("expect", {})
        for name, tally in tallies.items():
            if name == "uncertain":
                want = label.get("uncertain", False)
                right, wrong, missed = (
                    int(want and given[name]),
                    [True] * (given[name] and not want),
                    [True] * (want and not given[name]),
                )
            else:
                right, wrong, missed = compare(name, label.get(name), given[name])
            tally.right += right
            tally.wrong += len(wrong)
            tally.missed += len(missed)
            if wrong:
                tally.unsafe_reports.add(report["id"])
            if show and (wrong or missed):
                print(f"{report['id']:28} {name:26} given {wrong} missed {missed}")
    return tallies


def unsafe_reports(tallies: dict[str, Tally]) -> set[str]:
    """Reports with any value given as current that is not."""
    return set().union(*(t.unsafe_reports for name, t in tallies.items() if name not in {"prior", "uncertain"}))


def table(tallies: dict[str, Tally], reports: int) -> str:
    """The result as text."""
    rows = [f"{'field':28}{'right':>6}{'wrong':>6}{'missed':>7}{'precision':>11}{'recall':>8}{'unsafe':>8}"]
    for name, t in tallies.items():
        given, there = t.right + t.wrong, t.right + t.missed
        precision = f"{t.right / given:.2f}" if given else "-"
        recall = f"{t.right / there:.2f}" if there else "-"
        unsafe = "" if name in {"prior", "uncertain"} else f"{len(t.unsafe_reports) / reports:.3f}"
        rows.append(f"{name:28}{t.right:6}{t.wrong:6}{t.missed:7}{precision:>11}{recall:>8}{unsafe:>8}")
    unsafe_all = unsafe_reports(tallies)
    rows.append(f"reports with any unsafe value: {len(unsafe_all)} of {reports} ({len(unsafe_all) / reports:.1%})")
    return "\n".join(rows)


def main(arguments: list[str]) -> int:
    """Prints the table of one half (default: the set-aside half)."""
    half = next((a for a in arguments if not a.startswith("-")), "set_aside")
    reports = load(half)
    begin = time.perf_counter()
    tallies = measure(half, show="--show" in arguments)
    spent = (time.perf_counter() - begin) / len(reports)
    print(f"{half}: {len(reports)} reports, {spent * 1000:.1f} ms a report")
    print(table(tallies, len(reports)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
