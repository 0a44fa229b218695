"""Loads the rule book: pages, criteria and tables, checked so that nothing wrong is ever served."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import ModuleType

from cds_service.facts import load_glossary
from cds_service.facts.glossary import FactSpec
from cds_service.rulebook import library
from cds_service.rulebook.conditions import ConditionError
from cds_service.rulebook.page_check import PageError, check_page
from cds_service.rulebook.rule_check import RuleError, check_criteria, check_rule, check_rules, finding_facts
from cds_service.rulebook.words import Criterion, Rule

WORDS = {"Rule", "Also", "Branch", "Advice", "Suggestion", "Ask", "Criterion", "named"}


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """Everything a rule author wrote. ``rules`` are in the order of their codes."""

    version: str
    sha256: str
    rules: tuple[Rule, ...]
    criteria: tuple[Criterion, ...]
    glossary: Mapping[str, FactSpec]
    parameters: Mapping[str, library.Parameter]
    citations: Mapping[str, library.Citation]
    orders: Mapping[str, library.OrderTemplate]
    wording: library.Wording

    def rule(self, name: str) -> Rule:
        """The rule with this code ("R-01") or id. Raises KeyError."""
        wanted = name.strip().lower()
        for rule in self.rules:
            if wanted in (rule.code.lower(), rule.id):
                return rule
        raise KeyError(name)

    @cached_property
    def plausible(self) -> Mapping[str, tuple[Decimal, Decimal]]:
        """Quantity -> its plausible range, from the numbers ``plausible_<quantity>_min`` and ``_max``."""
        names = [name[len("plausible_") : -len("_min")] for name in self.parameters if name.startswith("plausible_")]
        return {
            name: (self._exact(f"plausible_{name}_min"), self._exact(f"plausible_{name}_max"))
            for name in dict.fromkeys(names)
        }

    def _exact(self, parameter: str) -> Decimal:
        return Decimal(str(self.parameters[parameter].value))


def rules_folder() -> Path:
    """Where the installed rule pages lie."""
    spec = importlib.util.find_spec("rules")
    if spec is None or not spec.submodule_search_locations:
        raise PageError("rules", 1, "the rule pages are not installed; install the package or start from its folder")
    return Path(next(iter(spec.submodule_search_locations)))


def page_files(folder: Path) -> list[Path]:
    """Every rule page below ``folder``, sorted."""
    return sorted(path for path in folder.glob("*/*.py") if path.name != "__init__.py")


def load_rulebook(folder: Path | None = None) -> Rulebook:
    """The rule book in ``folder`` (the installed one by default).

    Raises PageError or LibraryError, one line with file, line and what to do.
    """
    folder = folder or rules_folder()
    glossary = load_glossary()
    parameters = library.load_parameters(folder / "parameters.toml")
    book = Rulebook(
        version=(folder / "VERSION").read_text(encoding="utf-8").strip(),
        sha256=_digest(folder),
        rules=(),
        criteria=load_criteria(folder / "criteria.py"),
        glossary=glossary,
        parameters=parameters,
        citations=library.load_citations(folder / "citations.toml"),
        orders=library.load_orders(folder / "orders.toml"),
        wording=library.load_wording(folder / "wording.toml"),
    )
    rules = sorted((load_page(path) for path in page_files(folder)), key=lambda rule: rule.code)
    book = replace(book, rules=tuple(rules), glossary={**glossary, **finding_facts(rules)})
    for rule in rules:
        _check_at_its_place(rule, book)
    check_rules(book)
    check_criteria(book)
    return book


def load_page(path: Path) -> Rule:
    """One page's rule, not yet checked against the tables. Raises PageError."""
    source = path.read_text(encoding="utf-8")
    check_page(source, path, names=WORDS)
    rule = getattr(_run(source, path), "rule", None)
    if not isinstance(rule, Rule):
        raise PageError(path, 1, "rule must be a Rule(...)")
    if path.stem != rule.id.replace("-", "_"):
        raise PageError(path, 1, f"the file of {rule.id!r} is called {rule.id.replace('-', '_')}.py")
    return replace(rule, file=str(path))


def load_criteria(path: Path) -> tuple[Criterion, ...]:
    """The checklist of ``criteria.py``, in its order. Raises PageError."""
    source = path.read_text(encoding="utf-8")
    check_page(source, path, names=WORDS, single=None)
    criteria = getattr(_run(source, path), "CRITERIA", None)
    if not isinstance(criteria, tuple) or not all(isinstance(c, Criterion) for c in criteria):
        raise PageError(path, 1, "CRITERIA must be a tuple of Criterion(...)")
    return criteria


def _run(source: str, path: Path) -> ModuleType:
    """Evaluates a checked page; a mistake in its logic is reported at its line."""
    module = ModuleType(f"rules.{path.parent.name}.{path.stem}")
    try:
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102  # checked: only the author's words
    except (ConditionError, TypeError, ImportError, NameError, AttributeError, ValueError) as error:
        raise PageError(path, _line(error, path), f"{error}") from None
    return module


def _line(error: BaseException, path: Path) -> int:
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _check_at_its_place(rule: Rule, book: Rulebook) -> None:
    """Checks one page; what is refused is reported with the page's file and the line that says it."""
    try:
        check_rule(rule, book)
    except (ConditionError, RuleError) as error:
        raise PageError(rule.file, _line_of(Path(rule.file), error.name), f"{rule.code}: {error}") from None


def _line_of(path: Path, name: str) -> int:
    """The first line that holds ``name`` (1 if none): where the author has to look."""
    if name:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if name in line:
                return number
    return 1


def _digest(folder: Path) -> str:
    """SHA-256 over every page and table, names included: two books with one digest say the same."""
    digest = hashlib.sha256()
    files = [*folder.glob("*.py"), *folder.glob("*.toml"), *page_files(folder), folder / "VERSION"]
    for path in sorted(set(files)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
