"""XLSX without trusting it: a ZIP of bounded size, no macros, no DTD, read row by row."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from app.registers.exchange.table import MAX_COLUMNS, MAX_ROWS, Cell, FileRefused, Row, Table, table_of

MAX_UNPACKED = 40_000_000
MAX_MEMBERS = 500
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begin of an old Excel file, and of an encrypted new one."""
_BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, AssertionError, RuntimeError),
)
"""What unpacking, parsing and openpyxl raise for workbooks that somebody has damaged, by accident or on purpose."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def refuse_ole(content: bytes) -> None:
    """Raise FileRefused: the file is an encrypted workbook or an old one (.xls)."""
    encrypted = "EncryptedPackage".encode("utf-16-le") in content
    raise FileRefused("encrypted" if encrypted else "old_excel")


def read_xlsx(content: bytes) -> Table:
    """Header and rows of the first sheet. Raises FileRefused."""
    formulas = _inspect(content)
    try:
        rows = _sheet(content, values=True)
        if formulas:
            rows = _with_empty_formulas(rows, _sheet(content, values=False))
    except _BROKEN as error:
        raise FileRefused("broken_xlsx") from error
    return table_of([Row(number, [_plain(cell) for cell in cells]) for number, cells in rows], ragged=True)


def _inspect(content: bytes) -> bool:
    """Whether any sheet holds formulas. Raises FileRefused before anything is unpacked as a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
                raise FileRefused("zip_bomb")
            names = {member.filename for member in members}
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise FileRefused("macros")
            if "xl/workbook.xml" not in names:
                raise FileRefused("wrong_type")
            parts = {name: archive.read(name) for name in names if name.endswith((".xml", ".rels"))}
    except _BROKEN as error:
        raise FileRefused("broken_xlsx") from error
    for part in parts.values():
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part:
            raise FileRefused("forbidden_xml")
    return any(name.startswith("xl/worksheets/") and _FORMULA.search(part) for name, part in parts.items())


def _sheet(content: bytes, *, values: bool) -> list[tuple[int, list[Any]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that we do not read
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            found: list[tuple[int, list[Any]]] = []
            for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1):
                width = max((index for index, cell in enumerate(cells, 1) if cell is not None), default=0)
                if width:
                    found.append((number, list(cells[:width])))
                if len(found) > MAX_ROWS + 1 or number > 10 * MAX_ROWS:
                    raise FileRefused("too_many_rows", rows=MAX_ROWS)
            return found
        finally:
            book.close()


def _with_empty_formulas(
    values: list[tuple[int, list[Any]]], formulas: list[tuple[int, list[Any]]]
) -> list[tuple[int, list[Any]]]:
    """Where a formula has no stored result, its text stands instead, so that it is found."""
    by_number = dict(values)
    merged = []
    for number, cells in formulas:
        known = by_number.get(number, [])
        known = [*known, *[None] * (len(cells) - len(known))]
        merged.append((number, [cell if seen is None else seen for seen, cell in zip(known, cells, strict=False)]))
    return merged


def _plain(cell: Any) -> Cell:
    if cell is None or isinstance(cell, bool | int):
        return cell
    if isinstance(cell, float):
        return Decimal(repr(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip(" ")
