"""Cycles and weeks given after a scan (rulings, section 3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.treatment import TUMOUR_CHANGING, UPTAKE_CHANGING, Extent, given_between, since
from cds_service.record.model import Treatment
from tests.facts.charts import days_ago, view
from tests.facts.scans import cycles, dose, taken, when


def extent(*treatments: Treatment, scan: int | str = 300, **more: Any) -> Extent:
    return since(view(treatments=list(treatments), **more), when(scan), UPTAKE_CHANGING)


def told(found: Extent) -> tuple[Any, ...]:
    """Everything an extent says."""
    return (
        found.given, found.cycles, found.weeks, found.begin, found.last, found.regimen, found.mtor, found.sources,
        found.read_as, found.differ,
    )  # fmt: skip


def bounds(found: Extent) -> tuple[int, int | None]:
    return int(found.cycles.least), None if found.cycles.most is None else int(found.cycles.most)


def test_captem_counts_temozolomide_s_days() -> None:
    """Capecitabine days 1-14, temozolomide days 10-14 of 28: five days of temozolomide are one cycle."""
    drugs = [dose("temozolomide", 30 + 28 * n - day) for n in range(3) for day in range(5)]
    drugs += [dose("capecitabine", 39 + 28 * n - day) for n in range(3) for day in range(14)]
    found = extent(*drugs)
    assert bounds(found) == (3, 3)
    assert found.regimen == "CAPTEM"


def test_one_captem_cycle_of_two_single_entries_is_one_cycle() -> None:
    assert bounds(extent(dose("capecitabine", 39), dose("temozolomide", 30))) == (1, 1)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((40, 28), 2),  # 12 days after the cycle's first day
        ((40, 29), 1),  # 11 days
        ((40, 34, 28), 1),  # 12 days after it, but only 6 after the day before
        ((40, 35, 28), 2),  # 7 days after the day before
    ],
)
def test_when_a_new_cycle_begins(days: tuple[int, ...], expected: int) -> None:
    found = extent(*(dose("dacarbazine", day, cycle_days=21) for day in days))
    assert bounds(found) == (expected, expected)


@pytest.mark.parametrize(("every", "expected"), [(20, 0), (21, 4)])
def test_only_cycles_of_21_days_count(every: int, expected: int) -> None:
    assert bounds(extent(*cycles("dacarbazine", 4, 20, every))) == (expected, expected)


@pytest.mark.parametrize("drugs", [("oxaliplatin", "fluorouracil"), ("irinotecan", "fluorouracil")])
def test_fortnightly_regimens_count_by_weeks_even_with_a_written_number(drugs: tuple[str, ...]) -> None:
    found = extent(*(taken(drug, 100, 16, cycles_written=6) for drug in drugs))
    assert bounds(found) == (0, 0)
    assert found.weeks.least == 12


def test_folfox_by_name() -> None:
    assert bounds(extent(taken("oxaliplatin", 100, 16, cycles_written=6, regimen="mFOLFOX6"))) == (0, 0)


def test_everolimus_has_weeks_but_no_cycles() -> None:
    found = extent(taken("everolimus", 94, None, "mtor"))
    assert bounds(found) == (0, 0)
    assert found.weeks.least == found.weeks.most == Decimal("13.4")


@pytest.mark.parametrize(("days", "weeks"), [(83, "11.8"), (84, "12"), (85, "12.1")])
def test_weeks_are_rounded_down(days: int, weeks: str) -> None:
    assert extent(taken("everolimus", days + 5, 5, "mtor")).weeks.least == Decimal(weeks)


@pytest.mark.parametrize(("pause", "expected"), [(56, 3), (57, 1)])
def test_a_pause_of_more_than_56_days_counts_anew(pause: int, expected: int) -> None:
    found = extent(*cycles("temozolomide", 2, 20 + pause), dose("temozolomide", 20, cycle_days=28))
    assert bounds(found) == (expected, expected)


def test_only_treatment_after_the_scan_counts() -> None:
    found = extent(*cycles("temozolomide", 6, 20), scan=60)
    assert bounds(found) == (2, 2)
    assert extent(dose("temozolomide", 100), scan=60).given is False


def test_a_dose_on_the_day_of_the_scan_may_be_before_or_after_it() -> None:
    found = extent(*cycles("temozolomide", 2, 32), scan=60)
    assert bounds(found) == (1, 2)


def test_the_lower_of_written_and_counted_cycles() -> None:
    written = taken("temozolomide", 130, 20, cycles_written=6)
    found = extent(written, *cycles("temozolomide", 4, 20))
    assert (bounds(found), found.differ) == ((4, 4), (6, 4))


def test_successive_statements_add_up_and_repeated_ones_do_not() -> None:
    first, second = taken("temozolomide", 200, 130, cycles_written=3), taken("temozolomide", 100, 20, cycles_written=3)
    assert bounds(extent(first, second)) == (6, 6)
    again = taken("temozolomide", 200, 100, cycles_written=4)
    assert bounds(extent(first, again)) == (4, 4)


def test_on_administrations_the_written_number_is_a_running_one() -> None:
    drugs = [dose("temozolomide", 20 + 28 * (3 - n), cycles_written=n + 1) for n in range(4)]
    found = extent(*drugs)
    assert (bounds(found), found.differ) == ((4, 4), None)
    assert bounds(extent(drugs[1], drugs[3])) == (2, 2)  # fewer days than written: the lower counts


def test_a_written_number_that_reaches_back_before_the_scan_proves_nothing() -> None:
    found = extent(taken("temozolomide", 200, 20, cycles_written=6), scan=150)
    assert bounds(found) == (0, 6)
    assert found.weeks.least == Decimal("18.5")


def test_a_period_without_a_number_holds_at_most_what_fits() -> None:
    assert bounds(extent(taken("temozolomide", 76, 20))) == (0, 3)


def test_orders_and_planned_statements_never_count() -> None:
    order = Treatment(
        source="MedicationRequest/1", drug="temozolomide", group="cytotoxic", given=False, kind="request",
        when=days_ago(100), open_ended=True,
    )  # fmt: skip
    assert extent(order).given is False


def test_undated_treatment_leaves_no_upper_bound() -> None:
    undated = Treatment(source="m/1", drug="temozolomide", group="cytotoxic", given=True, kind="administration")
    assert bounds(extent(undated)) == (0, None)
    assert bounds(extent(undated, *cycles("temozolomide", 3, 20))) == (3, None)


def test_drugs_that_did_not_come_leave_no_upper_bound() -> None:
    found = extent(not_provided=frozenset({"MedicationAdministration"}))
    assert (found.given, bounds(found)) == (None, (0, None))


def test_a_stopped_statement_without_an_end_is_sure_for_its_first_day_only() -> None:
    found = extent(taken("everolimus", 150, None, "mtor", open_ended=False, stopped=True))
    assert (found.weeks.least, found.weeks.most) == (0, Decimal("21.4"))


def test_partial_dates_bound_the_weeks() -> None:
    found = extent(taken("everolimus", "2026-01", "2026-05", "mtor"))
    assert (found.weeks.least, found.weeks.most) == (Decimal("12.8"), Decimal("21.4"))


def test_administrations_known_by_month_only_raise_what_may_have_been() -> None:
    drugs = [dose("temozolomide", month) for month in ("2026-02", "2026-03", "2026-04")]
    assert bounds(extent(*drugs)) == (0, 3)


def test_a_long_administration_is_a_period_not_two_cycles() -> None:
    found = extent(dose("temozolomide", 100, end=days_ago(20)))
    assert bounds(found) == (0, 4)


def test_one_line_after_another_adds_its_cycles() -> None:
    lines = [*cycles("temozolomide", 2, 90), *cycles("cisplatin", 2, 20, 21), *cycles("etoposide", 2, 20, 21)]
    found = extent(*lines)
    assert bounds(found) == (4, 4)
    assert found.regimen == "temozolomide + cisplatin + etoposide"


def test_kinase_inhibitors_outdate_a_scan_but_do_not_change_uptake() -> None:
    drug = taken("sunitinib", 100, 10, "kinase-inhibitor")
    assert extent(drug).given is False
    assert since(view(treatments=[drug]), when(300), TUMOUR_CHANGING).weeks.least == Decimal("12.8")


def test_the_order_of_the_record_does_not_matter() -> None:
    drugs = [*cycles("temozolomide", 4, 20), *cycles("capecitabine", 4, 29), taken("everolimus", 15, None, "mtor")]
    assert told(extent(*drugs)) == told(extent(*reversed(drugs))) == told(extent(*drugs, *drugs))


@pytest.mark.parametrize(("ago", "expected"), [(110, False), (100, True), (60, True), (45, False)])
def test_given_between_two_scans(ago: int, expected: bool) -> None:
    here = view(treatments=[dose("temozolomide", ago)])
    assert given_between(here, when(105), when(50), UPTAKE_CHANGING) is expected


def test_given_between_is_unknown_on_the_day_of_a_scan() -> None:
    here = view(treatments=[dose("temozolomide", 50)])
    assert given_between(here, when(105), when(50), UPTAKE_CHANGING) is None
