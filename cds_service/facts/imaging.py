"""Facts about the current SSTR PET: its age, its scores and what they leave open (rulings, section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Literal

from cds_service.facts.glossary import Facts, FactSpec, Known, no, yes
from cds_service.facts.imaging_lesions import Reading, Scored, readings, show_score
from cds_service.facts.sites import organ
from cds_service.facts.view import View, surely_before
from cds_service.record.model import Modality, Score

GLOSSARY = (
    FactSpec("sstr_pet_exists", "truth", "usable SSTR PET on record", "a final, dated SSTR PET report"),
    FactSpec(
        "sstr_pet_age_days", "number", "age of the current SSTR PET",
        "whole days since the earliest day the newest final SSTR PET may have been done", "d",
    ),
    FactSpec("sstr_pet_tracer", "text", "tracer of the current SSTR PET", "as coded or written"),
    FactSpec(
        "sstr_preliminary_newer", "truth", "newer SSTR PET report not yet final",
        "a preliminary SSTR PET report is newer than the last final one, or there is no final one",
    ),
    FactSpec(
        "krenning_best_low", "number", "best Krenning score of the current SSTR PET",
        "low end of the score of the lesion with the most uptake",
    ),
    FactSpec(
        "krenning_best_high", "number", "best Krenning score of the current SSTR PET, upper end",
        "high end of the score of the lesion with the most uptake",
    ),
    FactSpec(
        "krenning_lowest_low", "number", "lowest Krenning score of the current SSTR PET",
        "low end of the lowest score; unknown while any lesion is unscored",
    ),
    FactSpec(
        "krenning_lowest_high", "number", "lowest Krenning score of the current SSTR PET, upper end",
        "high end of the lowest score; unknown while any lesion is unscored",
    ),
    FactSpec(
        "krenning_sufficient", "truth", "uptake sufficient in every relevant lesion",
        "one lesion reaches krenning_min, no relevant one misses it or is unknown, and not only a maximum is known",
    ),
    FactSpec(
        "krenning_insufficient", "truth", "no lesion reaches the uptake threshold",
        "at least one score, no lesion reaching krenning_min, none unknown",
    ),
    FactSpec("krenning_reached", "truth", "a lesion reaches the uptake threshold", "at least one lesion surely does"),
    FactSpec("krenning_scored", "truth", "Krenning score stated", "the current SSTR PET has at least one score"),
    FactSpec(
        "krenning_undecided", "truth", "a score is unknown that could decide",
        "a lesion without score, or with a score on both sides of krenning_min, could change the answer",
    ),
    FactSpec("krenning_undecided_sites", "text", "lesions without a deciding score", "at most three sites"),
    FactSpec("sstr_suvmax", "number", "highest SUVmax of the current SSTR PET", "of tumour lesions", "{SUV}"),
    FactSpec(
        "krenning_only_maximum", "truth", "only the highest uptake is known",
        "the maximum reaches krenning_min, other lesions or organs with disease are on record without a score, and "
        "nothing is said of all lesions",
    ),
    FactSpec("krenning_sites_scored", "text", "sites scored", "scored of known sites"),
    FactSpec("sstr_mixed", "truth", "mixed SSTR expression", "one lesion reaching, one relevant lesion missing"),
    FactSpec("sstr_low_count", "number", "relevant lesions below the uptake threshold", "of the current SSTR PET"),
    FactSpec("sstr_low_sites", "text", "lesions below the uptake threshold", "at most three sites"),
    FactSpec(
        "sstr_small_low", "truth", "only small lesions below the uptake threshold",
        "one lesion reaching, none relevant missing or unknown, one smaller than small_lesion_mm missing",
    ),
    FactSpec("sstr_low_size_unknown", "truth", "size of a low lesion not stated", "it counts as relevant"),
)  # fmt: skip

_MOST_SITES, _LONGEST = 3, 60
_OTHERS: tuple[Modality, ...] = ("ct-mri", "fdg-pet", "sstr-scintigraphy")
_REMOVING = {
    "pancreatectomy", "liver-resection", "metastasectomy", "tumour-resection", "ablation", "embolisation", "sirt",
}  # fmt: skip


def compute(view: View) -> Facts:
    found = list(islice(readings(view), 2))
    facts = _presence(view, found)
    if not found:
        return facts
    now = found[0]
    return facts | _scores(now) | _judgement(view, found) | _low_lesions(now)


def current(view: View) -> Reading | None:
    """The current SSTR PET; None if there is no usable one."""
    return next(readings(view), None)


def only_maximum(view: View, found: Sequence[Reading]) -> bool:
    """I-14: the maximum reaches the threshold, and lesions or organs beyond it are known but not scored."""
    now = found[0]
    if not now.reaching or now.low(relevant=True):
        return False
    if any(scan.all_lesions_positive or scan.lowest_score is not None for scan in now.scans):
        return False
    if any(scan.only_maximum for scan in now.scans) or now.further_sites:
        return True
    unscored = any(now.relevant(lesion) and not lesion.stated for lesion in now.lesions)
    return len(now.scored) == 1 and (unscored or bool(_organs_elsewhere(view, found)))


def show_sites(lesions: Sequence[Scored]) -> str:
    """The sites of lesions for display, short and on one line; "" if none is named."""
    named = list(dict.fromkeys(" ".join(lesion.site.split()) for lesion in lesions if lesion.site.strip()))
    more = f" and {len(named) - _MOST_SITES} more" if len(named) > _MOST_SITES else ""
    return (", ".join(named[:_MOST_SITES]) + more)[:_LONGEST]


def _presence(view: View, found: Sequence[Reading]) -> Facts:
    facts: Facts = {}
    if found:
        now = found[0]
        facts["sstr_pet_exists"] = yes(now.sources, now.when, "coded")
        facts["sstr_pet_age_days"] = Known(
            value=float((view.today - now.when.first).days), when=now.when, sources=now.sources, read_as="derived"
        )
        tracers = sorted({scan.tracer for scan in now.scans if scan.tracer})
        if tracers:
            facts["sstr_pet_tracer"] = Known(value=", ".join(tracers), when=now.when, sources=now.sources)
    elif view.provided("DiagnosticReport"):
        facts["sstr_pet_exists"] = no()
    newer = _preliminary(view, found[0] if found else None)
    if newer is not None:
        facts["sstr_preliminary_newer"] = newer
    return facts


def _preliminary(view: View, now: Reading | None) -> Known | None:
    waiting = [s for s in view.chart.scans if s.modality == "sstr-pet" and s.preliminary]
    newer = [s for s in waiting if now is None or surely_before(now.when, s.when)]
    if newer:
        last = max((s.when for s in newer if s.when), default=None)
        return yes(tuple(sorted(s.source for s in newer)), last, "coded")
    if any(now is not None and s.when is not None and surely_before(now.when, s.when) is None for s in waiting):
        return None
    return no() if view.provided("DiagnosticReport") else None


def _scores(now: Reading) -> Facts:
    facts: Facts = {"krenning_scored": (yes if now.scored else no)(now.sources, now.when)}
    for name, interval in (("krenning_best", now.best), ("krenning_lowest", now.lowest)):
        if interval is not None:
            low = _score(now, interval, lowest=name == "krenning_lowest")
            facts[f"{name}_low"], facts[f"{name}_high"] = low, low._replace(value=float(interval[1]))
    suv = max(
        (lesion for lesion in now.lesions if lesion.suvmax is not None), key=lambda x: x.suvmax or 0, default=None
    )
    if suv is not None and suv.suvmax is not None:
        facts["sstr_suvmax"] = Known(value=float(suv.suvmax), when=now.when, sources=(suv.source,), read_as=suv.read_as)
    return facts


def _score(now: Reading, interval: Score, *, lowest: bool) -> Known:
    """The low end of an interval, with the report and the lesions it was read from."""
    by = [
        lesion
        for lesion in now.lesions
        if lesion.score and (lesion.score[0] == interval[0] or lesion.score[1] == interval[1])
    ]
    said = _read_as(by)
    return Known(
        value=float(interval[0]),
        shown=show_score(interval),
        when=now.when,
        sources=tuple(dict.fromkeys((*now.sources, *sorted({lesion.source for lesion in by})))),
        read_as=said,
        quote=_words(now, lowest=lowest) if said == "narrative" else "",
    )


def _words(now: Reading, *, lowest: bool = False) -> str:
    """The words of the highest (or lowest) score in a report's text."""
    found = ((lowest and scan.lowest_quote) or scan.score_quote for scan in now.scans)
    return next((words for words in found if words), "")


def _read_as(lesions: Sequence[Scored]) -> Literal["coded", "narrative"]:
    return "narrative" if any(lesion.read_as == "narrative" for lesion in lesions) else "coded"


def _judgement(view: View, found: Sequence[Reading]) -> Facts:
    now = found[0]
    about = now.sources, now.when
    maximum = only_maximum(view, found)
    undecided, decides = _undecided(now)
    facts: Facts = {
        "krenning_only_maximum": (yes if maximum else no)(*about),
        "krenning_undecided": (yes if decides else no)(*about),
    }
    if undecided and (sites := show_sites(undecided)):
        facts["krenning_undecided_sites"] = Known(value=sites, when=now.when, sources=now.sources, read_as="derived")
    if maximum:
        others = max(now.further_sites, len(_organs_elsewhere(view, found))) + len(now.lesions) - len(now.scored)
        if others:
            said = f"{len(now.scored)} of {len(now.scored) + others}"
            facts["krenning_sites_scored"] = Known(value=said, when=now.when, sources=now.sources, read_as="derived")
    truths: tuple[tuple[str, bool | None], ...] = (
        ("krenning_sufficient", _sufficient(now, maximum)),
        ("krenning_insufficient", now.insufficient),
        ("krenning_reached", True if now.reaching else False if now.insufficient else None),
    )
    by = _read_as(now.scored)
    words = _words(now) if by == "narrative" else ""
    for name, truth in truths:
        if truth is not None:
            facts[name] = (yes if truth else no)(*about, by, words)
    return facts


def _sufficient(now: Reading, maximum: bool) -> bool | None:
    """rulings, section 2: met, known not to be, or unknown."""
    if now.low(relevant=True) or now.insufficient:
        return False
    if maximum or not now.reaching or now.undecided(relevant_only=True):
        return None
    return True


def _undecided(now: Reading) -> tuple[list[Scored], bool]:
    """I-03: lesions without a deciding score, and whether they could decide."""
    if not now.scored:
        return list(now.lesions), True
    if now.reaching:
        open_ones = now.undecided(relevant_only=True)
        return open_ones, bool(open_ones) and not now.low(relevant=True)
    return now.undecided(), bool(now.undecided() or now.further_sites)


def _low_lesions(now: Reading) -> Facts:
    facts: Facts = {}
    about = now.sources, now.when
    large, small = now.low(relevant=True), now.low(relevant=False)
    if now.mixed is not None:
        facts["sstr_mixed"] = (yes if now.mixed else no)(*about)
    if large:
        facts["sstr_low_count"] = Known(value=float(len(large)), when=now.when, sources=_from(large), read_as="derived")
        facts["sstr_low_size_unknown"] = (yes if any(x.size_mm is None for x in large) else no)(*about)
    if sites := show_sites(large or small):
        facts["sstr_low_sites"] = Known(
            value=sites, when=now.when, sources=_from(large or small), read_as=_read_as(large)
        )
    if now.mixed is False:
        facts["sstr_small_low"] = (yes if now.reaching and small else no)(*about)
    return facts


def _from(lesions: Sequence[Scored]) -> tuple[str, ...]:
    return tuple(sorted({lesion.source for lesion in lesions}))


def _organs_elsewhere(view: View, found: Sequence[Reading]) -> set[str]:
    """Organs with disease in the newest other scans that the current SSTR PET does not name.

    Scans before the last surgery or local treatment of the tumour no longer speak.
    """
    now = found[0]
    newest = [*(reading for modality in _OTHERS for reading in islice(readings(view, modality), 1)), *found[1:2]]
    removed = [item.when for item in view.chart.procedures if item.kind in _REMOVING]
    elsewhere = set()
    for other in newest:
        if any(surely_before(other.when, when) is not False for when in removed):
            continue
        lesions = [x for scan in other.scans for x in scan.lesions if not x.physiological and x.fdg != "negative"]
        elsewhere |= {organ(lesion.site) for lesion in lesions}
    return {name for name in elsewhere.difference(now.organs) if name}
