"""pytest runs the scenario files beside the rule pages and ends with a table of them.

The service is imported only once a scenario file is met, so that other test runs do not pay for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cds_service.rulebook.words import Rule
    from cds_service.scenarios.bench import Bench
    from cds_service.scenarios.sheets import Row

SECTIONS = ("fires", "silent", "boundary", "unknown")
_TABLES = ("parameters.toml", "criteria.py")


class ScenarioFailure(Exception):
    """What a failed scenario says; shown as it is, without a traceback."""


@dataclass
class Tally:
    """The lines of the final table: page -> section -> [passed, failed]."""

    pages: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def count(self, page: str, section: str, passed: bool) -> None:
        line = self.pages.setdefault(page, {name: [0, 0] for name in SECTIONS})
        if section in line:
            line[section][0 if passed else 1] += 1
        elif not passed:
            line.setdefault("page", [0, 0])[1] += 1


_TALLY = pytest.StashKey[Tally]()
_BROKEN = pytest.StashKey[set[Path]]()
"""Rule books that did not load, so that the reason is tried and printed once."""


def is_rulebook(folder: Path) -> bool:
    """Whether a folder holds a rule book."""
    return all((folder / name).is_file() for name in _TABLES)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TALLY] = Tally()
    config.stash[_BROKEN] = set()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A scenario file; or a rule page that has none, as one failing item."""
    if not is_rulebook(file_path.parent.parent) or file_path.name == "__init__.py":
        return None
    if file_path.suffix == ".toml":
        return ScenarioFile.from_parent(parent, path=file_path)
    if file_path.suffix == ".py" and not file_path.with_suffix(".toml").exists():
        return BarePage.from_parent(parent, path=file_path)
    return None


class BarePage(pytest.File):
    """A rule page without scenarios."""

    def collect(self) -> Iterator[pytest.Item]:
        yield PageItem.from_parent(
            self,
            name="complete",
            label=self.path.stem.replace("_", "-"),
            problems=[f"the page has no scenarios. Write {self.path.with_suffix('.toml').name} beside it."],
        )


class ScenarioFile(pytest.File):
    """One scenario file: an item for the page as a whole, then one for every row."""

    def collect(self) -> Iterator[pytest.Item]:
        from cds_service.rulebook.library import LibraryError
        from cds_service.rulebook.page_check import PageError
        from cds_service.scenarios.bench import bench_of
        from cds_service.scenarios.checks import ScenarioError
        from cds_service.scenarios.runner import page_gaps, unknown_words
        from cds_service.scenarios.sheets import read_equivalents, read_rows

        folder = self.path.parent.parent
        broken = self.config.stash[_BROKEN]
        if folder in broken:
            raise self.CollectError("The rule book does not load, see above.")
        try:
            bench = bench_of(folder)
        except (PageError, LibraryError) as error:
            broken.add(folder)
            raise self.CollectError(f"The rule book does not load. {error}") from None
        try:
            rule = bench.book.rule(self.path.stem.replace("_", "-"))
            rows, errors = read_rows(self.path)
            read_equivalents(self.path)
        except ScenarioError as error:
            raise self.CollectError(str(error)) from None
        except KeyError:
            raise self.CollectError(f"{self.path.name}: no rule page {self.path.stem}.py beside it.") from None
        label = f"{rule.code} {rule.id}"
        problems = [str(error) for error in errors] + page_gaps(rows, rule)
        problems += [
            f"[[{row.section}]] {row.name!r}: {problem}"
            for row in rows
            for problem in unknown_words(row, rule, bench.book)
        ]
        yield PageItem.from_parent(self, name="complete", label=label, problems=problems)
        for row in rows:
            yield RowItem.from_parent(self, name=f"{row.section}::{row.name}", row=row, rule=rule, bench=bench)


class _Item(pytest.Item):
    label: str
    section: str

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **kwargs: Any) -> Any:
        if isinstance(excinfo.value, ScenarioFailure):
            return str(excinfo.value)
        # The machine failed, not the rule: the engineer gets the way from this file on, without pytest's own.
        excinfo.traceback = excinfo.traceback.cut(path=__file__)
        return super().repr_failure(excinfo, style="short")

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"{self.label}: {self.name}"


class PageItem(_Item):
    """Whether the page's scenarios are complete: every section, every branch, known words."""

    section = "page"

    def __init__(self, *, label: str, problems: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label, self.problems = label, problems

    def runtest(self) -> None:
        if self.problems:
            raise ScenarioFailure("\n".join([f"{self.label}: the scenarios are not complete.", *self.problems]))


class RowItem(_Item):
    """One scenario."""

    def __init__(self, *, row: Row, rule: Rule, bench: Bench, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.row, self.rule, self.bench = row, rule, bench
        self.label, self.section = f"{rule.code} {rule.id}", row.section

    def runtest(self) -> None:
        from cds_service.scenarios.checks import ScenarioError
        from cds_service.scenarios.runner import run_scenario
        from cds_service.scenarios.sentences import describe

        try:
            result = run_scenario(self.row, self.rule, self.bench)
        except ScenarioError as error:
            raise ScenarioFailure(f"{self.label}\nScenario ({self.row.section}): {self.row.name}\n{error}") from None
        if not result.passed:
            raise ScenarioFailure(describe(result, self.bench))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    yield
    if isinstance(item, _Item) and call.when == "call":
        item.config.stash[_TALLY].count(item.label, item.section, call.excinfo is None)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The table: rule, fires, silent, boundary, unknown; "2 of 3" where some fail."""
    pages = config.stash[_TALLY].pages
    if not pages:
        return
    width = max(len(page) for page in pages)
    terminalreporter.section("scenarios")
    terminalreporter.write_line(f"{'rule':<{width}}  " + "".join(f"{name:>10}" for name in SECTIONS))
    for page, line in sorted(pages.items()):
        cells = "".join(f"{_cell(*line[name]):>10}" for name in SECTIONS)
        failed = any(failures for _, failures in line.values())
        note = "  not complete" if "page" in line else ""
        terminalreporter.write_line(f"{page:<{width}}  {cells}{note}", red=failed)
    rows = [counts for line in pages.values() for name, counts in line.items() if name in SECTIONS]
    passed, failed_rows = sum(row[0] for row in rows), sum(row[1] for row in rows)
    terminalreporter.write_line(f"{len(pages)} rules, {passed + failed_rows} scenarios, {failed_rows} failed")


def _cell(passed: int, failed: int) -> str:
    return f"{passed} of {passed + failed}" if failed else str(passed)
