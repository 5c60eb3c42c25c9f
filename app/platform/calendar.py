"""Months as the law counts them, and working days in Thuringia: Monday to Friday without its public holidays (20
September and 31 October are some).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays

WORKING_DAYS_A_WEEK = 5


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="TH", years=year))


def warm(day: date) -> None:
    """Load the calendar of Thuringia before somebody has to wait for it: the library takes a third of a second."""
    _holidays(day.year)


def is_working_day(day: date) -> bool:
    """Monday to Friday, no holiday in Thuringia."""
    return day.weekday() < WORKING_DAYS_A_WEEK and day not in _holidays(day.year)


def next_working_day(day: date) -> date:
    """``day``, or the first working day after it (§ 193 BGB, § 26(3) SGB X: for the end of a period)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def months_later(day: date, months: int) -> date:
    """The same day some months later, the last of that month if it has no such day (§ 188(2), (3) BGB)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])
