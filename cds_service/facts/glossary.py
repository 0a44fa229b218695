"""What a fact is: a name, a type, a unit and a meaning; and a known value of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from cds_service.dates import Span

FactType = Literal["number", "text", "truth"]
"""A truth fact is the text "yes" or "no"; unknown is the fact's absence."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One entry of the glossary. ``how`` says how the value is computed, for the rule author."""

    name: str
    type: FactType
    meaning: str
    how: str
    unit: str = ""  # UCUM; "" for counts, texts and truths
    values: tuple[str, ...] = ()  # the texts a text fact used in conditions can take; () = display text only


class Known(NamedTuple):
    """A known fact: its value, how a card prints it, and where it comes from.

    ``shown`` is the display without unit ("<=1", "7-8"); empty means the value itself. ``quote``: the words of the
    record it was read from, verbatim and unescaped; "" when it was not read from text.
    """

    value: float | str
    shown: str = ""
    when: Span | None = None
    sources: tuple[str, ...] = ()
    read_as: Literal["coded", "narrative", "derived"] = "coded"
    quote: str = ""


Facts = dict[str, Known]
"""Fact name -> known value. A name that is not there is unknown."""


def yes(
    sources: tuple[str, ...] = (),
    when: Span | None = None,
    read_as: Literal["coded", "narrative", "derived"] = "derived",
    quote: str = "",
) -> Known:
    """The truth fact "yes"."""
    return Known("yes", "", when, sources, read_as, quote)


def no(
    sources: tuple[str, ...] = (),
    when: Span | None = None,
    read_as: Literal["coded", "narrative", "derived"] = "derived",
    quote: str = "",
) -> Known:
    """The truth fact "no"."""
    return Known("no", "", when, sources, read_as, quote)
