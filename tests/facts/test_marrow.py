"""Marrow stops and cautions: each kind once, in any order, and what explains a pancytopenia."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.facts.marrow import compute
from cds_service.record.model import Lesion, Problem, Procedure, Range, Scan
from tests.facts.charts import days_ago, lab, view
from tests.facts.test_course import dose


def problem(kind: Any, **more: Any) -> Problem:
    return Problem(**{"source": f"Condition/{kind}", "kind": kind, **more})


def drug(name: str, group: Any, ago: int = 400, **more: Any) -> Any:
    return dose(ago, None, drug=name, group=group, isotope=more.pop("isotope", ""), source=f"M/{name}", **more)


def radiotherapy(low: str, high: str, **more: Any) -> Procedure:
    share = Range(low=Decimal(low), high=Decimal(high), **more)
    return Procedure(source="Procedure/1", kind="external-beam-radiotherapy", marrow_percent=share)


def told(**chart: Any) -> tuple[Any, Any, float]:
    facts = compute(view(**chart))
    count = facts["marrow_caution_count"].value
    assert isinstance(count, float)
    stop, cautions = (
        facts[name].value if name in facts else None for name in ("marrow_stop_reason", "marrow_cautions")
    )
    return stop, cautions, count


@pytest.mark.parametrize(
    ("item", "stops"),
    [
        (radiotherapy("26", "26"), True),
        (radiotherapy("25", "25"), False),
        (radiotherapy("25", "100", comparator=">"), True),
        (radiotherapy("20", "30"), False),
    ],
)
def test_radiotherapy(item: Procedure, stops: bool) -> None:
    assert (told(procedures=[item])[0] is not None) is stops


def test_an_uncertain_share_is_a_caution() -> None:
    assert told(procedures=[radiotherapy("20", "30")])[2] == 1
    assert told(procedures=[radiotherapy("20", "25")])[2] == 0


def test_mds_now_or_before() -> None:
    for active in (True, False):
        assert told(problems=[problem("mds-aml", active=active)])[0] == "MDS or AML"


def test_pancytopenia() -> None:
    low = problem("pancytopenia")
    assert told(problems=[low]) == ("unexplained pancytopenia", None, 0)
    assert told(problems=[problem("pancytopenia", active=False)]) == (None, None, 0)
    assert told(problems=[low, problem("hypersplenism")]) == (None, "explained pancytopenia", 1)
    stop, cautions, count = told(problems=[low, problem("marrow-involvement")])
    assert (stop, count) == (None, 2) and "explained pancytopenia" in str(cautions)
    for group, ago, explained in (
        ("cytotoxic", 90, True), ("cytotoxic", 91, False), ("prrt", 90, True), ("mtor", 30, False),
    ):  # fmt: skip
        assert (told(problems=[low], treatments=[drug("x", group, ago)])[0] is None) is explained
    for ago, explained in ((90, True), (91, False)):
        sirt = Procedure(source="Procedure/1", kind="sirt", when=days_ago(ago))
        assert (told(problems=[low], procedures=[sirt])[0] is None) is explained


def test_each_kind_counts_once() -> None:
    both = [drug("temozolomide", "cytotoxic"), drug("cisplatin", "cytotoxic")]
    assert told(treatments=both) == (None, "prior alkylator or platinum (cisplatin, temozolomide)", 1)
    assert told(treatments=both[::-1]) == (None, "prior alkylator or platinum (cisplatin, temozolomide)", 1)
    assert told(treatments=[drug("fluorouracil", "cytotoxic")])[2] == 0
    assert told(treatments=[drug("temozolomide", "cytotoxic", given=False)])[2] == 0
    others = [drug("131I-MIBG", "mibg"), drug("177Lu-PSMA", "lu-psma"), drug("223Ra", "radium-223")]
    assert told(treatments=others)[2] == 3
    assert told(procedures=[Procedure(source="Procedure/1", kind="sirt")])[2] == 1
    inherited = [problem("germline-mds"), problem("mds-aml-relative")]
    assert told(problems=inherited) == (None, "germline or family MDS / AML", 1)


@pytest.mark.parametrize(
    ("isotope", "count"), [("177Lu", 0), ("90Y", 1), ("225Ac", 1), ("212Pb", 1), ("213Bi", 1), ("67Cu", 0), ("", 0)]
)
def test_earlier_prrt(isotope: str, count: int) -> None:
    assert told(treatments=[drug("PRRT", "prrt", isotope=isotope)])[2] == count


def test_skeleton() -> None:
    def scan(**more: Any) -> Scan:
        return Scan(source="DiagnosticReport/1", when=days_ago(30), modality="sstr-pet", **more)

    bones = tuple(Lesion(site=f"vertebra L{n}") for n in range(1, 6))
    assert told(scans=[scan(lesions=bones)])[2] == 0
    sixth = (*bones, Lesion(site="sternum"))
    assert told(scans=[scan(lesions=sixth)])[2] == 1
    assert told(scans=[scan(lesions=sixth, preliminary=True)])[2] == 0
    assert told(scans=[scan(lesions=(*bones, Lesion(site="sternum", physiological=True)))])[2] == 0
    assert told(scans=[scan(bone_lesions=6)])[2] == 1
    assert told(scans=[scan(diffuse_marrow=True)])[2] == 1
    for text, count in (("Diffuse bone metastases", 1), ("Innumerable bone lesions", 1), ("Superscan", 1),
                        ("Multiple bone metastases", 0), ("Extensive bone disease", 0), ("Six bone metastases", 1),
                        ("More than five bone metastases", 1), ("Five bone metastases", 0)):  # fmt: skip
        assert told(problems=[problem("diffuse-bone-disease", text=text)])[2] == count


@pytest.mark.parametrize(
    ("labs", "count"),
    [
        ([lab("mcv", "101"), lab("platelets", "99")], 1),
        ([lab("mcv", "100"), lab("platelets", "99")], 0),
        ([lab("mcv", "101"), lab("platelets", "100")], 0),
        ([lab("mcv", "101"), lab("platelets", "120", lower_limit=Decimal(150))], 1),  # its own limit
        ([lab("mcv", "101"), lab("hb", "8.9")], 1),
        ([lab("mcv", "101"), lab("anc", "1.4")], 1),
        ([lab("mcv", "101", 29), lab("platelets", "99")], 0),
    ],
)
def test_macrocytosis_with_cytopenia(labs: Any, count: int) -> None:
    assert told(labs=labs)[2] == count
