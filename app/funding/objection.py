"""The period for an objection to a refusal. Plain Python: values in, days out."""

from __future__ import annotations

from datetime import date, timedelta

from app.platform.calendar import months_later, next_working_day

REMINDER = timedelta(days=7)


def objection_until(served_on: date, *, instructed: bool = True) -> date:
    """The last day for an objection: a month after service (§ 84 Abs. 1 SGG), a year without a right instruction about
    it (§ 66 Abs. 2 SGG).

    The period ends on the day with the number of the day of service, or on the month's last day where there is none
    (§ 188 Abs. 2 and 3 BGB); on a Saturday, Sunday or holiday it goes on to the next working day (§ 64 Abs. 3 SGG).
    """
    return next_working_day(months_later(served_on, 1 if instructed else 12))
