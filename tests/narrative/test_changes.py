"""A change written with an arrow: the value behind the arrow is the present one, whatever the arrow looks like."""

from typing import Any

import pytest

from cds_service.narrative import read_report
from cds_service.record.extent import extent_of

ARROWS = ("->", "-->", "--->", "=>", "==>", "\u2013>", "\u2192", "\u21d2", "\u27f6", "\u2794", "\u00bb")


def read(text: str, kind: str = "sstr_pet") -> dict[str, Any]:
    title = "Neuroendocrine tumour of the ileum." if kind == "pathology" else "68Ga-DOTATATE PET/CT."
    return read_report(f"{title} {text}", kind)


def prior(out: dict[str, Any], what: str) -> list[Any]:
    return [item["value"] for item in out["prior"] if item["what"] == what]


@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize("before, behind", [("9", "12"), ("9", "now 12"), ("9", "SUVmax 12"), ("9 -> 14", "12")])
def test_suvmax_behind_the_arrow_is_the_present_one(arrow: str, before: str, behind: str) -> None:
    for written in (f"{before} {arrow} {behind}", f"{before}{arrow}{behind}"):
        out = read(f"Liver metastases, SUVmax {written}.")
        assert [item["value"] for item in out["suvmax"]] == [12]
        assert prior(out, "suvmax") == [9]


@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize("change", ["4 {} 2", "4{}2", "IV {} II", "4 {} 3 {} 2", "4 {} Krenning 2", "4 {} now 2"])
def test_krenning_behind_the_arrow_is_the_present_one(arrow: str, change: str) -> None:
    for sentence in (f"Liver metastases: Krenning {change}.", f"Krenning {change} in the liver metastases."):
        out = read(sentence.replace("{}", arrow))
        assert (out["krenning_highest"], out["krenning_lowest"]) == (2, 2)
        assert prior(out, "krenning") == [4]


@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize("change", ["22 {} 15 mm", "22 mm {} 15 mm", "2.2 cm {} 1.5 cm", "22 x 20 mm {} 15 x 12 mm"])
def test_size_behind_the_arrow_is_the_present_one(arrow: str, change: str) -> None:
    out = read(f"Liver metastasis in segment VI, {change.replace('{}', arrow)}, Krenning 3.")
    assert [item["size_mm"] for item in out["krenning_lesions"]] == [15]


@pytest.mark.parametrize("arrow", ARROWS)
@pytest.mark.parametrize(
    ("change", "percent", "interval", "before"),
    [
        ("2 % {} 8 %", 8, None, 2),
        ("2 {} 8 %", 8, None, 2),
        ("20 % {} 8 %", 8, None, 20),
        ("about 2 % {} 8 %", 8, None, 2),
        ("2 % {} 5-8 %", 8, [5, 8], 2),
        ("2 % {} > 20 %", None, [20, 100], 2),
    ],
)
def test_ki67_behind_the_arrow_is_the_present_one(
    arrow: str, change: str, percent: int | None, interval: list[int] | None, before: int
) -> None:
    out = read(f"Ki-67 {change.replace('{}', arrow)}.", "pathology")
    assert (out["ki67_percent"], out["ki67_range"]) == (percent, interval)
    assert prior(out, "ki67") == [before]


@pytest.mark.parametrize("arrow", ARROWS)
def test_grade_behind_the_arrow_is_the_present_one(arrow: str) -> None:
    out = read(f"Grade G3 {arrow} G2.", "pathology")
    assert (out["grade"], prior(out, "grade")) == ("G2", ["G3"])


def test_an_arrow_without_an_earlier_value_is_no_change() -> None:
    assert read("Ki-67 -> 20 %.", "pathology")["ki67_percent"] == 20
    assert read("Ki-67 => 20 %.", "pathology")["ki67_range"] == [20, 100]
    assert read("Liver metastases --> Krenning 3.")["krenning_highest"] == 3
    out = read("Liver metastases: Krenning => 3.")
    assert (out["krenning_highest"], out["krenning_lowest"]) == (None, 3)
    assert read("Krenning 3 -> more than liver. Krenning 4 -> more than spleen.")["krenning_highest"] is None


@pytest.mark.parametrize("arrow", ARROWS)
def test_extent_takes_no_arrow_for_a_bound(arrow: str) -> None:
    share = extent_of(f"Liver involvement by metastases 10 % {arrow} 30 %.").liver_involvement
    assert share is not None and (share.high, share.comparator) == (30, None)
    assert extent_of(f"Course {arrow} 5 bone metastases.").bone_lesions == 5
