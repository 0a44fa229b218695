"""The C module of durable-rules: the six calls that are safe to use, with their types.

Neither ``durable.lang`` nor a ``Host`` is ever imported: they run actions in background threads.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast


class Native(Protocol):
    """Everything is text in JSON. Any failure is an exception, after which the handle must not be touched again."""

    def create_ruleset(self, name: str, rules: str, /) -> int:
        """The handle of a new ruleset."""

    def assert_fact(self, handle: int, fact: str, /) -> tuple[int, int]:
        """Result code (0 = handled) and the offset of the state that the fact's ``sid`` names."""

    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None:
        """The state, and the first match as ``{rule: {"m": fact}}``."""

    def complete_and_start_action(self, handle: int, state: int, /) -> str | None:
        """The next match, None after the last."""

    def delete_state(self, handle: int, sid: str, /) -> None:
        """Forgets the fact. Only after a success: otherwise undefined behaviour."""


def load() -> Native:
    """The compiled module. Raises ImportError if it was not built for this Python."""
    return cast(Native, import_module("durable_rules_engine"))
