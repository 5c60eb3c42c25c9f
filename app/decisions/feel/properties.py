"""`value.name`: entries of contexts, parts of dates, durations and ranges; never a Python attribute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.values import german_kind, host_value, kind

Getter = Callable[[Any], object]


def _part(span: dt.timedelta, unit: Callable[[dt.timedelta], int]) -> Decimal:
    size = unit(abs(span))
    return Decimal(-size if span < dt.timedelta() else size)


_DATE: Final[dict[str, Getter]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
_TIME: Final[dict[str, Getter]] = {
    "hour": lambda clock: Decimal(clock.hour),
    "minute": lambda clock: Decimal(clock.minute),
    "second": lambda clock: Decimal(clock.second),
}
_PROPERTIES: Final[dict[str, dict[str, Getter]]] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": _DATE | _TIME,
    "days and time duration": {
        "days": lambda span: _part(span, lambda size: size.days),
        "hours": lambda span: _part(span, lambda size: size.seconds // 3600),
        "minutes": lambda span: _part(span, lambda size: size.seconds // 60 % 60),
        "seconds": lambda span: _part(span, lambda size: size.seconds % 60),
    },
    "years and months duration": {
        "years": lambda span: Decimal(int(span.months / 12)),
        "months": lambda span: Decimal(span.months - 12 * int(span.months / 12)),
    },
    "range": {"start": lambda interval: interval.low, "end": lambda interval: interval.high},
}


def property_of(value: object, key: str) -> object:
    """The entry or part of that name; of every item of a list. Raises RefusedError if there is none."""
    if isinstance(value, dict):
        if key in value:
            return host_value(value[key])
        raise RefusedError(f"there is no entry {key!r}", f"einen Eintrag „{key}“ gibt es nicht")
    if isinstance(value, list):
        return [property_of(item, key) for item in value]
    name = kind(value)
    getter = _PROPERTIES.get(name, {}).get(key)
    if getter is None:
        raise RefusedError(f"{name} has no property {key!r}", f"{german_kind(name)} hat keine Eigenschaft „{key}“")
    return getter(value)
