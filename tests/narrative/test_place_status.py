"""What a sentence says of the places it names."""

import pytest

from cds_service.narrative.context import Context
from cds_service.narrative.sections import sentences
from cds_service.narrative.sites import places


def _reference(words: str) -> bool:
    (place,) = places(Context(sentences(words)[0]))
    return place.reference


@pytest.mark.parametrize("between", range(20, 45))
def test_half_a_word_is_no_cue(between: int) -> None:
    """However far away it stands, "abnormal" does not call the liver normal."""
    assert not _reference(f"Abnormal {'x' * between} in the liver.")
    assert _reference("Normal xxxx in the liver.")
