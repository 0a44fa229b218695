"""Systemic treatment given after a scan: cycles, weeks, last dose (rulings, section 3).

Every answer is an interval, because dates may be partial and counts written: ``least`` is what was surely given,
``most`` what may have been given (None: nothing bounds it). Orders and plans never count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Literal

from cds_service.dates import Span, on_day
from cds_service.facts.cycles import CAPTEM, Piece, count
from cds_service.facts.view import View, exact
from cds_service.record.model import Group, ReadAs, Treatment

UPTAKE_CHANGING: frozenset[Group] = frozenset({"cytotoxic", "mtor"})
"""Treatment after which low uptake may be looked at again (R-01)."""
TUMOUR_CHANGING: frozenset[Group] = UPTAKE_CHANGING | {"kinase-inhibitor"}
"""Treatment after which a sufficient scan no longer speaks (I-08)."""

_TYPES = ("MedicationAdministration", "MedicationStatement")


@dataclass(frozen=True, slots=True)
class Bounds:
    """A count that is at least ``least`` and at most ``most`` (None: no upper bound)."""

    least: Decimal
    most: Decimal | None

    def settled(self, limit: float) -> bool:
        """Whether the count is known well enough to be compared with ``limit`` (at least)."""
        bar = exact(limit)
        return self.least == self.most or self.least >= bar or (self.most is not None and self.most < bar)

    @property
    def shown(self) -> str:
        """The count as printed: "6", "4-6", "at least 4" when nothing bounds it."""
        least = _digits(self.least)
        if self.least == self.most:
            return least
        return f"at least {least}" if self.most is None else f"{least}-{_digits(self.most)}"


@dataclass(frozen=True, kw_only=True)
class Extent:
    """Treatment of some groups after a scan, counted from the last restart.

    ``given`` None: the record does not tell. ``begin`` and ``last`` are its first and last day, each as an interval.
    ``least`` was surely given, ``most`` may have been, and nothing else if ``bounded``; they are counted when asked.
    """

    given: bool | None
    begin: Span | None
    last: Span | None
    regimen: str
    mtor: str  # the mTOR inhibitor among it
    sources: tuple[str, ...]
    read_as: ReadAs
    least: Sequence[Piece]
    most: Sequence[Piece]
    bounded: bool
    params: Mapping[str, float]

    @cached_property
    def _least_cycles(self) -> tuple[int, tuple[int, int] | None]:
        return count(self.params, self.least, sure=True)

    @cached_property
    def cycles(self) -> Bounds:
        fewest = self._least_cycles[0]
        most = max(fewest, count(self.params, self.most, sure=False)[0]) if self.bounded else None
        return Bounds(Decimal(fewest), None if most is None else Decimal(most))

    @cached_property
    def weeks(self) -> Bounds:
        return Bounds(_weeks(self.least), _weeks(self.most) if self.bounded else None)

    @property
    def differ(self) -> tuple[int, int] | None:
        """The written number of cycles and the number by days, if the record holds both and they are not the same."""
        _, both = self._least_cycles
        return both if both and both[0] != both[1] else None


def since(view: View, scan: Span, groups: frozenset[Group], until: date | None = None) -> Extent:
    """Treatment of ``groups`` given after the scan taken on ``scan`` and up to ``until`` (default: today)."""
    limit = until or view.today
    dated, bounded = _dated(view, groups)
    least = _last_block(view, (_surely(item, when, scan, limit) for item, when in dated))
    most = _last_block(view, (_possibly(item, when, scan, limit) for item, when in dated))
    shown = least or most
    begin, last = (_span(least, most, end) for end in ("start", "end"))
    return Extent(
        given=True if least else None if most or not bounded else False,
        begin=begin,
        last=last,
        regimen=_regimen(shown),
        mtor=next((piece.item.drug for piece in shown if piece.item.group == "mtor"), ""),
        sources=tuple(sorted({piece.item.source for piece in shown})),
        read_as="narrative" if any(piece.item.read_as == "narrative" for piece in shown) else "coded",
        least=least,
        most=most,
        bounded=bounded,
        params=view.params,
    )


def given_between(view: View, first: Span, second: Span, groups: frozenset[Group]) -> bool | None:
    """Whether treatment of ``groups`` was given between two scans; None if the record does not tell."""
    dated, bounded = _dated(view, groups)
    before = second.first - timedelta(days=1)
    if any(_surely(item, when, first, before) for item, when in dated):
        return True
    return None if not bounded or any(_possibly(item, when, first, second.last) for item, when in dated) else False


def _dated(view: View, groups: frozenset[Group]) -> tuple[list[tuple[Treatment, Span]], bool]:
    """What was given of these groups and when; and whether that is all."""
    given = [item for item in view.chart.treatments if item.given and item.group in groups]
    dated = [(item, item.when) for item in given if item.when is not None]
    return dated, len(dated) == len(given) and view.provided(*_TYPES)


def _end(item: Treatment, when: Span, today: date) -> Span:
    """The last day given, as an interval, never after today."""
    if item.end is not None:
        if item.end.last <= today:
            return item.end
        return Span(min(item.end.first, today), min(item.end.last, today))
    if item.open_ended:
        return on_day(today)
    if item.kind == "statement" and item.stopped:
        return Span(when.first, today)  # it ended, nobody wrote when
    return when


def _surely(item: Treatment, when: Span, scan: Span, today: date) -> Piece | None:
    """The days this treatment was given for certain after the scan."""
    start, end = when.last, _end(item, when, today).first
    if when == item.end or (item.end is None and not item.open_ended and not when.exact):
        start = end = when.first  # one event somewhere in a partial date
    if end <= scan.last or start > end or start > today:
        return None
    return Piece(item, when, max(start, scan.last), end, when.first > scan.last)


def _possibly(item: Treatment, when: Span, scan: Span, today: date) -> Piece | None:
    """The days this treatment may have been given after the scan."""
    start, end = when.first, min(_end(item, when, today).last, today)
    if end < scan.first or start > end:
        return None
    return Piece(item, when, max(start, scan.first), end, when.last > scan.first)


def _last_block(view: View, pieces: Iterable[Piece | None]) -> list[Piece]:
    """The pieces since the last pause that makes treatment count anew."""
    block: list[Piece] = []
    end = date.min
    for piece in sorted((p for p in pieces if p), key=lambda p: (p.start, p.end, p.item.source, p.item.drug)):
        if block and (piece.start - end).days > view.params["restart_gap_days"]:
            block, end = [], date.min
        block.append(piece)
        end = max(end, piece.end)
    return block


def _digits(count: Decimal) -> str:
    return f"{count.normalize():f}"


def _weeks(block: Sequence[Piece]) -> Decimal:
    """First to last day in weeks, rounded down to a tenth so that 83 days never read as 12 weeks."""
    if not block:
        return Decimal(0)
    days = (max(piece.end for piece in block) - min(piece.start for piece in block)).days
    return (Decimal(days) / 7).quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def _regimen(block: Sequence[Piece]) -> str:
    """The regimens as written, else the drugs, in the order given: "CAPTEM", "cisplatin + etoposide"."""
    names = list(dict.fromkeys(piece.item.regimen or piece.item.drug for piece in block))
    if set(names) >= CAPTEM:
        names = ["CAPTEM", *(name for name in names if name not in CAPTEM | {"CAPTEM"})]
    return " + ".join(names)


def _span(least: Sequence[Piece], most: Sequence[Piece], end: Literal["start", "end"]) -> Span | None:
    """First (last) day of the treatment, between what is possible and what is sure."""
    if not least:
        return None
    days = [
        min(piece.start for piece in block) if end == "start" else max(piece.end for piece in block)
        for block in (least, most)
    ]
    return Span(min(days), max(days))
