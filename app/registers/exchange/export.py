"""Registers as CSV and XLSX, with the columns an import takes; nothing in them is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from app.registers.fields import Field

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HOSTILE = ("=", "+", "-", "@", "\t", "\r")
_WORDS = {
    "de": {True: "ja", False: "nein"},
    "en": {True: "yes", False: "no"},
}
_CHOICES = {
    "de": {
        "none": "keine",
        "works": "Betriebsvereinbarung",
        "collective": "Tarifvertrag",
        "automotive": "Automobilzulieferer",
        "it": "Informationstechnik",
        "other": "andere Branche",
    },
    "en": {"works": "works agreement", "collective": "collective agreement", "other": "other branch"},
}


def headings(fields: Sequence[Field], language: str) -> list[str]:
    """Headings in the reader's language."""
    return [field.headers[1 if language == "en" else 0] for field in fields]


def as_csv(fields: Sequence[Field], rows: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """UTF-8 with BOM and semicolons, as German spreadsheets open it; dates and numbers as the language writes them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings(fields, language))
    for row in rows:
        writer.writerow([_text(row[field.key], field, language) for field in fields])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def as_xlsx(fields: Sequence[Field], rows: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """A workbook with one sheet; texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Vorlauf")
    sheet.append(headings(fields, language))
    for row in rows:
        sheet.append([_cell(sheet, row[field.key], field, language) for field in fields])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _word(value: Any, field: Field, language: str) -> str:
    if isinstance(value, bool):
        return _WORDS[language][value]
    text = str(value)
    return _CHOICES[language].get(text, text) if field.kind == "choice" else text


def _text(value: Any, field: Field, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat() if language == "en" else f"{value:%d.%m.}{value.year:04}"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain if language == "en" else plain.replace(".", ",")
    text = _word(value, field, language)
    return f"'{text}" if text.startswith(_HOSTILE) else text


def _cell(sheet: Any, value: Any, field: Field, language: str) -> Any:
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "DD.MM.YYYY"
        return cell
    if value is None or (isinstance(value, Decimal | int) and not isinstance(value, bool)):
        return value
    cell = WriteOnlyCell(sheet, _word(value, field, language))
    cell.data_type = "s"
    return cell
