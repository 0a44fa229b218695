"""Wash-out and local treatment."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds_service.dates import Span
from cds_service.facts.timing import compute
from cds_service.record.model import Procedure, Treatment
from tests.facts.charts import days_ago, view

APRIL = Span(date(2026, 4, 1), date(2026, 4, 30))
MAY = Span(date(2026, 5, 1), date(2026, 5, 31))


def drug(name: str = "everolimus", group: Any = "mtor", ago: int | Span | None = 10, **more: Any) -> Treatment:
    when = days_ago(ago) if isinstance(ago, int) else ago
    defaults = {"source": f"MedicationAdministration/{name}", "given": True, "kind": "administration", "when": when}
    return Treatment(drug=name, group=group, **{**defaults, **more})


def order(status: str = "active", ago: int = 300, **more: Any) -> Treatment:
    return drug(ago=ago, given=False, kind="request", status=status, source="MedicationRequest/1", **more)


def values(*drugs: Treatment, **chart: Any) -> dict[str, Any]:
    return {name: known.value for name, known in compute(view(treatments=list(drugs), **chart)).items()}


@pytest.mark.parametrize(("days", "reached"), [(27, "no"), (28, "yes")])
def test_washout_is_reached_on_the_day_itself(days: int, reached: str) -> None:
    found = values(drug(ago=days))
    assert (found["washout_days"], found["washout_reached"]) == (days, reached)


@pytest.mark.parametrize(
    "group", ["cytotoxic", "mtor", "kinase-inhibitor", "interferon", "bevacizumab", "immunotherapy",
              "other-antineoplastic", "lu-psma", "mibg", "radium-223"],
)  # fmt: skip
def test_every_antineoplastic_group_counts(group: str) -> None:
    assert values(drug(group=group))["washout_reached"] == "no"


@pytest.mark.parametrize("group", ["ssa-long", "ssa-short", "ssa-unknown", "prrt", "ppi", "glucocorticoid"])
def test_analogues_prrt_and_other_drugs_do_not(group: str) -> None:
    assert values(drug(group=group)) == {"washout_reached": "yes", "washout_date_missing": "no"}


def test_nothing_on_record_is_reached_only_if_every_medication_type_came() -> None:
    assert values()["washout_reached"] == "yes"
    for kind in ("MedicationAdministration", "MedicationStatement", "MedicationRequest"):
        assert values(not_provided=frozenset({kind})) == {}
        assert values(incomplete=frozenset({kind})) == {}
        assert "washout_reached" not in values(drug(ago=100), not_provided=frozenset({kind}))
        assert values(drug(ago=5), not_provided=frozenset({kind}))["washout_reached"] == "no"


@pytest.mark.parametrize(
    ("treatment", "days"),
    [
        (order("active", open_ended=True), 0),
        (order("completed", open_ended=True), 0),
        (order("completed", end=days_ago(40)), 40),
        (order("active", end=days_ago(-30)), 0),  # runs beyond today
        (order("stopped", end=days_ago(33), stopped=True), 33),
        (drug(ago=100, kind="statement", open_ended=True), 0),
        (drug(ago=100, kind="statement", end=days_ago(50)), 50),
        (drug(ago=50, kind="statement"), 50),
        (drug(ago=APRIL), 32),
        (drug(ago=MAY), 1),
    ],
)
def test_the_cautious_last_day(treatment: Treatment, days: int) -> None:
    assert values(treatment)["washout_days"] == days


def test_stopped_without_a_date_is_unknown_unless_begun_recently() -> None:
    found = values(order("stopped", stopped=True))
    assert found == {"washout_date_missing": "yes"}
    assert values(order("stopped", ago=20, stopped=True))["washout_reached"] == "no"
    assert values(drug(ago=None)) == {"washout_date_missing": "yes"}


def test_an_unknown_date_beside_a_recent_dose_does_not_matter() -> None:
    both = values(drug(ago=None, name="a"), drug(ago=5, name="b"))
    assert (both["washout_days"], both["washout_drug"]) == (5, "b")
    assert values(drug(ago=None, name="a"), drug(ago=90, name="b")) == {"washout_date_missing": "yes"}


def test_treatment_of_the_future_and_plans_do_not_count() -> None:
    planned = drug(ago=None, given=False, kind="statement", open_ended=True)
    assert values(drug(ago=-3), planned)["washout_reached"] == "yes"


def test_the_regimen_and_the_day_it_is_reached_are_named() -> None:
    found = values(
        drug("temozolomide", "cytotoxic", 10, regimen="CAPTEM"), drug("capecitabine", "cytotoxic", 10, regimen="CAPTEM")
    )
    assert found["washout_drug"] == "CAPTEM"
    assert found["washout_until"] == "2026-06-19"


def test_a_site_may_wait_longer() -> None:
    assert values(drug(ago=41), numbers={"washout_days": 42})["washout_reached"] == "no"


def test_a_trial_of_concurrent_capecitabine_is_noted() -> None:
    words = "trial: concurrent capecitabine with 177Lu-DOTATATE"
    found = values(drug("capecitabine", "cytotoxic", 3, indication=words))
    assert (found["concurrent_capecitabine"], found["washout_reached"]) == ("yes", "yes")
    for other in ("", "trial of adjuvant capecitabine", "concurrent with 177Lu-DOTATATE"):
        assert values(drug("capecitabine", "cytotoxic", 3, indication=other))["washout_reached"] == "no"


def test_weeks_since_local_treatment() -> None:
    def weeks(*procedures: Procedure) -> Any:
        known = compute(view(procedures=list(procedures))).get("local_treatment_weeks")
        return known and known.value

    ablation = Procedure(source="Procedure/1", kind="ablation", when=days_ago(84))
    later = Procedure(source="Procedure/2", kind="echocardiography", when=days_ago(3))
    assert weeks(ablation, later) == 12
    assert weeks(Procedure(source="Procedure/1", kind="embolisation", when=APRIL)) == pytest.approx(32 / 7)
    assert weeks(Procedure(source="Procedure/1", kind="ablation")) is None
    assert weeks(later) is None
