"""The chart as flat, typed facts: the only thing rules can see.

Every module of this package that has a ``GLOSSARY`` is a family of facts, with ``compute(view)`` beside it; only
``provenance`` looks at what the others found.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import ModuleType

from cds_service.facts.carried import with_oldest_dates
from cds_service.facts.glossary import Facts, FactSpec
from cds_service.facts.provenance import from_text
from cds_service.facts.view import View


@cache
def _families() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return tuple(module for module in modules if hasattr(module, "GLOSSARY"))


def load_glossary() -> dict[str, FactSpec]:
    """Every fact there is, by name. A name declared twice is a ValueError."""
    glossary: dict[str, FactSpec] = {}
    for family in _families():
        for spec in family.GLOSSARY:
            if spec.name in glossary:
                raise ValueError(f"fact {spec.name} is declared twice; rename one of them")
            glossary[spec.name] = spec
    return glossary


@cache
def _computed() -> tuple[Callable[[View], Facts], ...]:
    return tuple(family.compute for family in _families() if hasattr(family, "compute"))


def compute_facts(view: View) -> Facts:
    """All facts that are known of this patient today; a name that is absent is unknown."""
    view = with_oldest_dates(view)
    facts: Facts = {}
    for compute in _computed():
        facts.update(compute(view))
    return facts | from_text(facts)
