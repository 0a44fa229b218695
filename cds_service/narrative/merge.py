"""Mentions of lesions all over a report -> one entry per lesion, and what follows for the highest and lowest uptake."""

from __future__ import annotations

from cds_service.narrative.highest_lowest import Uptakes, all_positive, explicit, implied
from cds_service.narrative.lesion import ABOVE_LIVER as SUFFICIENT
from cds_service.narrative.lesion import Lesion, Seen
from cds_service.narrative.words import Words

_DETAIL = Words(
    r"\b(?:VIII|VII|VI|IV|V|III|II|I)[ab]?\b|\b(?:th|t|l|c|d|s)?\d{1,2}[ab]?\b|\b(?:left|right|head|body|tail|neck|"
    r"uncinate|upper|middle|lower|\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    r"tenth)\b|"
    r"\b(?:rib|stern|femur|femoral|acetabul|ili|sacr|humer|scapul|clavic|skull|vertebra|pubi|ischi|mesent|aort|"
        r"retrop|mediast|axill|inguin|cervic|supraclav|hil)\w*")  # fmt: skip


def _details(lesion: Lesion) -> frozenset[str]:
    if lesion.details is None:
        lesion.details = frozenset(m.group() for m in _DETAIL.finditer(lesion.label))
    return lesion.details


def same_lesion(one: Lesion, other: Lesion) -> bool:
    """Whether two mentions name the same place, as exactly as both are written."""
    if not one.organs and not other.organs:
        return one.label == other.label
    return bool(one.organs & other.organs) and _details(one) == _details(other)


def _fills(entry: Lesion, mention: Lesion) -> None:
    if entry.size_mm is None:
        entry.size_mm = mention.size_mm
    if entry.words is None:
        entry.words, entry.words_span = mention.words, mention.words_span
    if entry.fdg is None:
        entry.fdg = mention.fdg
    entry.suv_sites |= mention.suv_sites
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
    if mention.score is not None and not _details(mention) and len([e for e in near if _details(e)]) > 1:
        near = [
            e for e in near if e.score is not None or not _details(e)
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
    return any(
        low.score is None and low.words is not None and low.words.low and _sufficient(high)
        for high, low in ((entry, mention), (mention, entry))
    )


def _sufficient(lesion: Lesion) -> bool:
    if lesion.score is not None:
        return lesion.score[0] >= SUFFICIENT
    return lesion.words is not None and (lesion.words.level or 0) >= SUFFICIENT


def _compatible(entry: Lesion, mention: Lesion) -> bool:
    one, other = _details(entry), _details(mention)
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
    explicit(scored, entries, out)
    implied(entries, scored, out)
    out.all_positive = all_positive(entries, seen)
    if out.all_positive and seen.all_said:
        out.spans["all_lesions_sstr_positive"] = seen.all_said
    done: set[tuple[str, float]] = set()
    for entry in entries:
        for value, span in entry.suvs:
            site = entry.suv_sites.get(value, entry.label)
            if (site, value) not in done:
                done.add((site, value))
                out.suvmax.append({"site": site, "value": _plain_number(value)})
                out.spans.setdefault("suvmax", span)
    for entry in entries:
        if entry.every and entry.score is not None and entry.score[0] >= SUFFICIENT:
            out.spans.setdefault("all_lesions_sstr_positive", entry.span)
    return out


def _plain_number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _as_written(entry: Lesion) -> int | str | list[int]:
    low, high = entry.interval
    if low == high:
        return low
    return "<=1" if (low, high) == (0, 1) and entry.bound == "<=" else [low, high]


def _entries(entries: list[Lesion], out: Uptakes) -> None:
    named = [e for e in entries if e.score is not None and not e.every and e.bound != "max"]
    unscored: set[tuple[frozenset[str], frozenset[str]]] = set()
    for entry in entries:
        if entry.score is not None:
            if entry.bound == "max" or not (entry.organs or (entry.label and entry.bound != "highest")):
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
        if written is None:
            place = (entry.organs, _details(entry))
            if place in unscored:
                continue
            unscored.add(place)
        size = _plain_number(entry.size_mm) if entry.size_mm is not None else None
        out.entries.append({"site": entry.label, "krenning": written, "size_mm": size})


def _subsumes(every: Lesion, one: Lesion) -> bool:
    return every.interval[0] <= one.interval[0] and one.interval[1] <= every.interval[1]
