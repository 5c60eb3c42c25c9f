"""FEEL values as Python objects, and the border between case data and FEEL.

number: Decimal · string: str · boolean: bool · date: date · time: time · date and time: datetime ·
days and time duration: timedelta · years and months duration: YearsMonths · list: list · context: dict ·
range: Range · null: None. Floats never enter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.decisions.feel.errors import FeelError, RefusedError

MAX_DIGITS: Final = 34
MAX_EXPONENT: Final = 6144
_INTEGER_LIMIT: Final = 10**MAX_DIGITS


@dataclass(frozen=True, order=True, slots=True)
class YearsMonths:
    """A years-and-months duration, kept as a number of months (may be negative)."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is open-ended."""

    low: object
    high: object
    low_included: bool
    high_included: bool


KINDS: Final[dict[type, str]] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    dt.date: "date",
    dt.datetime: "date and time",
    dt.time: "time",
    dt.timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}
ORDERED_KINDS: Final = frozenset(KINDS.values()) - {"null", "boolean", "list", "context", "range"}

_GERMAN_KINDS: Final = {
    "null": "leer (null)",
    "boolean": "Wahrheitswert",
    "number": "Zahl",
    "string": "Text",
    "date": "Datum",
    "date and time": "Zeitpunkt",
    "time": "Uhrzeit",
    "days and time duration": "Dauer (Tage)",
    "years and months duration": "Dauer (Monate)",
    "list": "Liste",
    "context": "Datensatz",
    "range": "Bereich",
    "function": "Funktion",
}


def kind(value: object) -> str:
    """The FEEL type name of a FEEL value."""
    return KINDS.get(type(value), "function")


def german_kind(name: str) -> str:
    """The German word for a FEEL type name."""
    return _GERMAN_KINDS.get(name, name)


def checked_number(value: Decimal) -> Decimal:
    """The number itself if it is finite and fits decimal128 (34 digits); raises RefusedError otherwise."""
    parts = value.as_tuple()
    if not isinstance(parts.exponent, int):
        raise RefusedError(f"{value} is no number", f"{value} ist keine Zahl")
    if len(parts.digits) > MAX_DIGITS or (value and abs(value.adjusted()) > MAX_EXPONENT):
        raise RefusedError(f"a number has at most {MAX_DIGITS} digits", f"eine Zahl hat höchstens {MAX_DIGITS} Stellen")
    return value


def _from_int(value: object) -> Decimal:
    assert isinstance(value, int)
    if abs(value) >= _INTEGER_LIMIT:
        raise RefusedError(f"a number has at most {MAX_DIGITS} digits", f"eine Zahl hat höchstens {MAX_DIGITS} Stellen")
    return Decimal(value)


def _from_decimal(value: object) -> Decimal:
    assert isinstance(value, Decimal)
    return checked_number(value)


def _same(value: object) -> object:
    return value


def _from_sequence(value: object) -> list[object]:
    assert isinstance(value, list | tuple)
    return [_deep(item) for item in value]


_SHALLOW: Final[dict[type, Callable[[object], object]]] = {
    **dict.fromkeys(KINDS, _same),
    Decimal: _from_decimal,
    int: _from_int,
    list: _from_sequence,
    tuple: _from_sequence,
}


def host_value(value: object) -> object:
    """A host value as FEEL sees it when a name or a path is read.

    A dict is passed on as it is: its entries are converted one by one when a path reads them, so a condition
    never pays for the size of the case data. Raises RefusedError for a float and all other foreign types.
    """
    convert = _SHALLOW.get(type(value))
    return convert(value) if convert is not None else _rare(value)


def _rare(value: object) -> object:
    """Subclasses (an enum of strings, a mapping proxy) and everything that is refused."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if getattr(value, "is_feel_function", False):
        return value
    name = type(value).__name__
    advice_en = " (use Decimal)" if isinstance(value, float) else ""
    advice_de = " (Decimal verwenden)" if isinstance(value, float) else ""
    raise RefusedError(f"{name} is no FEEL value{advice_en}", f"{name} ist kein FEEL-Wert{advice_de}")


def _deep(value: object) -> object:
    shallow = host_value(value)
    if type(shallow) is dict:
        return {str(key): _deep(item) for key, item in shallow.items()}
    return shallow


def to_feel(value: object) -> object:
    """Host value to FEEL value, with everything inside: int becomes Decimal, a tuple becomes a list.

    Raises FeelError for a float (money is never a float), a number beyond 34 digits or an unknown type.
    """
    try:
        return _deep(value)
    except RefusedError as refused:
        raise FeelError(refused.message) from None
