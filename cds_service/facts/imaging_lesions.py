"""Krenning scores of SSTR scans, lesion by lesion, against the site's threshold (rulings, section 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from cds_service.dates import Span
from cds_service.facts.sites import organ, place
from cds_service.facts.view import View, once
from cds_service.record.model import Lesion, Modality, ReadAs, Scan, Score

_WORDED: dict[str | None, Score] = {"low": (1, 1), "none": (0, 0)}  # "high" without a reference organ is no score
_ABOVE_LIVER = 3
_SCALE: Score = (0, 4)


class Scored(NamedTuple):
    """One lesion with its score interval, None if nothing bounds it."""

    site: str
    score: Score | None
    stated: bool  # the report scores this lesion itself; False: only bounded by a statement on all lesions
    size_mm: Decimal | None
    suvmax: Decimal | None
    words: Literal["high", "low", "none"] | None
    source: str
    read_as: ReadAs


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The SSTR scans of one day (usually one) as one list of lesions, judged against ``minimum``."""

    when: Span
    scans: tuple[Scan, ...]
    lesions: tuple[Scored, ...]
    minimum: float
    small_mm: Decimal
    no_spleen: bool

    @cached_property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({scan.source for scan in self.scans}))

    @cached_property
    def scored(self) -> tuple[Scored, ...]:
        return tuple(lesion for lesion in self.lesions if lesion.score is not None and lesion.stated)

    @cached_property
    def organs(self) -> tuple[str, ...]:
        """The organ of each lesion."""
        return tuple(organ(lesion.site) for lesion in self.lesions)

    @cached_property
    def best(self) -> Score | None:
        """The interval of the lesion with the most uptake."""
        return _top(self.scored)

    @cached_property
    def lowest(self) -> Score | None:
        """The interval of the lesion with the least uptake; None while any lesion is unknown."""
        if not self.scored or any(lesion.score is None for lesion in self.lesions) or self.further_sites:
            return None
        known = [lesion.score for lesion in self.lesions if lesion.score is not None]
        return min(low for low, _ in known), min(high for _, high in known)

    @cached_property
    def further_sites(self) -> int:
        """Sites with disease that the report names without a score, unless it bounds them all."""
        bounded = any(_bounds(scan) != _SCALE or scan.only_maximum for scan in self.scans)
        return 0 if bounded else max(scan.further_sites for scan in self.scans)

    def reaches(self, lesion: Scored) -> bool:
        """Whether the score surely reaches the threshold. Without a spleen a 4 ("above spleen") counts as 3 or more."""
        if lesion.score is None:
            return False
        low = lesion.score[0]
        return (min(low, _ABOVE_LIVER) if self.no_spleen else low) >= self.minimum

    def misses(self, lesion: Scored) -> bool:
        return lesion.score is not None and lesion.score[1] < self.minimum

    def relevant(self, lesion: Scored) -> bool:
        """Large enough, or of unknown size: low uptake is then not explained by partial volume."""
        return lesion.size_mm is None or lesion.size_mm >= self.small_mm

    @cached_property
    def reaching(self) -> list[Scored]:
        return [lesion for lesion in self.lesions if self.reaches(lesion)]

    @cached_property
    def _missing(self) -> list[Scored]:
        return [lesion for lesion in self.lesions if self.misses(lesion)]

    def low(self, *, relevant: bool) -> list[Scored]:
        return [lesion for lesion in self._missing if self.relevant(lesion) is relevant]

    @cached_property
    def _open(self) -> list[Scored]:
        return [lesion for lesion in self.lesions if not self.reaches(lesion) and not self.misses(lesion)]

    def undecided(self, *, relevant_only: bool = False) -> list[Scored]:
        """Lesions whose score is unknown or straddles the threshold."""
        return [lesion for lesion in self._open if not relevant_only or self.relevant(lesion)]

    @cached_property
    def insufficient(self) -> bool | None:
        """At least one score, no lesion reaching, none unknown; None if an unknown score could decide."""
        if self.reaching:
            return False
        if not self.scored or self.undecided() or self.further_sites:
            return None
        return True

    @cached_property
    def mixed(self) -> bool | None:
        """One lesion reaching and one relevant lesion missing the threshold."""
        if self.insufficient:
            return False
        if self.low(relevant=True):
            return True if self.reaching else None
        return None if self.undecided(relevant_only=True) or not self.reaching else False


def readings(view: View, modality: Modality = "sstr-pet") -> Iterator[Reading]:
    """The final scans of a modality up to today, newest first. Those whose dates overlap are read together: the lower
    score counts."""
    key = "readings", modality
    if key not in view.memo:
        view.memo[key] = tuple(_readings(view, modality))
    return iter(view.memo[key])


def _readings(view: View, modality: Modality) -> Iterator[Reading]:
    left = [
        scan for scan in view.chart.scans
        if scan.modality == modality and not scan.preliminary and scan.when and scan.when.first <= view.today
    ]  # fmt: skip
    left.sort(key=_earliest)
    vague = [scan for scan in left if scan.when and not scan.when.exact]
    used: set[int] = set()
    while left:
        newest = left.pop()
        if id(newest) in used:
            continue
        group = [newest]
        while left and _last(left[-1]) >= _earliest(newest):
            group.append(left.pop())
        group += [scan for scan in vague if _last(scan) >= _earliest(newest) and scan not in group]
        group = [scan for scan in group if id(scan) not in used]
        used.update(id(scan) for scan in group)
        yield read_together(view, group)


def _earliest(scan: Scan) -> date:
    return scan.when.first if scan.when else date.min


def _last(scan: Scan) -> date:
    return scan.when.last if scan.when else date.min


def read_together(view: View, scans: Iterable[Scan]) -> Reading:
    """Scans of one day as one reading."""
    ordered = sorted(scans, key=lambda scan: (scan.source, scan.tracer or ""))
    spans = [scan.when for scan in ordered if scan.when is not None]
    lesions: list[Scored] = []
    for scan in ordered:
        lesions = _lower_of(lesions, lesions_of(scan))
    return Reading(
        when=Span(max(span.first for span in spans), max(span.last for span in spans)),
        scans=tuple(ordered),
        lesions=tuple(sorted(lesions, key=_order)),
        minimum=view.params["krenning_min"],
        small_mm=view.exact("small_lesion_mm"),
        no_spleen=spleen_absent(view) is True,
    )


def lesions_of(scan: Scan) -> list[Scored]:
    """The tumour lesions of one scan, each with what the report says or implies of its score."""
    lesions = [_scored(lesion, scan) for lesion in scan.lesions if not lesion.physiological]
    if not any(lesion.stated for lesion in lesions):
        overall = scan.implied_score or scan.text_score
        if overall is not None:
            if len(lesions) == 1:
                lesions = [lesions[0]._replace(score=overall, stated=True, read_as="narrative")]
            else:
                lesions.append(_unplaced(scan, overall))
    elif (higher := _higher_in_text(scan, lesions)) is not None:
        lesions.append(_unplaced(scan, higher))
    top, bounds = _top(lesions), _bounds(scan)
    if scan.only_maximum and top is not None:
        bounds = bounds[0], min(bounds[1], top[1])
    if bounds != _SCALE:
        stated = scan.all_lesions_positive is True  # a statement about each of them, not only about the extremes
        lesions = [
            lesion if lesion.score else lesion._replace(score=bounds, stated=stated, read_as="narrative")
            for lesion in lesions
        ]
    if scan.lowest_score is not None and not any(
        lesion.score and lesion.score[1] <= scan.lowest_score[1] for lesion in lesions
    ):
        lesions.append(_unplaced(scan, scan.lowest_score))
    if not lesions and scan.all_lesions_positive:
        lesions.append(_unplaced(scan, (_ABOVE_LIVER, _SCALE[1])))
    return lesions


def _higher_in_text(scan: Scan, lesions: Sequence[Scored]) -> Score | None:
    """The score of a text, the only source of all scores, that lies above those of the lesions it lists.

    Of "metastases above the spleen, one lesion without uptake" only the lesion without uptake is listed.
    """
    top = _top(lesions)
    read = all(lesion.read_as == "narrative" for lesion in lesions if lesion.stated)
    return scan.text_score if read and top and scan.text_score and scan.text_score[0] > top[1] else None


def spleen_absent(view: View) -> bool | None:
    """Whether the record shows that the spleen was removed or is missing; False only if both lists came."""
    if absent_spleen_sources(view):
        return True
    return False if view.provided("Procedure", "Condition") else None


@once
def absent_spleen_sources(view: View) -> tuple[str, ...]:
    """The entries that prove splenectomy or asplenia, not later than today."""
    found = {item.source for item in view.chart.procedures if item.kind == "splenectomy"}
    found |= {item.source for item in view.problems("asplenia") if item.active}
    return tuple(sorted(found))


def show_score(score: Score) -> str:
    """A score as printed: "3", "<=1", "2-3"."""
    low, high = score
    return str(low) if low == high else f"<={high}" if low == 0 else f"{low}-{high}"


def _bounds(scan: Scan) -> Score:
    """Between what a statement on all lesions puts every lesion's score."""
    low = scan.lowest_score[0] if scan.lowest_score else _ABOVE_LIVER if scan.all_lesions_positive else _SCALE[0]
    high = _SCALE[1]
    if scan.implied_score is not None and not any(lesion.score for lesion in scan.lesions):
        high = scan.implied_score[1]
    return low, max(low, high)


def _scored(lesion: Lesion, scan: Scan) -> Scored:
    worded = lesion.score is None and lesion.words in _WORDED
    score = _WORDED[lesion.words] if worded else lesion.score
    return Scored(
        site=lesion.site, score=score, stated=score is not None, size_mm=lesion.size_mm, suvmax=lesion.suvmax,
        words=lesion.words, source=lesion.source or scan.source,
        read_as="narrative" if worded else lesion.score_read_as,
    )  # fmt: skip


def _unplaced(scan: Scan, score: Score) -> Scored:
    """A score the text states for the scan without saying of which lesion."""
    return Scored(
        site="", score=score, stated=True, size_mm=None, suvmax=None, words=None, source=scan.source,
        read_as="narrative",
    )  # fmt: skip


def _top(lesions: Sequence[Scored]) -> Score | None:
    known = [lesion.score for lesion in lesions if lesion.score is not None]
    return (max(low for low, _ in known), max(high for _, high in known)) if known else None


def _order(lesion: Scored) -> tuple[str, tuple[int, int], str, str]:
    return " ".join(sorted(place(lesion.site))), lesion.score or (9, 9), lesion.site, lesion.source


def _lower_of(first: list[Scored], second: list[Scored]) -> list[Scored]:
    """Two scans of one day: lesions at one place are paired, the lower score of a pair counts."""
    if not first:
        return second
    groups: dict[frozenset[str], tuple[list[Scored], list[Scored]]] = defaultdict(lambda: ([], []))
    for index, lesions in enumerate((first, second)):
        for lesion in lesions:
            groups[place(lesion.site)][index].append(lesion)
    merged: list[Scored] = []
    for ours, theirs in groups.values():
        ours.sort(key=_order)
        theirs.sort(key=_order)
        paired = min(len(ours), len(theirs))
        merged += [_pair(a, b) for a, b in zip(ours, theirs, strict=False)] + ours[paired:] + theirs[paired:]
    return merged


def _pair(a: Scored, b: Scored) -> Scored:
    """The lower score; the larger size, because a small lesion is judged more mildly."""
    lower, other = sorted((a, b), key=lambda lesion: (lesion.score or (9, 9), _order(lesion)))
    sizes = [size for size in (a.size_mm, b.size_mm) if size is not None]
    score = lower.score
    if score is not None and other.score is not None:
        score = score[0], min(score[1], other.score[1])
    return lower._replace(
        score=score, size_mm=max(sizes) if len(sizes) == 2 else None if not sizes else sizes[0],
        suvmax=lower.suvmax if lower.suvmax is not None else other.suvmax,
    )  # fmt: skip
