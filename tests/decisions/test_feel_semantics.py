"""What expressions mean: a table of expressions and their values."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from app.decisions.feel import YearsMonths, compile_expression, compile_unary_tests
from app.decisions.feel.values import Range

D = Decimal

SCOPE: dict[str, object] = {
    "hours": 160,
    "price": D("4800.50"),
    "company": {"name": "Federwerk Süd", "headcount": 120, "works_council": True, "city": None},
    "start": dt.date(2025, 6, 2),
    "begin": dt.datetime(2025, 6, 2, 8, 30, tzinfo=dt.UTC),
    "codes": ["a", "b"],
    "people": [{"age": 44}, {"age": 45}],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # numbers: decimals, never floats
        ("1 + 2 * 3", D(7)),
        ("(1 + 2) * 3", D(9)),
        ("10 - 2 - 3", D(5)),
        ("100 / 8 / 2", D("6.25")),
        ("2 ** 3 ** 2", D(64)),
        ("-2 ** 2", D(4)),
        ("0.1 + 0.2", D("0.3")),
        ("1 / 3", D("0.3333333333333333333333333333333333")),
        (".5 + 1.50", D(2)),
        ("- hours", D(-160)),
        # texts
        ('"a" + "b"', "ab"),
        (r'"\u00e4\n\"x\""', 'ä\n"x"'),
        # comparisons and logic
        ("hours > 120", True),
        ("hours != 160", False),
        ("hours between 100 and 160", True),
        ("hours in [100..160)", False),
        ("hours in (100..160]", True),
        ("hours in ]100..160[", False),
        ("hours in (< 100, > 150)", True),
        ("hours in (120, 160)", True),
        ('"a" in codes', True),
        ("not(hours > 120)", False),
        ("hours > 1 and hours < 2 or company.works_council", True),
        ("true or nothing = 1", True),
        ("nothing != null and nothing > 5", False),
        ("nothing = null", True),
        ("null = company.city", True),
        ("company.city != null", False),
        ('if hours <= 120 then "no" else "yes"', "yes"),
        # paths
        ("company.headcount / 2", D(60)),
        ("people.age", [D(44), D(45)]),
        ("start.year + start.month", D(2031)),
        ("begin.hour", D(8)),
        ('duration("P1DT12H").hours', D(12)),
        ('duration("P2Y6M").months', D(6)),
        # dates
        ('date("2024-01-31") + duration("P1M")', dt.date(2024, 2, 29)),
        ('start - duration("P1D")', dt.date(2025, 6, 1)),
        ('start - date("2025-06-01")', dt.timedelta(days=1)),
        ('begin + duration("PT36H")', dt.datetime(2025, 6, 3, 20, 30, tzinfo=dt.UTC)),
        ("date(begin) = start", True),
        ("date(2024, 2, 29)", dt.date(2024, 2, 29)),
        ('date and time(start, time("08:00:00"))', dt.datetime.fromisoformat("2025-06-02T08:00:00")),
        ('date and time("2025-06-02T08:30:00Z") = begin', True),
        ('years and months duration(date("2020-05-15"), date("2024-05-14"))', YearsMonths(47)),
        ('years and months duration(date("2020-05-15"), date("2024-05-15")) >= duration("P4Y")', True),
        ('duration("P14D") * 2', dt.timedelta(days=28)),
        ('duration("P14D") / duration("P7D")', D(2)),
        ('@"2024-04-01" < @"2024-04-02"', True),
        ("day of week(start)", "Monday"),
        # functions
        ("floor(2.7) + ceiling(2.1)", D(5)),
        ("round half up(2.345, 2)", D("2.35")),
        ("decimal(2.345, 2)", D("2.34")),
        ("abs(-3)", D(3)),
        ("modulo(-7, 3)", D(2)),
        ("min(3, 1, 2) + max([4, 6])", D(7)),
        ("sum([1, 2.5]) + count(codes)", D("5.5")),
        ("sum([])", None),
        ('list contains(codes, "b")', True),
        ("list contains([1, null], null)", True),
        ('string length("Süd")', D(3)),
        ('contains(company.name, "werk")', True),
        ('starts with(company.name, "Feder") and not(ends with(company.name, "Nord"))', True),
        ('upper case("ß") + lower case("ÄB")', "SSäb"),
        ('substring("Vorlauf", 4) + substring("Vorlauf", -4, 2)', "laufla"),
        ('substring before("a-b", "-") + substring after("a-b", "-")', "ab"),
        ("string(12.50) + string(true) + string(start)", "12.5true2025-06-02"),
        ('number("12.5") + 1', D("13.5")),
        ('string join(codes, ", ")', "a, b"),
        ('index of(codes, "b")', [D(2)]),
        ("distinct values([1, 1, 2])", [D(1), D(2)]),
        ("all([true, true]) and any([false, true])", True),
        # notes and blanks
        ("1 + // one\n 2 /* two */", D(3)),
        ("[1..2]", Range(D(1), D(2), True, True)),
    ],
)
def test_an_expression_has_the_value_feel_gives_it(text: str, value: object) -> None:
    result = compile_expression(text).evaluate(SCOPE)
    assert result == value
    assert type(result) is type(value)


def test_a_leading_equals_sign_is_dropped() -> None:
    assert compile_expression("= hours > 120").evaluate(SCOPE) is True
    assert compile_expression("=hours") is compile_expression("hours")


def test_the_free_names_of_an_expression_are_known() -> None:
    expression = compile_expression('company.headcount > 5 and list contains(codes, "a") and start = null')
    assert expression.names == {"company", "codes", "start"}
    assert ("company", "headcount") in expression.paths


@pytest.mark.parametrize(
    ("cell", "matching", "failing"),
    [
        ("-", [D(1), "x", None], []),
        ("", [D(1)], []),
        ("5", [D(5), 5], [D(6)]),
        ("< 10", [D("9.75")], [D(10), None]),
        ("[10..250)", [D(10), D("249.75")], [D("9.75"), D(250)]),
        ("1,10,20", [D(10)], [D(11)]),
        ('"a", "b"', ["a"], ["c"]),
        ('not("a", "b")', ["c"], ["a"]),
        ("null", [None], [D(1)]),
        ("not(null)", [D(1)], [None]),
        ("true", [True], [False]),
        ("? > 5 and ? < 10", [D(7)], [D(12)]),
        ("> limit", [D(101)], [D(100)]),
        ('[date("2021-10-01")..date("2024-04-01"))', [dt.date(2024, 3, 31)], [dt.date(2024, 4, 1)]),
        ('< duration("P4Y")', [YearsMonths(47)], [YearsMonths(48)]),
        ("[5, 6]", [D(6)], [D(7)]),
        ('starts with(?, "Feder")', ["Federwerk"], ["Werk"]),
    ],
)
def test_a_cell_matches_what_it_says(cell: str, matching: list[object], failing: list[object]) -> None:
    tests = compile_unary_tests(cell)
    scope = {"limit": 100}
    assert [value for value in matching if not tests.matches(value, scope)] == []
    assert [value for value in failing if tests.matches(value, scope)] == []


def test_a_cell_knows_whether_constants_alone_decide_it() -> None:
    assert compile_unary_tests("[1..5), 9").simple
    assert compile_unary_tests("[1..5), 9").constants == (Range(D(1), D(5), True, False), D(9))
    assert not compile_unary_tests("> limit").simple
    assert not compile_unary_tests("? * 2 > 100").simple
    assert compile_unary_tests("null").tests_null
