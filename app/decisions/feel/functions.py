"""The table of allowed functions, and how one is declared: name, kinds of its parameters, implementation.

Every function is pure: the same arguments give the same value, so calls on constants are computed at load.
`now()` and `today()` are missing on purpose: a decision depends on its inputs only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import DecimalException

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.values import german_kind, kind


@dataclass(frozen=True, slots=True)
class Function:
    """A FEEL function. `parameters` names the kinds each one accepts, separated by `|`; `any` is everything.

    The last parameter repeats if `variadic`. `required` counts the parameters that must be given.
    """

    name: str
    parameters: tuple[str, ...]
    implementation: Callable[..., object]
    required: int
    variadic: bool = False

    def accepts_count(self, count: int) -> bool:
        """Whether it can be called with that many arguments."""
        return count >= self.required and (self.variadic or count <= len(self.parameters))

    def call(self, arguments: Sequence[object]) -> object:
        """Its value; raises RefusedError for arguments of a wrong kind or without a result."""
        last = len(self.parameters) - 1
        for index, argument in enumerate(arguments):
            allowed = self.parameters[min(index, last)]
            if allowed != "any" and kind(argument) not in allowed.split("|"):
                raise self._wrong_kind(index, allowed, argument)
        try:
            return self.implementation(*arguments)
        except (ArithmeticError, DecimalException, ValueError) as error:
            raise RefusedError(
                f"{self.name}() has no result for these arguments ({type(error).__name__})",
                f"{self.name}() hat für diese Werte kein Ergebnis",
            ) from None

    def _wrong_kind(self, index: int, allowed: str, argument: object) -> RefusedError:
        found, names = kind(argument), allowed.split("|")
        german = " oder ".join(german_kind(name) for name in names)
        return RefusedError(
            f"{self.name}(): argument {index + 1} must be {' or '.join(names)}, not {found}",
            f"{self.name}(): Wert {index + 1} muss {german} sein, nicht {german_kind(found)}",
        )


_TABLE: dict[str, Function] = {}


def feel_function(
    name: str, *parameters: str, required: int | None = None, variadic: bool = False
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Declare the decorated Python function as a FEEL function of that name."""

    def declare(implementation: Callable[..., object]) -> Callable[..., object]:
        count = len(parameters) if required is None else required
        _TABLE[name] = Function(name, parameters, implementation, count, variadic)
        return implementation

    return declare


def find_function(name: str) -> Function | None:
    """The allowed function of that name."""
    return _TABLE.get(name)


def function_names() -> frozenset[str]:
    """All names that may stand before a bracket."""
    return frozenset(_TABLE)
