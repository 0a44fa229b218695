"""What was not used, and why (the ``ignored`` list of an assessment)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Why = Literal[
    "other-patient", "entered-in-error", "cancelled", "not-done", "preliminary", "status-unknown", "refuted",
    "superseded", "no-unit", "unknown-unit", "implausible", "too-old", "no-date", "future", "family-member",
    "unreadable", "unsupported",
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Ignored:
    """A resource (or one value of it) that was not used, and why. ``detail`` never quotes the record."""

    source: str
    why: Why
    detail: str = ""
