"""Highest and lowest uptake, stated or in words, and whether all lesions are receptor-positive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.lesion import ABOVE_LIVER as SUFFICIENT
from cds_service.narrative.lesion import Lesion, Seen
from cds_service.narrative.sections import Span


@dataclass(slots=True)
class Uptakes:
    """What the merged lesions say; fields as in the public interface."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    highest: int | None = None
    lowest: int | None = None
    implied_highest: int | None = None
    implied_lowest: int | None = None
    all_positive: bool | None = None
    suvmax: list[dict[str, Any]] = field(default_factory=list)
    uncertain: bool = False
    spans: dict[str, Span] = field(default_factory=dict)
    prior: list[tuple[str, object]] = field(default_factory=list)


def explicit(scored: list[Lesion], entries: list[Lesion], out: Uptakes) -> None:
    """Highest and lowest stated score."""
    closed = [e for e in scored if e.bound not in {">=", "lowest"}] or [
        e for e in scored if e.bound == "lowest" and len(scored) == 1 and e.organs
    ]
    opened = [e for e in scored if e.bound == ">="]
    if closed:
        top = max(closed, key=lambda e: e.interval[1])
        if top.interval[1] == 4 or not opened:
            out.highest = top.interval[1]
            out.spans["krenning_highest"] = top.span
    said = [e for e in scored if e.bound == "lowest"]
    open_below = any(e.bound in {"max", "<=", "highest"} or not (e.organs or e.every or e.label) for e in scored)
    if (said or not open_below) and scored and not any(e.hedged_score for e in entries):
        bottom = min(said or scored, key=lambda e: e.interval[0])
        if not bottom.partial:  # "most lesions": of the others nothing is said
            out.lowest = bottom.interval[0]
            out.spans["krenning_lowest"] = bottom.span


def _worded(entry: Lesion) -> bool:
    return entry.words is not None and entry.words.level is not None


def _covered(entry: Lesion, entries: list[Lesion]) -> bool:
    """A mention without score or words of its own whose organ is spoken for elsewhere, or covered by "all lesions"."""
    if entry.hedged_score:
        return False
    for other in entries:
        if (
            other is entry
            or not (other.score is not None or _worded(other))
            or other.bound == "max"
            or other.hedged_score
        ):
            continue
        if other.every and not other.organs:
            return True
        if not entry.organs or entry.organs & other.organs:
            return True
    return False


def _silent(entries: list[Lesion]) -> list[Lesion]:
    """Lesions whose uptake stays unknown."""
    return [
        e
        for e in entries
        if (
            e.score is None
            and not _worded(e)
            and not (e.words is not None and e.words.low)
            and not _covered(e, entries)
        )
        or e.bound in {"max", "highest"}
        or e.partial
        or e.hedged_score
    ]


def implied(entries: list[Lesion], scored: list[Lesion], out: Uptakes) -> None:
    """Highest and lowest uptake said in words about lesions without a score."""
    worded = [e for e in entries if e.score is None and _worded(e) and not e.hedged_score]
    if not worded:
        return
    levels = {id(e): e.words.level for e in worded if e.words is not None and e.words.level is not None}
    top = max(worded, key=lambda e: levels[id(e)])
    bottom = min(worded, key=lambda e: levels[id(e)])
    highest, lowest = levels[id(top)], levels[id(bottom)]
    silent = _silent(entries)
    low_only = [e for e in entries if e.score is None and e.words is not None and e.words.level is None]
    said_top = [e for e in worded if e.bound == "highest"]
    if said_top and not scored:
        top, highest = said_top[0], levels[id(said_top[0])]
    if out.highest is None and not scored and (said_top or highest >= SUFFICIENT or (not silent and not low_only)):
        out.implied_highest = highest
        out.spans["krenning_implied_highest"] = top.words_span or top.span
    explicit = min(
        (e.score[0] for e in scored if e.score is not None and e.bound not in {"<=", "max", "highest"}), default=None
    )
    known = bottom.bound == "lowest" or lowest < SUFFICIENT or (not silent and not low_only)
    if known and (explicit is None or lowest < explicit) and (lowest == 0 or not low_only):
        out.implied_lowest = lowest
        out.spans["krenning_implied_lowest"] = bottom.words_span or bottom.span


def all_positive(entries: list[Lesion], seen: Seen) -> bool | None:
    """True, false or None: whether every current lesion is scored 3-4 or worded above liver."""
    for entry in entries:
        if entry.hedged_score:
            continue
        if entry.score is not None and entry.score[1] < SUFFICIENT and entry.bound != "max":
            return False
        if entry.score is not None and entry.bound == "max" and entry.score[1] < SUFFICIENT:
            return False
        if entry.score is None and entry.words is not None and entry.words.low:
            return False
    said = [e for e in entries if ((e.every and not e.organs) or e.bound == "lowest") and _enough(e)]
    if any(e.score is not None and not e.every and e.score[0] < SUFFICIENT <= e.score[1] for e in entries):
        return None
    if (said or seen.all_said) and not any(e.hedged_score for e in entries):
        return True
    if (
        seen.doubtful_tumour
        or any(e.doubtful for e in entries)
        or seen.only_others_denied
        or not entries
        or _silent(entries)
    ):
        return None
    if not any(e.organs or e.label for e in entries if _enough(e)):
        return None
    return (
        True
        if all(_enough(e) for e in entries if e.score is not None or _worded(e)) and any(_enough(e) for e in entries)
        else None
    )


def _enough(entry: Lesion) -> bool:
    if entry.bound in {"max", "highest"}:
        return False
    if entry.score is not None:
        return entry.score[0] >= SUFFICIENT
    return entry.words is not None and (entry.words.level or 0) >= SUFFICIENT
