"""What the URL of a resource names."""

from __future__ import annotations

import pytest

from cds_service.fhir.places import Place, place_of


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("Observation/1", Place("", "Observation", "1")),
        ("/Observation/1", Place("", "Observation", "1")),
        ("Observation/1/_history/3", Place("", "Observation", "1", "3")),
        ("http://ehr.example/fhir/Observation/1", Place("ehr.example/fhir", "Observation", "1")),
        ("HTTPS://EHR.example:443/fhir//Observation/1/_history/3", Place("ehr.example/fhir", "Observation", "1", "3")),
        ("https://ehr.example:8443/Observation/1", Place("ehr.example:8443", "Observation", "1")),
        ("http://ehr.example/FHIR/Observation/1", Place("ehr.example/FHIR", "Observation", "1")),
        ("http://Observation/1", None),
        ("http:///Observation/1", None),
        ("urn:uuid:1", None),
        ("ftp://ehr.example/Observation/1", None),
        ("Observation?identifier=1", None),
        ("Observation/1#a", None),
        ("observation/1", None),
        ("Observation/", None),
        ("1", None),
        ("", None),
    ],
)
def test_place(url: str, place: Place | None) -> None:
    assert place_of(url) == place
