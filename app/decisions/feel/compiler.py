"""Parse tree to closures. Constants are computed here, so a date the calendar does not have fails at load."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import cast

from lark import Token, Tree

from app.decisions.feel import functions_dates, functions_lists, functions_numbers, functions_text, logic
from app.decisions.feel.errors import RefusedError
from app.decisions.feel.frame import Frame, place
from app.decisions.feel.functions import find_function
from app.decisions.feel.literals import parse_at_literal
from app.decisions.feel.node import INPUT_VALUE, CompiledTest, Node, Run, Scope
from app.decisions.feel.operators import arithmetic, negate, ordered, satisfies
from app.decisions.feel.parser import ParseTree
from app.decisions.feel.properties import property_of
from app.decisions.feel.strings import unquote
from app.decisions.feel.values import Range, checked_number, host_value

# Importing these modules declares their functions.
FUNCTION_MODULES = (functions_dates, functions_lists, functions_numbers, functions_text)


class Compiler(Frame):
    """Compiles the sub-expressions of one text, one method for each rule of the grammar."""

    def compile(self, tree: ParseTree | Token) -> Node:
        """The node of a sub-expression; dispatches on the grammar rule."""
        assert isinstance(tree, Tree)
        rule = cast(Callable[[ParseTree], Node], getattr(self, f"_{tree.data}"))
        return rule(tree)

    # --- atoms

    def _start(self, tree: ParseTree) -> Node:
        return self.compile(tree.children[0])

    def _number(self, tree: ParseTree) -> Node:
        return self.literal(tree, lambda text: checked_number(Decimal(text)))

    def _string(self, tree: ParseTree) -> Node:
        return self.literal(tree, unquote)

    def _at_literal(self, tree: ParseTree) -> Node:
        return self.literal(tree, lambda text: parse_at_literal(unquote(text[1:].strip())))

    def _true(self, tree: ParseTree) -> Node:
        return self.constant(True, place(tree), boolean=True)

    def _false(self, tree: ParseTree) -> Node:
        return self.constant(False, place(tree), boolean=True)

    def _null(self, tree: ParseTree) -> Node:
        return self.constant(None, place(tree))

    def _input_value(self, tree: ParseTree) -> Node:
        self.uses_input = True
        return self.node(_reader(INPUT_VALUE), place(tree))

    def _name(self, tree: ParseTree) -> Node:
        name = self._spelling(tree.children[0])
        self.paths.add((name,))
        return self.node(_reader(name), place(tree))

    def _path(self, tree: ParseTree) -> Node:
        keys: list[str] = []
        base: ParseTree | Token = tree
        while isinstance(base, Tree) and base.data == "path":
            keys.insert(0, self._spelling(base.children[1]))
            base = base.children[0]
        assert isinstance(base, Tree)
        if base.data == "name":
            name = self._spelling(base.children[0])
            self.paths.add((name, *keys))
            read = _reader(name)
        else:
            read = self.compile(base).run

        def run_path(scope: Scope) -> object:
            value = read(scope)
            for key in keys:
                value = property_of(value, key)
            return value

        return self.node(run_path, place(tree))

    def _spelling(self, token: ParseTree | Token) -> str:
        return self.spelled.get(str(token), str(token))

    # --- operators

    def _chain(self, tree: ParseTree) -> Node:
        first = self.compile(tree.children[0])
        result = first
        pairs = list(zip(tree.children[1::2], tree.children[2::2], strict=True))
        steps: list[tuple[str, Run]] = []
        for token, operand in pairs:
            assert isinstance(token, Token)
            position, symbol, node = (token.start_pos or 0) + 1, str(token), self.compile(operand)
            if result.constant and node.constant and not steps:
                result = self.node(_binary(symbol, result.run, node.run), position, result, node)
            else:
                steps.append((symbol, node.run))
        if not steps:
            return result
        start, where = result.run, _first_symbol(pairs)

        def run_chain(scope: Scope) -> object:
            value = start(scope)
            for symbol, operand in steps:
                value = arithmetic(symbol, value, operand(scope))
            return value

        return self.node(run_chain, where)

    _additive = _multiplicative = _power = _range_end = _chain

    def _negate(self, tree: ParseTree) -> Node:
        operand = self.compile(tree.children[1])
        run = operand.run
        return self.node(lambda scope: negate(run(scope)), place(tree), operand)

    def _compare(self, tree: ParseTree) -> Node:
        left, right = self.compile(tree.children[0]), self.compile(tree.children[2])
        symbol = str(tree.children[1])
        position = _token_place(tree.children[1])
        if symbol in ("=", "!=") and (_is_null(left) or _is_null(right)):
            run = logic.is_null(left if _is_null(right) else right, negated=symbol == "!=")
        else:
            run = logic.compare(symbol, left, right)
        return self.node(run, position, left, right, boolean=True)

    def _between(self, tree: ParseTree) -> Node:
        value, low, high = (self.compile(tree.children[index]) for index in (0, 2, 3))
        return self.node(logic.between(value, low, high), place(tree), value, low, high, boolean=True)

    def _in_tests(self, tree: ParseTree) -> Node:
        value = self.compile(tree.children[0])
        tests = [self.test(child) for child in tree.children[2:]]
        return self.node(logic.member(value, tests), place(tree), boolean=True)

    def _disjunction(self, tree: ParseTree) -> Node:
        operands = [self.compile(child) for child in tree.children]
        return self.node(logic.disjunction(operands, self.strict), place(tree), boolean=True)

    def _conjunction(self, tree: ParseTree) -> Node:
        operands = [self.compile(child) for child in tree.children]
        return self.node(logic.conjunction(operands, self.strict), place(tree), boolean=True)

    def _not_(self, tree: ParseTree) -> Node:
        if len(tree.children) != 2:
            raise self.wrong(place(tree), "not() takes one value here", "not() nimmt hier genau einen Wert")
        operand = self.compile(tree.children[1])
        return self.node(logic.negation(operand, self.strict), place(tree), operand, boolean=True)

    def _if_(self, tree: ParseTree) -> Node:
        condition, then, otherwise = (self.compile(child) for child in tree.children)
        run = logic.if_then_else(condition, then, otherwise, self.strict)
        return self.node(run, place(tree), boolean=then.boolean and otherwise.boolean)

    # --- lists, ranges, calls

    def _list_(self, tree: ParseTree) -> Node:
        items = [self.compile(child) for child in tree.children]
        runs = tuple(item.run for item in items)
        if not items:
            return self.constant([], place(tree))
        return self.node(lambda scope: [run(scope) for run in runs], place(tree), *items)

    def _interval(self, tree: ParseTree) -> Node:
        opening, low, _, high, closing = tree.children
        first, last = self.compile(low), self.compile(high)
        left, right = str(opening) == "[", str(closing) == "]"

        def run_interval(scope: Scope) -> Range:
            start, end = first.run(scope), last.run(scope)
            if start is not None and end is not None and ordered(">", start, end):
                raise RefusedError("the range ends before it starts", "der Bereich endet vor seinem Anfang")
            return Range(start, end, left, right)

        return self.node(run_interval, place(tree), first, last)

    def _call(self, tree: ParseTree) -> Node:
        name = " ".join(self._spelling(tree.children[0]).split())
        arguments = [self.compile(child) for child in tree.children[1:]]
        position = place(tree)
        function = find_function(name)
        runs = tuple(argument.run for argument in arguments)
        if function is None:
            return self._scope_call(name, runs, position)
        if not function.accepts_count(len(arguments)):
            raise self.wrong(
                position,
                f"{name}() does not take {len(arguments)} values",
                f"{name}() nimmt nicht {len(arguments)} Werte",
            )
        known = function

        def run_call(scope: Scope) -> object:
            return known.call([run(scope) for run in runs])

        return self.node(run_call, position, *arguments)

    def _scope_call(self, name: str, runs: tuple[Run, ...], position: int) -> Node:
        if name not in self.callables:
            raise self.wrong(
                position,
                f"the function {name}() is not part of the allowed FEEL subset",
                f"die Funktion {name}() gehört nicht zum erlaubten FEEL-Umfang",
            )
        self.paths.add((name,))
        read = _reader(name)

        def run_scope_call(scope: Scope) -> object:
            function = cast(Callable[..., object], read(scope))
            return function(*(run(scope) for run in runs))

        return self.node(run_scope_call, position)

    # --- unary tests (the cells of a decision table, and the right side of `in`)

    def _cmp_test(self, tree: ParseTree) -> Node:
        raise self.wrong(place(tree), "the comparison has no left side", "dem Vergleich fehlt die linke Seite")

    def test(self, tree: ParseTree | Token) -> CompiledTest:
        """The test one alternative of a cell makes on the input value."""
        assert isinstance(tree, Tree)
        if tree.data == "cmp_test":
            return self._comparison_test(tree)
        before, self.uses_input = self.uses_input, False
        node = self.compile(tree)
        asks_input, self.uses_input = self.uses_input, before or self.uses_input
        if node.constant:
            value = node.value
            return CompiledTest(self.guarded_test(lambda item, _scope: satisfies(item, value), node), (value,), True)
        run = node.run

        def run_test(item: object, scope: Scope) -> object:
            answer = run({**scope, INPUT_VALUE: item} if asks_input else scope)
            if isinstance(answer, bool) and (asks_input or not isinstance(item, bool)):
                return answer
            return satisfies(item, answer)

        return CompiledTest(self.guarded_test(run_test, node), (), False)

    def _comparison_test(self, tree: ParseTree) -> CompiledTest:
        symbol, node = str(tree.children[0]), self.compile(tree.children[1])
        run = node.run

        def run_comparison(item: object, scope: Scope) -> bool:
            other = run(scope)
            if symbol in ("=", "!="):
                return satisfies(item, other) is (symbol == "=")
            if item is None:
                return False
            return ordered(symbol, item, other)

        constants = (node.value,) if node.constant else ()
        return CompiledTest(self.guarded_test(run_comparison, node), constants, node.constant)


def _reader(name: str) -> Run:
    def run_name(scope: Scope) -> object:
        try:
            value = scope[name]
        except KeyError:
            raise RefusedError(f"unknown name {name!r}", f"den Namen „{name}“ gibt es hier nicht") from None
        return host_value(value)

    return run_name


def _binary(symbol: str, left: Run, right: Run) -> Run:
    return lambda scope: arithmetic(symbol, left(scope), right(scope))


def _is_null(node: Node) -> bool:
    return node.constant and node.value is None


def _token_place(token: ParseTree | Token) -> int:
    return (token.start_pos or 0) + 1 if isinstance(token, Token) else place(token)


def _first_symbol(pairs: list[tuple[ParseTree | Token, ParseTree | Token]]) -> int:
    return _token_place(pairs[0][0])
