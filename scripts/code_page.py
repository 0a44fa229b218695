"""Writes ``docs/codes.md`` from the code table and the unit table: ``python scripts/code_page.py``."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from cds_service.record import codes, units  # noqa: E402  (the checkout this script stands in, not an installed copy)

PAGE = ROOT / "docs" / "codes.md"
TABLE = ROOT / "cds_service" / "record" / "codes.csv"
_NAMES = {
    codes.LOINC: "LOINC", codes.SNOMED: "SNOMED CT", codes.ICD10CM: "ICD-10-CM", codes.ICD10: "ICD-10 (GM)",
    codes.ICDO3: "ICD-O-3", codes.RXNORM: "RxNorm", codes.ATC: "ATC", codes.HCPCS: "HCPCS", codes.CPT: "CPT",
    codes.DICOM: "DICOM", codes.NCIT: "NCI Thesaurus", codes.SSTR_IMAGING: "this project",
}  # fmt: skip
_HEAD = """# Codes and units that are read

Generated from `cds_service/record/codes.csv` and `cds_service/record/units.py` by `python scripts/code_page.py`; change
those, not this page. A code counts with its system only. Where a code is known, the text beside it is not read; a
resource whose codes are all unknown is read by its text. *Refused* codes are look-alikes: neither they nor the text
beside them are read. *Verified* says where a code and its meaning were looked up.
"""


def page() -> str:
    """The whole page."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["concept"], row["system"], row["code"]))
    parts = [_HEAD, "\n".join(_systems()), f"## Codes ({len(rows)})", "\n".join(_codes(rows)), "\n".join(_units())]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _systems() -> Iterator[str]:
    yield "## Code systems\n\n| system | URI | also read as |\n|---|---|---|"
    for uri, name in sorted(_NAMES.items(), key=lambda item: item[1]):
        others = sorted(alias for alias, canonical in codes.ALIASES.items() if canonical == uri)
        yield f"| {name} | `{uri}` | {' '.join(f'`{other}`' for other in others)} |"


def _codes(rows: list[dict[str, str]]) -> Iterator[str]:
    yield "| means | system | code | display | | note | verified |\n|---|---|---|---|---|---|---|"
    for row in rows:
        refused = "refused" if row["use"] == "refuse" else ""
        cells = (
            row["concept"],
            _NAMES.get(row["system"], row["system"]),
            f"`{row['code']}`",
            row["display"],
            refused,
            row["note"],
        )
        yield f"| {' | '.join(_cell(cell) for cell in (*cells, row['source']))} |"


def _units() -> Iterator[str]:
    yield "## Units\n\nSpellings after folding of case, blanks, powers (`10^9`, `10E9`, `10⁹`: `10*9`)"
    yield "and annotations in braces. A value without a unit, or with another one, is not used and is listed.\n"
    yield "| quantity | kept in | spellings |\n|---|---|---|"
    for quantity, spellings in units.TABLE.items():
        listed = " ".join(f"`{spelling}`" for spelling in spellings if spelling)
        yield f"| {quantity} | {units.UNITS[quantity]} | {listed} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
