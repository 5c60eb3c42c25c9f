"""A course against a plan of short-time work. Plain Python: values in, decision out.

Hours are per person. A working day is Monday to Friday without Thuringia's holidays; a course is spread
evenly over its working days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.platform.calendar import WORKING_DAYS_A_WEEK, is_working_day, month_end

ONE_DAY = timedelta(days=1)
HUNDREDTH = Decimal("0.01")
THIRD_FROM = date(2023, 7, 1)
EXCLUDED_UNTIL = date(2024, 7, 31)


@dataclass(frozen=True)
class Course:
    """First and last day, hours per person."""

    start: date
    end: date
    hours: Decimal


@dataclass(frozen=True)
class Plan:
    """Short-time work as planned: any day of its first and last month, hours lost a week, day notified."""

    first_month: date | None
    last_month: date | None
    lost_hours_weekly: Decimal
    notified_on: date | None


@dataclass(frozen=True)
class Overlap:
    """Hours of the course inside and outside short-time work, and those that would be claimed twice."""

    inside: Decimal
    outside: Decimal
    double_claim: Decimal


def course_days(course: Course) -> list[date]:
    """The days the course is held on: its working days; all its days if it lies on a weekend or holidays."""
    days = list(_days(course.start, course.end))
    return [day for day in days if is_working_day(day)] or days


def latest_application(course_start: date) -> date:
    """The last working day before the course starts.

    The application has to arrive before the start (§ 324(1) SGB III); this day never moves to a later one, as
    § 193 BGB would have it for a deadline.
    """
    day = course_start - ONE_DAY
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def paid_period(plan: Plan) -> tuple[date, date | None] | None:
    """First and last day for which the allowance can be paid, the last None while the end is open.

    It is paid from the month in which the notification arrives at the earliest (§ 99(2) SGB III); one not yet
    made is taken to come in time. None: no plan, or its end lies before its beginning.
    """
    if plan.first_month is None:
        return None
    first = plan.first_month.replace(day=1)
    if plan.notified_on is not None:
        first = max(first, plan.notified_on.replace(day=1))
    last = None if plan.last_month is None else month_end(plan.last_month)
    return None if last is not None and last < first else (first, last)


def overlap(course: Course, plan: Plan) -> Overlap:
    """How many hours of the course fall into paid short-time work (§ 95 SGB III).

    Claimed twice would be the hours that are lost anyway, a fifth of the weekly loss on every such day: the
    allowance pays them, so the wage subsidy must not.
    """
    days, period = course_days(course), paid_period(plan)
    inside = 0 if period is None else sum(1 for day in days if _within(day, period))
    hours_inside = course.hours * inside / len(days)
    lost = plan.lost_hours_weekly * inside / WORKING_DAYS_A_WEEK
    inside_rounded = _rounded(hours_inside)
    return Overlap(inside_rounded, course.hours - inside_rounded, _rounded(min(hours_inside, lost)))


def quorum_needed(headcount: int, day: date) -> int:
    """How many of ``headcount`` staff must lose more than 10 % of their pay, if it begins on ``day``.

    10 % until 2023-06-30, one third from 2023-07-01 (§ 96(1) no. 4 SGB III). Apprentices do not count.
    """
    parts = 3 if day >= THIRD_FROM else 10
    return -(-headcount // parts)


def starts_inside(course: Course, plan: Plan) -> bool:
    """Whether the course starts while the allowance is paid."""
    period = paid_period(plan)
    return period is not None and _within(course.start, period)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range(max((last - first).days, 0) + 1):
        yield first + offset * ONE_DAY


def _within(day: date, period: tuple[date, date | None]) -> bool:
    return period[0] <= day and (period[1] is None or day <= period[1])


def _rounded(hours: Decimal) -> Decimal:
    return hours.quantize(HUNDREDTH, ROUND_HALF_UP)
