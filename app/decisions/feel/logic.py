"""Closures for comparisons, and/or/not, if, between and in.

They raise RefusedError; the compiler adds position and mode.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.node import CompiledTest, Node, Run, Scope, Test
from app.decisions.feel.operators import equal, ordered
from app.decisions.feel.values import YearsMonths, german_kind, kind

_PLAIN: Final = frozenset({Decimal, str, bool, dt.date, dt.timedelta, YearsMonths})


def is_null(operand: Node, negated: bool) -> Run:
    """`x = null` and `x != null`: may also ask for a name that does not exist."""
    run = operand.run
    if negated:
        return lambda scope: run(scope) is not None
    return lambda scope: run(scope) is None


def compare(symbol: str, left: Node, right: Node) -> Run:
    """`= != < <= > >=` between two operands; null equals null only (DMN 1.3, 10.3.2.13), and has no order."""
    if symbol in ("=", "!="):
        return _equality(symbol == "!=", left, right)
    first, second = left.run, right.run

    def run_ordered(scope: Scope) -> bool:
        one, other = first(scope), second(scope)
        if one is None or other is None:
            raise null_refused(symbol, left if one is None else right)
        return ordered(symbol, one, other)

    return run_ordered


def _equality(negated: bool, left: Node, right: Node) -> Run:
    first, second = left.run, right.run

    def run_equality(scope: Scope) -> bool:
        one, other = first(scope), second(scope)
        if type(one) is type(other) and type(one) in _PLAIN:
            return (one != other) if negated else (one == other)
        return equal(one, other) is not negated

    return run_equality


def null_refused(symbol: str, operand: Node) -> RefusedError:
    """The refusal of a null operand, with its position."""
    return RefusedError(
        f"'{symbol}' meets an empty value (null); test it with '= null' first",
        f"„{symbol}“ trifft auf einen leeren Wert (null); prüfen Sie ihn vorher mit „= null“",
        operand.position,
    )


def _not_boolean(word: str, value: object, operand: Node) -> RefusedError:
    found = kind(value)
    return RefusedError(
        f"'{word}' needs true or false, not {found}",
        f"„{word}“ braucht true oder false, nicht {german_kind(found)}",
        operand.position,
    )


def disjunction(operands: Sequence[Node], strict: bool) -> Run:
    """`a or b or ...`, left to right, stopping at the first true."""
    return _chain("or", operands, True, strict)


def conjunction(operands: Sequence[Node], strict: bool) -> Run:
    """`a and b and ...`, left to right, stopping at the first false."""
    return _chain("and", operands, False, strict)


def _chain(word: str, operands: Sequence[Node], decisive: bool, strict: bool) -> Run:
    pairs = tuple((operand.run, operand) for operand in operands)

    def run_chain(scope: Scope) -> bool | None:
        certain = True
        for run, operand in pairs:
            value = run(scope)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                if strict:
                    raise _not_boolean(word, value, operand)
                certain = False
        return (not decisive) if certain else None

    return run_chain


def negation(operand: Node, strict: bool) -> Run:
    """`not(x)`; in lenient mode not(null) is null."""
    run = operand.run

    def run_not(scope: Scope) -> bool | None:
        value = run(scope)
        if isinstance(value, bool):
            return not value
        if strict:
            raise _not_boolean("not", value, operand)
        return None

    return run_not


def if_then_else(condition: Node, then: Node, otherwise: Node, strict: bool) -> Run:
    """`if c then a else b`; in lenient mode everything but true is no."""
    test, yes, no = condition.run, then.run, otherwise.run

    def run_if(scope: Scope) -> object:
        value = test(scope)
        if strict and not isinstance(value, bool):
            raise _not_boolean("if", value, condition)
        return yes(scope) if value is True else no(scope)

    return run_if


def between(value: Node, low: Node, high: Node) -> Run:
    """`x between a and b`, both ends included."""
    run, first, last = value.run, low.run, high.run

    def run_between(scope: Scope) -> bool:
        item, lower, upper = run(scope), first(scope), last(scope)
        for operand, content in ((value, item), (low, lower), (high, upper)):
            if content is None:
                raise null_refused("between", operand)
        return ordered(">=", item, lower) and ordered("<=", item, upper)

    return run_between


def member(value: Node, tests: Sequence[CompiledTest]) -> Run:
    """`x in (test, ...)`."""
    run = value.run
    knows_null = any(None in test.constants for test in tests if test.simple)
    test_any = any_test(tests)

    def run_member(scope: Scope) -> object:
        item = run(scope)
        if item is None and not knows_null:
            raise null_refused("in", value)
        return test_any(item, scope)

    return run_member


def any_test(tests: Sequence[CompiledTest]) -> Test:
    """One test that is true where any of the tests is."""
    if len(tests) == 1:
        return tests[0].run
    runs = tuple(test.run for test in tests)

    def run_any(item: object, scope: Scope) -> object:
        result: object = False
        for run in runs:
            outcome = run(item, scope)
            if outcome is True:
                return True
            if outcome is None:
                result = None
        return result

    return run_any
