"""The order of the record and repeated entries never change an imaging fact; a lower score never looks better."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.facts import fdg, imaging, imaging_checks, reimaging, scan_context, scan_events
from cds_service.facts.glossary import Facts
from cds_service.record.model import DiseaseStatement, Lesion, Procedure, Scan, Treatment
from tests.facts.charts import view
from tests.facts.scans import done, dose, lesion, said, scan, taken

FAMILIES = (imaging, imaging_checks, fdg, reimaging, scan_events, scan_context)
SITES = st.sampled_from(["liver", "liver segment II", "hepatic lesion", "bone", "stomach", ""])
SCORES = st.sampled_from([None, (0, 0), (0, 1), (1, 1), (2, 2), (2, 3), (3, 3), (3, 4), (4, 4)])
WHEN = st.sampled_from([5, 20, 20, 60, 75, 150, "2026-05", "2026-03", "2025"])


@st.composite
def lesions(draw: st.DrawFn) -> Lesion:
    more: dict[str, Any] = {}
    if (suv := draw(st.sampled_from([None, "1.3", "2.6", "9.5", "20"]))) is not None:
        more["suvmax"] = suv
    return lesion(
        draw(SITES), draw(SCORES), draw(st.sampled_from([None, "9", "30"])), **more,
        fdg=draw(st.sampled_from([None, None, "positive", "negative"])),
        words=draw(st.sampled_from([None, None, "high", "low"])),
        physiological=draw(st.integers(0, 9)) == 0, source=f"Observation/{draw(st.integers(1, 9))}",
    )  # fmt: skip


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    return scan(
        draw(WHEN), *draw(st.lists(lesions(), max_size=3)), source=f"DiagnosticReport/{draw(st.integers(1, 99))}",
        modality=draw(st.sampled_from(["sstr-pet", "sstr-pet", "sstr-pet", "fdg-pet", "sstr-scintigraphy", "ct-mri"])),
        preliminary=draw(st.integers(0, 9)) == 0, only_maximum=draw(st.integers(0, 4)) == 0,
        further_sites=draw(st.sampled_from([0, 0, 2])), text_score=draw(SCORES), lowest_score=draw(SCORES),
        netpet=draw(st.sampled_from([None, None, "P2", "P5"])), tracer=draw(st.sampled_from([None, "A", "B"])),
    )  # fmt: skip


@st.composite
def treatments(draw: st.DrawFn) -> Treatment:
    drug, group = draw(
        st.sampled_from([
            ("temozolomide", "cytotoxic"), ("capecitabine", "cytotoxic"), ("everolimus", "mtor"),
            ("lanreotide", "ssa-long"), ("prednisolone", "glucocorticoid"), ("sunitinib", "kinase-inhibitor"),
        ])
    )  # fmt: skip
    source = f"Medication/{draw(st.integers(1, 99))}"
    if draw(st.booleans()):
        return dose(drug, draw(WHEN), group, source=source)
    last = draw(st.sampled_from([None, 1, 10]))
    return taken(drug, draw(WHEN), last, group, source=source, cycles_written=draw(st.sampled_from([None, 2, 6])))


STATEMENTS = st.builds(said, st.sampled_from(["PR", "PD", "stable", "symptoms-improved"]), WHEN)
PROCEDURES = st.builds(done, st.sampled_from(["ablation", "splenectomy", "pancreatectomy"]), WHEN)


def all_facts(**chart: Any) -> Facts:
    here = view(**chart)
    found: Facts = {}
    for family in FAMILIES:
        found |= family.compute(here)
    return found


def status(**chart: Any) -> dict[str, tuple[object, str]]:
    """What rules and criteria see of the facts."""
    return {name: (known.value, known.shown) for name, known in all_facts(**chart).items()}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(scans(), max_size=4), st.lists(treatments(), max_size=4), st.lists(STATEMENTS, max_size=3),
    st.lists(PROCEDURES, max_size=2), st.randoms(use_true_random=False),
)  # fmt: skip
def test_order_and_repetition_do_not_matter(
    pictures: list[Scan], drugs: list[Treatment], words: list[DiseaseStatement], acts: list[Procedure],
    shuffle: random.Random,
) -> None:  # fmt: skip
    chart: dict[str, list[Any]] = {"scans": pictures, "treatments": drugs, "statements": words, "procedures": acts}
    for name, items in chart.items():  # no two resources of a record share an id
        chart[name] = [replace(item, source=f"{name}/{n}") for n, item in enumerate(items)]
    expected = status(**chart)
    mixed = {name: [*items, *items] for name, items in chart.items()}
    for items in mixed.values():
        shuffle.shuffle(items)
    inner = [replace(picture, lesions=tuple(reversed(picture.lesions))) for picture in mixed["scans"]]
    assert status(**{**mixed, "scans": inner}) == expected


@settings(max_examples=60, deadline=None)
@given(scans(), st.integers(0, 2), st.integers(1, 4))
def test_a_lower_score_never_makes_uptake_sufficient(picture: Scan, index: int, drop: int) -> None:
    picture = replace(picture, modality="sstr-pet", preliminary=False, lowest_score=None, text_score=None)
    if index >= len(picture.lesions) or (old := picture.lesions[index].score) is None:
        return
    worse = replace(picture.lesions[index], score=(max(0, old[0] - drop), max(0, old[1] - drop)))
    lesions_after = tuple(worse if n == index else each for n, each in enumerate(picture.lesions))
    before = all_facts(scans=[picture]).get("krenning_sufficient")
    after = all_facts(scans=[replace(picture, lesions=lesions_after)]).get("krenning_sufficient")
    if after is not None and after.value == "yes":
        assert before is not None and before.value == "yes"
