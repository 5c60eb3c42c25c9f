"""What the compiler builds: one node per sub-expression, evaluated by calling a Python closure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Scope = Mapping[str, object]
Run = Callable[[Scope], object]
Test = Callable[[object, Scope], object]
"""(input value, scope) -> True, False, or None where lenient mode cannot tell."""

INPUT_VALUE = "?"


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled sub-expression.

    `position` is 1-based. A `constant` node has its `value` already; `boolean` marks yes-or-no nodes.
    """

    run: Run
    position: int
    constant: bool = False
    value: object = None
    boolean: bool = False


@dataclass(frozen=True, slots=True)
class CompiledTest:
    """A unary test. `constants` are the values it compares with; `simple`: nothing else decides it."""

    run: Test
    constants: tuple[object, ...]
    simple: bool
