"""``conditional.hide``: when a component is not shown, exactly as form-js 2.0 decides it.

form-js evaluates the text as a unary test without an input value. Measured on feelin 6.1: the component is
hidden when the expression is true, and also when its answer stays open (null): null equals the missing input.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.decisions.feel import Expression, FeelSyntaxError, compile_expression
from app.decisions.feel.errors import Message


class BadCondition(ValueError):
    """The text is no condition that browser and server understand alike."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.en)


@dataclass(frozen=True)
class HideCondition:
    """A compiled ``hide``."""

    text: str
    expression: Expression

    def hides(self, names: Mapping[str, object]) -> bool:
        """Whether the component is hidden for these names; unknown names are null."""
        return self.expression.evaluate(names, lenient=True) is True


def compile_hide(text: object) -> HideCondition:
    """Compile the text of ``conditional.hide``. Raises BadCondition."""
    if not isinstance(text, str) or not text.strip().startswith("="):
        raise BadCondition(
            Message(
                "a condition starts with =, otherwise form-js ignores it",
                "Eine Bedingung beginnt mit =, sonst beachtet form-js sie nicht",
            )
        )
    bare = text.strip()[1:].strip()
    if bare.startswith("not(") or bare.startswith("not ("):
        raise BadCondition(
            Message(
                "form-js reads a leading not(…) in its own way; turn the comparison round",
                "form-js liest ein not(…) am Anfang auf eigene Weise; drehen Sie den Vergleich um",
            )
        )
    try:
        compile_expression(bare)  # for positions that fit the text as it was written
        # "Not false" is true for an open answer too: see the measurement above.
        return HideCondition(text, compile_expression(f"({bare}\n) != false"))
    except FeelSyntaxError as error:
        raise BadCondition(Message(f"{error.message}", f"{error.message_de}")) from error
