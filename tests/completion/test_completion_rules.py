"""Follow-up and retention, month ends and leap years included."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.completion.rules import follow_up_on, retention_until, retention_years
from app.platform.calendar import months_later

days = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2027, 3, 31), date(2027, 9, 30)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2028, 2, 29), date(2028, 8, 29)),
        (date(2027, 12, 1), date(2028, 6, 1)),
        (date(2027, 6, 30), date(2027, 12, 30)),
        (date(2027, 7, 1), date(2028, 1, 1)),
    ],
)
def test_six_months_later(day: date, later: date) -> None:
    assert months_later(day, 6) == later


@given(days, st.integers(0, 60))
def test_months_later_lies_in_the_right_month(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_the_follow_up_counts_from_the_end_of_the_course() -> None:
    assert follow_up_on(date(2027, 3, 31), date(2027, 5, 10)) == date(2027, 9, 30)


def test_without_an_end_it_counts_from_today() -> None:
    assert follow_up_on(None, date(2027, 5, 10)) == date(2027, 11, 10)


@pytest.mark.parametrize(
    ("today", "due"), [(date(2027, 9, 30), date(2027, 9, 30)), (date(2027, 10, 1), date(2027, 10, 1))]
)
def test_a_follow_up_never_lies_in_the_past(today: date, due: date) -> None:
    assert follow_up_on(date(2027, 3, 31), today) == due


@pytest.mark.parametrize(
    ("instrument", "paid", "years"),
    [
        ("sgb3_82", True, 8),
        ("sgb3_82", False, 6),
        ("self_pay", True, 8),
        ("none", False, 6),
        ("esf_plus", True, 5),
        ("esf_plus", False, 5),
    ],
)
def test_years_of_retention_follow_the_instrument(instrument: str, paid: bool, years: int) -> None:
    assert retention_years(instrument, paid) == years


@pytest.mark.parametrize(
    ("last_payment", "closed_on", "until"),
    [
        (date(2026, 12, 31), date(2027, 1, 5), date(2034, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 5), date(2035, 12, 31)),
        (None, date(2027, 1, 5), date(2035, 12, 31)),
        (date(2028, 2, 29), date(2028, 3, 1), date(2036, 12, 31)),
    ],
)
def test_the_file_is_kept_to_the_end_of_a_year(last_payment: date | None, closed_on: date, until: date) -> None:
    assert retention_until(last_payment, closed_on, 8) == until
