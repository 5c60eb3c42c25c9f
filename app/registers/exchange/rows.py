"""Columns of a table as fields of a register, and rows as values, with everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.registers.exchange.cells import CellRefused, parse
from app.registers.exchange.table import Cell, Row, Table
from app.registers.fields import Field
from app.registers.findings import Finding

SHOWN = 120
"""As much of a wrong value as is shown."""


@dataclass(frozen=True)
class RawRow:
    """The cells of one row by field, as read."""

    line: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Sheet:
    """A table whose columns are known: rows by field, headings by field, and what is wrong with the shape."""

    rows: list[RawRow]
    headings: Mapping[str, str]
    findings: list[Finding]


def normal(text: object) -> str:
    """A heading without what people write differently: case, spaces, underscores, the star of required fields."""
    return re.sub(r"[\s_]+", " ", str(text).strip().strip("*").strip()).casefold()


def sheet_of(table: Table, fields: Sequence[Field], key: str) -> Sheet:
    """The table by fields. Missing, unknown and doubled columns are findings; so is a ``key`` that comes twice."""
    columns, findings = _columns(table.header, fields)
    findings += _shape(table, len(table.header.cells))
    rows = [
        RawRow(row.line, {name: _at(row, index) for index, name in enumerate(columns) if name is not None})
        for row in table.rows
    ]
    headings = {name: str(table.header.cells[index]).strip() for index, name in enumerate(columns) if name is not None}
    findings += _twice(rows, key, headings.get(key, ""))
    return Sheet(rows, headings, findings)


def values_of(
    raw: RawRow, fields: Mapping[str, Field], headings: Mapping[str, str]
) -> tuple[dict[str, Any], list[Finding]]:
    """The values of a row, and what is wrong with its cells."""
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, cell in raw.cells.items():
        try:
            values[name] = parse(cell, fields[name])
        except CellRefused as refused:
            findings.append(Finding(refused.code, raw.line, headings[name], _shown(cell), refused.values))
    return values, findings


def _columns(header: Row, fields: Sequence[Field]) -> tuple[list[str | None], list[Finding]]:
    names = {normal(name): field.key for field in fields for name in (field.key, *field.headers)}
    columns: list[str | None] = []
    findings = []
    for cell in header.cells:
        name = names.get(normal(cell)) if cell not in (None, "") else None
        if name is not None and name in columns:
            findings.append(Finding("column_twice", header.line, _shown(cell), _shown(cell)))
            name = None
        elif name is None and cell not in (None, ""):
            findings.append(Finding("unknown_column", header.line, _shown(cell), _shown(cell)))
        columns.append(name)
    for field in fields:
        if field.required and field.key not in columns:
            heading = field.headers[0]
            findings.append(Finding("missing_column", header.line, heading, "", {"column": heading}))
    return columns, findings


def _shape(table: Table, width: int) -> Iterator[Finding]:
    nameless = {index for index, cell in enumerate(table.header.cells) if cell in (None, "")}
    for row in table.rows:
        extra = [_shown(cell) for cell in row.cells[width:] if cell not in (None, "")]
        if extra:
            yield Finding("extra_cells", row.line, None, "; ".join(extra)[:SHOWN])
        if len(row.cells) < width and not table.ragged:
            yield Finding("too_few_cells", row.line, None, "", {"expected": width, "found": len(row.cells)})
        lost = [_shown(row.cells[index]) for index in nameless if index < len(row.cells) and row.cells[index]]
        if lost:
            yield Finding("column_without_name", row.line, None, "; ".join(lost)[:SHOWN])


def _twice(rows: Sequence[RawRow], key: str, heading: str) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for row in rows:
        value = _shown(row.cells.get(key)).casefold()
        if value and value in first:
            yield Finding("twice_in_file", row.line, heading, _shown(row.cells[key]), {"line": first[value]})
        elif value:
            first[value] = row.line


def _at(row: Row, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else None


def _shown(cell: Cell) -> str:
    """A cell as it may be shown and stored: no control characters, not endless."""
    text = "" if cell is None else str(cell)
    return "".join(character if character.isprintable() else "\ufffd" for character in text)[:SHOWN]
