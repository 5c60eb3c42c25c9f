"""The period for an objection to a refusal. Plain Python: values in, days out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

REMINDER = timedelta(days=7)
SATURDAY = 5


def objection_until(served_on: date, *, instructed: bool = True) -> date:
    """The last day for an objection: a month after service (§ 84 Abs. 1 SGG), a year without a right instruction about
    it (§ 66 Abs. 2 SGG).

    The period ends on the day with the number of the day of service, or on the month's last day where there is none
    (§ 188 Abs. 2 and 3 BGB); on a Saturday, Sunday or holiday it goes on to the next working day (§ 64 Abs. 3 SGG).
    """
    return _working_day(_months_later(served_on, 1 if instructed else 12))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _working_day(day: date) -> date:
    while day.weekday() >= SATURDAY or day in _holidays(day.year):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="TH", years=year))
