"""Working days, overlap and quorum on both sides of their boundaries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.calendar import month_end
from app.shorttime.rules import (
    Course,
    Overlap,
    Plan,
    course_days,
    is_working_day,
    latest_application,
    overlap,
    paid_period,
    quorum_needed,
    starts_inside,
)


def plan(first: date | None, last: date | None, lost: int | str = 0, notified: date | None = date(2026, 1, 1)) -> Plan:
    return Plan(first, last, Decimal(lost), notified)


MARCH = Course(date(2027, 3, 1), date(2027, 3, 31), Decimal(161))
"""23 days from Monday to Friday, without Good Friday (26) and Easter Monday (29): 21 working days."""

days = st.dates(date(2022, 1, 1), date(2030, 12, 31))
hours = st.decimals(Decimal(0), Decimal(2000), places=2)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("day", "works"),
        [
            (date(2027, 3, 25), True),
            (date(2027, 3, 26), False),  # Good Friday
            (date(2027, 3, 29), False),  # Easter Monday
            (date(2027, 3, 30), True),
            (date(2024, 9, 19), True),
            (date(2024, 9, 20), False),  # Children's Day, a Friday
            (date(2024, 10, 30), True),
            (date(2024, 10, 31), False),  # Reformation Day, a Thursday
            (date(2024, 11, 1), True),  # All Saints is none in Thuringia
            (date(2027, 5, 6), False),  # Ascension
            (date(2026, 1, 1), False),
            (date(2026, 1, 2), True),
            (date(2026, 1, 3), False),  # Saturday
            (date(2026, 1, 4), False),  # Sunday
        ],
    )
    def test_thuringian_calendar(self, day: date, works: bool) -> None:
        assert is_working_day(day) is works

    def test_a_course_is_held_on_working_days(self) -> None:
        assert len(course_days(MARCH)) == 21

    def test_a_weekend_course_is_held_on_its_days(self) -> None:
        weekend = Course(date(2027, 3, 6), date(2027, 3, 7), Decimal(16))
        assert course_days(weekend) == [date(2027, 3, 6), date(2027, 3, 7)]

    @pytest.mark.parametrize(
        ("start", "latest"),
        [
            (date(2027, 3, 3), date(2027, 3, 2)),
            (date(2027, 3, 1), date(2027, 2, 26)),  # Monday: the Friday before
            (date(2027, 3, 30), date(2027, 3, 25)),  # after Easter: Maundy Thursday
            (date(2027, 1, 4), date(2026, 12, 31)),  # over New Year
            (date(2024, 9, 23), date(2024, 9, 19)),  # Children's Day and a weekend before
            (date(2024, 11, 1), date(2024, 10, 30)),  # after Reformation Day
            (date(2024, 3, 1), date(2024, 2, 29)),
        ],
    )
    def test_the_last_safe_day_to_apply(self, start: date, latest: date) -> None:
        assert latest_application(start) == latest

    @given(days)
    def test_the_last_safe_day_lies_before_the_start_and_nothing_works_between(self, start: date) -> None:
        latest = latest_application(start)
        assert latest < start
        assert is_working_day(latest)
        between = (latest + timedelta(days=n) for n in range(1, (start - latest).days))
        assert not any(is_working_day(day) for day in between)


class TestPaidPeriod:
    def test_whole_months_count(self) -> None:
        found = paid_period(plan(date(2027, 2, 15), date(2027, 3, 3)))
        assert found == (date(2027, 2, 1), date(2027, 3, 31))

    @pytest.mark.parametrize(
        ("last", "ends"),
        [
            (date(2027, 2, 1), date(2027, 2, 28)),
            (date(2028, 2, 1), date(2028, 2, 29)),
            (date(2027, 12, 31), date(2027, 12, 31)),
            (date(2027, 4, 30), date(2027, 4, 30)),
        ],
    )
    def test_the_last_month_ends_on_its_last_day(self, last: date, ends: date) -> None:
        assert month_end(last) == ends
        assert paid_period(plan(date(2027, 1, 1), last)) == (date(2027, 1, 1), ends)

    @pytest.mark.parametrize(
        ("notified", "first"),
        [
            (date(2027, 1, 31), date(2027, 2, 1)),
            (date(2027, 2, 28), date(2027, 2, 1)),
            (date(2027, 3, 1), date(2027, 3, 1)),
            (None, date(2027, 2, 1)),
        ],
    )
    def test_it_is_paid_from_the_month_of_the_notification(self, notified: date | None, first: date) -> None:
        found = paid_period(plan(date(2027, 2, 1), date(2027, 4, 1), notified=notified))
        assert found == (first, date(2027, 4, 30))

    def test_notified_after_the_last_month_nothing_is_paid(self) -> None:
        assert paid_period(plan(date(2027, 2, 1), date(2027, 3, 1), notified=date(2027, 4, 1))) is None

    def test_without_a_beginning_or_with_an_end_before_it_there_is_no_period(self) -> None:
        assert paid_period(plan(None, date(2027, 3, 1))) is None
        assert paid_period(plan(date(2027, 3, 1), date(2027, 2, 1))) is None

    def test_an_open_end_stays_open(self) -> None:
        assert paid_period(plan(date(2027, 3, 1), None)) == (date(2027, 3, 1), None)


class TestOverlap:
    def test_a_course_inside_short_time_work(self) -> None:
        found = overlap(MARCH, plan(date(2027, 2, 1), date(2027, 3, 1), 15))
        assert found == Overlap(Decimal(161), Decimal(0), Decimal(63))

    def test_a_course_half_inside(self) -> None:
        april = Course(date(2027, 3, 18), date(2027, 4, 6), Decimal(96))
        found = overlap(april, plan(date(2027, 4, 1), None, 40))
        assert len(course_days(april)) == 12
        assert found == Overlap(Decimal(32), Decimal(64), Decimal(32))

    def test_lost_hours_limit_what_is_claimed_twice(self) -> None:
        whole = overlap(MARCH, plan(date(2027, 3, 1), date(2027, 3, 1), "38.34"))
        assert whole.double_claim == whole.inside == Decimal(161)
        assert overlap(MARCH, plan(date(2027, 3, 1), date(2027, 3, 1), 38)).double_claim == Decimal("159.60")
        assert overlap(MARCH, plan(date(2027, 3, 1), date(2027, 3, 1), 0)).double_claim == 0

    @pytest.mark.parametrize(("first", "last"), [(date(2027, 4, 1), None), (date(2027, 1, 1), date(2027, 2, 1))])
    def test_months_beside_the_course_do_not_touch_it(self, first: date, last: date | None) -> None:
        assert overlap(MARCH, plan(first, last, 40)) == Overlap(Decimal(0), Decimal(161), Decimal(0))

    def test_a_plan_that_pays_nothing_touches_no_course(self) -> None:
        late = plan(date(2027, 3, 1), date(2027, 3, 1), 40, notified=date(2027, 4, 1))
        assert overlap(MARCH, late) == Overlap(Decimal(0), Decimal(161), Decimal(0))

    def test_an_end_before_the_start_is_one_day(self) -> None:
        turned = Course(date(2027, 3, 3), date(2027, 3, 1), Decimal(8))
        assert course_days(turned) == [date(2027, 3, 3)]
        assert overlap(turned, plan(date(2027, 3, 1), None, 40)).inside == 8

    @given(days, st.integers(0, 400), hours, st.none() | days, st.none() | days, hours, st.none() | days)
    def test_no_hour_is_lost_or_counted_twice(self, start, length, total, first, last, lost, notified) -> None:
        course = Course(start, start + timedelta(days=length), total)
        found = overlap(course, Plan(first, last, lost, notified))
        assert found.inside + found.outside == total
        assert 0 <= found.double_claim <= found.inside <= total

    @pytest.mark.parametrize(
        ("start", "inside"),
        [(date(2027, 2, 28), False), (date(2027, 3, 1), True), (date(2027, 3, 31), True), (date(2027, 4, 1), False)],
    )
    def test_whether_a_course_starts_inside(self, start: date, inside: bool) -> None:
        course = Course(start, date(2027, 6, 30), Decimal(160))
        assert starts_inside(course, plan(date(2027, 3, 1), date(2027, 3, 1))) is inside


@pytest.mark.parametrize(
    ("headcount", "day", "needed"),
    [
        (100, date(2023, 6, 30), 10),
        (100, date(2023, 7, 1), 34),
        (99, date(2023, 7, 1), 33),
        (101, date(2023, 6, 1), 11),
        (9, date(2023, 6, 1), 1),
        (1, date(2026, 1, 1), 1),
        (0, date(2026, 1, 1), 0),
    ],
)
def test_the_quorum_is_a_tenth_until_june_2023_and_a_third_since(headcount: int, day: date, needed: int) -> None:
    assert quorum_needed(headcount, day) == needed
