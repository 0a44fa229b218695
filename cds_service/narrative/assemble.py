"""One report's text -> the JSON object of the public interface, section 6."""

from __future__ import annotations

import re
from typing import Any, Literal

from cds_service.narrative.normalise import plain

Kind = Literal["sstr_pet", "fdg_pet", "ct", "pathology"]

FIELDS = (
    "tracer", "krenning_highest", "krenning_lowest", "krenning_implied_highest", "krenning_implied_lowest",
    "krenning_lesions", "suvmax", "suv_reference", "all_lesions_sstr_positive", "fdg_discordant", "ki67_percent",
    "ki67_range", "ki67_comparator", "mitoses", "grade", "differentiation", "response", "new_lesions",
    "no_evidence_of_disease", "operability", "uncertain", "prior", "quotes",
)  # fmt: skip
_LISTS = {"krenning_lesions", "suvmax", "suv_reference", "prior"}

_KRENNING = re.compile(r"krenning(?:\s+(?:score|grade))?(?:\s+of)?\s*(<=)?\s*([0-4])(?![0-9.,/])", re.I)
_KI67 = re.compile(r"ki-?67\s*:?\s*(\d{1,3}(?:\.\d)?)(?:\s*-\s*(\d{1,3}))?\s*%", re.I)


def read_report(text: str, kind: Kind) -> dict[str, Any]:
    """Reads one report. Pure, linear in the text's length, never raises on any text.

    Args: text: the report as written; kind: what the report is about.
    Returns: every field of the interface, null (or an empty list) where the report does not say.
    """
    out: dict[str, Any] = {field: [] if field in _LISTS else None for field in FIELDS}
    out["uncertain"], out["quotes"] = False, {}
    page = plain(text)
    for match in _KRENNING.finditer(page.text):
        score = int(match[2])
        out["krenning_lesions"].append({"site": "", "krenning": "<=1" if match[1] else score, "size_mm": None})
        out["krenning_highest"] = max(score, out["krenning_highest"] or 0)
        out["quotes"]["krenning_highest"] = page.verbatim(*match.span())
    if match := _KI67.search(page.text):
        low, high = int(match[1]), int(match[2] or match[1])
        out["ki67_percent"] = high
        out["ki67_range"] = [low, high] if match[2] else None
        out["quotes"]["ki67_percent"] = page.verbatim(*match.span())
    return out
