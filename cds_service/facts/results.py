"""The one result of an analyte that counts: fresh, dated, plausible, newest, the worse of one day.

Not a family of facts: what the families share. Order, units and language of the record never matter here; all values
are already in the analyte's own unit. Rulings, sections 1 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from cds_service.dates import Span
from cds_service.facts.glossary import Known
from cds_service.facts.view import View, exact
from cds_service.record.model import Analyte, LabResult
from cds_service.record.units import ratio

Worse = Literal["low", "high"]

WORSE: dict[Analyte, Worse] = {
    "hb": "low", "wbc": "low", "anc": "low", "lymphocytes": "low", "platelets": "low", "albumin": "low",
    "prothrombin": "low", "crcl": "low", "egfr": "low", "measured-gfr": "low", "weight": "low", "height": "low",
    "creatinine": "high", "bilirubin": "high", "alt": "high", "ast": "high", "inr": "high", "mcv": "high",
}  # fmt: skip
"""The side on which a value is worse for the patient (less weight is a lower clearance)."""

ENDLESS = Decimal("Infinity")
_NOTHING = Decimal(0)
_NO_MEASUREMENT = Decimal(10) ** 9  # where no range is configured: beyond this a number is no result of any test
_STRICT = Decimal("1e-9")  # "<8" lies this little below 8, so that it is below a limit of 8
_LEAST, _MOST = ({analyte: f"plausible_{analyte}_{end}" for analyte in get_args(Analyte)} for end in ("min", "max"))


class Reading(NamedTuple):
    """What the newest results say: one value (``worst == best``) or an interval, and the results it is read from.

    ``worst`` is the end that is worse for the patient; it may be ``ENDLESS`` for "> 20" or 0 for "< 10".
    """

    worst: Decimal
    best: Decimal
    results: tuple[LabResult, ...]

    @property
    def bounded(self) -> bool:
        """Whether both ends are numbers to calculate with: not "below 50", not "above 200"."""
        return self.worst > 0 and self.best > 0 and ENDLESS not in (self.worst, self.best)

    @property
    def when(self) -> Span | None:
        return max([r.when for r in self.results if r.when], default=None)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({r.source for r in self.results}))


def is_plausible(view: View, result: LabResult) -> bool:
    """Inside this rule set's plausible range, ends included; without such a range, not negative and a usable number."""
    if result.problem == "implausible":
        return False
    if result.value is None:
        return True
    least, most = view.params.get(_LEAST[result.analyte]), view.params.get(_MOST[result.analyte])
    low = _NOTHING if least is None else exact(least)
    return low <= result.value <= (_NO_MEASUREMENT if most is None else exact(most))


def is_usable(view: View, result: LabResult) -> bool:
    """A number with a known unit inside its plausible range."""
    return result.value is not None and result.problem is None and is_plausible(view, result)


def newest(
    view: View, analyte: Analyte, max_age_days: float | None = None, after: Span | None = None
) -> Reading | None:
    """The reading of the newest results (see ``candidates``); None if there is none."""
    key = ("newest", analyte, max_age_days, after)
    if key not in view.memo:
        found = candidates(view, analyte, max_age_days, after)
        view.memo[key] = combined(view, [(r, r.value) for r in found if r.value is not None]) if found else None
    reading: Reading | None = view.memo[key]
    return reading


def recent_results(view: View, analyte: Analyte, max_age_days: float) -> Sequence[LabResult]:
    """Every result of an analyte, usable or not: dated, not after the decision date, at most ``max_age_days`` old."""
    key, today = (analyte, max_age_days), view.today
    if key not in view.memo:
        view.memo[key] = [r for r in view.labs(analyte) if r.when and 0 <= (today - r.when.first).days <= max_age_days]
    found: Sequence[LabResult] = view.memo[key]
    return found


def candidates(
    view: View, analyte: Analyte, max_age_days: float | None = None, after: Span | None = None
) -> Sequence[LabResult]:
    """The usable results within ``max_age_days`` (the laboratory limit by default) that no other is surely later than.

    ``after``: only results surely later than these days. Empty if an implausible result may be as new as they are:
    nobody knows then what the newest value is.
    """
    if not view.labs(analyte):
        return []
    limit = view.params["lab_max_age_days"] if max_age_days is None else max_age_days
    key = (analyte, limit, after)
    if key not in view.memo:
        recent = recent_results(view, analyte, limit)
        if after is not None:
            recent = [r for r in recent if r.when and r.when.first > after.last]
        view.memo[key] = _candidates(view, recent) if recent else []
    found: Sequence[LabResult] = view.memo[key]
    return found


def _candidates(view: View, recent: Sequence[LabResult]) -> list[LabResult]:
    usable: list[LabResult] = []
    doubtful: list[LabResult] = []
    for result in recent:
        if not is_plausible(view, result):
            doubtful.append(result)
        elif result.value is not None and result.problem is None:
            usable.append(result)
    found = latest(usable)
    if doubtful and not all(is_plausible(view, r) for r in latest([*found, *doubtful])):
        return []
    return found


def in_upper_limits(
    view: View, analyte: Analyte, max_age_days: float | None = None, after: Span | None = None
) -> Reading | None:
    """The newest reading (as ``newest``) in multiples of its own upper limit of normal.

    None without such a limit, or if a result of the same day without one is worse.
    """
    found = candidates(view, analyte, max_age_days, after)
    limited = [r for r in found if r.upper_limit and r.value is not None]
    if not limited:
        return None
    highest = max(r.value for r in limited if r.value is not None)
    if any(r.value is not None and r.value > highest for r in found if not r.upper_limit):
        return None
    ratios = [(r, ratio(r.value, r.upper_limit)) for r in limited if r.value is not None and r.upper_limit]
    return combined(view, [(r, value) for r, value in ratios if value is not None])


def latest(results: Sequence[LabResult]) -> list[LabResult]:
    """The results that no other is surely later than."""
    newest_day = max([r.when.first for r in results if r.when], default=None)
    return [r for r in results if r.when and newest_day is not None and r.when.last >= newest_day]


def combined(view: View, found: Sequence[tuple[LabResult, Decimal]]) -> Reading:
    """One reading of results equally new, each with its value: the worse of one day, an interval where their order
    is unknown."""
    ends = [(*_ends(result, value), result) for result, value in found]
    if len(ends) == 1:
        worst, best, result = ends[0]
        return Reading(worst, best, (result,))
    ends.sort(key=lambda end: end[2].source)
    analyte = ends[0][2].analyte
    worst = max((end[0] for end in ends), key=lambda value: _badness(view, analyte, value))
    one_day = len({r.when for r, _ in found}) == 1 and all(r.when and r.when.exact for r, _ in found)
    # the worse of one day is at best as good as the worst of the best ends: of 6 and ">5.5" it is 5.5 to 6
    choose = max if one_day else min
    best = choose((end[1] for end in ends), key=lambda value: _badness(view, analyte, value))
    if one_day:
        ends = [end for end in ends if worst == end[0] or best == end[1]]
    return Reading(worst, best, tuple(end[2] for end in ends))


def _ends(result: LabResult, value: Decimal) -> tuple[Decimal, Decimal]:
    """The (worst, best) a result's value can mean: "<8" is anything below 8."""
    value = value or _NOTHING  # however it is written
    worse = WORSE.get(result.analyte)
    if result.comparator is None or worse is None:
        return value, value
    below = result.comparator in ("<", "<=")
    edge = value * (1 - _STRICT if below else 1 + _STRICT) if result.comparator in ("<", ">") else value
    ends = (_NOTHING, edge) if below else (edge, ENDLESS)
    return ends if worse == "low" else (ends[1], ends[0])


def _badness(view: View, analyte: Analyte, value: Decimal) -> Decimal:
    worse = WORSE.get(analyte)
    if worse is None:  # potassium: the farther from the middle of its range the worse
        return abs(value - exact(view.params["potassium_low"] + view.params["potassium_high"]) / 2)
    return -value if worse == "low" else value


def decided(reading: Reading, worse: Worse, limit: float | None = None) -> Decimal | None:
    """The value a rule may use: None when the reading lies on both sides of ``limit``.

    The worst end is used where it can be; an endless one gives way to its known end.
    """
    if reading.worst == reading.best:
        return reading.worst
    if limit is not None:
        stop = exact(limit)
        worst_stops, best_stops = (
            end < stop if worse == "low" else end > stop for end in (reading.worst, reading.best)
        )
        if worst_stops != best_stops:
            return None
        return reading.best if worst_stops else reading.worst
    open_end = reading.worst == ENDLESS or (worse == "low" and reading.worst == 0)
    return reading.best if open_end else reading.worst


def known(reading: Reading, value: Decimal, shown: str = "") -> Known:
    """The fact of a reading, displayed with its sign if the laboratory wrote one ("<8")."""
    if not shown and reading.worst != reading.best:
        sign = next((r.comparator for r in reading.results if r.comparator), None)
        shown = sign + f"{value:.2f}".rstrip("0").rstrip(".") if sign else ""
    return Known(value=float(value), shown=shown, when=reading.when, sources=reading.sources)


def disagreement(view: View, analyte: Analyte) -> Reading | None:
    """The newest day's fresh results if they differ by more than the flagged share, (high - low) / high; else None."""
    newest_ones = candidates(view, analyte)
    if len(newest_ones) < 2:
        return None
    found = [r for r in newest_ones if r.when and r.when.exact]
    values = [r.value for r in found if r.value is not None]
    if len({r.when for r in found}) != 1 or max(values) <= 0:
        return None
    if (max(values) - min(values)) / max(values) <= view.exact("same_day_difference"):
        return None
    return Reading(max(values), min(values), tuple(found))
