"""What several readers share."""

from __future__ import annotations

from itertools import permutations

from cds_service.record.common import by_source
from cds_service.record.model import Lesion


def test_the_order_of_what_was_found_does_not_depend_on_the_order_it_was_found_in():
    several = [Lesion(source=source, site=site) for source, site in (("b", "liver"), ("b", "bone"), ("a", "node"))]
    for found in (several, several[1:]):
        plainly = sorted(found, key=lambda lesion: (lesion.source, repr(lesion)))
        assert all(by_source(order) == plainly for order in permutations(found))


def test_what_came_of_one_source_has_the_order_asked_for():
    liver, bone = Lesion(source="a", site="liver"), Lesion(source="a", site="bone")
    assert by_source([liver, bone], lambda lesion: -len(lesion.site)) == [liver, bone]
