"""The lesions a report's text was read as (the reader's output, read-report of the public interface)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cds_service.fhir.elements import number, text
from cds_service.record.intervals import NotAScore, score, score_of
from cds_service.record.lesions import Words, site_key
from cds_service.record.model import Lesion, Score
from cds_service.record.organs import organ_of


def text_score(value: object) -> Score | None:
    """A score as read-report gives it: 3, [2, 3], "<=1", None."""
    if isinstance(value, list) and len(value) == 2:
        low, high = number(value[0]), number(value[1])
        return (int(low), int(high)) if low is not None and high is not None and 0 <= low <= high <= 4 else None
    try:
        if isinstance(value, str):
            return score(value)
        exact = number(value)
        return score_of(exact) if exact is not None else None
    except NotAScore:
        return None


def from_text(said: dict[str, Any], source: str) -> tuple[Lesion, ...]:
    """The lesions a text was read as: scored ones, ones low or negative in words, and ones with SUVmax alone."""
    lowest = number(said["krenning_implied_lowest"])
    highest = number(said["krenning_implied_highest"])
    found: list[Lesion] = []
    for entry in said["krenning_lesions"]:
        stated = text_score(entry.get("krenning"))
        worded = None if stated else _worded(lowest, highest)
        found.append(Lesion(
            site=text(entry.get("site")), score=stated or worded, score_read_as="narrative",
            size_mm=number(entry.get("size_mm")), words=_low_words(worded), source=source,
        ))  # fmt: skip
    for entry in said["suvmax"]:
        found = list(_with_suv(found, text(entry.get("site")), number(entry.get("value")), source))
    return tuple(found)


def _worded(lowest: Decimal | None, highest: Decimal | None) -> Score:
    """The score of a lesion that is listed as low or negative in words (reading_reports: krenning null)."""
    low = int(lowest) if lowest is not None else 0
    return low, int(highest) if highest is not None and low <= highest <= 1 else max(1, low)


def _low_words(worded: Score | None) -> Words | None:
    if worded is None or worded[1] > 1:
        return None
    return "none" if worded == (0, 0) else "low"


def _with_suv(found: list[Lesion], site: str, value: Decimal | None, source: str) -> Iterator[Lesion]:
    """Puts an SUVmax to the lesion of its site, else adds a lesion without a score."""
    if value is None:
        yield from found
        return
    here = [lesion for lesion in found if _same(lesion.site, site)]
    same = [lesion for lesion in here if lesion.suvmax is None]
    if not same and (any(lesion.score is not None for lesion in here) or (here and not site)):
        yield from found  # one more value of lesions that were scored together
        return
    for lesion in found:
        yield replace(lesion, suvmax=value) if same and lesion is same[0] else lesion
    if not same:
        yield Lesion(site=site, suvmax=value, score_read_as="narrative", source=source)


def _same(first: str, second: str) -> bool:
    """Whether two sites of one text are the same lesion: same words, or one organ named more closely."""
    one, other = set(site_key(first).split()), set(site_key(second).split())
    if one == other:
        return True
    return bool(one and other) and organ_of(first) == organ_of(second) != "" and (one <= other or other <= one)
