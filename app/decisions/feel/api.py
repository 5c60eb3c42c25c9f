"""What the rest of the house uses: expressions, and the unary tests in the cells of a decision table."""

from __future__ import annotations

from collections.abc import Collection
from decimal import localcontext
from functools import cached_property, lru_cache
from typing import Final

from lark import Tree

from app.decisions.feel import logic
from app.decisions.feel.compiler import Compiler
from app.decisions.feel.node import CompiledTest, Node, Scope, Test
from app.decisions.feel.operators import FEEL_CONTEXT
from app.decisions.feel.parser import parse
from app.decisions.feel.values import host_value

ANYTHING: Final = frozenset({"", "-"})


class Expression:
    """A compiled expression; immutable, shared between threads.

    `names` are the free names it reads (`a` for `a.b`), `paths` the same with everything behind the dots.
    `names=` declares names with blanks, `callables=` functions of the scope; `strict=False` gives an
    expression that knows the lenient mode only (for conformance tests: `null + 1` is no error at load).
    """

    def __init__(
        self, text: str, names: Collection[str] = (), callables: Collection[str] = (), strict: bool = True
    ) -> None:
        self.text = text
        self._declared = (names, callables)
        self._node, compiler = self._compiled(strict)
        self._strict = strict
        self.paths: frozenset[tuple[str, ...]] = frozenset(compiler.paths)
        self.names: frozenset[str] = frozenset(path[0] for path in compiler.paths)

    def _compiled(self, strict: bool) -> tuple[Node, Compiler]:
        names, callables = self._declared
        tree, spelled = parse(self.text, "start", names)
        compiler = Compiler(self.text, strict, spelled, callables)
        with localcontext(FEEL_CONTEXT):
            return compiler.compile(tree), compiler

    @cached_property
    def _lenient(self) -> Node:
        return self._compiled(strict=False)[0] if self._strict else self._node

    @property
    def is_constant(self) -> bool:
        """Whether it reads nothing; its value is then known since load."""
        return self._node.constant

    def evaluate(self, scope: Scope, lenient: bool = False) -> object:
        """Its FEEL value for these names (host values are converted as they are read).

        Strict (default): an unknown name, a value of a wrong kind or an empty value where one is needed
        raises FeelError with the position. Lenient, as forms evaluate `hide` in the browser: such parts are
        null, and an answer that stays open is false.
        """
        node = self._lenient if lenient else self._node
        with localcontext(FEEL_CONTEXT):
            value = node.run(scope)
        return False if value is None and lenient and node.boolean else value

    def run(self, scope: Scope) -> object:
        """Like `evaluate` in its own mode, for a caller that has entered the FEEL decimal context already."""
        return self._node.run(scope)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """A compiled cell: `-`, `"a","b"`, `[1..5)`, `> 10`, `not(null)`, `? > limit`; immutable and thread-safe.

    `constants` are the values it compares with; `simple` says that nothing else decides (no name, no `?`
    inside). `anything` is true for `-`.
    """

    def __init__(
        self, text: str, names: Collection[str] = (), callables: Collection[str] = (), strict: bool = True
    ) -> None:
        self.text = text
        self.anything = text.strip() in ANYTHING
        self.constants: tuple[object, ...] = ()
        self.simple = True
        self.paths: frozenset[tuple[str, ...]] = frozenset()
        self.run: Test = _always
        if not self.anything:
            self._compile(names, callables, strict)
        self.names: frozenset[str] = frozenset(path[0] for path in self.paths)

    def _compile(self, names: Collection[str], callables: Collection[str], strict: bool) -> None:
        tree, spelled = parse(self.text, "unary", names)
        compiler = Compiler(self.text, strict, spelled, callables)
        alternatives, negated = tree.children, False
        first = alternatives[0]
        if len(alternatives) == 1 and isinstance(first, Tree) and first.data == "not_":
            alternatives, negated = first.children[1:], True
        with localcontext(FEEL_CONTEXT):
            tests: list[CompiledTest] = [compiler.test(child) for child in alternatives]
        test = logic.any_test(tests)
        self.run = _negated(test) if negated else test
        self.constants = tuple(value for test in tests for value in test.constants)
        self.simple = all(test.simple for test in tests)
        self.paths = frozenset(compiler.paths)

    @property
    def tests_null(self) -> bool:
        """Whether an empty value has a meaning here: the cell names null."""
        return None in self.constants

    def matches(self, value: object, scope: Scope | None = None) -> bool:
        """Whether the value satisfies the tests; raises FeelError for a wrong kind or an unknown name."""
        with localcontext(FEEL_CONTEXT):
            return self.run(host_value(value), scope or {}) is True

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def _always(_value: object, _scope: Scope) -> object:
    return True


def _negated(test: Test) -> Test:
    def run_negated(value: object, scope: Scope) -> object:
        answer = test(value, scope)
        return None if answer is None else answer is not True

    return run_negated


@lru_cache(maxsize=8192)
def shared_expression(
    text: str,
    names: frozenset[str] = frozenset(),
    callables: frozenset[str] = frozenset(),
    strict: bool = True,
) -> Expression:
    """The one expression for this text and these declarations; tables repeat their cells a lot."""
    return Expression(text, names, callables, strict)


@lru_cache(maxsize=8192)
def shared_unary_tests(
    text: str,
    names: frozenset[str] = frozenset(),
    callables: frozenset[str] = frozenset(),
    strict: bool = True,
) -> UnaryTests:
    """The one cell for this text and these declarations."""
    return UnaryTests(text, names, callables, strict)


def compile_expression(text: str) -> Expression:
    """Compile an expression; a leading `=` (form-js, Camunda 8) is dropped. Raises FeelSyntaxError."""
    bare = text.strip()
    return shared_expression(bare[1:].lstrip() if bare.startswith("=") else bare)


def compile_unary_tests(text: str) -> UnaryTests:
    """Compile the cell of a decision table; `-` and nothing match everything. Raises FeelSyntaxError."""
    return shared_unary_tests(text)
