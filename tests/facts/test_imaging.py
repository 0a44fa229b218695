"""Facts of the current SSTR PET."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.glossary import Facts
from cds_service.facts.imaging import compute
from cds_service.record.model import Scan
from tests.facts.charts import view
from tests.facts.scans import done, fdg, lesion, scan

NO_REPORTS = frozenset({"DiagnosticReport"})


def facts(*scans: Scan, **more: Any) -> Facts:
    return compute(view(scans=list(scans), **more))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


def test_no_scan_is_known_only_if_reports_came() -> None:
    assert value(facts(), "sstr_pet_exists") == "no"
    assert "sstr_pet_exists" not in facts(not_provided=NO_REPORTS)


def test_age_from_the_earliest_day() -> None:
    assert value(facts(scan("2026-05", lesion(score=3))), "sstr_pet_age_days") == 31


@pytest.mark.parametrize(
    ("final", "preliminary", "expected"),
    [(20, 10, "yes"), (10, 20, "no"), (10, 10, "no"), (None, 10, "yes"), ("2026-05", "2026-05-20", None)],
)
def test_preliminary_reports(final: int | str | None, preliminary: int | str, expected: str | None) -> None:
    known = [] if final is None else [scan(final, lesion(score=3))]
    waiting = scan(preliminary, preliminary=True, source="DiagnosticReport/p")
    assert value(facts(*known, waiting), "sstr_preliminary_newer") == expected


def test_the_interval_of_the_best_lesion_with_its_sources() -> None:
    found = facts(scan(10, lesion(score=(2, 3), source="Observation/1"), lesion("bone", 1, source="Observation/2")))
    assert (value(found, "krenning_best_low"), value(found, "krenning_best_high")) == (2, 3)
    best = found["krenning_best_high"]
    assert (best.shown, best.sources) == ("2-3", ("DiagnosticReport/sstr-pet-10", "Observation/1"))
    assert found["krenning_lowest_low"].shown == "1"


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((3,), "yes"), ((3, 4), "yes"), ((1,), "no"), ((3, 1), "no"), ((1, None), "no"), ((2, 1), "no"),
        (((2, 3),), None), ((4, 3, (2, 3)), None), ((4, 3, None), None), ((), None),
    ],
)  # fmt: skip
def test_sufficient(scores: tuple[Any, ...], expected: str | None) -> None:
    sites = ("liver", "bone", "pancreas")
    found = facts(scan(10, *(lesion(site, score) for site, score in zip(sites, scores, strict=False))))
    assert value(found, "krenning_sufficient") == expected


@pytest.mark.parametrize(
    ("lesions", "undecided"),
    [
        ((), "yes"),
        ((lesion(suvmax="9"),), "yes"),
        ((lesion(score=3), lesion("bone", 3), lesion("pancreas")), "yes"),
        ((lesion(score=3), lesion("bone", 3), lesion("pancreas", None, "9")), "no"),
        ((lesion(score=3), lesion("bone", 1), lesion("pancreas")), "no"),
        ((lesion(score=1), lesion("bone", None, "9")), "yes"),
        ((lesion(score=1), lesion("bone", 2)), "no"),
    ],
)
def test_an_unknown_score_that_could_decide(lesions: tuple[Any, ...], undecided: str) -> None:
    assert value(facts(scan(10, *lesions)), "krenning_undecided") == undecided


class TestOnlyAMaximum:
    def maximum(self, *scans: Scan, **more: Any) -> float | str | None:
        found = facts(*scans, **more)
        if value(found, "krenning_only_maximum") == "yes":
            assert "krenning_sufficient" not in found
        return value(found, "krenning_only_maximum")

    def test_one_lesion_and_nothing_else(self) -> None:
        assert self.maximum(scan(10, lesion(score=3))) == "no"

    def test_up_to(self) -> None:
        assert self.maximum(scan(10, lesion(score=3), only_maximum=True)) == "yes"
        assert self.maximum(scan(10, lesion(score=3), only_maximum=True, all_lesions_positive=True)) == "no"
        assert self.maximum(scan(10, lesion(score=3), only_maximum=True, lowest_score=(3, 3))) == "no"

    def test_further_sites_named(self) -> None:
        found = facts(scan(10, lesion(score=3), further_sites=2))
        assert value(found, "krenning_sites_scored") == "1 of 3"

    def test_another_organ_on_another_scan(self) -> None:
        other = fdg(30, lesion("pancreas", fdg="positive"))
        assert self.maximum(scan(10, lesion(score=3)), other) == "yes"
        assert self.maximum(scan(10, lesion(score=3), lesion("pancreas", 3)), other) == "no"
        assert self.maximum(scan(10, lesion(score=3)), fdg(30, lesion("pancreas", fdg="negative"))) == "no"
        assert self.maximum(scan(10, lesion(score=3)), other, procedures=[done("pancreatectomy", 20)]) == "no"
        assert self.maximum(scan(10, lesion(score=3)), other, procedures=[done("pancreatectomy", 40)]) == "yes"

    def test_a_low_maximum_is_not_the_question(self) -> None:
        assert self.maximum(scan(10, lesion(score=1), only_maximum=True, further_sites=2)) == "no"


def test_low_lesions_are_counted_and_named() -> None:
    found = facts(scan(10, lesion(score=4), lesion("bone", 1, None), lesion("pancreas", 2), lesion("node", 0, "9")))
    assert (value(found, "sstr_mixed"), value(found, "sstr_low_count")) == ("yes", 2)
    assert (value(found, "sstr_low_sites"), value(found, "sstr_low_size_unknown")) == ("bone, pancreas", "yes")
    small = facts(scan(10, lesion(score=4), lesion("node", 0, "9")))
    assert (value(small, "sstr_mixed"), value(small, "sstr_small_low")) == ("no", "yes")
    assert "sstr_low_count" not in small


def test_sites_are_short_and_on_one_line() -> None:
    found = facts(scan(10, *(lesion(f"site {n}\n{'x' * 40}", 1) for n in range(5))))
    shown = str(value(found, "sstr_low_sites"))
    assert len(shown) <= 60 and "\n" not in shown
