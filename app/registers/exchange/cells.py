"""One cell as the value of a field: German and English dates, numbers and words for yes and no."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from app.registers.exchange.table import Cell
from app.registers.fields import Field


class CellRefused(Exception):
    """The cell is no value of its field; ``code`` says why, ``values`` fill the message."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


YES = frozenset({"ja", "j", "yes", "y", "wahr", "true", "1", "x"})
NO = frozenset({"nein", "n", "no", "falsch", "false", "0"})
CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "agreement": {
            "keine": "none",
            "betriebsvereinbarung": "works",
            "works agreement": "works",
            "tarifvertrag": "collective",
            "collective agreement": "collective",
        },
        "branch": {
            "automobilzulieferer": "automotive",
            "informationstechnik": "it",
            "andere branche": "other",
            "other branch": "other",
        },
    }
)
FIRST_YEAR, LAST_YEAR = 1900, 2100
_ERRORS = frozenset({"#REF!", "#N/A", "#NV", "#VALUE!", "#WERT!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#BEZUG!"})
_GARBLED = re.compile("[ÃÂ][\u0080-\u00bf\u0152-\u0178\u2013-\u2122]|\u00e2\u20ac")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_DATE_SHAPES = (
    ("date_two_digit_year", re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}")),
    ("date_slashes", re.compile(r"\d{1,4}/\d{1,2}/\d{2,4}")),
    ("date_serial", re.compile(r"\d{5}(\.\d+)?")),
    ("date_incomplete", re.compile(r"\d{4}|\d{1,2}[./-]\d{4}|\d{4}-\d{1,2}|\d{1,2}\.\d{1,2}\.?")),
    ("date_month_name", re.compile(r"\d{1,2}\.?\s*[^\W\d]{3,}\.?\s*\d{2,4}")),
    ("date_with_time", re.compile(r"\S+[ T]\d{1,2}:\d{2}.*")),
)
_UNIT = re.compile(r"[+-]?[\d.,]+\s*(%|€|h|std\.?|stunden|euro|eur|hours|tsd\.?)", re.IGNORECASE)


def parse(cell: Cell, field: Field) -> Any:
    """The value of a cell, the field's default for an empty one. Raises CellRefused."""
    if cell is None or cell == "":
        if field.required:
            raise CellRefused("required_empty")
        return field.default
    if isinstance(cell, str):
        _refuse_hostile(cell)
    return _PARSERS[field.kind](cell, field)


def _refuse_hostile(text: str) -> None:
    if text.upper() in _ERRORS:
        raise CellRefused("cell_error")
    if _CONTROL.search(text):
        raise CellRefused("control_character")
    if "\ufffd" in text:
        raise CellRefused("replacement_character")
    if _GARBLED.search(text):
        raise CellRefused("garbled_text")
    if text.startswith("="):
        raise CellRefused("formula")


def _text(cell: Cell, field: Field) -> str:
    if isinstance(cell, bool):
        raise CellRefused("yes_no_as_text")
    if isinstance(cell, Decimal) and cell != cell.to_integral_value():
        raise CellRefused("fraction_as_text")
    text = f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    text = " ".join(text.removesuffix(".0").split()) if isinstance(cell, Decimal) else " ".join(text.split())
    if text.startswith(("+", "-", "@")):
        raise CellRefused("formula_sign", sign=text[0])
    if len(text) > field.length:
        raise CellRefused("too_long", length=field.length)
    if field.key in ("first_name", "last_name") and not any(character.isalpha() for character in text):
        raise CellRefused("name_without_letters")
    return text


def _date(cell: Cell, field: Field) -> date:
    if isinstance(cell, bool):
        raise CellRefused("date_unreadable")
    text = str(cell)
    for pattern, order in ((_ISO, (0, 1, 2)), (_GERMAN, (2, 1, 0))):
        if match := pattern.fullmatch(text):
            parts = [int(part) for part in match.groups()]
            return _day(*(parts[index] for index in order))
    for code, shape in _DATE_SHAPES:
        if shape.fullmatch(text):
            raise CellRefused(code)
    raise CellRefused("date_unreadable")


def _day(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellRefused("date_out_of_range", first=FIRST_YEAR, last=LAST_YEAR)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellRefused("date_impossible") from None


def _decimal(cell: Cell, field: Field) -> Decimal:
    if isinstance(cell, bool):
        raise CellRefused("number_unreadable")
    number = _number_of(cell.replace("\u00a0", " ").strip()) if isinstance(cell, str) else Decimal(cell or 0)
    if number < 0:
        raise CellRefused("number_negative")
    if number > field.highest:
        code = {"weekly_hours": "hours_too_many", "disability_degree": "degree_too_large"}.get(field.key)
        raise CellRefused(code or "number_too_large", highest=str(field.highest))
    if number != round(number, field.places):
        raise CellRefused("number_too_precise" if field.places else "number_not_whole", places=field.places)
    return round(number, field.places)


def _number_of(text: str) -> Decimal:
    if _UNIT.fullmatch(text):
        raise CellRefused("number_with_unit")
    if re.fullmatch(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+", text):
        raise CellRefused("number_scientific")
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*", text):
        raise CellRefused("number_unreadable")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", text):
        raise CellRefused("number_ambiguous")
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if re.fullmatch(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    raise CellRefused("number_separators")


def _integer(cell: Cell, field: Field) -> int:
    return int(_decimal(cell, field))


def _yes_no(cell: Cell, field: Field) -> bool:
    word = str(cell).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellRefused("not_yes_or_no")


def _choice(cell: Cell, field: Field) -> str:
    word = str(cell).lower()
    found = word if word in field.choices else CHOICES[field.key].get(word)
    if found is None:
        raise CellRefused("not_a_choice", choices=", ".join(CHOICES[field.key]))
    return found


_PARSERS: Mapping[str, Callable[[Cell, Field], Any]] = MappingProxyType(
    {"text": _text, "date": _date, "decimal": _decimal, "integer": _integer, "yes_no": _yes_no, "choice": _choice}
)
