"""What must hold for any set of results: the order never matters, a worse value never helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.dates import Span, on_day
from cds_service.facts import laboratory, renal
from cds_service.record.model import LabResult
from tests.facts.charts import TODAY, lab, person, view

MAN = person(sex="male", birth=on_day(date(1966, 1, 1)))
WEIGHT = lab("weight", "72", 1)


@st.composite
def spans(draw: Any) -> Span:
    first = TODAY - timedelta(days=draw(st.integers(-2, 35)))
    return Span(first, first + timedelta(days=draw(st.sampled_from([0, 0, 0, 5, 30]))))


def results(analyte: Any, low: int, high: int) -> Any:
    value = st.integers(low, high).map(lambda tenths: Decimal(tenths) / 10)
    sign = st.sampled_from([None, None, None, "<", "<=", ">", ">="])
    one = st.builds(lambda v, when, s: lab(analyte, str(v), when, comparator=s), value, spans(), sign)
    return st.lists(one, min_size=1, max_size=5, unique_by=lambda r: r.source)


def _facts(labs: list[LabResult]) -> dict[str, Any]:
    chart = view(person=MAN, labs=[*labs, WEIGHT])
    found = {**laboratory.compute(chart), **renal.compute(chart)}
    return {name: (known.value, known.shown, known.sources) for name, known in found.items()}


def _goodness(labs: list[LabResult], fact: str, stop: float) -> int:
    found = _facts(labs).get(fact)
    return 1 if found is None else 0 if found[0] < stop else 2


@settings(deadline=None, max_examples=150)
@given(results("hb", 25, 130), st.randoms())
def test_the_order_of_results_never_matters(labs: list[LabResult], random: Any) -> None:
    shuffled = random.sample(labs, len(labs))
    assert _facts(labs) == _facts(shuffled)
    doubled = [*labs, *(replace(r) for r in labs)]
    assert _facts(labs) == _facts(doubled)


def test_a_bound_beside_a_number_of_one_day_never_hides_it() -> None:
    day = on_day(TODAY - timedelta(days=1))
    for bound in ("7.5", "5.5"):
        labs = [lab("hb", bound, day, comparator=">"), lab("hb", "6", day, source="Observation/hb-exact")]
        assert _goodness(labs, "hb_g_dl", 8) == 0


@settings(deadline=None, max_examples=200)
@given(results("hb", 60, 110), st.data())
def test_less_haemoglobin_never_helps(labs: list[LabResult], data: Any) -> None:
    which = data.draw(st.integers(0, len(labs) - 1))
    old = labs[which].value
    assert old is not None
    worse = replace(labs[which], value=old - Decimal(data.draw(st.integers(1, 20))) / 10)
    changed = [*labs[:which], worse, *labs[which + 1 :]]
    assert _goodness(changed, "hb_g_dl", 8) <= _goodness(labs, "hb_g_dl", 8)


@settings(deadline=None, max_examples=200)
@given(results("creatinine", 8, 30), st.data())
def test_more_creatinine_never_helps(labs: list[LabResult], data: Any) -> None:
    which = data.draw(st.integers(0, len(labs) - 1))
    old = labs[which].value
    assert old is not None
    worse = replace(labs[which], value=old + Decimal(data.draw(st.integers(1, 20))) / 10)
    changed = [*labs[:which], worse, *labs[which + 1 :]]
    assert _goodness(changed, "crcl_ml_min", 40) <= _goodness(labs, "crcl_ml_min", 40)
