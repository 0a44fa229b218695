"""Whether two scans speak of the same lesion: body sites as words in a common form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cds_service.record.organs import organ_of

Place = frozenset[str]
"""The telling words of a site: {"liver", "7"} for "Segment VII of the liver"; empty if none is named."""

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_SAME = {
    "hepatic": "liver", "osseous": "bone", "bony": "bone", "gastric": "stomach", "pancreatic": "pancreas",
    "nodal": "node", "nodes": "node", "ribs": "rib", "vertebral": "vertebra", "femoral": "femur", "sternal": "sternum",
    "pulmonary": "lung", "lungs": "lung", "peritoneal": "peritoneum", "first": "1", "second": "2", "third": "3",
    "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
}  # fmt: skip
_SILENT = {
    "of", "the", "in", "a", "an", "and", "structure", "body", "entire", "region", "segment", "segments", "seg",
    "lesion", "lesions", "metastasis", "metastases", "metastatic", "met", "mets", "mass", "tumour", "tumor", "primary",
    "lymph", "largest", "new", "known",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_ASIDE = re.compile(r"\([^()]*\)")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_SEGMENTS = frozenset(_ROMAN.values())


def place(site: str) -> Place:
    """The words that tell where a lesion is."""
    telling = set()
    for written in _WORD.findall(_ASIDE.sub(" ", site.lower())):
        word = _SAME.get(written, written)
        if word not in _SILENT:
            ordinal = _ORDINAL.fullmatch(word)
            telling.add(ordinal[1] if ordinal else _ROMAN.get(word, word))
    if not telling.isdisjoint(_SEGMENTS) and organ_of(site) == "liver":
        telling.add("liver")  # "segment VII" is the liver's
    return frozenset(telling)


def organ(site: str) -> str:
    """The organ of a site; the site's own words if it names none, "" if it names nothing."""
    return organ_of(site) or " ".join(sorted(place(site)))


def same_place(site: str, others: Sequence[str]) -> list[int]:
    """Which of ``others`` are the same lesion as ``site``: the same words, else the one entry of its organ that
    contains it or is contained in it ("liver" beside "liver segment VII"). Nothing named matches nothing."""
    here = place(site)
    if not here:
        return []
    places = [place(other) for other in others]
    equal = [index for index, there in enumerate(places) if there == here]
    if equal:
        return equal
    near = [index for index, there in enumerate(places) if there and organ(others[index]) == organ(site)]
    if len(near) == 1 and (places[near[0]] <= here or here <= places[near[0]]):
        return near
    return []
