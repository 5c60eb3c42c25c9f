"""What does not fit is an error with a position; in forms it is empty instead, as in the browser."""

from __future__ import annotations

import datetime as dt
import json
import threading
from decimal import Decimal, getcontext

import pytest

from app.decisions.feel import FeelError, FeelSyntaxError, compile_expression, compile_unary_tests

SCOPE: dict[str, object] = {
    "n": 5,
    "text": "a",
    "empty": None,
    "case": {"a": 1},
    "moment": dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
}


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("unknown > 1", 1, "unknown name 'unknown'"),
        ("n > 1 and missing", 11, "unknown name 'missing'"),
        ("case.b = 1", 1, "no entry 'b'"),
        ("case.a.b", 1, "number has no property 'b'"),
        ("case.__class__", 1, "no entry '__class__'"),
        ("n + text", 3, "'+' does not work between number and string"),
        ('n = "5"', 3, "'=' does not work between number and string"),
        ("n < text", 3, "'<' does not work between number and string"),
        ("1 < empty", 5, "empty value (null)"),
        ("empty between 1 and 2", 1, "empty value (null)"),
        ("empty in (1, 2)", 1, "empty value (null)"),
        ("n > 1 and empty", 11, "'and' needs true or false, not null"),
        ("n < 1 or empty", 10, "'or' needs true or false, not null"),
        ("not(n)", 5, "'not' needs true or false, not number"),
        ("if n then 1 else 2", 4, "'if' needs true or false, not number"),
        ("- text", 1, "'-' does not work on string"),
        ("n / 0", 3, "division by zero"),
        ("n / (n - 5)", 3, "division by zero"),
        ("upper case(n)", 1, "argument 1 must be string, not number"),
        ("substring(text, 9)", 1, "no position 9"),
        ("sum([n, text])", 1, "holds string, expected number"),
        ('moment < date and time("2025-01-01T00:00:00")', 8, "with and one without zone"),
        ('moment = date and time("2025-01-01T00:00:00")', 8, "with and one without zone"),
        ("n ** 99999", 3, "exponent is too large"),
        ('date("9999-12-31") + case.a * duration("P1D")', 20, "no representable result"),
    ],
)
def test_what_does_not_fit_is_an_error_with_its_position(text: str, position: int, words: str) -> None:
    expression = compile_expression(text)
    with pytest.raises(FeelError) as caught:
        expression.evaluate(SCOPE)
    assert words in caught.value.message
    assert caught.value.position == position
    assert caught.value.message_de


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('date("2024-02-30")', 1),
        ('n > 1 and x = date("2023-02-29")', 15),
        ('duration("14 Tage")', 1),
        ('@"2024-13-01"', 1),
        ("1 / 0", 3),
        ("null + 1", 6),
        ('1 = "a"', 3),
        ("not(1)", 5),
        ("upper case(1)", 1),
        ("[5..1]", 1),
        ("floor()", 1),
        ("count([1], [2])", 1),
    ],
)
def test_wrong_constants_are_refused_when_the_text_is_loaded(text: str, position: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert caught.value.position == position
    assert caught.value.text == text


def test_a_float_never_enters() -> None:
    with pytest.raises(FeelError, match="use Decimal"):
        compile_expression("price + 1").evaluate({"price": 1.5})


def test_a_cell_refuses_a_value_of_another_kind() -> None:
    with pytest.raises(FeelError, match="'<' does not work between string and number"):
        compile_unary_tests("< 10").matches("9")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("empty = 5", False),
        ("n != empty", True),
        ('empty = "a"', False),
        ('empty != "a"', True),
        ("empty = null", True),
    ],
)
def test_an_empty_value_equals_nothing_but_null(text: str, value: bool) -> None:
    assert compile_expression(text).evaluate(SCOPE) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("unknown > 5", False),
        ("not(unknown > 5)", False),  # still open, as in the browser: nothing is hidden
        ("unknown = 5", False),
        ("unknown = null", True),
        ("unknown.deep.er = null", True),
        ("unknown != 5", True),
        ("empty > 5 or n = 5", True),
        ("empty > 5 and n = 5", False),
        ("empty = true", False),
        ("not(empty = true)", True),
        ("n = text", False),
        ("n + empty", None),
        ("if empty then 1 else 2", Decimal(2)),
        ('contains(empty, "x")', None),
        ("empty in (1, 2)", False),
        ("empty between 1 and 2", False),
    ],
)
def test_in_forms_what_is_unknown_is_empty(text: str, value: object) -> None:
    assert compile_expression(text).evaluate(SCOPE, lenient=True) == value


def test_entries_of_case_data_are_read_without_converting_the_rest() -> None:
    scope = {"case": {"n": 5, "never_read": object()}}
    assert compile_expression("case.n + 1").evaluate(scope) == 6


def test_the_callers_decimal_context_is_left_alone() -> None:
    getcontext().prec = 5
    try:
        assert str(compile_expression("1 / n").evaluate({"n": 3})) == "0." + "3" * 34
        assert getcontext().prec == 5
    finally:
        getcontext().prec = 28


def test_many_threads_share_an_expression() -> None:
    text = "if n > 500 then 1 / n else missing.value"
    wrong: list[str] = []

    def work(offset: int) -> None:
        for n in range(offset, 1000, 7):
            expression = compile_expression(text + f" // {n % 50}")
            try:
                value = expression.evaluate({"n": n})
                right = n > 500 and value == compile_expression(f"1 / {n}").evaluate({})
            except FeelError as error:
                right = n <= 500 and error.position == 28
            if not right:
                wrong.append(json.dumps([offset, n]))

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
