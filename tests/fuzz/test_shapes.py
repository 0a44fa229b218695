"""Records in the shapes of real systems and guides: read alike in every packing; other FHIR versions are named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.fuzz.assessing import mentions, name_of, read
from tests.fuzz.corpus import PACKINGS, call
from tests.fuzz.shapes import DAY, SHAPES, Resource, look_alikes


@pytest.mark.parametrize("packing", sorted(PACKINGS))
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_shape_is_read_in_every_packing(shape: str, packing: str) -> None:
    """Haemoglobin and the tumour, whoever wrote them down and however they are packed."""
    found = read(call(PACKINGS[packing](SHAPES[shape]())))
    (diagnosis,) = found.chart.diagnoses
    assert diagnosis.entity == "net" and diagnosis.active
    (hb,) = [result for result in found.chart.labs if result.analyte == "hb"]
    assert abs(hb.value - Decimal("12.1")) < Decimal("0.002") if hb.value else False
    assert str(hb.when) == DAY and hb.source == "Observation/hb"
    assert not found.ignored or found.ignored.keys() <= {"MedicationStatement/none"}


@pytest.mark.parametrize("look_alike", look_alikes(), ids=lambda item: f"{item['resourceType']}-{item['id']}")
def test_resources_of_other_versions_are_named_and_not_read(look_alike: Resource) -> None:
    found = read(call(PACKINGS["searchset"]([*SHAPES["us-core"](), look_alike])))
    assert found.ignored[name_of(look_alike)] == {"unsupported"}
    assert not mentions(found.cited, name_of(look_alike))
