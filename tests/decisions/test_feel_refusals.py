"""Hostile texts and German habits: refused at load, with a message that helps."""

from __future__ import annotations

import pytest

from app.decisions.feel import FeelError, FeelSyntaxError, compile_expression, compile_unary_tests
from app.decisions.feel.parser import MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "1" + ")" * 900,
        "[" * 900 + "1" + "]" * 900,
        "- " * 900 + "1",
        "if true then " * 110 + "1" + " else 2" * 110,
        "not(" * 300 + "true" + ")" * 300,
        "a" + ".b" * 900,
        "1 + " * 5000 + "1",
        "9" * 40,
        "1e400000",
        "1e-400000",
        "1e6000 * 1e6000",
        "9999 ** 9999",
        '"' + "a" * MAX_LENGTH + '"',
        "count(for a in 1..1000, b in 1..1000 return 1)",
        "some x in [1] satisfies x > 0",
        "every x in [1] satisfies x > 0",
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "function(x) x",
        "[1, 2][item > 1]",
        "[1, 2][1]",
        "{a: 1}.a",
        'matches("aaaaaaaaaaaaaaaa!", "(a+)+$")',
        'replace("a", "a", "b")',
        "now()",
        "today()",
        '__import__("os").system("id")',
        'eval("1")',
        "1 instance of number",
        "a < b < c",
        "1 +",
        "",
        "   ",
        "\x00",
        '"half \\ud800 character"',
        '"abc',
        "a b",
        ")",
        "> 5",
    ],
)
def test_hostile_and_broken_texts_are_refused_at_load(text: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert caught.value.message
    assert caught.value.message_de


def test_a_long_chain_is_no_deep_nesting() -> None:
    assert compile_expression(" + ".join(["n"] * 400)).evaluate({"n": 1}) == 400
    assert compile_expression(" or ".join(["n = 1"] * 200)).evaluate({"n": 2}) is False


def test_numbers_from_outside_are_capped_too() -> None:
    with pytest.raises(FeelError, match="34 digits"):
        compile_expression("n + 1").evaluate({"n": 10**40})


def test_growth_is_stopped_by_the_decimal_range() -> None:
    with pytest.raises(FeelError, match="no representable result"):
        compile_expression("n ** 9999 ** 9").evaluate({"n": 10})


@pytest.mark.parametrize(
    ("text", "position", "german"),
    [
        ("price > 12.500,00", 9, "12500.00"),
        ("share >= 50%", 10, "statt 50 %"),
        ("share >= 0,5", 7, "Dezimalzeichen"),
        ("start < 1.4.2024", 9, 'date("2024-04-01")'),
        ("start < 01.04.24", 9, 'date("2024-04-01")'),
        ("price < 12.000", 9, "keine Tausender"),
        ("name = „Federwerk“", 8, "Anführungszeichen"),
        ("name = ’Federwerk’", 8, "Anführungszeichen"),
        ("price > 500 €", 9, "ohne Einheit"),
        ("a == b", 3, "einfaches ="),
        ("a <> b", 3, "!="),
        ("a => 5", 3, "<= oder >="),
        ("a && b", 3, "and, or"),
        ('date("01.04.2024")', 1, '"2024-04-01"'),
    ],
)
def test_german_habits_are_explained(text: str, position: int, german: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert german in caught.value.message_de
    assert caught.value.position == position


def test_german_habits_in_cells_are_explained() -> None:
    with pytest.raises(FeelSyntaxError, match="comma separates two tests"):
        compile_unary_tests("> 0,5")
    with pytest.raises(FeelSyntaxError, match=r"write 12500\.00"):
        compile_unary_tests("12.500,00")


def test_quoted_texts_may_hold_what_they_like() -> None:
    text = '"50 %, am 1.4.2024 „neu“ für 12.500,00 € // so"'
    assert compile_expression(text).evaluate({}) == text[1:-1]


def test_an_unknown_function_is_named_with_its_position() -> None:
    with pytest.raises(FeelSyntaxError, match=r"today\(\) is not part") as caught:
        compile_expression("due < today()")
    assert caught.value.position == 7


def test_a_missing_closing_quote_is_named() -> None:
    with pytest.raises(FeelSyntaxError, match="no closing quote"):
        compile_expression('name = "Federwerk')
