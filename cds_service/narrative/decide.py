"""The fields of the public interface, from everything that was read."""

from __future__ import annotations

from typing import Any

from cds_service.narrative.highest_lowest import Uptakes
from cds_service.narrative.judgements import Stated, of_the_whole, settle
from cds_service.narrative.merge import merge
from cds_service.narrative.overrule import (
    overrule_lesions,
    overrule_stated,
    overrule_tissue,
)
from cds_service.narrative.reading import Reading
from cds_service.narrative.tissue import KiValue

_GRADE_ORDER = {"G1": 1, "G2": 2, "G3": 3, "NEC": 4, "MiNEN": 5}


def uptakes(reading: Reading, want_fdg: bool) -> None:
    """Fills the Krenning, SUVmax and all-lesions fields."""
    seen = reading.seen
    overrule_lesions(seen, "krenning" in reading.withdrawn, "suvmax" in reading.withdrawn)
    if want_fdg:  # words compare FDG uptake with the liver, or quote another scan
        for lesion in seen.lesions:
            lesion.words = None
    uptakes: Uptakes = merge(seen, seen.lesions)
    out = reading.out
    out["krenning_highest"], out["krenning_lowest"] = uptakes.highest, uptakes.lowest
    out["krenning_implied_highest"], out["krenning_implied_lowest"] = uptakes.implied_highest, uptakes.implied_lowest
    out["krenning_lesions"], out["suvmax"] = uptakes.entries, uptakes.suvmax
    out["all_lesions_sstr_positive"] = uptakes.all_positive
    done: set[tuple[str, float]] = set()
    for site, value, span in seen.reference:
        if (site, value) not in done:
            done.add((site, value))
            out["suv_reference"].append({"site": site, "value": int(value) if value == int(value) else value})
            reading.quote("suv_reference", span)
    for name, span in uptakes.spans.items():
        reading.quote(name, span)
    if uptakes.all_positive is not None and "all_lesions_sstr_positive" not in out["quotes"]:
        key = "krenning_lowest" if uptakes.lowest is not None else "krenning_implied_lowest"
        if key in out["quotes"]:
            reading.quote("all_lesions_sstr_positive", uptakes.spans.get(key))
    seen.uncertain = seen.uncertain or uptakes.uncertain
    out["prior"] += [{"what": what, "value": value} for what, value in [*seen.prior, *uptakes.prior]]


def discordance(reading: Reading, want_fdg: bool) -> None:
    """Fills `fdg_discordant`."""
    stated, seen = reading.discord.stated, reading.seen
    pairs = [x for x in seen.lesions if x.fdg and _receptor_low(x)]
    values = {value for value, _ in stated} | ({True} if pairs else set())
    out = reading.out
    if values == {True, False} and not any(v for v, _ in stated):
        values = {True}
    if values == {True, False} and _netpet_wins(reading):
        values = {True}
    if len(values) == 1:
        out["fdg_discordant"] = values.pop()
        said = [span for value, span in stated if value == out["fdg_discordant"]] + [x.span for x in pairs]
        reading.quote("fdg_discordant", reading.clause(said[0]) if said else None)
    elif values:
        reading.seen.uncertain = True
    elif want_fdg:
        lesions = [x for x in seen.lesions if x.fdg is not None or x.suvs]
        positive = any(x.fdg or x.suvs for x in lesions)
        if (
            not positive
            and (seen.fdg_denied or any(x.fdg is False for x in lesions))
            and not reading.discord.doubtful
            and not seen.doubtful_tumour
        ):
            out["fdg_discordant"] = False
    if reading.discord.doubtful:
        reading.seen.uncertain = True


def _netpet_wins(reading: Reading) -> bool:
    """ "Most lesions are concordant, one is discordant": discordance is there."""
    page = reading.page.text
    return all("discordan" not in page[s:e].lower() for value, (s, e) in reading.discord.stated if not value)


def _receptor_low(lesion: Any) -> bool:
    if lesion.score is not None:
        return bool(lesion.score[1] < 3)
    return lesion.words is not None and lesion.words.level == 0


def tissue(reading: Reading) -> None:
    """Fills Ki-67, grade, differentiation and mitoses (pathology only)."""
    tissue, out = reading.tissue, reading.out
    overrule_tissue(tissue, reading.withdrawn)
    out["prior"] += [{"what": what, "value": value} for what, value in tissue.prior]
    if reading.kind != "pathology":
        tissue.uncertain = False
        return
    _ki67(reading, tissue.ki67)
    if tissue.grades and "grade" not in tissue.doubtful:
        best = max(tissue.grades, key=lambda f: _GRADE_ORDER[str(f.value)])
        out["grade"] = best.value
        reading.quote("grade", best.span)
    kinds = {f.value for f in tissue.differentiation}
    if len(kinds) == 1 and "differentiation" not in tissue.doubtful:
        out["differentiation"] = tissue.differentiation[0].value
        reading.quote("differentiation", tissue.differentiation[0].span)
    elif len(kinds) > 1:
        tissue.uncertain = True
    if tissue.mitoses:
        best = max(tissue.mitoses, key=lambda f: _count(f.value))
        count, span = best.value
        out["mitoses"] = {"count": count, "per": reading.page.verbatim(*span)}
        reading.quote("mitoses", best.span)


def _count(value: Any) -> float:
    count = value[0]
    if isinstance(count, list):
        return float(count[1])
    return float(count.lstrip("<")) - 0.5 if isinstance(count, str) else float(count)


def _ki67(reading: Reading, values: list[KiValue]) -> None:
    if not values or "ki67" in reading.tissue.doubtful:
        return
    out = reading.out
    best = max(values, key=_upper)
    if best.percent is None and any(v.percent is not None for v in values) and best.comparator == "<":
        best = max((v for v in values if v.percent is not None), key=_upper)
    out["ki67_percent"], out["ki67_comparator"] = best.percent, best.comparator
    out["ki67_range"] = list(best.interval) if best.interval else None
    for name in ("ki67_percent", "ki67_range", "ki67_comparator"):
        if out[name] is not None:
            reading.quote(name, best.span)


def _upper(value: KiValue) -> tuple[float, int]:
    top = value.percent if value.percent is not None else (value.interval or (0, 0))[1]
    if value.comparator == ">" and value.interval:
        top = 100
    return float(top), int(value.interval is not None)


def judgements(reading: Reading) -> None:
    """Fills response, new lesions, no evidence of disease and operability."""
    said, out, seen = reading.said, reading.out, reading.seen
    out["prior"] += [{"what": what, "value": value} for what, value in said.prior]
    if reading.kind == "pathology":
        return
    out["prior"] += overrule_stated(said.response, "response", "response" in reading.withdrawn)
    _decide(reading, "response", of_the_whole(said.response, reading.page.text))
    _decide(reading, "new_lesions", said.new)
    overrule_stated(said.operability, "operability", False)
    _decide(reading, "operability", said.operability)
    present = [x for x in seen.lesions if not x.doubtful]
    if present or out["new_lesions"] is True:
        out["no_evidence_of_disease"] = False
        reading.quote("no_evidence_of_disease", present[0].span if present else None)
        if said.clear and out["response"] != "CR" and any(x.score or x.suvs for x in present):
            seen.uncertain = True
    elif said.clear and not seen.doubtful_tumour:
        out["no_evidence_of_disease"] = True
        reading.quote("no_evidence_of_disease", said.clear[0].span)
    if out["response"] in {"SD", "PR", "CR", "stable", "improved"} and out["new_lesions"] is True:
        seen.uncertain = True


def _decide(reading: Reading, name: str, stated: list[Stated]) -> None:
    value, span, doubtful = settle(stated)
    reading.out[name] = value
    reading.quote(name, span)
    reading.seen.uncertain = reading.seen.uncertain or doubtful
