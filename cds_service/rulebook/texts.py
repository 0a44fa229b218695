"""Texts that quote facts: ``{hb_g_dl}``, ``{hb_g_dl:bare}``, ``{hb_g_dl:date}``, ``{param.hb_stop}``, ``[[ ... ]]``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.rulebook.library import Parameter, Wording

_QUOTE = re.compile(r"\{(param\.)?([a-z0-9_]+)(?::(bare|date|source))?\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_LEFT_OVER = re.compile(r"[{}]|\[\[|\]\]")


class TextError(ValueError):
    """A text that quotes what is not there."""


def check_text(
    text: str, certain: frozenset[str], glossary: Mapping[str, FactSpec], numbers: Mapping[str, object]
) -> None:
    """Refuses a text that quotes an unknown name, or, outside ``[[ ]]``, a fact that may be unknown. TextError."""
    if _LEFT_OVER.search(_QUOTE.sub("", _OPTIONAL.sub(lambda m: m.group(1), text))):
        raise TextError(f"{text!r} has a brace or bracket that quotes nothing; write {{fact_name}} or [[ ... ]]")
    for is_param, name in quoted(text):
        if is_param and name not in numbers:
            raise TextError(f"{text!r} quotes param.{name}, which is not in parameters.toml")
        if not is_param and name not in glossary:
            raise TextError(f"{text!r} quotes {name}, which is not a fact")
    for is_param, name in quoted(_OPTIONAL.sub("", text)):
        if not is_param and name not in certain:
            raise TextError(
                f"{text!r} quotes {name}, which this branch does not make certain; test it in the condition "
                f"(fact.{name}.known) or put it in [[ ]]"
            )


def quoted(text: str) -> list[tuple[bool, str]]:
    """Every (is a parameter, name) the text quotes, in order."""
    return [(bool(m.group(1)), m.group(2)) for m in _QUOTE.finditer(text)]


class _Quote(NamedTuple):
    """What stands in braces; ``form`` is "bare", "date", "source" or None."""

    is_param: bool
    name: str
    form: str | None


class _Part(NamedTuple):
    """Words and quotes in turn. ``needs``: the facts that must be known for it to be printed."""

    needs: frozenset[str]
    pieces: list[str | _Quote]


@cache
def _parts(text: str) -> list[_Part]:
    """A page's text, what is outside and what is inside of ``[[ ]]`` by turns."""
    parts = []
    for number, part in enumerate(_OPTIONAL.split(text)):
        needs = frozenset(name for is_param, name in quoted(part) if number % 2 and not is_param)
        words, *quotes = _QUOTE.split(part)  # words, then by fours: is a parameter, name, form, words
        pieces: list[str | _Quote] = [words]
        for is_param, name, form, after in zip(*(quotes[i::4] for i in range(4)), strict=True):
            pieces += (_Quote(bool(is_param), name, form), after)
        parts.append(_Part(needs, pieces))
    return parts


class Writer:
    """Fills texts for one patient. ``clean`` is applied to everything that comes from the record."""

    def __init__(
        self,
        facts: Facts,
        glossary: Mapping[str, FactSpec],
        parameters: Mapping[str, Parameter],
        values: Mapping[str, float],
        wording: Wording,
        clean: Callable[[str], str],
    ) -> None:
        self._facts, self._glossary, self._wording, self._clean = facts, glossary, wording, clean
        self._parameters, self._values = parameters, values

    def fill(self, text: str) -> str:
        """The text with every quote filled; optional parts with an unknown fact are left out."""
        said = [
            piece if isinstance(piece, str) else self._quote(piece)
            for needs, pieces in _parts(text)
            if needs <= self._facts.keys()
            for piece in pieces
        ]
        return " ".join("".join(said).split())

    def value(self, name: str, *, unit: bool = True) -> str:
        """One known fact as printed."""
        known, spec = self._facts[name], self._glossary[name]
        return self._clean(shown(known)) + (self._unit(spec.unit) if unit else "")

    def parameter(self, name: str) -> str:
        """One number in force as printed, with its unit."""
        return plain_number(self._values[name]) + self._unit(self._parameters[name].unit)

    def _unit(self, unit: str) -> str:
        words = self._wording.say("unit", unit) if unit else ""
        return f" {words}" if words else ""

    def _quote(self, quote: _Quote) -> str:
        is_param, name, form = quote
        if is_param:
            return plain_number(self._values[name]) if form == "bare" else self.parameter(name)
        known = self._facts[name]
        if form == "date":
            return str(known.when) if known.when else self._wording.say("card", "undated")
        if form == "source":
            return self._clean(", ".join(known.sources))
        return self.value(name, unit=form != "bare")


def shown(known: Known) -> str:
    """A fact's display without unit: as given, else its value."""
    if known.shown:
        return known.shown
    return known.value if isinstance(known.value, str) else plain_number(known.value)


def plain_number(value: float) -> str:
    """At most two decimals, no trailing zeros: 8, 2.5, 0.92."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
