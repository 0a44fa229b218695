"""Mentions of lesions all over a report -> one entry per lesion, and what follows for the highest and lowest uptake."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from cds_service.narrative.imaging import ABOVE_LIVER as SUFFICIENT
from cds_service.narrative.imaging import Lesion, Seen
from cds_service.narrative.sections import Section

Span = tuple[int, int]
_DETAIL = re.compile(
    r"\b(?:VIII|VII|VI|IV|V|III|II|I)[ab]?\b|\b(?:th|t|l|c|d|s)?\d{1,2}[ab]?\b|\b(?:left|right|head|body|tail|neck|"
    r"uncinate|upper|middle|lower|\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    r"tenth)\b|"
    r"\b(?:rib|stern|femur|femoral|acetabul|ili|sacr|humer|scapul|clavic|skull|vertebra|pubi|ischi|mesent|aort|"
        r"retrop|mediast|axill|inguin|cervic|supraclav|hil)\w*", re.I)  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One lesion after merging its mentions."""

    lesion: Lesion
    details: frozenset[str]
    sections: set[Section] = field(default_factory=set)


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


def _details(label: str) -> frozenset[str]:
    return frozenset(m.lower() for m in _DETAIL.findall(label))


def same_lesion(one: Lesion, other: Lesion) -> bool:
    """Whether two mentions name the same place, as exactly as both are written."""
    if not one.organs and not other.organs:
        return one.label == other.label
    return bool(one.organs & other.organs) and _details(one.label) == _details(other.label)


def _fills(entry: Lesion, mention: Lesion) -> None:
    if entry.size_mm is None:
        entry.size_mm = mention.size_mm
    if entry.words is None:
        entry.words, entry.words_span = mention.words, mention.words_span
    if entry.fdg is None:
        entry.fdg = mention.fdg
    entry.suvs += [s for s in mention.suvs if s[0] not in {v for v, _ in entry.suvs}]
    entry.hedged_score = entry.hedged_score or mention.hedged_score
    entry.doubtful = entry.doubtful and mention.doubtful


def _merged(mentions: list[Lesion], out: Uptakes) -> list[Lesion]:
    """One entry per lesion; contradicting scores of one lesion are taken away."""
    entries: list[Lesion] = []
    contradicted: list[Lesion] = []
    for mention in mentions:
        if mention.bound == "others":
            entries.append(mention)
            continue
        if mention.every or not mention.organs:
            if not any(
                e.every == mention.every
                and not e.organs
                and e.score == mention.score
                and e.bound == mention.bound
                and e.words == mention.words
                and not mention.suvs
                for e in entries
            ):
                entries.append(mention)
            continue
        match = _counterpart(mention, entries)
        if match is None:
            entries.append(mention)
            continue
        if mention.score is not None and match.score is not None and mention.score != match.score:
            if match.section is mention.section or _within(mention, match, entries):
                if match.section is mention.section:
                    entries.append(mention)
                continue
            contradicted.append(match)
        elif match.score is None:
            match.score, match.bound = mention.score, mention.bound
            if mention.score is not None:
                match.span = mention.span
        _fills(match, mention)
    for entry in contradicted:
        out.uncertain = True
        entry.score, entry.hedged_score, entry.bound = None, True, ""
    return entries


def _counterpart(mention: Lesion, entries: list[Lesion]) -> Lesion | None:
    """The entry this mention repeats: the same place, else a more general or more exact word for it elsewhere."""
    entries = [e for e in entries if not _of_another_kind(e, mention)]
    exact = [e for e in entries if not e.every and same_lesion(e, mention)]
    if exact:
        if mention.score is None:
            return exact[-1]
        same = [e for e in exact if e.score == mention.score or e.score is None]
        return same[-1] if same else exact[-1]
    near = [e for e in entries if not e.every and e.organs & mention.organs and _compatible(e, mention)]
    if mention.score is not None and not _details(mention.label) and len([e for e in near if _details(e.label)]) > 1:
        near = [
            e for e in near if e.score is not None or not _details(e.label)
        ]  # "liver metastases" is none of several segments
    if not near:
        return None
    agreeing = [e for e in near if mention.score is None or e.score is None or e.score == mention.score]
    if mention.score is None and mention.words is None and not mention.suvs and mention.fdg is None:
        return (agreeing or near)[-1]
    if (
        agreeing
        and (agreeing[-1].section is not mention.section or agreeing[-1].score is None)
        and not (mention.score is None and mention.words is not None and agreeing[-1].score is not None)
    ):
        return agreeing[-1]
    apart = [e for e in near if e.section is not mention.section and mention.score is not None and e.score is not None]
    return apart[-1] if apart and (len(near) == 1 or _within(mention, apart[-1], near)) else None


def _of_another_kind(entry: Lesion, mention: Lesion) -> bool:
    """One scored or worded above liver, the other called low: two lesions, however both are named."""
    for high, low in ((entry, mention), (mention, entry)):
        if low.score is None and low.words is not None and low.words.low:
            if (high.score is not None and high.score[0] >= SUFFICIENT) or (
                high.score is None and high.words is not None and (high.words.level or 0) >= SUFFICIENT
            ):
                return True
    return False


def _compatible(entry: Lesion, mention: Lesion) -> bool:
    one, other = _details(entry.label), _details(mention.label)
    return not one or not other or one <= other or other <= one


def _within(mention: Lesion, match: Lesion, entries: list[Lesion]) -> bool:
    """A summary ("liver metastases, Krenning 3-4") of several entries of the organ."""
    scores = [e.score for e in entries if e.organs & mention.organs and e.score is not None]
    hull = (min((s[0] for s in scores), default=0), max((s[1] for s in scores), default=4))
    return len(scores) > 1 and mention.score is not None and (mention.score in scores or mention.score == hull)


def merge(seen: Seen, mentions: list[Lesion]) -> Uptakes:
    """All Krenning and SUVmax fields from the lesions presented as current."""
    out = Uptakes()
    entries = _merged(mentions, out)
    scored = [e for e in entries if e.score is not None]
    _entries(entries, out)
    _explicit(scored, entries, out)
    _implied(entries, scored, out)
    out.all_positive = _all_positive(entries, seen)
    if out.all_positive and seen.all_said:
        out.spans["all_lesions_sstr_positive"] = seen.all_said
    done: set[tuple[str, float]] = set()
    for entry in entries:
        for value, span in entry.suvs:
            if (entry.label, value) not in done:
                done.add((entry.label, value))
                out.suvmax.append({"site": entry.label, "value": _plain_number(value)})
                out.spans.setdefault("suvmax", span)
    for entry in entries:
        if entry.every and entry.score is not None and entry.score[0] >= SUFFICIENT:
            out.spans.setdefault("all_lesions_sstr_positive", entry.span)
    return out


def _plain_number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _as_written(entry: Lesion) -> int | str | list[int]:
    assert entry.score is not None
    low, high = entry.score
    if low == high:
        return low
    return "<=1" if (low, high) == (0, 1) and entry.bound == "<=" else [low, high]


def _entries(entries: list[Lesion], out: Uptakes) -> None:
    named = [e for e in entries if e.score is not None and not e.every and e.bound != "max"]
    for entry in entries:
        if entry.score is not None:
            if entry.bound == "max" or not (entry.label or entry.organs):
                continue
            if entry.every and not entry.organs and named and all(_subsumes(entry, e) for e in named):
                continue
            written: object = _as_written(entry)
            out.spans.setdefault("krenning_lesions", entry.span)
        elif entry.words is not None and (
            entry.words.level in {0, 1} or (entry.words.level is None and entry.words.low)
        ):
            written = None
        else:
            continue
        size = _plain_number(entry.size_mm) if entry.size_mm is not None else None
        out.entries.append({"site": entry.label, "krenning": written, "size_mm": size})


def _subsumes(every: Lesion, one: Lesion) -> bool:
    assert every.score is not None and one.score is not None
    return every.score[0] <= one.score[0] and one.score[1] <= every.score[1]


def _explicit(scored: list[Lesion], entries: list[Lesion], out: Uptakes) -> None:
    closed = [e for e in scored if e.bound not in {">=", "lowest"}] or [
        e for e in scored if e.bound == "lowest" and len(scored) == 1 and e.organs
    ]
    opened = [e for e in scored if e.bound == ">="]
    if closed:
        top = max(closed, key=lambda e: _interval(e)[1])
        if _interval(top)[1] == 4 or not opened:
            out.highest = _interval(top)[1]
            out.spans["krenning_highest"] = top.span
    said = [e for e in scored if e.bound == "lowest"]
    open_below = any(e.bound in {"max", "<=", "highest"} or not (e.organs or e.every or e.label) for e in scored)
    if (said or not open_below) and scored and not any(e.hedged_score for e in entries):
        bottom = min(said or scored, key=lambda e: _interval(e)[0])
        out.lowest = _interval(bottom)[0]
        out.spans["krenning_lowest"] = bottom.span


def _interval(entry: Lesion) -> tuple[int, int]:
    assert entry.score is not None
    return entry.score


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
        or e.hedged_score
    ]


def _implied(entries: list[Lesion], scored: list[Lesion], out: Uptakes) -> None:
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
    if (explicit is None or lowest < explicit) and (
        bottom.bound == "lowest" or lowest < SUFFICIENT or (not silent and not low_only)
    ):
        if lowest == 0 or not low_only:
            out.implied_lowest = lowest
            out.spans["krenning_implied_lowest"] = bottom.words_span or bottom.span


def _all_positive(entries: list[Lesion], seen: Seen) -> bool | None:
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
    return entry.words is not None and (
        (entry.words.level or 0) >= SUFFICIENT or (entry.every and entry.words.positive)
    )
