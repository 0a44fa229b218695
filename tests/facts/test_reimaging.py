"""Treatment and response since the last SSTR scan."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.glossary import Facts
from cds_service.facts.reimaging import compute
from cds_service.record.model import Scan, Treatment
from tests.facts.charts import view
from tests.facts.scans import cycles, fdg, lesion, said, scan, taken

LOW = scan(300, lesion(score=(0, 1)))
CAPTEM = [*cycles("temozolomide", 6, 30), *cycles("capecitabine", 6, 39)]


def facts(*treatments: Treatment, scans: tuple[Scan, ...] = (LOW,), **more: Any) -> Facts:
    return compute(view(scans=list(scans), treatments=list(treatments), **more))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


def test_six_cycles_of_captem_after_a_low_scan() -> None:
    found = facts(*CAPTEM, statements=[said("PR", 20)])
    assert value(found, "reimage_scan_low") == "yes"
    assert (value(found, "reimage_cycles"), value(found, "reimage_weeks")) == (6, 21.2)
    assert value(found, "reimage_extent") == "6 cycles / 21.2 wk"
    assert (value(found, "reimage_regimen"), value(found, "reimage_mtor_drug")) == ("CAPTEM", None)
    assert (value(found, "reimage_response"), value(found, "reimage_responding")) == ("PR", "yes")
    assert found["reimage_score"].shown == "" and value(found, "reimage_score") == "<=1"
    assert value(found, "reimage_last_dose_days") == 30


def test_an_mtor_inhibitor_is_named() -> None:
    assert value(facts(taken("everolimus", 100, 5, "mtor")), "reimage_mtor_drug") == "everolimus"


def test_without_any_scan() -> None:
    assert value(facts(*CAPTEM, scans=()), "reimage_scan_low") == "no"
    assert "reimage_scan_low" not in facts(scans=(), not_provided=frozenset({"DiagnosticReport"}))


def test_scintigraphy_only_if_there_is_no_pet() -> None:
    planar = scan(300, lesion(score=1), modality="sstr-scintigraphy")
    assert value(facts(scans=(planar,)), "reimage_scan_low") == "yes"
    assert value(facts(scans=(planar, scan(400, lesion(score=3)))), "reimage_scan_low") == "no"


@pytest.mark.parametrize(
    ("statements", "response", "responding"),
    [
        ([("SD", 20)], "SD", "yes"),
        ([("symptoms-improved", 20)], "symptoms-improved", "yes"),
        ([("PD", 40), ("improved", 20)], "improved", "yes"),
        ([("PR", 40), ("worsened", 20)], "worsened", "no"),
        ([("PR", 20), ("worsened", 20)], "worsened", "no"),
        ([("PD", 40), ("symptoms-improved", 20)], "PD", "no"),
        ([("PR", 195)], None, None),
        ([("PR", 170)], None, None),
        ([("PR", 169)], "PR", "yes"),
        ([], None, None),
        ([("PD", "2026")], "PD", "no"),
        ([("PD", "2025-12")], None, None),
        ([("PD", "2026-05"), ("PR", 20)], None, None),
        ([("SD", "2026-05"), ("PR", 20)], "PR", "yes"),
        ([("improved", "2026-05")], "improved", "yes"),
    ],
)
def test_the_newest_statement_under_treatment(
    statements: list[tuple[Any, Any]], response: str | None, responding: str | None
) -> None:
    found = facts(*cycles("temozolomide", 6, 30), statements=[said(*entry) for entry in statements])
    assert (value(found, "reimage_response"), value(found, "reimage_responding")) == (response, responding)


def test_new_lesions_beside_a_good_word_are_progression() -> None:
    found = facts(*CAPTEM, statements=[said("SD", 20, new_lesions=True)])
    assert (value(found, "reimage_response"), value(found, "reimage_responding")) == ("worsened", "no")


def test_a_ct_report_may_carry_the_statement() -> None:
    ct = scan(20, modality="ct-mri", response="PR")
    assert value(facts(*CAPTEM, scans=(LOW, ct)), "reimage_response") == "PR"


@pytest.mark.parametrize(
    ("treatment", "known"),
    [
        (taken("temozolomide", 100, 20), {"reimage_weeks": 11.4, "reimage_cycles": None}),  # 0-4 cycles fit
        (taken("temozolomide", 60, 20), {"reimage_weeks": 5.7, "reimage_cycles": 0}),  # at most 2 cycles fit
        (taken("temozolomide", 200, 20), {"reimage_weeks": 25.7, "reimage_cycles": None}),
        (taken("everolimus", "2026-01", 10, "mtor"), {"reimage_weeks": 15.8, "reimage_cycles": 0}),
        (taken("everolimus", "2026-02", 10, "mtor"), {"reimage_weeks": None, "reimage_cycles": 0}),
    ],
)
def test_a_count_is_known_only_where_it_decides(treatment: Treatment, known: dict[str, float | None]) -> None:
    found = facts(treatment)
    assert {name: value(found, name) for name in known} == known


def test_two_counts_that_differ_are_shown() -> None:
    written = taken("temozolomide", 180, 20, cycles_written=6)
    found = facts(written, *cycles("temozolomide", 4, 30))
    assert (value(found, "reimage_cycles"), value(found, "reimage_cycles_differ")) == (
        4, "6 written, 4 by administration days",
    )  # fmt: skip


@pytest.mark.parametrize(("ago", "expected"), [(160, "yes"), (180, "no")])
def test_discordance_counts_on_an_fdg_pet_under_treatment(ago: int, expected: str) -> None:
    low = scan(230, lesion(score=1))
    found = facts(*cycles("temozolomide", 6, 30), scans=(low, fdg(ago, lesion(fdg="positive"))))
    assert value(found, "reimage_fdg_discordant") == expected


def test_drugs_that_did_not_come() -> None:
    found = facts(not_provided=frozenset({"MedicationAdministration"}))
    assert not {"reimage_cycles", "reimage_weeks", "reimage_treated"} & found.keys()
    assert value(facts(), "reimage_cycles") == 0


class TestTheScanAfterTreatment:
    def after(self, score: Any, *earlier: Scan, **more: Any) -> tuple[Any, Any]:
        scans = (scan(10, lesion(score=score)), *(earlier or (LOW,)))
        found = facts(*more.pop("treatments", CAPTEM), scans=scans, **more)
        return value(found, "sstr_regained"), value(found, "sstr_still_low")

    def test_regained_or_still_low(self) -> None:
        assert self.after(3) == ("yes", "no")
        assert self.after(1) == ("no", "yes")
        assert self.after((2, 3)) == (None, None)

    def test_not_without_a_low_scan_and_treatment(self) -> None:
        assert self.after(3, scan(300, lesion(score=3))) == ("no", "no")
        assert self.after(3, treatments=[]) == ("no", "no")
        assert self.after(3, treatments=[], not_provided=frozenset({"MedicationStatement"})) == (None, None)

    def test_the_last_scored_scan_before(self) -> None:
        assert self.after(3, scan(250, lesion()), LOW) == ("yes", "no")
        assert self.after(3, scan(300, lesion(score=1), modality="sstr-scintigraphy")) == ("yes", "no")
