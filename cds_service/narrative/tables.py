"""Lesion tables in a report: a header line that names its columns, then one line per lesion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cds_service.narrative.lesion import Lesion
from cds_service.narrative.lexicon import LESION, OTHER, SITE, organ_of
from cds_service.narrative.scores import krenning_scores
from cds_service.narrative.sections import Section
from cds_service.narrative.suv import sizes

_CUTS = (re.compile(r"\s?\|\s?"), re.compile(r"\s?;\s?"), re.compile(r"\t"), re.compile(r"\s?,\s"), re.compile(r","))
_SITE_HEAD = re.compile(
    r"^(?:\W*)(?:sites?|lesions?|locations?|locali[sz]ations?|organs?|region|target|metastas\w+|no\.? ?/? ?site|"
    r"place)\b",
    re.I,
)
_OLD_HEAD = re.compile(r"\b(?:prior|previous\w*|old|before|earlier|baseline|pre)\b|\b(?:19|20)\d\d\b", re.I)
_COLUMN = {
    "krenning": re.compile(r"krenning", re.I),
    "suvmax": re.compile(r"suv\s?[-_]?\(?max", re.I),
    "size": re.compile(r"\bsize|\bdiameter|\bmm\b|\bcm\b|\blongest", re.I),
}
_OTHER_STUDY = re.compile(r"\bFDG\b", re.I)
_NUMBER = re.compile(r"^\W*(\d{1,3}(?:[.,]\d{1,2})?)\W*(?:mm|cm)?\W*$", re.I)
MOST_ROWS = 300  # of all tables of one report
_LIST_HEAD = re.compile(
    r"^[^.;]{0,60}\bkrenning\b(?:[- ](?:scores?|grades?))?(?:\s?\([^)]*\))?\)?(?: (?:of|for|in|"
    r"per)\b[^.:;\d]{0,40})?\s?:?\s*$",
    re.I,
)
_LIST_ROW = re.compile(
    r"^[\s\u2022*+-]*(?P<site>[A-Za-z][^:=|]{1,80}?)\s?(?:[:=]|\s-|\t)\s?(?P<score>(?:<=?|>=?)?\s?(?:[0-4]|IV|"
    r"I{1,3})(?:\s?(?:-|[tT][oO]|/)\s?(?:[0-4]|IV|I{1,3}))?)\s?[.,;]?\s*$"
)


@dataclass(slots=True)
class Table:
    """Lesions and earlier values found in tables."""

    lesions: list[Lesion] = field(default_factory=list)
    prior: list[tuple[str, object]] = field(default_factory=list)
    uncertain: bool = False


def read_tables(text: str) -> tuple[str, Table]:
    """Reads every table and gives the text back with the tables blanked (same length)."""
    table = Table()
    if not _names_values(text):
        return text, table
    lines = text.split("\n")
    at, index = 0, 0
    while index < len(lines):
        if len(table.lesions) > MOST_ROWS:
            table.uncertain = True
            break
        line = lines[index]
        if not _names_values(line):
            at += len(line) + 1
            index += 1
            continue
        header = _header(line)
        if header is None and _LIST_HEAD.search(line) and index + 1 < len(lines) and _LIST_ROW.match(lines[index + 1]):
            lines[index] = " " * len(line)
            at += len(line) + 1
            index += 1
            while index < len(lines) and _list_row(lines[index], at, table):
                at += len(lines[index]) + 1
                lines[index] = " " * len(lines[index])
                index += 1
            continue
        if header is None:
            at += len(line) + 1
            index += 1
            continue
        cut, columns = header
        lines[index] = " " * len(line)
        at += len(line) + 1
        index += 1
        while index < len(lines) and (_ruler(lines[index]) or _row(lines[index], cut, columns, at, table)):
            at += len(lines[index]) + 1
            lines[index] = " " * len(lines[index])
            index += 1
    return "\n".join(lines), table


def _names_values(text: str) -> bool:
    """Whether a table's header can be in it."""
    lowered = text.lower()
    return "krenning" in lowered or "suv" in lowered


def _list_row(line: str, at: int, table: Table) -> bool:
    """ "Liver: 4" under a line "Krenning score:"."""
    row = _LIST_ROW.match(line[:200])
    if row is None or not SITE.search(row["site"]):
        return False
    if OTHER.search(row["site"]):
        return True
    lesion = Lesion(
        _lower(re.sub(r",?\s?\d+(?:[.,]\d+)?\s?(?:mm|cm)\b", "", row["site"], flags=re.I).strip(" ,")),
        frozenset().union(*(organ_of(m) for m in SITE.finditer(row["site"]))),
        (at, at + len(line)),
        Section.FINDINGS,
    )
    if found := sizes(row["site"]):
        lesion.size_mm = found[0][2]
    _cell("krenning", row["score"], lesion, table)
    table.lesions.append(lesion)
    return True


def _cells(line: str, cut: re.Pattern[str]) -> list[str]:
    return [c.strip() for c in cut.split(line.strip().strip("|").strip())]


def _header(line: str) -> tuple[re.Pattern[str], list[str]] | None:
    """The cut and the meaning of each column, if the line is a table's header."""
    if len(line) > 300 or (not _COLUMN["krenning"].search(line) and not _COLUMN["suvmax"].search(line)):
        return None
    if not _SITE_HEAD.match(line) or line.rstrip().endswith("."):
        return None
    for cut in _CUTS:
        cells = _cells(line, cut)
        if (
            len(cells) < 2
            or not _SITE_HEAD.match(cells[0])
            or any(len(c) > 40 for c in cells)
            or any(re.search(r"\d", _UNITS.sub("", c)) for c in cells)  # values: a sentence, not a header
        ):
            continue
        return cut, ["site", *_newest([_meaning(c) for c in cells[1:]], cells[1:])]
    return None


_UNITS = re.compile(
    r"\([^)]*\)|\b(?:19|20)\d\d\b|\bSSTR\d|\b\d{2,3}(?:Ga|Cu|F|In|m?Tc)\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\d[.)]",
    re.I,
)


def _newest(columns: list[str], cells: list[str]) -> list[str]:
    """Of columns that differ by a year the latest is this examination's."""
    for name in ("krenning", "suvmax"):
        if name in columns:
            continue
        years = {
            int(y[0]): i
            for i, c in enumerate(cells)
            if columns[i] == f"old-{name}" and (y := re.search(r"\b(?:19|20)\d\d\b", c))
        }
        if len(years) > 1:
            columns[years[max(years)]] = name
    return columns


def _meaning(cell: str) -> str:
    for name, words in _COLUMN.items():
        if words.search(cell):
            if name == "suvmax" and _OTHER_STUDY.search(cell):
                return "fdg"
            old = "old-" if _OLD_HEAD.search(cell) and "current" not in cell.lower() else ""
            return old + ("size-cm" if name == "size" and "cm" in cell.lower() else name)
    return "unread"


def _ruler(line: str) -> bool:
    return bool(line.strip()) and not re.search(r"[A-Za-z0-9]", line)


def _row(line: str, cut: re.Pattern[str], columns: list[str], at: int, table: Table) -> bool:
    """Reads one row; False where the table ends."""
    if len(line) > 400:
        return False
    cells = _cells(line, cut)
    if len(cells) != len(columns) or not cells[0]:
        return False
    site = SITE.search(cells[0])
    if OTHER.search(cells[0]) or (site is None and not LESION.search(cells[0])):
        return re.search(r"\d", line) is not None
    organs = frozenset().union(*(organ_of(m) for m in SITE.finditer(cells[0])))
    lesion = Lesion(
        cells[0].lower() if len(cells[0]) > 60 else _lower(cells[0]), organs, (at, at + len(line)), Section.FINDINGS
    )
    for name, cell in zip(columns[1:], cells[1:], strict=True):
        _cell(name, cell, lesion, table)
    if re.match(r"(?:normal|reference|background|physiolog)", cells[0], re.I):
        return True
    table.lesions.append(lesion)
    return True


def _lower(words: str) -> str:
    names = r"(?:VIII|VII|VI|IV|V|III|II|I)[abAB]?\b|T[hH]\d|[TLCS]\d"
    return re.sub(rf"\b(?!{names})\w+", lambda m: m.group().lower(), words)


def _cell(name: str, cell: str, lesion: Lesion, table: Table) -> None:
    if name.endswith("krenning"):
        scores = krenning_scores(f"Krenning {cell}", [])
        score = scores[0] if scores else None
        if score is None or score.damaged:
            if re.search(r"\w", cell) and not re.match(r"(?:n/?a|none|not|no)\b", cell, re.I):
                table.uncertain, lesion.hedged_score = True, name == "krenning" or lesion.hedged_score
        elif name == "krenning":
            lesion.score, lesion.bound = (score.low, score.high), score.bound
        else:
            table.prior.append(("krenning", score.low if score.low == score.high else [score.low, score.high]))
        return
    number = _NUMBER.match(cell)
    if number is None:
        if name.startswith("size") and (found := sizes(cell)):
            lesion.size_mm = found[0][2]
        return
    value = float(number[1].replace(",", "."))
    if name == "suvmax":
        lesion.suvs.append((value, lesion.span))
    elif name == "old-suvmax":
        table.prior.append(("suvmax", int(value) if value == int(value) else value))
    elif name in {"size", "size-cm"}:
        lesion.size_mm = value * 10 if name == "size-cm" or re.search(r"\d\s?cm", cell, re.I) else value
