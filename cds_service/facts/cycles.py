"""Counting the cycles of cyclic drugs from administration days and from written counts (rulings, section 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median_low
from typing import NamedTuple

from cds_service.dates import Span
from cds_service.record.model import Treatment

_FORTNIGHTLY = ("folfox", "folfiri", "folfirinox", "folfoxiri", "de gramont", "flot")  # by name; count by weeks
_FORTNIGHTLY_DRUGS = ({"fluorouracil", "oxaliplatin"}, {"fluorouracil", "irinotecan"})  # the same, by ingredient
CAPTEM = {"capecitabine", "temozolomide"}
_LONGEST_ADMINISTRATION = 31  # days; a longer "administration" is a whole treatment and says nothing of its days


class Piece(NamedTuple):
    """One treatment as days: from ``start`` to ``end``, clipped to after the scan."""

    item: Treatment
    when: Span  # as written
    start: date
    end: date
    whole: bool  # lies after the scan as a whole, so that its written count counts


def count(params: Mapping[str, float], block: Sequence[Piece], *, sure: bool) -> tuple[int, tuple[int, int] | None]:
    """Cycles of regimens with long enough cycles; of the last line that has both, the written count and the own."""
    total, both = 0, None
    for line in _lines([piece for piece in block if piece.item.group == "cytotoxic"]):
        single = _administrations(line)
        starts = _starts(params, single)
        if _too_short(params, line, starts):
            continue
        # a day known only by month adds one to what may have been given
        vague = 0 if sure else len({(piece.item.source, piece.when) for piece in single if not piece.when.exact})
        by_days, by_word = len(starts) + vague if single else None, _written(line, sure=sure)
        if by_days is None and by_word is None:
            total += 0 if sure else _at_most(params, line)
            continue
        total += min(number for number in (by_days, by_word) if number is not None)
        if by_days is not None and by_word is not None:
            both = by_word, by_days
    return total, both


def _lines(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Drugs whose periods overlap, or that name one regimen, are one line of treatment."""
    captem = {piece.item.drug for piece in pieces} >= CAPTEM  # one drug may end days before the other begins
    by_drug: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        name = "captem" if captem and piece.item.drug in CAPTEM else piece.item.regimen.lower() or piece.item.drug
        by_drug[name].append(piece)
    lines: list[list[Piece]] = []
    for group in sorted(by_drug.values(), key=lambda g: (min(p.start for p in g), g[0].item.drug)):
        start = min(piece.start for piece in group)
        together = [line for line in lines if max(piece.end for piece in line) >= start]
        lines = [line for line in lines if line not in together]
        lines.append([piece for line in together for piece in line] + list(group))
    return lines


def _marking(line: Sequence[Piece]) -> list[Piece]:
    """The pieces whose days make the cycles: temozolomide's for CAPTEM, else all."""
    if {piece.item.drug for piece in line} >= CAPTEM:
        return [piece for piece in line if piece.item.drug == "temozolomide"]
    return list(line)


def _administrations(line: Sequence[Piece]) -> list[Piece]:
    return [
        piece
        for piece in _marking(line)
        if piece.item.kind in ("administration", "procedure")
        and (piece.end - piece.start).days <= _LONGEST_ADMINISTRATION
    ]


def _starts(params: Mapping[str, float], administrations: Sequence[Piece]) -> list[date]:
    """First days of the cycles, from the exact administration days."""
    days: set[date] = set()
    for piece in administrations:
        if piece.when.exact:
            days.update(piece.start + timedelta(days=n) for n in range((piece.end - piece.start).days + 1))
    starts: list[date] = []
    previous: date | None = None
    for day in sorted(days):
        if previous is None or (
            (day - previous).days >= params["administration_gap_days"]
            and (day - starts[-1]).days >= params["cycle_gap_days"]
        ):
            starts.append(day)
        previous = day
    return starts


def _written(line: Sequence[Piece], *, sure: bool) -> int | None:
    """The written number of cycles given: successive statements add up, of overlapping ones the highest counts.

    On an administration it is the running number, so the highest counts. What reaches back before the scan proves
    none of its cycles after it.
    """
    by_drug: dict[str, list[Piece]] = defaultdict(list)
    for piece in _marking(line):
        if piece.item.cycles_written is not None and (piece.whole or not sure):
            by_drug[piece.item.drug].append(piece)
    totals = [max(_running(pieces), _summed(pieces)) for pieces in by_drug.values()]
    return min(totals) if totals else None


def _running(pieces: Sequence[Piece]) -> int:
    return max((piece.item.cycles_written or 0 for piece in pieces if piece.item.kind != "statement"), default=0)


def _summed(pieces: Sequence[Piece]) -> int:
    total, block, end = 0, 0, None
    for piece in sorted(pieces, key=lambda p: (p.start, p.end)):
        if piece.item.kind != "statement":
            continue
        if end is not None and piece.start > end:
            total, block = total + block, 0
        block, end = max(block, piece.item.cycles_written or 0), max(piece.end, end or piece.end)
    return total + block


def _too_short(params: Mapping[str, float], line: Sequence[Piece], starts: Sequence[date]) -> bool:
    """Whether the line's cycles are shorter than those that count by number: as written, by name, or as given."""
    lengths = [piece.item.cycle_days for piece in line if piece.item.cycle_days is not None]
    if lengths:
        return max(lengths) < params["cycle_min_days"]
    if any(name in piece.item.regimen.lower() for piece in line for name in _FORTNIGHTLY):
        return True
    if any({piece.item.drug for piece in line} >= drugs for drugs in _FORTNIGHTLY_DRUGS):
        return True
    gaps = [(later - earlier).days for earlier, later in pairwise(starts)]
    return bool(gaps) and median_low(gaps) < params["cycle_min_days"]


def _at_most(params: Mapping[str, float], line: Sequence[Piece]) -> int:
    """The most cycles that fit into a period without a written count."""
    days = (max(piece.end for piece in line) - min(piece.start for piece in line)).days
    return days // int(params["cycle_min_days"]) + 1
