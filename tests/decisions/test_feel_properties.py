"""Properties that hold for all values, tried on many."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decisions.feel import FeelError, YearsMonths, compile_expression, from_feel, to_feel
from app.decisions.feel.literals import (
    format_duration,
    format_number,
    format_value,
    parse_date_time,
    parse_duration,
)
from app.decisions.feel.values import MAX_DIGITS

numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False)
dates = st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2200, 1, 1))
case_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(max_size=20) | numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(case_data)
def test_case_data_survives_the_way_into_feel_and_back(value: object) -> None:
    assert from_feel(to_feel(value)) == value


@given(numbers, numbers)
def test_sums_and_differences_are_exact(a: Decimal, b: Decimal) -> None:
    assert compile_expression("a + b - b").evaluate({"a": a, "b": b}) == a


@given(numbers, numbers.filter(bool))
def test_a_quotient_times_its_divisor_is_the_dividend(a: Decimal, b: Decimal) -> None:
    result = compile_expression("a / b * b").evaluate({"a": a, "b": b})
    assert isinstance(result, Decimal)
    assert abs(result - a) <= abs(a) * Decimal(10) ** (2 - MAX_DIGITS)


@given(numbers, numbers)
def test_exactly_one_of_less_equal_greater_holds(a: Decimal, b: Decimal) -> None:
    answers = [compile_expression(f"a {symbol} b").evaluate({"a": a, "b": b}) for symbol in ("<", "=", ">")]
    assert answers.count(True) == 1
    assert compile_expression("a in [b..b]").evaluate({"a": a, "b": b}) is answers[1]


@given(numbers)
def test_a_number_written_out_is_read_back(a: Decimal) -> None:
    text = format_number(a)
    assert compile_expression(text).evaluate({}) == a
    assert compile_expression("number(string(a))").evaluate({"a": a}) == a


@given(numbers)
def test_rounding_half_up_moves_at_most_half_a_cent(a: Decimal) -> None:
    rounded = compile_expression("round half up(a, 2)").evaluate({"a": a})
    assert isinstance(rounded, Decimal)
    assert abs(rounded - a) <= Decimal("0.005")


@given(dates, st.integers(-1000, 1000))
def test_months_added_and_counted_agree(day: dt.date, months: int) -> None:
    scope = {"day": day, "span": YearsMonths(months)}
    later = compile_expression("day + span").evaluate(scope)
    assert isinstance(later, dt.date)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or later.day >= 28


@given(st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999)))
def test_a_duration_written_out_is_read_back(span: dt.timedelta) -> None:
    assert parse_duration(format_duration(span)) == span


@given(st.integers(-9999, 9999))
def test_months_written_out_are_read_back(months: int) -> None:
    assert parse_duration(format_duration(YearsMonths(months))) == YearsMonths(months)


@given(st.datetimes(timezones=st.just(dt.UTC) | st.none()))
def test_a_point_in_time_written_out_is_read_back(moment: dt.datetime) -> None:
    assert parse_date_time(format_value(moment)) == moment


def _refusal(text: str, scope: dict[str, object]) -> FeelError | None:
    try:
        compile_expression(text).evaluate(scope)
    except FeelError as error:
        return error
    return None


@given(st.text(max_size=60))
def test_any_text_is_compiled_or_refused_in_both_languages(text: str) -> None:
    error = _refusal(text, {})
    assert error is None or (error.message and error.message_de)


@given(st.text(alphabet='0123456789.,()[]<>=+-*/ "abnotirdlse?', max_size=40))
def test_any_text_of_feel_signs_is_compiled_or_refused(text: str) -> None:
    error = _refusal(text, {"a": 1, "b": "x"})
    assert error is None or error.message


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("2.50"), Decimal("2.50")),
        (Decimal("3.00"), 3),
        (dt.date(2024, 4, 1), "2024-04-01"),
        (dt.datetime(2024, 4, 1, 8, tzinfo=dt.UTC), "2024-04-01T08:00:00+00:00"),
        (dt.timedelta(days=14), "P14D"),
        (YearsMonths(30), "P2Y6M"),
        ([Decimal(1), {"a": Decimal("0.5")}], [1, {"a": Decimal("0.5")}]),
    ],
)
def test_values_are_stored_as_plain_case_data(value: object, stored: object) -> None:
    result = from_feel(value)
    assert result == stored
    assert type(result) is type(stored)


def test_what_feel_does_not_know_is_refused() -> None:
    for value in (1.5, Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}, b"x", 10**50):
        with pytest.raises(FeelError):
            to_feel(value)
