"""Operability: the newest judgement counts, one operated on since is used up, contradictions leave it open."""

from __future__ import annotations

from cds_service.facts import operability
from cds_service.record.model import Operability, Procedure
from tests.facts.charts import days_ago, view


def judged(verdict, ago=None):
    return Operability(source=f"Condition/{verdict}{ago}", verdict=verdict, when=None if ago is None else days_ago(ago))


def value(*said, done=()):
    found = operability.compute(view(operability=list(said), procedures=list(done))).get("operability")
    return found.value if found else None


def surgery(ago, kind="metastasectomy"):
    return Procedure(source="Procedure/p", kind=kind, when=days_ago(ago))


def test_the_newest_judgement_counts():
    assert value(judged("resectable", 300), judged("unresectable", 10)) == "unresectable"
    assert value(judged("resectable", 10), judged("unresectable", 10)) is None


def test_what_was_operated_on_since_is_not_resectable_any_more():
    assert value(judged("resectable", 300), done=[surgery(200)]) is None
    assert value(judged("localised", 300), done=[surgery(200)]) is None
    assert value(judged("unresectable", 300), done=[surgery(200)]) == "unresectable"
    assert value(judged("resectable", 100), done=[surgery(200)]) == "resectable"
    assert value(judged("resectable", 300), done=[surgery(200, "echocardiography")]) == "resectable"
