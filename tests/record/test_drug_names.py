"""Names of drugs and regimens as records of several countries write them."""

from __future__ import annotations

import pytest

from cds_service.record.drugs import GROUPS, drugs_named, is_local, regimen_of


@pytest.mark.parametrize(
    ("words", "drugs"),
    [
        ("TEMCAP", ("capecitabine", "temozolomide")),
        ("TEM/CAPE", ("capecitabine", "temozolomide")),
        ("GEMOX cycle 2", ("gemcitabine", "oxaliplatin")),
        ("TMZ 200 mg/m2", ("temozolomide",)),
        ("capécitabine 500 mg", ("capecitabine",)),
        ("Évérolimus 10 mg", ("everolimus",)),
        ("lanréotide LP 120 mg", ("lanreotide",)),
        ("IFN-alpha 3 MU", ("interferon-alfa",)),
        ("IFN-gamma", ()),
        ("RAD001 10 mg", ("everolimus",)),
        ("mFOLFIRI", ("fluorouracil", "irinotecan")),
        ("LV5FU2", ("fluorouracil",)),
        ("Aminosäuren 10 %", ("amino-acids",)),
    ],
)
def test_a_name_in_other_words_is_the_same_drug(words: str, drugs: tuple[str, ...]) -> None:
    assert drugs_named(words) == drugs


@pytest.mark.parametrize("words", ["tislelizumab 200 mg", "toripalimab", "cemiplimab", "dostarlimab", "tremelimumab"])
def test_every_checkpoint_inhibitor_is_immunotherapy(words: str) -> None:
    assert [GROUPS[drug] for drug in drugs_named(words)] == ["immunotherapy"]


def test_temcap_is_captem() -> None:
    assert regimen_of("TEMCAP, cycle 3") == "CAPTEM"


@pytest.mark.parametrize(
    ("words", "regimen"),
    [
        ("mFOLFOX6 every two weeks", "FOLFOX"),
        ("FOLFOXIRI", "FOLFIRINOX"),
        ("XELOX", "CAPOX"),
        ("streptozocin/5-FU", "STZ-5FU"),
        ("Streptozotocin + 5-FU", "STZ-5FU"),
        ("carboplatin + etoposide", "carboplatin-etoposide"),
        ("capecitabine", ""),
        ("refolfirix", ""),
    ],
)
def test_regimens(words: str, regimen: str) -> None:
    assert regimen_of(words) == regimen


def test_fluorouracil_on_the_skin_is_local_and_no_other_cytotoxic_is() -> None:
    assert is_local("fluorouracil", "fluorouracil 5 % cream")
    assert not is_local("fluorouracil", "fluorouracil 2,400 mg/m2, subcutaneous port; rectal NET")
    assert not is_local("temozolomide", "temozolomide for rectal NET")
