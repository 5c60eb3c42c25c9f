"""What a file holds before anybody asks what it means: a header and numbered rows of cells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.registers.findings import Finding

MAX_ROWS, MAX_COLUMNS = 20_000, 60
Cell = str | int | Decimal | bool | None
"""Text as typed; from XLSX also numbers and yes/no. Dates of XLSX are ISO text."""


class FileRefused(Exception):
    """The file cannot be read as a table; ``finding`` says why."""

    def __init__(self, code: str, line: int | None = None, value: str = "", **values: object) -> None:
        super().__init__(code)
        self.finding = Finding(code, line, None, value[:200], values)


@dataclass(frozen=True)
class Row:
    """One row and the line (CSV) or row (XLSX) of the file where it begins."""

    line: int
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """Header and rows; empty rows are left out. ``ragged``: rows may be shorter than the header (XLSX)."""

    header: Row
    rows: list[Row]
    ragged: bool


def table_of(rows: list[Row], *, ragged: bool) -> Table:
    """The first row that is not empty is the header. Raises FileRefused."""
    filled = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not filled:
        raise FileRefused("empty_file")
    if len(filled) > MAX_ROWS + 1:
        raise FileRefused("too_many_rows", rows=MAX_ROWS)
    if max(len(row.cells) for row in filled) > MAX_COLUMNS:
        raise FileRefused("too_many_columns", columns=MAX_COLUMNS)
    if len(filled) == 1:
        raise FileRefused("no_rows", filled[0].line)
    return Table(filled[0], filled[1:], ragged)
