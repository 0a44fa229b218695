"""The chart as flat, typed facts: the only thing rules can see."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from cds_service.facts.glossary import Facts, FactSpec
from cds_service.facts.view import View

# in this order: a module may read the facts of those before it through View only, never through each other's results
FAMILIES = ("scope",)


def _modules() -> tuple[ModuleType, ...]:
    return tuple(import_module(f"cds_service.facts.{name}") for name in FAMILIES)


def load_glossary() -> dict[str, FactSpec]:
    """Every fact there is, by name. A name declared twice is a ValueError."""
    glossary: dict[str, FactSpec] = {}
    for module in _modules():
        for spec in module.GLOSSARY:
            if spec.name in glossary:
                raise ValueError(f"fact {spec.name} is declared twice; rename one of them")
            glossary[spec.name] = spec
    return glossary


def compute_facts(view: View) -> Facts:
    """All facts that are known of this patient today; a name that is absent is unknown."""
    facts: Facts = {}
    for module in _modules():
        facts.update(module.compute(view))
    return facts
