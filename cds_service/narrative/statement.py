"""Short notes (condition notes, tumour board and clinic notes) -> disease statement and operability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Response = Literal["CR", "PR", "SD", "PD", "improved", "stable", "worsened"]
Operability = Literal["resectable", "unresectable"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a short note asserts now; None where it does not say. `quotes`: field -> words as written."""

    response: Response | None
    operability: Operability | None
    no_evidence_of_disease: bool | None
    uncertain: bool
    quotes: dict[str, str]


def read_statement(text: str) -> Statement:
    """Reads a short note; never raises."""
    return Statement(None, None, None, False, {})
