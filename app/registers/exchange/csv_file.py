"""CSV as offices write it: UTF-8 with or without BOM or Windows-1252; semicolon, comma or tab."""

from __future__ import annotations

import csv
import io

from app.registers.exchange.table import MAX_ROWS, Cell, FileRefused, Row, Table, table_of

DELIMITERS = ";,\t"
BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(content: bytes) -> Table:
    """Header and rows. Raises FileRefused."""
    text = decode(content)
    first, _newline, rest = text.partition("\n")
    if first.strip().lower() in {f"sep={mark}" for mark in DELIMITERS}:
        return table_of(_rows(rest, first.strip()[-1], 1), ragged=False)
    header = next((line for line in text.splitlines() if line.strip(DELIMITERS + " ")), "")
    return table_of(_rows(text, delimiter_of(header), 0), ragged=False)


def decode(content: bytes) -> str:
    """The text of a file. Raises FileRefused naming the line of the first byte that fits no character set."""
    if content.startswith(UTF_16):
        raise FileRefused("utf16", 1)
    nul = content.find(b"\0")
    if nul >= 0:
        raise FileRefused("nul_byte", _line_of(content, nul))
    body = content.removeprefix(BOM)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        if content.startswith(BOM):
            raise FileRefused("wrong_encoding", 1) from None
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileRefused("wrong_encoding", _line_of(body, error.start), f"0x{body[error.start]:02X}") from None


def delimiter_of(header: str) -> str:
    """The sign that divides the header most often, quoted parts left out."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _rows(text: str, delimiter: str, skipped: int) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    line = skipped + 1
    try:
        for found in reader:
            cells: list[Cell] = [cell.strip(" ") for cell in found]
            rows.append(Row(line, cells))
            line = skipped + reader.line_num + 1
            if len(rows) > 2 * MAX_ROWS:
                raise FileRefused("too_many_rows", rows=MAX_ROWS)
    except csv.Error as error:
        code = "quote_misplaced" if "expected after" in str(error) else "unclosed_quote"
        raise FileRefused(code, line) from None
    return rows


def _line_of(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
