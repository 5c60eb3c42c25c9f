"""FEEL functions on numbers."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.functions import feel_function
from app.decisions.feel.literals import format_value
from app.decisions.feel.values import YearsMonths, checked_number

_ONE = Decimal(1)


def whole(value: Decimal) -> int:
    """The number as a Python int; raises RefusedError if it has a fraction."""
    if value != value.to_integral_value():
        raise RefusedError(f"{value} is no whole number", f"{value} ist keine ganze Zahl")
    return int(value)


def _rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    places = whole(scale)
    exponent = value.as_tuple().exponent
    if abs(places) > 34:
        raise RefusedError("the scale lies between -34 and 34", "Nachkommastellen: zwischen -34 und 34")
    if isinstance(exponent, int) and exponent >= -places:
        return value
    return value.quantize(_ONE.scaleb(-places), rounding=rounding)


@feel_function("decimal", "number", "number")
def _decimal(value: Decimal, scale: Decimal) -> Decimal:
    return _rounded(value, scale, ROUND_HALF_EVEN)


@feel_function("floor", "number", "number", required=1)
def _floor(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(value, scale, ROUND_FLOOR)


@feel_function("ceiling", "number", "number", required=1)
def _ceiling(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    return _rounded(value, scale, ROUND_CEILING)


@feel_function("round up", "number", "number")
def _round_up(value: Decimal, scale: Decimal) -> Decimal:
    return _rounded(value, scale, ROUND_UP)


@feel_function("round down", "number", "number")
def _round_down(value: Decimal, scale: Decimal) -> Decimal:
    return _rounded(value, scale, ROUND_DOWN)


@feel_function("round half up", "number", "number")
def _round_half_up(value: Decimal, scale: Decimal) -> Decimal:
    return _rounded(value, scale, ROUND_HALF_UP)


@feel_function("round half down", "number", "number")
def _round_half_down(value: Decimal, scale: Decimal) -> Decimal:
    return _rounded(value, scale, ROUND_HALF_DOWN)


@feel_function("abs", "number|days and time duration|years and months duration")
def _abs(value: object) -> object:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return abs(value)  # type: ignore[arg-type]


@feel_function("modulo", "number", "number")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    return dividend - divisor * (dividend / divisor).to_integral_value(ROUND_FLOOR)


@feel_function("even", "number")
def _even(value: Decimal) -> bool:
    return value % 2 == 0


@feel_function("odd", "number")
def _odd(value: Decimal) -> bool:
    return abs(value % 2) == 1


@feel_function("number", "string")
def _number(text: str) -> Decimal:
    body = text[1:] if text[:1] == "-" else text
    if len(text) > 80 or not body.replace(".", "", 1).isdecimal() or not body.isascii() or body[-1] == ".":
        raise RefusedError(f"{text[:80]!r} is no number", f"„{text[:80]}“ ist keine Zahl (Schreibweise: 1234.5)")
    return checked_number(Decimal(text))


@feel_function("string", "any")
def _string(value: object) -> str | None:
    return None if value is None else format_value(value)
