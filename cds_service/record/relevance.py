"""Which Observations any reader could use: most of a long record are none of ours and are passed over unread."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cds_service.fhir.elements import objects
from cds_service.record.analyte_names import named_analyte
from cds_service.record.codes import Said, asked_once, said

_WORDS = re.compile(
    r"ecog|zubrod|who |karnofsky|kps|performance|nyha|heart(?! rate)|cardiac|echo|ejection|pregnan|hcg|gonadotro"
    r"|schwanger|qlq|eortc"
    r"|fact-g|sf-?36|eq-?5d|promis|qol|quality|global|krenning|deauville|suv|uptake|avid|ki-?67|mib|prolifer"
    r"|mitos|mitot|grad"
    r"|differen|histolog|morpholog|tum|lesion|cancer|neoplas|net\b|nec\b|carcin|disease|status|response|recist"
    r"|progress"
    r"|metasta|netpet|fdg|sstr|somatostatin|dota|\bpet|\bct\b|\bmr|scan|imag|impression|finding|conclusion"
    r"|report|patholog"
    r"|cytolog|biops|specimen|comment|note|narrative|summary|menopaus|breast|lactat|deliver|\bedd\b|due date"
    r"|expectancy"
    r"|prognos|marrow|pain|symptom|resect|operab|surg|size|diameter|dimension|stage|staging|margin|bone|liver"
    r"|spleen|radio"
    r"|therap|treat|toxic|dose|activity|evaluation|assessment|outcome", re.I)  # fmt: skip


def useful(data: Mapping[str, Any]) -> bool:
    """False only for an Observation no reader knows by code or words, nor any part of it; everything else is read."""
    if data.get("resourceType") != "Observation":
        return True
    if data.get("bodySite") is not None or data.get("focus") is not None:  # a finding in a place: whatever it is called
        return True
    if telling(data.get("code")):
        return True
    return "component" in data and any(telling(part.get("code")) for part in objects(data["component"]))


def telling(code: object) -> bool:
    """Whether some reader knows what a ``code`` element says; where it says nothing, what it stands on is read (or
    listed as of no code)."""
    if isinstance(code, dict):
        return _named(said(code))
    titles = [said(concept) for concept in objects(code)]
    return not titles or any(_named(title) for title in titles)


@asked_once
def _named(title: Said) -> bool:
    if title.concepts:
        return not any(concept.refused for concept in title.concepts)
    if not (title.first or title.words):
        return True
    return any(_WORDS.search(words) or named_analyte(words) for words in title.texts)
