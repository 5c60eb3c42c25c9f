"""FEEL functions on dates, times and durations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.functions import feel_function
from app.decisions.feel.functions_numbers import whole
from app.decisions.feel.literals import parse_date, parse_date_time, parse_duration, parse_time
from app.decisions.feel.values import YearsMonths

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@feel_function("date", "string|date|date and time|number", "number", "number", required=1)
def _date(value: object, month: Decimal | None = None, day: Decimal | None = None) -> dt.date:
    if isinstance(value, Decimal):
        if month is None or day is None:
            raise RefusedError("date() needs year, month and day", "date() braucht Jahr, Monat und Tag")
        return dt.date(whole(value), whole(month), whole(day))
    if month is not None:
        raise RefusedError("date() takes one text or three numbers", "date() nimmt einen Text oder drei Zahlen")
    if isinstance(value, str):
        return parse_date(value)
    return value.date() if isinstance(value, dt.datetime) else value  # type: ignore[return-value]


@feel_function("time", "string|time|date and time|number", "number", "number", required=1)
def _time(value: object, minute: Decimal | None = None, second: Decimal | None = None) -> dt.time:
    if isinstance(value, Decimal):
        if minute is None or second is None:
            raise RefusedError("time() needs hour, minute and second", "time() braucht Stunde, Minute und Sekunde")
        return dt.time(whole(value), whole(minute), whole(second))
    if isinstance(value, str):
        return parse_time(value)
    return value.timetz() if isinstance(value, dt.datetime) else value  # type: ignore[return-value]


@feel_function("date and time", "string|date|date and time", "time", required=1)
def _date_and_time(value: object, clock: dt.time | None = None) -> dt.datetime:
    if isinstance(value, str):
        if clock is None:
            return parse_date_time(value)
        raise RefusedError("date and time() with a time needs a date", "date and time() mit Uhrzeit braucht ein Datum")
    day = value.date() if isinstance(value, dt.datetime) else value
    assert isinstance(day, dt.date)
    if clock is None:
        return value if isinstance(value, dt.datetime) else dt.datetime.combine(day, dt.time())
    return dt.datetime.combine(day, clock)


@feel_function("duration", "string|days and time duration|years and months duration")
def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


@feel_function("years and months duration", "date|date and time", "date|date and time")
def _years_and_months(start: dt.date, end: dt.date) -> YearsMonths:
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonths(months)


@feel_function("day of year", "date|date and time")
def _day_of_year(day: dt.date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@feel_function("day of week", "date|date and time")
def _day_of_week(day: dt.date) -> str:
    return _WEEKDAYS[day.weekday()]


@feel_function("month of year", "date|date and time")
def _month_of_year(day: dt.date) -> str:
    return _MONTHS[day.month - 1]


@feel_function("week of year", "date|date and time")
def _week_of_year(day: dt.date) -> Decimal:
    return Decimal(day.isocalendar().week)
