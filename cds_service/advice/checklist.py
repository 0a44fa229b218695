"""The checklist of an assessment: every criterion met, not met or unknown, with value, date and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from cds_service.facts.glossary import Facts, FactSpec, Known
from cds_service.rulebook.conditions import Judge, Status, judge, status_of
from cds_service.rulebook.words import Criterion


class Checked(NamedTuple):
    """One line of the checklist for one patient. ``known`` is the fact it shows, if it is known."""

    criterion: Criterion
    status: Status
    known: Known | None
    unit: str


class Check(NamedTuple):
    """A bound criterion, made ready for many patients."""

    criterion: Criterion
    met: Judge
    applies: Judge | None
    unit: str


def checks(criteria: Iterable[Criterion], glossary: Mapping[str, FactSpec]) -> list[Check]:
    """The bound criteria, made ready."""
    return [
        Check(
            each, judge(each.met), None if each.applies is None else judge(each.applies),
            glossary[each.shows].unit if each.shows else "",
        )
        for each in criteria
    ]  # fmt: skip


def run_checklist(
    made_ready: Iterable[Check],
    facts: Facts,
    values: Mapping[str, float | str],
    *,
    absent: Set[str],
    incomplete: Set[str],
) -> list[Checked]:
    """The criteria that apply. ``values`` are those of the facts, ``absent`` and ``incomplete`` FHIR types.

    A criterion that reads a type that did not come is unknown, whatever the rest of the record says; one that reads
    a type that did not come whole is never met.
    """
    gaps = absent | incomplete
    checked = []
    for criterion, met, applies, unit in made_ready:
        if applies is not None and applies(values) is False:
            continue
        status = status_of(met(values))
        if not (gaps if status == "met" else absent).isdisjoint(criterion.reads):
            status = "unknown"
        known = facts.get(criterion.shows) if criterion.shows else None
        checked.append(Checked(criterion, status, known, unit))
    return checked


def as_json(line: Checked) -> dict[str, object]:
    """One member of ``criteria`` (contract, section 3); members without a value are left out."""
    out: dict[str, object] = {"id": line.criterion.id, "status": line.status}
    known = line.known
    if known is None:
        return out
    value = known.shown or known.value
    out["value"] = _number(known.value) if not known.shown or _is_number(known.shown) else value
    if line.unit:
        out["unit"] = line.unit
    if known.when is not None:
        out["date"] = str(known.when)
    if known.sources:
        out["sources"] = list(dict.fromkeys(known.sources))
    out["read_as"] = known.read_as
    return out


def _number(value: float | str) -> float | int | str:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_number(shown: str) -> bool:
    try:
        float(shown)
    except ValueError:
        return False
    return True
