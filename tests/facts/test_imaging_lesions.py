"""Scores of scans, lesion by lesion (rulings, section 2)."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.imaging_lesions import Reading, readings, show_score
from cds_service.record.model import Scan
from tests.facts.charts import view
from tests.facts.scans import done, lesion, scan, when


def read(*scans: Scan, **more: Any) -> Reading:
    return next(readings(view(scans=list(scans), **more)))


@pytest.mark.parametrize(
    ("score", "shown"), [((3, 3), "3"), ((0, 1), "<=1"), ((2, 3), "2-3"), ((0, 0), "0"), ((3, 4), "3-4")]
)
def test_scores_as_printed(score: tuple[int, int], shown: str) -> None:
    assert show_score(score) == shown


@pytest.mark.parametrize(
    ("score", "insufficient"),
    [((0, 1), True), ((2, 2), True), ((2, 3), None), ((3, 3), False), ((3, 4), False), (None, None)],
)
def test_one_lesion_against_the_threshold(score: tuple[int, int] | None, insufficient: bool | None) -> None:
    assert read(scan(10, lesion(score=score))).insufficient is insufficient


@pytest.mark.parametrize(("size", "mixed"), [("15", True), ("14", False), (None, True), ("14.9", False)])
def test_a_low_lesion_beside_a_high_one(size: str | None, mixed: bool) -> None:
    assert read(scan(10, lesion(score=4), lesion("bone", 1, size))).mixed is mixed


def test_words_without_a_reference_organ() -> None:
    low = read(scan(10, lesion(words="low"), lesion("bone", words="none")))
    assert (low.best, low.lowest, low.insufficient) == ((1, 1), (0, 0), True)
    assert read(scan(10, lesion(words="high"))).best is None


def test_physiological_uptake_is_no_lesion() -> None:
    assert read(scan(10, lesion(score=1), lesion("adrenal", 4, physiological=True))).insufficient is True


def test_an_unscored_lesion_keeps_a_low_scan_open() -> None:
    assert read(scan(10, lesion(score=1), lesion("bone"))).insufficient is None
    assert read(scan(10, lesion(score=1), further_sites=1)).insufficient is None


def test_a_low_maximum_bounds_what_is_not_scored() -> None:
    assert read(scan(10, lesion(score=1), lesion("bone"), only_maximum=True, further_sites=2)).insufficient is True
    worded = read(scan(10, lesion("bone"), lesion("liver"), implied_score=(1, 1)))
    assert (worded.insufficient, worded.best) == (True, (1, 1))


def test_all_lesions_above_the_liver() -> None:
    found = read(scan(10, lesion(), lesion("bone"), all_lesions_positive=True))
    assert (found.insufficient, found.mixed, found.best) == (False, False, (3, 4))
    assert read(scan(10, all_lesions_positive=True)).best == (3, 4)


def test_the_stated_lowest_score_is_a_lesion_of_unknown_size() -> None:
    found = read(scan(10, lesion(score=4), lowest_score=(1, 1)))
    assert (found.mixed, found.lowest) == (True, (1, 1))
    assert read(scan(10, lesion(score=4), lowest_score=(3, 3))).lowest == (3, 3)


def test_the_lowest_is_unknown_while_a_lesion_is() -> None:
    assert read(scan(10, lesion(score=4), lesion("bone"))).lowest is None


def test_two_scans_of_one_day_count_with_the_lower_score_per_lesion() -> None:
    first = scan(10, lesion(score=4, size="12"), lesion("bone", 3), source="DiagnosticReport/a")
    second = scan(10, lesion(score=2), lesion("Osseous lesion", 4), source="DiagnosticReport/b")
    found = read(first, second)
    assert [(x.site, x.score) for x in found.lesions] == [("bone", (3, 3)), ("liver", (2, 2))]
    assert found.mixed is True  # the larger of the two sizes counts
    assert read(second, first) == found


def test_scans_whose_dates_overlap_are_read_together() -> None:
    found = read(scan("2026-05", lesion(score=1)), scan("2026-05-20", lesion(score=3)))
    assert (found.best, found.when.first.isoformat(), len(found.scans)) == ((1, 1), "2026-05-20", 2)


def test_the_current_scan_is_the_latest_final_one() -> None:
    here = view(scans=[
        scan(10, lesion(score=4), preliminary=True), scan(-1, lesion(score=4)), scan(200, lesion(score=3)),
        scan(20, lesion(score=1)), Scan(source="s", modality="sstr-pet", lesions=(lesion(score=4),)),
        scan(5, lesion(score=4), modality="sstr-scintigraphy"),
    ])  # fmt: skip
    assert [reading.when for reading in readings(here)] == [when(20), when(200)]


def test_without_a_spleen_a_four_is_three_or_more() -> None:
    four = scan(10, lesion(score=4))
    assert read(four, procedures=[done("splenectomy")]).insufficient is False
    here = view(scans=[four], procedures=[done("splenectomy")], numbers={"krenning_min": 4})
    assert next(readings(here)).insufficient is None


def test_a_text_that_lists_only_its_low_lesion_by_name() -> None:
    low = lesion("pancreas", (0, 1), None, score_read_as="narrative")
    found = read(scan(10, low, text_score=(4, 4), implied_score=(4, 4), lowest_score=(0, 0)))
    assert (found.best, found.mixed) == ((4, 4), True)
    coded = lesion("pancreas", 1, None)
    assert read(scan(10, coded, text_score=(4, 4))).best == (1, 1)  # text against code is a conflict, not a lesion
