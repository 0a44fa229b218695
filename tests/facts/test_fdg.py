"""FDG PET beside SSTR PET."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.facts.fdg import compute
from cds_service.facts.glossary import Facts
from cds_service.record.model import Scan
from tests.facts.charts import view
from tests.facts.scans import fdg, ki67, lesion, scan

SSTR = scan(20, lesion("liver", 4), lesion("pancreas", 1))


def facts(*scans: Scan, **more: Any) -> Facts:
    return compute(view(scans=list(scans), **more))


def value(found: Facts, name: str) -> float | str | None:
    return found[name].value if name in found else None


@pytest.mark.parametrize(("ago", "expected"), [(110, "yes"), (111, "no"), (5, "yes")])
def test_pairing_within_90_days(ago: int, expected: str) -> None:
    found = facts(SSTR, fdg(ago, lesion("pancreas", fdg="negative")))
    assert value(found, "fdg_current") == expected
    assert value(found, "fdg_pair_days") == (abs(ago - 20) if expected == "yes" else None)


def test_pairing_may_be_unknown() -> None:
    assert "fdg_current" not in facts(scan("2026-05-10", lesion(score=3)), fdg("2026-02"))
    assert "fdg_current" not in facts(SSTR, not_provided=frozenset({"DiagnosticReport"}))
    assert value(facts(), "fdg_current") == "no"


@pytest.mark.parametrize(
    ("hot", "expected"),
    [
        (lesion("pancreas", fdg="positive"), "yes"),
        (lesion("pancreas", suvmax="2.6"), "yes"),
        (lesion("pancreas", suvmax="2.5"), "no"),
        (lesion("pancreas", suvmax="9", fdg="negative"), "no"),
        (lesion("pancreas", suvmax="9", physiological=True), "no"),
        (lesion("liver", fdg="positive"), "no"),
        (lesion("bone", fdg="positive"), None),
        (lesion("", fdg="positive"), None),
        (lesion("bone", 1, fdg="positive"), "yes"),
    ],
)
def test_a_lesion_on_both_scans(hot: Any, expected: str | None) -> None:
    assert value(facts(SSTR, fdg(25, hot)), "fdg_discordant") == expected


def test_a_low_suv_alone_makes_no_lesion_sstr_negative() -> None:
    """Step 1d: three liver lesions with both tracers, no Krenning score."""
    sstr = scan(20, lesion("liver II", suvmax="18.5"), lesion("liver V", suvmax="6.2"), lesion("rib", suvmax="1.3"))
    found = facts(sstr, fdg(21, lesion("liver II", suvmax="5.4"), lesion("liver V", suvmax="4.1")))
    assert "fdg_discordant" not in found


@pytest.mark.parametrize(("grade", "expected"), [("P5", "yes"), ("P4", None), ("P2", "no")])
def test_netpet(grade: str, expected: str | None) -> None:
    found = facts(scan(20, lesion(score=4)), fdg(25, lesion("bone", fdg="positive"), netpet=grade))
    assert value(found, "fdg_discordant") == ("no" if grade == "P4" else expected)


def test_stated_discordance() -> None:
    assert value(facts(scan(20, lesion(score=4)), fdg(25, discordant=True)), "fdg_discordant") == "yes"
    stated = fdg(25, lesion("bone", fdg="positive"), discordant=False)
    assert value(facts(scan(20, lesion(score=4)), stated), "fdg_discordant") == "no"
    assert value(facts(scan(20, lesion(score=4), netpet="P5")), "fdg_discordant") == "yes"


def test_scans_too_far_apart_never_make_it() -> None:
    assert "fdg_discordant" not in facts(SSTR, fdg(111, netpet="P5"))
    assert value(facts(fdg(25, netpet="P5")), "fdg_discordant") == "yes"


def test_the_newest_fdg_pet_counts() -> None:
    old, new = fdg(60, lesion("pancreas", fdg="positive")), fdg(10, lesion("pancreas", fdg="negative"))
    assert value(facts(SSTR, old, new), "fdg_discordant") == "no"


def test_called_negative_with_a_high_suv_is_shown() -> None:
    found = facts(SSTR, fdg(25, lesion("pancreas", suvmax="9", fdg="negative")))
    assert (value(found, "fdg_negative_high_suv"), value(found, "fdg_negative_site")) == ("yes", "pancreas")


@pytest.mark.parametrize(
    ("scans", "percent", "expected"),
    [
        ((scan(20, lesion(score=3)),), "30", "yes"), ((), "30", "yes"), ((SSTR,), "5", "yes"),
        ((scan(20, lesion(score=1)),), None, "yes"), ((scan(20, lesion(score=3)),), "5", "no"),
        ((scan(20, lesion(score=3)),), None, None), ((scan(20, lesion()),), "5", None), ((), "5", None),
    ],
)  # fmt: skip
def test_when_it_is_needed(scans: tuple[Scan, ...], percent: str | None, expected: str | None) -> None:
    specimens = [] if percent is None else [ki67(percent)]
    assert value(facts(*scans, pathology=specimens), "fdg_needed") == expected
