"""Representative values of an input column: between two neighbours no cell of the column changes its mind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from app.decisions.feel.literals import format_value
from app.decisions.feel.values import Range, YearsMonths, kind

OTHER_TEXT: Final = "\u2026"
ANY_VALUE: Final = "*"
_DAY: Final = dt.timedelta(days=1)
_ONE: Final = Decimal(1)


def _shift(value: Any, sign: int) -> Any:
    """A value a little beyond an outermost constant; the value itself at the end of the calendar."""
    if isinstance(value, Decimal):
        return value + sign * _ONE
    if isinstance(value, YearsMonths):
        return YearsMonths(value.months + sign)
    if isinstance(value, dt.time):
        return dt.time.min if sign < 0 else dt.time.max
    try:
        return value + sign * _DAY
    except OverflowError:
        return value


def _between(low: Any, high: Any) -> Any | None:
    """A value strictly between two neighbours, None if there is none (two days in a row)."""
    if isinstance(low, Decimal):
        return (low + high) / 2
    if isinstance(low, YearsMonths):
        return YearsMonths(low.months + 1) if high.months - low.months > 1 else None
    if isinstance(low, dt.datetime | dt.timedelta):
        return low + (high - low) / 2
    if isinstance(low, dt.date):
        return low + _DAY if high - low > _DAY else None
    if isinstance(low, dt.time):
        return low.replace(microsecond=low.microsecond + 1) if low.microsecond < 999_999 else None
    return None


def ends_of(constant: object) -> Iterable[object]:
    """The single values in a constant of a cell: both ends of an interval, the items of a list."""
    if isinstance(constant, Range):
        return (constant.low, constant.high)
    return constant if isinstance(constant, list) else (constant,)


def representatives(constants: Iterable[object], declared: str | None, allows_null: bool) -> list[object]:
    """Values that stand for all values of a column whose cells compare with these constants.

    Texts are taken as alternatives (compared for equality): each of them, and one other. Without constants
    the only value is `*`, which stands for anything.
    """
    values = {value for constant in constants for value in ends_of(constant) if value is not None}
    points: list[object] = []
    if declared == "boolean" or any(isinstance(value, bool) for value in values):
        points = [True, False]
    texts = sorted(value for value in values if isinstance(value, str))
    points += [*texts, OTHER_TEXT] if texts else []
    for name in sorted({kind(value) for value in values} - {"boolean", "string"}):
        points += _spread(sorted(value for value in values if kind(value) == name))
    points = points or [ANY_VALUE]
    return [*points, None] if allows_null else points


def _spread(values: list[Any]) -> list[object]:
    points: list[object] = [_shift(values[0], -1)]
    for index, value in enumerate(values):
        points.append(value)
        following = values[index + 1] if index + 1 < len(values) else None
        point = _shift(value, 1) if following is None else _between(value, following)
        if point is not None:
            points.append(point)
    return points


def shown(value: object) -> str:
    """A representative in a message."""
    if value == OTHER_TEXT:
        return "(other)"
    return f'"{value}"' if isinstance(value, str) and value != ANY_VALUE else format_value(value)
