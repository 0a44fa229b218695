"""A rule page is data written in Python: this refuses anything else, with file, line and what to do."""

from __future__ import annotations

import ast
from pathlib import Path

PAGE_IMPORTS = {"cds_service.rulebook", "rules.criteria", "datetime"}
CRITERIA_IMPORTS = {"cds_service.rulebook"}
_OPERATORS = (ast.BitAnd, ast.BitOr)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_ADVICE: dict[type[ast.AST], str] = {
    ast.BoolOp: "Python's and / or would lose a condition; write & or | and put each comparison in brackets",
    ast.JoinedStr: "an f-string would run code; quote facts as {fact_name} in a plain text",
    ast.Lambda: "no code runs in a page",
    ast.FunctionDef: "no code runs in a page; compute it as a fact",
    ast.ClassDef: "no code runs in a page",
    ast.ListComp: "no code runs in a page; write the items out",
    ast.GeneratorExp: "no code runs in a page; write the items out",
    ast.List: "write a tuple ( ... , ) instead of a list",
    ast.IfExp: "no code runs in a page; write another branch",
    ast.If: "no code runs in a page; write another branch",
    ast.For: "no code runs in a page; write the items out",
}
_ALLOWED = (
    ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Constant, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.Compare,
    ast.Load, ast.BitAnd, ast.BitOr, ast.Invert, ast.USub, *_COMPARISONS,
)  # fmt: skip


class PageError(ValueError):
    """A page that does not load: "file:line: what is wrong; what to do"."""

    def __init__(self, path: Path | str, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


def check_page(source: str, path: Path, *, names: set[str], single: str | None = "rule") -> ast.Module:
    """The page's syntax tree, if it only assigns expressions made of the author's words. Raises PageError.

    ``names`` are the words that may be called; ``single`` the one name a page must assign (None: any names).
    """
    try:
        tree = ast.parse(source, filename=str(path))
    except SyntaxError as error:
        raise PageError(path, error.lineno or 1, f"not readable as Python: {error.msg}") from None
    imported: set[str] = set()
    assigned: list[str] = []
    imports = PAGE_IMPORTS if single else CRITERIA_IMPORTS
    for statement in tree.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # the docstring
        if isinstance(statement, ast.ImportFrom):
            if statement.module == "__future__":
                continue
            if statement.module not in imports:
                raise PageError(path, statement.lineno, f"import only from {', '.join(sorted(imports))}")
            imported.update(alias.name for alias in statement.names)
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if not (isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in targets)):
            hint = _ADVICE.get(type(statement), "a page only imports words and assigns")
            raise PageError(path, statement.lineno, hint)
        assigned += [target.id for target in targets if isinstance(target, ast.Name)]
        _check_expression(statement.value, path, (names & imported) | {"date"} & imported)
    if single and assigned != [single]:
        raise PageError(path, 1, f"a page assigns exactly one name, {single} = Rule(...); found {assigned or 'none'}")
    return tree


def _check_expression(expression: ast.expr, path: Path, callables: set[str]) -> None:
    nodes = [(node, getattr(node, "lineno", expression.lineno)) for node in ast.walk(expression)]
    for node, line in nodes:
        for kind, hint in _ADVICE.items():
            if isinstance(node, kind):
                raise PageError(path, line, hint)
    for node, line in nodes:
        if misuse := _misuse(node, callables):
            raise PageError(path, line, misuse)


def _misuse(node: ast.AST, callables: set[str]) -> str | None:
    """What is wrong with one part of an expression, None if nothing is."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "Python's not would lose the condition; write ~( ... )"
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        return "a chained comparison loses its first half; write (a < x) & (x < b)"
    if isinstance(node, ast.Compare) and not isinstance(node.ops[0], _COMPARISONS):
        return "only == != < <= > >= compare; write (x == a) | (x == b) instead of in"
    if isinstance(node, ast.BinOp) and not isinstance(node.op, _OPERATORS):
        return "no arithmetic in a page; compute it as a fact"
    if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in callables):
        return f"only the author's words may be called: {', '.join(sorted(callables))}"
    if not isinstance(node, (*_ALLOWED, ast.Not)):
        return f"{type(node).__name__} is not a word of a page"
    return None
