"""``conditional.hide``: when a component is not shown, exactly as form-js 2.0 decides it.

form-js evaluates the text as a unary test without an input value. Measured on feelin 6.1: the component is
hidden when the expression is true, and also when its answer stays open (null): null equals the missing input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.decisions.feel import Expression, FeelSyntaxError, compile_expression
from app.decisions.feel.errors import Message
from app.decisions.feel.lint import blank_quoted

_READ_DIFFERENTLY: Final = re.compile(r"^not\s*\(|\bin\b")
_NO_EXPRESSION: Final = Message(
    "a condition starts with =, otherwise form-js ignores it",
    "Eine Bedingung beginnt mit =, sonst beachtet form-js sie nicht",
)
_AMBIGUOUS: Final = Message(
    "form-js reads a leading not(…), and in where a field is empty, in its own way; write comparisons with = and or",
    "form-js liest not(…) am Anfang und in bei leeren Feldern auf eigene Weise; schreiben Sie Vergleiche mit = und or",
)


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
    if not isinstance(text, str) or not text.startswith("="):
        raise BadCondition(_NO_EXPRESSION)
    bare = text[1:].strip()
    if _READ_DIFFERENTLY.search(blank_quoted(bare)):
        raise BadCondition(_AMBIGUOUS)
    try:
        compile_expression(bare)  # for positions that fit the text as it was written
        # "Not false" is true for an open answer too: see the measurement above.
        return HideCondition(text, compile_expression(f"({bare}\n) != false"))
    except FeelSyntaxError as error:
        raise BadCondition(Message(f"{error.message}", f"{error.message_de}")) from error
