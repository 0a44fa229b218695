"""Whole reports come in capitals: they say the same (what capitals mean, as in CR and PR, they hold anyway)."""

from typing import Any, cast

import pytest

from benchmarks.read_report import load
from cds_service.narrative import read_report
from cds_service.narrative.assemble import Kind
from cds_service.narrative.statement import read_statement

HALVES = ("open", "set_aside", "later", "fresh", "last", "third", "fourth")
TITLES: dict[Kind, str] = {
    "sstr_pet": "68Ga-DOTATATE PET/CT.",
    "fdg_pet": "FDG PET/CT.",
    "ct": "CT.",
    "pathology": "Neuroendocrine tumour.",
}


def folded(value: Any) -> Any:
    """The value with its words in lower case."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, list):
        return [folded(item) for item in value]
    return {name: folded(item) for name, item in value.items()} if isinstance(value, dict) else value


def read(text: str, kind: Kind) -> Any:
    return {name: folded(value) for name, value in read_report(text, kind).items() if name != "quotes"}


@pytest.mark.parametrize("half", HALVES)
def test_labelled_reports_say_the_same_in_capitals(half: str) -> None:
    for report in load(half):
        kind = cast(Kind, report["kind"])
        assert read(report["text"].upper(), kind) == read(report["text"], kind), report["id"]


@pytest.mark.parametrize(
    "text",
    [
        "Liver metastases, change in SUVmax 5 to 7.",
        "Liver metastases: SUVmax 5 to 7.",
        "SUVmax of the liver metastases from 5 to 7.",
        "Liver metastases with SUVmax 9.5 and 7.",
        "Maximum SUVmax: liver metastasis 12.5 mm.",
        "Change in Krenning score: 2 to 3.",
        "Liver metastases and nodes with Krenning 4 and 3, respectively.",
        "Liver metastases, Krenning 3 and 2 bone lesions.",
        "The liver metastases changed from Krenning II to III.",
        "The Krenning score of 2 lesions is 3.",
        "Krenning scores: liver was 4, nodes were 3.",
        "Krenning score:\nLiver: 4\nLymph nodes: 2 to 3\nBone, L3, 9 mm: 2",
        "SUVmax of 15.4 versus 22.8 previously and a Krenning score of 3 versus 4 previously in segment II.",
        "Lesions in segments IVa and IVb with SUVmax 5.4 and 7.6.",
        "No metastases in the liver, bones or lymph nodes. Primary in the ileum, Krenning 3.",
        "No new metastases in the liver; new bone metastasis in L1.",
        "No evidence of tumour in the chest.",
        "No evidence of tumour progression.",
        "Overall PD because of new bone lesions.",
        "The tumour was then unresectable in 2019.",
        "Previously stable liver metastases.",
    ],
)
def test_a_sentence_says_the_same_in_capitals(text: str) -> None:
    for kind, title in TITLES.items():
        assert read(f"{title} {text}".upper(), kind) == read(f"{title} {text}", kind)
    plainly, loudly = read_statement(text), read_statement(text.upper())
    for name in ("response", "operability", "no_evidence_of_disease", "new_lesions", "uncertain"):
        assert getattr(loudly, name) == getattr(plainly, name)
