"""Imports point one way only, and rule pages see nothing but the rule author's words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "cds_service"

TOP = (
    "app", "cli", "store_commands", "serve", "check", "terminal", "markdown", "rule_words", "web", "scenarios",
    "__main__",
)  # fmt: skip
LAYERS = (
    ("__init__", "dates"),
    ("fhir",),
    ("narrative",),
    ("record",),
    ("facts",),
    ("rulebook",),
    ("policy",),
    ("engine",),
    ("advice",),
    ("assess",),
    ("store",),
    ("hooks",),
    TOP,
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every module the file imports, wherever in the file, names imported included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room(path: Path) -> str:
    """The layer a file of cds_service belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_room(name: str) -> str | None:
    """The layer an import enters, None if it is not ours."""
    head, _, rest = name.partition(".")
    if head != "cds_service":
        return None
    first = rest.partition(".")[0]
    return first if first in RANK else "__init__" if not (PACKAGE / first).exists() else first


def test_every_file_has_its_layer() -> None:
    unknown = {room(path) for path in PACKAGE.rglob("*.py")} - RANK.keys()
    assert not unknown, f"say in LAYERS where these belong: {unknown}"


def test_imports_never_point_backwards() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {room(path)} must not import {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in imports(path)
        if (target := imported_room(name)) is not None and RANK[target] > RANK[room(path)]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_machine_never_imports_the_rules() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in imports(path)
        if name.partition(".")[0] == "rules"
    ]
    assert not wrong, "\n".join(wrong)


def test_rule_pages_see_only_the_authors_words() -> None:
    pages = sorted((ROOT / "rules").rglob("*.py"))
    assert pages
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in pages
        for line, name in imports(path)
        if name.rpartition(".")[0] not in ("cds_service.rulebook", "rules.criteria", "rules", "datetime", "__future__")
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_of_durable_rules_but_its_engine_is_used() -> None:
    """Its language layer starts threads and runs actions; only the wall touches the engine."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, name in imports(path)
        if (name.startswith("durable") and room(path) != "engine") or name.startswith("durable.lang")
    ]
    assert not wrong, "\n".join(wrong)
