"""Facts that question the SSTR PET: conflicting results, an absent spleen, wording against SUV (I-06, I-07, I-10)."""

from __future__ import annotations

from collections.abc import Iterable

from cds_service.dates import Span
from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging import show_sites
from cds_service.facts.imaging_lesions import (
    Reading,
    Scored,
    absent_spleen_sources,
    read_together,
    readings,
    show_score,
    spleen_absent,
)
from cds_service.facts.treatment import UPTAKE_CHANGING, given_between
from cds_service.facts.view import View
from cds_service.record.model import Scan, Score

GLOSSARY = (
    FactSpec(
        "sstr_results_conflict", "truth", "SSTR results conflict",
        "two SSTR PETs within conflict_days on different sides of krenning_min without cytotoxic or mTOR treatment "
        "between, or text and coded scores of one study on different sides",
    ),
    FactSpec("sstr_conflict_first", "text", "one SSTR result", "score and date, or how it was read"),
    FactSpec("sstr_conflict_second", "text", "the other SSTR result", "score and date, or how it was read"),
    FactSpec("spleen_absent", "truth", "spleen absent", "splenectomy or asplenia on record"),
    FactSpec(
        "spleen_limits_score", "truth", "score refers to the spleen",
        "the current SSTR PET's best score may be 4, is not stated, or is referred to the spleen",
    ),
    FactSpec("suv_too_high", "truth", "low uptake wording with a high SUVmax", "any lesion scored or worded 0-1"),
    FactSpec("suv_too_high_value", "number", "SUVmax of that lesion", "the highest of such lesions", "{SUV}"),
    FactSpec("suv_too_high_text", "text", "score of that lesion", "as scored, or as worded"),
    FactSpec("suv_too_high_site", "text", "site of that lesion", "as written"),
    FactSpec("suv_too_low", "truth", "high uptake wording with a low SUVmax", "any lesion scored or worded high"),
    FactSpec("suv_too_low_value", "number", "SUVmax of that lesion", "the lowest of such lesions", "{SUV}"),
    FactSpec("suv_too_low_text", "text", "score of that lesion", "as scored, or as worded"),
    FactSpec("suv_too_low_site", "text", "site of that lesion", "as written"),
)  # fmt: skip

_Side = tuple[bool, str, tuple[str, ...]]  # reaches the threshold, as shown, sources


def compute(view: View) -> Facts:
    found = readings(view)
    now = next(found, None)
    facts: Facts = {}
    absent = spleen_absent(view)
    if absent is not None:
        facts["spleen_absent"] = yes(absent_spleen_sources(view)) if absent else no()
    if now is None:
        return facts
    return facts | _conflict(view, now, found) | _spleen(now) | _wording(view, now)


def days_apart(first: Span, second: Span) -> tuple[int, int]:
    """The least and the most whole days between two dates as written."""
    if first.last < second.first:
        return (second.first - first.last).days, (second.last - first.first).days
    if second.last < first.first:
        return days_apart(second, first)
    return 0, max(abs((first.last - second.first).days), abs((second.last - first.first).days))


def _conflict(view: View, now: Reading, earlier: Iterable[Reading]) -> Facts:
    """The pair that conflicts; no when none does; unknown when it hangs on what was given between two scans."""
    pairs = [pair for scan in now.scans if (pair := _text_against_code(view, scan))]
    pairs += _same_day(view, now)
    unknown = False
    mine = _side(now)
    for other in earlier:
        least, most = days_apart(other.when, now.when)
        if least > view.params["conflict_days"]:
            break
        theirs = _side(other)
        if mine is None or theirs is None or mine[0] == theirs[0]:
            continue
        treated = given_between(view, other.when, now.when, UPTAKE_CHANGING)
        if treated is None or (not treated and most > view.params["conflict_days"]):
            unknown = True
        elif not treated:
            pairs.append((theirs, mine))
    if not pairs:
        return {} if unknown else {"sstr_results_conflict": no(now.sources, now.when)}
    first, second = pairs[0]
    return {
        "sstr_results_conflict": yes(tuple(dict.fromkeys((*first[2], *second[2]))), now.when),
        "sstr_conflict_first": Known(value=first[1], when=now.when, sources=first[2], read_as="derived"),
        "sstr_conflict_second": Known(value=second[1], when=now.when, sources=second[2], read_as="derived"),
    }


def _side(reading: Reading) -> _Side | None:
    """Which side of the threshold a scan is on; None if its scores do not tell."""
    if reading.best is None or (not reading.reaching and reading.insufficient is not True):
        return None
    return bool(reading.reaching), f"{show_score(reading.best)} on {reading.when}", reading.sources


def _same_day(view: View, now: Reading) -> list[tuple[_Side, _Side]]:
    if len(now.scans) == 1:
        return []
    sides = [side for scan in now.scans if (side := _side(read_together(view, [scan])))]
    low = next((side for side in sides if not side[0]), None)
    high = next((side for side in sides if side[0]), None)
    return [(high, low)] if low and high else []


def _text_against_code(view: View, scan: Scan) -> tuple[_Side, _Side] | None:
    """The text's best score and the coded one, if they are on different sides."""
    coded = [x for x in scan.lesions if x.score is not None and x.score_read_as == "coded" and not x.physiological]
    if scan.text_score is None or not coded:
        return None
    best: Score = max(x.score[0] for x in coded if x.score), max(x.score[1] for x in coded if x.score)
    reached, said = (_reached(view, score) for score in (best, scan.text_score))
    if reached is None or said is None or reached == said:
        return None
    shown = f"{show_score(best)} coded", f"{show_score(scan.text_score)} in the text"
    return (reached, shown[0], (scan.source,)), (said, shown[1], (scan.source,))


def _reached(view: View, score: Score) -> bool | None:
    if score[0] >= view.params["krenning_min"]:
        return True
    return False if score[1] < view.params["krenning_min"] else None


def _spleen(now: Reading) -> Facts:
    top = now.best
    refers = top is None or top[1] >= 4 or any(scan.spleen_reference for scan in now.scans)
    return {"spleen_limits_score": (yes if refers else no)(now.sources, now.when)}


def _wording(view: View, now: Reading) -> Facts:
    """Lesions whose score or words and SUVmax contradict each other; an SUV never makes a score."""
    hot, cold = view.exact("low_score_high_suv"), view.exact("high_score_low_suv")
    low_max, high_min = view.params["krenning_low_max"], view.params["krenning_high_min"]
    measured = [(lesion.suvmax, lesion) for lesion in now.lesions if lesion.suvmax is not None]
    too_high = [(suv, x) for suv, x in measured if x.stated and x.score and x.score[1] <= low_max and suv > hot]
    too_low = [
        (suv, x) for suv, x in measured
        if suv < cold and (x.words == "high" or (x.stated and x.score is not None and x.score[0] >= high_min))
    ]  # fmt: skip
    order = [(suv, lesion.site, lesion.source, lesion) for suv, lesion in too_high]
    facts = _worded("suv_too_high", now, max(order, key=lambda e: e[:3])[-1] if order else None)
    order = [(suv, lesion.site, lesion.source, lesion) for suv, lesion in too_low]
    return facts | _worded("suv_too_low", now, min(order, key=lambda e: e[:3])[-1] if order else None)


def _worded(name: str, now: Reading, lesion: Scored | None) -> Facts:
    if lesion is None or lesion.suvmax is None:
        return {name: no(now.sources, now.when)}
    said = f"Krenning {show_score(lesion.score)}" if lesion.score else f"{lesion.words}"
    facts: Facts = {
        name: yes((lesion.source,), now.when),
        f"{name}_value": Known(
            value=float(lesion.suvmax), when=now.when, sources=(lesion.source,), read_as=lesion.read_as
        ),
        f"{name}_text": Known(value=said, when=now.when, sources=(lesion.source,), read_as=lesion.read_as),
    }
    if site := show_sites([lesion]):
        facts[f"{name}_site"] = Known(value=site, when=now.when, sources=(lesion.source,), read_as=lesion.read_as)
    return facts
