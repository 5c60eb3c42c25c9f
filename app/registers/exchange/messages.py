"""What can be wrong with a file and its cells: message and remedy of every code, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.platform.i18n import _l
from app.registers.findings import VALUE_FAULTS

FILE_FAULTS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "empty_file": (
            _l("The file is empty."),
            _l("Send a file with a header and at least one row."),
        ),
        "no_rows": (
            _l("There is a header, but no row below it."),
            _l("Add at least one row, or check whether the right sheet comes first."),
        ),
        "too_many_rows": (
            _l("The file has more than %(rows)s rows."),
            _l("Divide it into several files."),
        ),
        "too_many_columns": (
            _l("The file has more than %(columns)s columns."),
            _l("Delete the columns that do not belong to the register."),
        ),
        "wrong_type": (
            _l("This is neither a CSV file nor an XLSX workbook."),
            _l("Save the table as CSV (UTF-8) or as XLSX."),
        ),
        "old_excel": (
            _l("This is an old Excel workbook (XLS)."),
            _l("Save it as XLSX."),
        ),
        "encrypted": (
            _l("The workbook is protected by a password."),
            _l("Save it without a password; the transfer itself is encrypted."),
        ),
        "macros": (
            _l("The workbook contains macros."),
            _l("Save it as XLSX without macros."),
        ),
        "zip_bomb": (
            _l("The workbook is far larger unpacked than a register can be."),
            _l("Copy the table into a new workbook and send that."),
        ),
        "forbidden_xml": (
            _l("The workbook contains XML with declarations that no office program writes."),
            _l("Open it in your office program and save it again as XLSX."),
        ),
        "broken_xlsx": (
            _l("The workbook is damaged."),
            _l("Open it in your office program and save it again as XLSX."),
        ),
        "utf16": (
            _l("The file is written in UTF-16."),
            _l("Save it as CSV (UTF-8)."),
        ),
        "nul_byte": (
            _l("There is a NUL byte in the text."),
            _l("Export the table again; the file is damaged or no text."),
        ),
        "wrong_encoding": (
            _l("The text is neither UTF-8 nor Windows-1252."),
            _l("Save it as CSV (UTF-8)."),
        ),
        "unclosed_quote": (
            _l("A quotation mark is opened and never closed."),
            _l("Close it, or write it twice inside a quoted cell."),
        ),
        "quote_misplaced": (
            _l("After a closing quotation mark the cell goes on."),
            _l("Write a quotation mark inside a quoted cell twice."),
        ),
        "unknown_column": (
            _l("This column does not belong to the register."),
            _l("Delete it, or rename it to one of the known columns."),
        ),
        "column_twice": (
            _l("This column is there twice."),
            _l("Delete one of the two."),
        ),
        "missing_column": (
            _l("The column “%(column)s” is missing."),
            _l("Add it; the export shows all columns."),
        ),
        "column_without_name": (
            _l("There are values in a column without a heading."),
            _l("Give the column a heading, or empty it."),
        ),
        "extra_cells": (
            _l("The row has more cells than the header."),
            _l("Check for a separator inside a value; put such values into quotation marks."),
        ),
        "too_few_cells": (
            _l("The row has %(found)s cells, the header has %(expected)s."),
            _l("Complete the row; empty cells need their separators, too."),
        ),
        "twice_in_file": (
            _l("This entry is already in line %(line)s."),
            _l("Leave one of the two lines."),
        ),
        "short_name_of_other": (
            _l("Another organisation has this short name."),
            _l("Choose a short name of its own for the company."),
        ),
    }
)
"""Faults of a file, its columns and its rows."""

CELL_FAULTS: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "required_empty": (
            _l("This cell must not be empty."),
            _l("Fill in the cell."),
        ),
        "cell_error": (
            _l("The cell shows an error of the spreadsheet."),
            _l("Correct the formula, or enter the value itself."),
        ),
        "control_character": (
            _l("There is an invisible character in the cell."),
            _l("Type the value anew."),
        ),
        "replacement_character": (
            _l("Characters were lost when the file was saved."),
            _l("Type the value anew and save as CSV (UTF-8)."),
        ),
        "garbled_text": (
            _l("The text was read with the wrong character set once."),
            _l("Correct the umlauts and save as CSV (UTF-8)."),
        ),
        "formula": (
            _l("The cell holds a formula instead of a value."),
            _l("Enter the value itself."),
        ),
        "formula_sign": (
            _l("The text begins with “%(sign)s”; a spreadsheet would take it for a formula."),
            _l("Leave the sign at the beginning out."),
        ),
        "yes_no_as_text": (
            _l("There is yes or no where text is expected."),
            _l("Enter the text."),
        ),
        "fraction_as_text": (
            _l("There is a fraction where a number or name is expected."),
            _l("Format the cell as text and enter the number again."),
        ),
        "too_long": (
            _l("The text is longer than %(length)s characters."),
            _l("Shorten it."),
        ),
        "name_without_letters": (
            _l("A name without letters."),
            _l("Enter the name as the contract states it."),
        ),
        "date_two_digit_year": (
            _l("The year has only two digits."),
            _l("Write the year with four digits, for example 12.04.1980."),
        ),
        "date_slashes": (
            _l("A date with slashes may mean two days."),
            _l("Write it as 12.04.1980."),
        ),
        "date_serial": (
            _l("There is a serial number instead of a date."),
            _l("Format the cell as a date."),
        ),
        "date_incomplete": (
            _l("Day, month or year is missing."),
            _l("Write the whole date, for example 12.04.1980."),
        ),
        "date_month_name": (
            _l("The month is written as a word."),
            _l("Write it as a number, for example 12.04.1980."),
        ),
        "date_with_time": (
            _l("There is a time of day behind the date."),
            _l("Leave the time out."),
        ),
        "date_unreadable": (
            _l("This is no date."),
            _l("Write it as 12.04.1980."),
        ),
        "date_out_of_range": (
            _l("The year lies outside %(first)s to %(last)s."),
            _l("Check the year."),
        ),
        "date_impossible": (
            _l("This day does not exist in the calendar."),
            _l("Check day and month."),
        ),
        "number_with_unit": (
            _l("There is a unit behind the number."),
            _l("Enter the number alone."),
        ),
        "number_scientific": (
            _l("The number is written with an exponent."),
            _l("Write it out in full."),
        ),
        "number_unreadable": (
            _l("This is no number."),
            _l("Write it with a decimal comma, for example 38,5."),
        ),
        "number_ambiguous": (
            _l("The point may separate thousands or decimals."),
            _l("Write 3200 or 3,2 without a point."),
        ),
        "number_separators": (
            _l("The separators of the number contradict each other."),
            _l("Write it with a decimal comma and without separators of thousands."),
        ),
        "number_negative": (
            _l("The number is negative."),
            _l("Enter a number from 0 on."),
        ),
        "number_too_large": (
            _l("The number is larger than %(highest)s."),
            _l("Check the number and its decimal comma."),
        ),
        "hours_too_many": (
            _l("More than %(highest)s hours a week."),
            _l("Enter the hours a week, not a month."),
        ),
        "degree_too_large": (
            _l("A degree of disability is at most %(highest)s."),
            _l("Enter the degree that the notice states."),
        ),
        "number_too_precise": (
            _l("More than %(places)s decimal places."),
            _l("Round the number."),
        ),
        "number_not_whole": (
            _l("This is no whole number."),
            _l("Enter a number without decimal places."),
        ),
        "not_yes_or_no": (
            _l("This is neither yes nor no."),
            _l("Enter ja or nein."),
        ),
        "not_a_choice": (
            _l("This is none of the choices: %(choices)s."),
            _l("Enter one of them."),
        ),
    }
)
"""Faults of a cell."""


def described(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored finding with message and remedy in the language of this request."""
    code = stored["code"]
    message, remedy = VALUE_FAULTS.get(code) or CELL_FAULTS.get(code) or FILE_FAULTS[code]
    return {
        "line": stored["line"],
        "column": stored["column"],
        "value": stored["value"],
        "code": code,
        "message": str(message) % stored["values"],
        "remedy": str(remedy),
    }
