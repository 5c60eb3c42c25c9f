"""Comparison and arithmetic on FEEL values. Every function raises RefusedError where the kinds do not fit."""

from __future__ import annotations

import calendar
import datetime as dt
import operator
from collections.abc import Callable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.values import ORDERED_KINDS, Range, YearsMonths, german_kind, kind, to_feel

# decimal128, as DMN asks for; entered anew for every evaluation, so threads never share its flags.
FEEL_CONTEXT: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
MAX_POWER: Final = 10_000
_ZERO: Final = Decimal(0)
_MIDNIGHT: Final = dt.time()
_ANY_DAY: Final = dt.date(2000, 1, 2)

_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_VERBS: Final = {
    "+": "addieren",
    "-": "subtrahieren",
    "*": "multiplizieren",
    "/": "dividieren",
    "**": "potenzieren",
}


def _mismatch(symbol: str, left: object, right: object) -> RefusedError:
    first, second = kind(left), kind(right)
    german = _VERBS.get(symbol, "vergleichen")
    return RefusedError(
        f"'{symbol}' does not work between {first} and {second}",
        f"{german_kind(first)} und {german_kind(second)} lassen sich nicht {german} („{symbol}“)",
    )


def equal(left: object, right: object) -> bool:
    """Equality of two values of one kind; null equals only null. Raises RefusedError for two kinds."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        raise _mismatch("=", left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict):
        return to_feel(left) == to_feel(right)
    if isinstance(left, dt.datetime | dt.time) and _zoned(left) != _zoned(right):
        raise RefusedError(
            "'=' does not work between a time with and one without zone",
            "Zeitpunkte mit und ohne Zeitzone lassen sich nicht vergleichen",
        )
    return left == right


def _zoned(value: object) -> bool:
    return isinstance(value, dt.datetime | dt.time) and value.tzinfo is not None


def same(left: object, right: object) -> bool:
    """Like `equal`, but two different kinds are simply not the same."""
    return type(left) is type(right) and equal(left, right)


def ordered(symbol: str, left: object, right: object) -> bool:
    """`<`, `<=`, `>`, `>=` between two values of one ordered kind."""
    if type(left) is not type(right) or kind(left) not in ORDERED_KINDS:
        raise _mismatch(symbol, left, right)
    try:
        return _ORDER[symbol](left, right)
    except TypeError:
        raise RefusedError(
            f"'{symbol}' does not work between a time with and one without zone",
            "Zeitpunkte mit und ohne Zeitzone lassen sich nicht vergleichen",
        ) from None


def in_range(value: object, interval: Range) -> bool:
    """Whether the value lies in the interval."""
    if interval.low is not None and not ordered(">=" if interval.low_included else ">", value, interval.low):
        return False
    return interval.high is None or ordered("<=" if interval.high_included else "<", value, interval.high)


def satisfies(value: object, test: object) -> bool:
    """Whether an input value satisfies a unary test: equal to it, inside the range, or one of the list."""
    if isinstance(test, Range):
        return value is not None and in_range(value, test)
    if isinstance(test, list):
        if isinstance(value, list) and same(value, test):
            return True
        return any(type(item) is Range or type(item) is type(value) for item in test) and any(
            satisfies(value, item) for item in test if isinstance(item, Range) or type(item) is type(value)
        )
    if isinstance(value, list) and test is not None:
        return any(same(item, test) for item in value)
    return equal(value, test)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise RefusedError("the date is out of range", "das Datum liegt außerhalb des Kalenders")
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def add(left: object, right: object) -> object:
    """Sum of numbers, texts, durations, or a point in time and a duration."""
    if isinstance(left, Decimal | str) and type(left) is type(right):
        return left + right  # type: ignore[operator]
    if isinstance(left, dt.timedelta | YearsMonths) and isinstance(right, dt.date | dt.time):
        left, right = right, left
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months + right.months)
    if isinstance(left, dt.date) and isinstance(right, YearsMonths):
        return add_months(left, right.months)
    if isinstance(right, dt.timedelta):
        return _later(left, right)
    raise _mismatch("+", left, right)


def _later(start: object, span: dt.timedelta) -> object:
    if isinstance(start, dt.datetime | dt.timedelta):
        return start + span
    if isinstance(start, dt.date):
        return (dt.datetime.combine(start, _MIDNIGHT) + span).date()
    if isinstance(start, dt.time):
        return (dt.datetime.combine(_ANY_DAY, start) + span).timetz()
    raise _mismatch("+", start, span)


def subtract(left: object, right: object) -> object:
    """Difference of numbers, durations, two points in time, or a point in time and a duration."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return left - right
    if isinstance(left, dt.timedelta) and isinstance(right, dt.timedelta):
        return left - right
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months - right.months)
    if isinstance(left, dt.date | dt.time):
        if isinstance(right, YearsMonths):
            return add(left, YearsMonths(-right.months))
        if isinstance(right, dt.timedelta):
            return add(left, -right)
        return _elapsed(left, right)
    raise _mismatch("-", left, right)


def _elapsed(left: dt.date | dt.time, right: object) -> dt.timedelta:
    if type(left) is not type(right):
        raise _mismatch("-", left, right)
    if isinstance(left, dt.time) and isinstance(right, dt.time):
        return dt.datetime.combine(_ANY_DAY, left) - dt.datetime.combine(_ANY_DAY, right)
    try:
        return left - right  # type: ignore[operator]
    except TypeError:
        raise RefusedError(
            "'-' does not work between a time with and one without zone",
            "Zeitpunkte mit und ohne Zeitzone lassen sich nicht subtrahieren",
        ) from None


def _microseconds(span: dt.timedelta) -> Decimal:
    return Decimal(span // dt.timedelta(microseconds=1))


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def multiply(left: object, right: object) -> object:
    """Product of numbers, or of a duration and a number."""
    if isinstance(left, Decimal):
        left, right = right, left
    if isinstance(right, Decimal):
        if isinstance(left, Decimal):
            return left * right
        if isinstance(left, dt.timedelta):
            return dt.timedelta(microseconds=_whole(_microseconds(left) * right))
        if isinstance(left, YearsMonths):
            return YearsMonths(int(left.months * right))
    raise _mismatch("*", left, right)


def divide(left: object, right: object) -> object:
    """Quotient of numbers, of a duration and a number, or of two durations of one kind."""
    if right in (_ZERO, dt.timedelta(), YearsMonths(0)):
        raise RefusedError("division by zero", "Division durch null")
    if isinstance(right, Decimal):
        if isinstance(left, Decimal):
            return left / right
        if isinstance(left, dt.timedelta):
            return dt.timedelta(microseconds=_whole(_microseconds(left) / right))
        if isinstance(left, YearsMonths):
            return YearsMonths(int(left.months / right))
    if isinstance(left, dt.timedelta) and isinstance(right, dt.timedelta):
        return _microseconds(left) / _microseconds(right)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return Decimal(left.months) / Decimal(right.months)
    raise _mismatch("/", left, right)


def power(left: object, right: object) -> object:
    """Power of two numbers; the exponent is at most 10,000."""
    if not (isinstance(left, Decimal) and isinstance(right, Decimal)):
        raise _mismatch("**", left, right)
    if abs(right) > MAX_POWER:
        raise RefusedError("the exponent is too large", "der Exponent ist zu groß")
    return left**right


def negate(value: object) -> object:
    """The negative of a number or a duration."""
    if isinstance(value, Decimal | dt.timedelta):
        return -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise RefusedError(f"'-' does not work on {kind(value)}", f"{german_kind(kind(value))} hat kein Vorzeichen")


_ARITHMETIC: Final[dict[str, Callable[[object, object], object]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def arithmetic(symbol: str, left: object, right: object) -> object:
    """`+ - * / **`; what overflows or has no result is RefusedError."""
    try:
        return _ARITHMETIC[symbol](left, right)
    except (DecimalException, OverflowError, ValueError) as error:
        raise RefusedError(
            f"'{symbol}' has no representable result ({type(error).__name__})",
            f"„{symbol}“ hat kein darstellbares Ergebnis",
        ) from None
