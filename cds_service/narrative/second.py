"""A second, cruder reading by other means: values with the words just around them, no sections, scopes or places.

It knows nothing of the first reading's grammar. Where it finds another current value than the first one, the report
is called uncertain; it never supplies a value.
"""

from __future__ import annotations

import re
from typing import Any

from cds_service.narrative.words import Words

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "one": 1, "two": 2, "three": 3, "four": 4, "zero": 0}
_KRENNING = Words(
    r"krenning[- ]?(?:score|grade)?s?\s?(?:of|is|was|:|=)?\s?(?P<n>[0-4](?![\d.,]*\d|\s?[-/]|\s(?:to|or|and|"
    r"out)\b)|(?:iv|iii|ii|i)\b(?!\s?[-/])|zero\b|one\b|two\b|three\b|four\b)"
)
_KI67 = Words(
    r"(?:ki[- ]?67|mib[- ]?1)(?:[- ](?:index|labell?ing index|proliferation index))?\s?(?:\((?:mib-?1|"
    r"ki-?67)\))?\s?(?:of|is|was|:|=)?\s?(?P<n>\d{1,3}(?:[.,]\d)?)\s?%"
)
_STOP, _STOP_OR_END = re.compile(r"[.;\n]\s"), re.compile(r"[.;\n](?:\s|$)")
_NEAR_BEFORE, _NEAR_AFTER = 70, 45
_NOT_NOW = Words(
    r"\b(?:no|not|without|none|never|nor|prev\w*|prior|before|earlier|former\w*|initial\w*|baseline|last|past|"
    r"ago|history|outside|external|old|"
    r"if|would|should|may|might|could|whether|unless|until|threshold|cut-?off|criteri\w+|require\w*|needed|"
    r"recommend\w*|consider\w*|suggest\w*|plan\w*|"
    r"possibl\w+|probabl\w+|likely|suspect\w*|suspicious|questionable|equivocal|uncertain|estimated|scale|"
    r"legend|below|above|least|most|than|from|up|"
    r"mother|father|brother|sister|family|meningioma\w*|h(?:a)?emangiom\w*|adenom\w*|benign|cysts?|carcinoma|"
    r"expected|goal|almost|fail\w*|short|prostat\w+|breast|lymphoma\w*|thyroid|physiolog\w+|"
    r"literature|guideline\w*|"
    r"withdrawn|wrong\w*|instead|correct\w*|amend\w*|addend\w*|compar\w+|since|to|was|were|had|known|clinical|"
    r"indication|question|referr\w+|max\w*|min\w*)\b|[?<>=\u00bb]|->|\b(?:19|20)\d\d\b"
)


def _free(text: str, pattern: Words) -> set[float]:
    """Values with nothing around them that could take them back."""
    found = set()
    for number, match in enumerate(pattern.finditer(text)):
        if number == 200:
            break
        start, end = match.start(), match.end()
        before = _STOP.split(text[max(0, start - _NEAR_BEFORE) : start])[-1]
        after = _STOP_OR_END.split(text[end : end + _NEAR_AFTER], maxsplit=1)[0]
        if not _NOT_NOW.search(before + " | " + after):
            words = match["n"].replace(",", ".")
            if match["n"] not in {"0", "zero"}:  # "Krenning 0: no lesion"
                found.add(float(_ROMAN[words]) if words in _ROMAN else float(words))
    return found


def disagrees(text: str, kind: str, out: dict[str, Any]) -> bool:
    """Whether this reading sees a current score or Ki-67 that the first one neither gave nor explained as earlier.

    `text` is in the plain alphabet; `out` the first reading's result.
    """
    explained = {v for item in out["prior"] for v in _numbers(item["value"])}
    if kind == "sstr_pet":
        scores = {v for lesion in out["krenning_lesions"] for v in _numbers(lesion["krenning"])}
        scores |= {v for name in ("krenning_highest", "krenning_lowest") for v in _numbers(out[name])}
        return bool(_free(text, _KRENNING) - scores - explained)
    if kind == "pathology":
        given = set(_numbers(out["ki67_percent"])) | set(_numbers(out["ki67_range"]))
        free = _free(text, _KI67) - explained
        return bool(free) and (not given or max(free) > max(given))
    return False


def _numbers(value: object) -> list[float]:
    if isinstance(value, list):
        return [float(v) for v in value if isinstance(v, int | float)]
    if isinstance(value, str):
        return [0.0, 1.0] if value == "<=1" else []
    return [float(value)] if isinstance(value, int | float) else []
