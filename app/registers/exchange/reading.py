"""A file of unknown kind as a table: told apart by its content, never by its name."""

from __future__ import annotations

import filetype

from app.registers.exchange.csv_file import read_csv
from app.registers.exchange.table import FileRefused, Table
from app.registers.exchange.xlsx_file import OLE, read_xlsx, refuse_ole


def read_table(content: bytes) -> Table:
    """Header and rows of a CSV or XLSX file. Raises FileRefused."""
    if not content.strip():
        raise FileRefused("empty_file")
    if content.startswith(OLE):
        refuse_ole(content)
    if content.startswith(b"PK\x03\x04"):
        return read_xlsx(content)
    kind = filetype.guess(content)
    if kind is not None or content.startswith((b"%PDF", b"<?xml", b"<!DOCTYPE", b"<html", b"{\\rtf")):
        raise FileRefused("wrong_type", value="" if kind is None else kind.mime)
    return read_csv(content)
