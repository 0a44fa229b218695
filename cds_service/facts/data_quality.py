"""Values that are in the record but could not be used: too old, undated, no unit, implausible, contradictory.

D-04, D-05 and D-06 speak of them; ``unused`` is what the list of ignored resources gains from the decision date.
"""

from __future__ import annotations

from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.facts.results import (
    candidates,
    disagreement,
    is_plausible,
    is_usable,
    latest,
    newest,
    recent_results,
)
from cds_service.facts.view import View
from cds_service.fhir.ignored import Ignored
from cds_service.record.model import Analyte, LabResult

_NAMES: dict[Analyte, str] = {
    "hb": "haemoglobin", "wbc": "white cells", "platelets": "platelets", "creatinine": "creatinine",
    "weight": "weight", "alt": "ALT", "ast": "AST", "bilirubin": "bilirubin", "albumin": "albumin",
    "anc": "neutrophils", "crcl": "creatinine clearance", "potassium": "potassium", "inr": "INR",
    "prothrombin": "prothrombin", "height": "height",
}  # fmt: skip
_NEEDED: tuple[Analyte, ...] = (
    "hb", "wbc", "platelets", "creatinine", "weight", "alt", "ast", "bilirubin", "albumin",
)  # fmt: skip
_ASKED_FRESH: tuple[Analyte, ...] = (*_NEEDED, "anc", "crcl", "measured-gfr", "potassium", "inr", "prothrombin")
_UNUSABLE = frozenset({"no-unit", "unknown-unit", "implausible"})
_WORDS = {"no-unit": "no unit", "unknown-unit": "unit not understood", "implausible": "implausible"}
_SHORT = 40  # characters of a value as written
_MOST = 3  # values as written that are shown

GLOSSARY = (
    FactSpec("too_old_list", "text", "values too old or undated",
             "needed values whose newest result is older than the limit or has no date, none of them fresh"),
    FactSpec("too_old_detail", "text", "values too old or undated, with their days", "the same with dates"),
    FactSpec("unusable_list", "text", "values without a usable unit or implausible",
             "names of what was not used; absent when there is none"),
    FactSpec("unusable_detail", "text", "values without a usable unit or implausible, as written",
             "the value as written, short, and why"),
    FactSpec("same_day_list", "text", "results of one day that disagree",
             "(high - low) / high above the limit on the newest fresh day; absent when none"),
    FactSpec("same_day_detail", "text", "results of one day that disagree, with values", "the same with both values"),
)  # fmt: skip


def compute(view: View) -> Facts:
    """The display texts of what could not be used as it stands; a text is absent when there is nothing to say."""
    too_old = _too_old(view)
    old = {name: when for name, when, _ in too_old}
    unusable = _unusable(view)
    texts = {
        "too_old_list": (list(old), [source for *_, found in too_old for source in found]),
        "too_old_detail": ([f"{name} {when}" for name, when in old.items()], []),
        "unusable_list": (list(dict.fromkeys(name for name, _, _ in unusable)), [source for *_, source in unusable]),
        "unusable_detail": (_first([f"{name} {words}" for name, words, _ in unusable]), []),
    }
    same_day = [(name, found) for analyte, name in _NAMES.items() if (found := disagreement(view, analyte))]
    texts["same_day_list"] = (
        [f"{name} {found.when}" for name, found in same_day], [s for _, found in same_day for s in found.sources],
    )  # fmt: skip
    texts["same_day_detail"] = ([f"{name} {found.best:f} and {found.worst:f}" for name, found in same_day], [])
    return {
        name: Known(value=", ".join(parts), sources=tuple(sorted(set(sources))), read_as="derived")
        for name, (parts, sources) in texts.items()
        if parts
    }


def _first(parts: list[str]) -> list[str]:
    """At most three, and how many more: a card's summary is short."""
    return parts if len(parts) <= _MOST else [*parts[:_MOST], f"and {len(parts) - _MOST} more"]


def unused(view: View) -> list[Ignored]:
    """What the site's laboratory limit makes unusable: the newest result of a test asked for fresh, if too old."""
    return [Ignored(old.source, "too-old", analyte) for analyte in _ASKED_FRESH for old in _last_old(view, analyte)]


def _last_old(view: View, analyte: Analyte) -> list[LabResult]:
    """The newest results of an analyte if they are too old and none that is fresh is usable."""
    results = view.labs(analyte)
    if not results or candidates(view, analyte):
        return []
    if any(is_usable(view, r) for r in recent_results(view, analyte, view.params["lab_max_age_days"])):
        return []
    return latest([r for r in results if r.when and r.when.first <= view.today and is_usable(view, r)])


def _too_old(view: View) -> list[tuple[str, str, tuple[str, ...]]]:
    """(name, day or "undated", sources) of what is needed and only there too old or undated."""
    rows = []
    undated = sorted(item for item in view.chart.ignored if item.why == "no-date")
    for analyte in _NEEDED:
        if newest(view, analyte) is not None:
            continue
        old = _last_old(view, analyte)
        sources = tuple(item.source for item in undated if item.detail == analyte)
        if old:
            day = str(max(r.when for r in old if r.when))
            rows.append((_NAMES[analyte], day, tuple(r.source for r in old)))
        elif sources:
            rows.append((_NAMES[analyte], "undated", sources))
    scans = [scan for scan in view.chart.scans if scan.modality == "sstr-pet" and scan.when is None]
    if scans:
        rows.append(("SSTR PET", "undated", tuple(sorted(scan.source for scan in scans))))
    return rows


def _unusable(view: View) -> list[tuple[str, str, str]]:
    """(name, value as written and why, source): results not older than the limit, and whatever else was refused."""
    rows = []
    for analyte, name in _NAMES.items():
        limit = float("inf") if analyte == "height" else view.params["lab_max_age_days"]
        found = []
        for result in recent_results(view, analyte, limit):
            why = result.problem or (None if is_plausible(view, result) else "implausible")
            if why in _UNUSABLE:
                found.append((result, why))
        for result, why in sorted(found, key=lambda pair: pair[0].source):
            written = " ".join(result.raw.split())[:_SHORT]
            rows.append((name, f"{written} ({_WORDS[why]})".strip(), result.source))
    refused = sorted(item for item in view.chart.ignored if item.why in _UNUSABLE)
    read = {r.source for r in view.chart.labs} if refused else set()
    for item in refused:
        if item.source not in read:
            name = next(
                (words for analyte, words in _NAMES.items() if item.detail == analyte), item.detail or item.source
            )
            rows.append((name, f"({_WORDS[item.why]})", item.source))
    return rows
