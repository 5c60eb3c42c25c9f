"""Sixty kinds of broken line and file, each named with line, column, value, message and remedy in both languages."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from app.registers.exchange.checking import REGISTERS, check_rows, open_file
from app.registers.exchange.messages import described
from app.registers.exchange.table import FileRefused
from app.registers.findings import Finding

TODAY = date(2026, 11, 27)
COLUMNS = {
    "Personalnummer": "1001",
    "Nachname": "Sommerfeld",
    "Vorname": "Erika",
    "Geburtsdatum": "12.04.1978",
    "Wochenstunden": "38,5",
    "Bruttoentgelt im Monat": "3.250,50",
    "Berufsabschluss": "ja",
    "Datum des Berufsabschlusses": "31.07.1998",
    "Ende der letzten Förderung nach § 82": "",
    "Grad der Behinderung": "0",
    "Gleichstellung": "nein",
    "Letzter Arbeitstag": "",
}
ERROR = "Grad der Behinderung"


def csv_of(*rows: dict[str, str], header: list[str] | None = None) -> bytes:
    """A correct file whose rows differ from the pattern as told."""
    names = header or list(COLUMNS)
    lines = [";".join(names)]
    lines += [";".join({**COLUMNS, **row}.get(name, "") for name in names) for row in rows]
    return "\r\n".join(lines).encode()


def xlsx_of(*rows: dict[str, Any], change: Callable[[Workbook], None] = lambda _book: None) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(list(COLUMNS))
    for row in rows:
        sheet.append(list({**COLUMNS, **row}.values()))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def findings_of(content: bytes, kind: str = "employees") -> list[Finding]:
    register = REGISTERS[kind]
    try:
        sheet = open_file(content, register)
    except FileRefused as refused:
        return [refused.finding]
    return sheet.findings + check_rows(sheet.rows, sheet.headings, register, {}, TODAY).findings


@dataclass(frozen=True)
class Kind:
    """A kind of fault: the cell of line 3 (line 2 is right), and what has to be found there."""

    code: str
    column: str
    value: Any
    shown: str | None = None


PAST = {"Geburtsdatum": "12.04.1978"}
CELLS = (
    Kind("required_empty", "Nachname", ""),
    Kind("required_empty", "Geburtsdatum", ""),
    Kind("required_empty", "Wochenstunden", "  ", ""),
    Kind("too_long", "Personalnummer", "1" * 21),
    Kind("too_long", "Vorname", "E" * 81),
    Kind("formula", "Nachname", "=HYPERLINK(1)"),
    Kind("formula_sign", "Nachname", "+SUM(1)"),
    Kind("formula_sign", "Nachname", "-2+3"),
    Kind("formula_sign", "Personalnummer", "@cmd"),
    Kind("control_character", "Nachname", "Som\x07mer", "Som\ufffdmer"),
    Kind("control_character", "Vorname", '"Eri\nka"', "Eri\ufffdka"),
    Kind("control_character", "Vorname", "Eri\u202eka", "Eri\ufffdka"),
    Kind("replacement_character", "Nachname", "M\ufffdller"),
    Kind("garbled_text", "Nachname", "MÃ¼ller"),
    Kind("cell_error", ERROR, "#REF!"),
    Kind("cell_error", "Wochenstunden", "#DIV/0!"),
    Kind("name_without_letters", "Nachname", "???"),
    Kind("date_two_digit_year", "Geburtsdatum", "12.04.78"),
    Kind("date_slashes", "Geburtsdatum", "04/12/1978"),
    Kind("date_serial", "Geburtsdatum", "28592"),
    Kind("date_incomplete", "Geburtsdatum", "04.1978"),
    Kind("date_incomplete", "Geburtsdatum", "1978"),
    Kind("date_month_name", "Geburtsdatum", "12. April 1978"),
    Kind("date_with_time", "Geburtsdatum", "12.04.1978 08:00"),
    Kind("date_unreadable", "Geburtsdatum", "unbekannt"),
    Kind("date_out_of_range", "Geburtsdatum", "12.04.1878"),
    Kind("date_impossible", "Geburtsdatum", "31.02.1978"),
    Kind("date_impossible", "Geburtsdatum", "1978-13-01"),
    Kind("birth_in_future", "Geburtsdatum", "12.04.2030"),
    Kind("too_young", "Geburtsdatum", "12.04.2015"),
    Kind("too_old", "Geburtsdatum", "12.04.1912"),
    Kind("number_with_unit", "Wochenstunden", "38,5 h"),
    Kind("number_with_unit", "Bruttoentgelt im Monat", "3.250 €"),
    Kind("number_with_unit", ERROR, "50 %"),
    Kind("number_scientific", "Bruttoentgelt im Monat", "3e3"),
    Kind("number_unreadable", "Wochenstunden", "viele"),
    Kind("number_unreadable", "Wochenstunden", "NaN"),
    Kind("number_ambiguous", "Bruttoentgelt im Monat", "3.250"),
    Kind("number_separators", "Bruttoentgelt im Monat", "3,25,0"),
    Kind("number_separators", "Bruttoentgelt im Monat", "1.23,4.5"),
    Kind("number_negative", "Bruttoentgelt im Monat", "-100"),
    Kind("number_too_large", "Bruttoentgelt im Monat", "100000000"),
    Kind("hours_too_many", "Wochenstunden", "165"),
    Kind("no_hours", "Wochenstunden", "0"),
    Kind("number_too_precise", "Wochenstunden", "38,55"),
    Kind("number_too_precise", "Bruttoentgelt im Monat", "3250,505"),
    Kind("number_not_whole", ERROR, "50,5"),
    Kind("degree_too_large", ERROR, "110"),
    Kind("degree_not_in_tens", ERROR, "55"),
    Kind("degree_too_small", ERROR, "10"),
    Kind("equal_status_without_degree", "Gleichstellung", "ja"),
    Kind("not_yes_or_no", "Berufsabschluss", "vielleicht"),
    Kind("not_yes_or_no", "Gleichstellung", "2"),
    Kind("qualification_before_birth", "Datum des Berufsabschlusses", "01.01.1970"),
    Kind("qualified_as_child", "Datum des Berufsabschlusses", "01.01.1985"),
    Kind("qualification_in_future", "Datum des Berufsabschlusses", "01.01.2030"),
    Kind("funding_before_birth", "Ende der letzten Förderung nach § 82", "01.01.1970"),
    Kind("left_as_child", "Letzter Arbeitstag", "01.01.1985"),
    Kind("date_without_qualification", "Datum des Berufsabschlusses", "31.07.1998"),
    Kind("twice_in_file", "Personalnummer", "1000"),
)


def broken(kind: Kind) -> bytes:
    changes = {"Personalnummer": "1001", kind.column: kind.value}
    if kind.code in ("birth_in_future", "too_young"):
        changes["Datum des Berufsabschlusses"] = ""
    if kind.code == "date_without_qualification":
        changes["Berufsabschluss"] = "nein"
    return csv_of({"Personalnummer": "1000"}, changes)


def explained(app: Flask, finding: Finding) -> dict[str, dict[str, Any]]:
    found = {}
    for language in ("de", "en"):
        with app.test_request_context(headers={"Accept-Language": language}):
            found[language] = described(finding.stored())
    return found


@pytest.mark.parametrize("kind", CELLS, ids=lambda kind: f"{kind.code}-{kind.column}")
def test_a_broken_cell_is_named_with_line_column_value_and_remedy(app: Flask, kind: Kind) -> None:
    (finding,) = findings_of(broken(kind))
    assert (finding.code, finding.line, finding.column) == (kind.code, 3, kind.column)
    assert finding.value == (kind.value if kind.shown is None else kind.shown)
    words = explained(app, finding)
    for part in ("message", "remedy"):
        assert words["de"][part] != words["en"][part]
        assert "%(" not in words["de"][part] + words["en"][part]


def zipped(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_member(content: bytes, name: str, data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped({**{item: archive.read(item) for item in archive.namelist()}, name: data})


RIGHT = xlsx_of({})
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "%s:///etc/hostname">]><x>&e;</x>' % b"file"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FILES = {
    "an empty file": (b"", "empty_file", None),
    "only white space": (b" \r\n;;;\r\n", "empty_file", None),
    "a header alone": (csv_of(), "no_rows", 1),
    "a NUL byte": (csv_of({}) + b"\r\n\0", "nul_byte", 3),
    "no character set": (csv_of({}) + "\r\nMö".encode("cp1252") + b"\x81", "wrong_encoding", 3),
    "UTF-16": (csv_of({}).decode().encode("utf-16"), "utf16", 1),
    "an unclosed quote": (csv_of({}, {"Nachname": '"Sommer'}), "unclosed_quote", 3),
    "a quote in the middle": (csv_of({}, {"Nachname": '"Som"mer'}), "quote_misplaced", 3),
    "an old Excel file": (OLE, "old_excel", None),
    "an encrypted workbook": (OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted", None),
    "macros": (with_member(RIGHT, "xl/vbaProject.bin", b"x"), "macros", None),
    "a ZIP bomb": (with_member(RIGHT, "xl/media/x.bin", b"\0" * 41_000_000), "zip_bomb", None),
    "an external entity": (with_member(RIGHT, "xl/sharedStrings.xml", ENTITY), "forbidden_xml", None),
    "half a workbook": (RIGHT[:-400], "broken_xlsx", None),
    "a broken sheet": (with_member(RIGHT, "xl/worksheets/sheet1.xml", b"<worksheet"), "broken_xlsx", None),
    "another ZIP": (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "wrong_type", None),
    "a PDF": (b"%PDF-1.7 whatever", "wrong_type", None),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "wrong_type", None),
    "a web page": (b"<html><table></table></html>", "wrong_type", None),
    "too many rows": (b"Personalnummer;Nachname\n" + b"1;A\n" * 20_001, "too_many_rows", None),
    "too many columns": (b";".join(b"c" for _ in range(61)) + b"\n1\n", "too_many_columns", None),
}


DAMAGE = [b"1e999", b"-1", b"9" * 40, b"", b"<", b"XFD1048577", b"NaN", b"\xff", b"&#0;", b'r="0"', b"2958466"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_done_to_a_workbook_it_is_read_or_refused(seed: int) -> None:
    """Anything else than a finding would leave the import waiting for good."""
    dice = random.Random(seed)
    with zipfile.ZipFile(io.BytesIO(RIGHT)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(parts)[seed % len(parts)]
    for _ in range(3):
        at = dice.randrange(len(parts[name]))
        parts[name] = parts[name][:at] + dice.choice(DAMAGE) + parts[name][at + dice.randint(0, 12) :]
    content = bytearray(zipped(parts))
    if seed % 2:
        content[dice.randrange(len(content))] = dice.randrange(256)
    assert all(finding.stored()["code"] for finding in findings_of(bytes(content)))


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_refused_with_a_reason(app: Flask, name: str) -> None:
    content, code, line = FILES[name]
    (finding,) = findings_of(content)
    assert (finding.code, finding.line) == (code, line)
    words = explained(app, finding)
    assert words["de"]["remedy"] != words["en"]["remedy"]


def test_columns_that_are_unknown_missing_or_doubled_are_named() -> None:
    names = [name for name in COLUMNS if name != "Vorname"]
    found = findings_of(csv_of({}, header=[*names, "Schuhgröße", "Nachname"]))
    assert [(item.code, item.line, item.column) for item in found if item.code != "required_empty"] == [
        ("unknown_column", 1, "Schuhgröße"),
        ("column_twice", 1, "Nachname"),
        ("missing_column", 1, "Vorname"),
    ]


def test_rows_that_do_not_fit_the_header_are_named() -> None:
    content = (
        csv_of({}) + b"\r\n" + csv_of({"Personalnummer": "1002"}).splitlines()[1] + b";mehr;noch mehr\r\n1003;Kurz"
    )
    found = [item for item in findings_of(content) if item.code in ("extra_cells", "too_few_cells")]
    assert [(item.code, item.line, item.value) for item in found] == [
        ("extra_cells", 3, "mehr; noch mehr"),
        ("too_few_cells", 4, ""),
    ]
    nameless = csv_of({}).replace(b"\r\n", b";;\r\n", 1) + b";;x"
    assert [(item.code, item.value) for item in findings_of(nameless)] == [("column_without_name", "x")]


def test_a_workbook_has_faults_of_its_own() -> None:
    def spoil(book: Workbook) -> None:
        sheet = book.active
        sheet["B2"] = "=A1&A2"
        sheet["D2"] = datetime.fromisoformat("1978-04-12 08:30")
        sheet["E2"] = True
        sheet["F2"] = "#REF!"
        sheet["J2"] = 50.5

    found = {item.column: (item.code, item.line) for item in findings_of(xlsx_of({}, change=spoil))}
    assert found == {
        "Nachname": ("formula", 2),
        "Geburtsdatum": ("date_with_time", 2),
        "Wochenstunden": ("number_unreadable", 2),
        "Bruttoentgelt im Monat": ("cell_error", 2),
        "Grad der Behinderung": ("number_not_whole", 2),
    }
    typed = {"Personalnummer": 10.5, "Nachname": True, "Geburtsdatum": 28592}
    found = {item.column: (item.code, item.line) for item in findings_of(xlsx_of(typed))}
    assert found == {
        "Personalnummer": ("fraction_as_text", 2),
        "Nachname": ("yes_no_as_text", 2),
        "Geburtsdatum": ("date_serial", 2),
    }


def test_companies_have_faults_of_their_own() -> None:
    header = "Kurzname;Name;Gültig ab;Beschäftigte über 30 Stunden;Beschäftigte im Konzern;Branche"
    lines = ["neu;Neu GmbH;01.01.2026;0;;IT", "a;A GmbH;01.01.2026;10;5;it", "b;B GmbH;01.01.2026;10;;Brauerei"]
    found = findings_of("\n".join([header, *lines]).encode(), "companies")
    assert [(item.code, item.line, item.column) for item in found] == [
        ("nobody_employed", 2, "Beschäftigte über 30 Stunden"),
        ("group_smaller_than_company", 3, "Beschäftigte im Konzern"),
        ("not_a_choice", 4, "Branche"),
    ]


def test_at_least_sixty_kinds_are_tried_and_all_faults_of_a_file_are_named_at_once() -> None:
    assert len(CELLS) + len(FILES) >= 60
    assert len({kind.code for kind in CELLS} | {code for _content, code, _line in FILES.values()}) >= 60
    worst = csv_of({"Nachname": "", "Geburtsdatum": "31.02.1978"}, {"Personalnummer": "2", "Wochenstunden": "165"})
    assert [(item.line, item.column) for item in findings_of(worst)] == [
        (2, "Nachname"),
        (2, "Geburtsdatum"),
        (3, "Wochenstunden"),
    ]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_offices_write_is_read(delimiter: str, encoding: str, end: str) -> None:
    row = {**COLUMNS, "Nachname": "Köllner-Größe, Öz"}
    lines = [delimiter.join(f'"{cell}"' for cell in part) for part in (row.keys(), row.values())]
    content = end.join(["", *lines, "", ""]).encode(encoding)
    register = REGISTERS["employees"]
    sheet = open_file(content, register)
    checked = check_rows(sheet.rows, sheet.headings, register, {}, TODAY)
    assert (sheet.findings, checked.findings) == ([], [])
    (entry,) = checked.entries
    assert (entry["last_name"], str(entry["weekly_hours"]), str(entry["monthly_gross"])) == (
        "Köllner-Größe, Öz",
        "38.5",
        "3250.50",
    )
    assert (entry["birth_date"], entry["has_qualification"]) == (date(1978, 4, 12), True)


def test_english_headings_dates_and_numbers_are_read() -> None:
    content = (
        b"Staff number,Last name,First name,Date of birth,Hours a week,Gross pay,Vocational qualification\n"
        b'7,Smith,Ann,1980-01-31,38.5,"3,250.50",yes\n'
    )
    register = REGISTERS["employees"]
    sheet = open_file(content, register)
    checked = check_rows(sheet.rows, sheet.headings, register, {}, TODAY)
    assert (sheet.findings, checked.findings, checked.added) == ([], [], 1)


def test_dates_and_numbers_of_a_workbook_are_read_as_they_are() -> None:
    typed = {"Personalnummer": 1001, "Geburtsdatum": date(1978, 4, 12), "Wochenstunden": 38.5, "Berufsabschluss": True}
    register = REGISTERS["employees"]
    sheet = open_file(xlsx_of({**typed, "Bruttoentgelt im Monat": 3250}), register)
    checked = check_rows(sheet.rows, sheet.headings, register, {}, TODAY)
    assert (sheet.findings, checked.findings) == ([], [])
    assert (checked.entries[0]["staff_number"], checked.entries[0]["birth_date"]) == ("1001", date(1978, 4, 12))
