"""`typeRef`s: what kind of value an input or output takes, and which values are allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.decisions.feel.api import UnaryTests
from app.decisions.feel.errors import Message, RefusedError
from app.decisions.feel.literals import parse_date, parse_date_time, parse_duration, parse_time
from app.decisions.feel.values import Range, german_kind, kind

# The names of DMN, and those Camunda Modeler offers for Camunda 7.
KIND_OF_TYPE: Final[dict[str, str]] = {
    "number": "number",
    "integer": "number",
    "long": "number",
    "double": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "dayTimeDuration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "years and months duration": "years and months duration",
}
_FROM_TEXT: Final[dict[str, Callable[[str], object]]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "days and time duration": parse_duration,
    "years and months duration": parse_duration,
}


@dataclass(frozen=True, slots=True)
class DeclaredType:
    """A FEEL kind (None: anything) and the values allowed of it, one by one for a collection."""

    kind: str | None = None
    allowed: UnaryTests | None = None
    collection: bool = False

    def accept(self, value: object) -> object:
        """The value as that type: ISO text becomes a date or duration where one is declared; null stays null.

        Raises RefusedError for another kind and for a value outside the allowed ones.
        """
        if value is None or (self.kind is None and self.allowed is None):
            return value
        if self.collection:
            items = value if isinstance(value, list) else [value]
            return [self._accept_one(item) for item in items]
        return self._accept_one(value)

    def mismatch(self, constant: object) -> Message | None:
        """Why a constant in a cell can never be compared with a value of this type; None if it can."""
        ends = [constant.low, constant.high] if isinstance(constant, Range) else [constant]
        for value in ends:
            if self.kind is not None and value is not None and kind(value) not in (self.kind, "list"):
                return Message(
                    f"{kind(value)} where {self.kind} is declared",
                    f"{german_kind(kind(value))} statt {german_kind(self.kind)}",
                )
        return None

    def _accept_one(self, value: object) -> object:
        if self.kind is not None and kind(value) != self.kind:
            read = _FROM_TEXT.get(self.kind)
            if read is None or not isinstance(value, str):
                raise RefusedError(
                    f"{kind(value)} where {self.kind} is declared",
                    f"{german_kind(kind(value))} statt {german_kind(self.kind)}",
                )
            value = read(value)
        if self.allowed is not None and self.allowed.run(value, {}) is not True:
            raise not_allowed(value, self.allowed)
        return value


def not_allowed(value: object, allowed: UnaryTests) -> RefusedError:
    """The refusal of a value outside the declared ones."""
    shown = str(value)[:60]
    return RefusedError(
        f"{shown!r} is not among the allowed values {allowed.text}",
        f"„{shown}“ gehört nicht zu den erlaubten Werten {allowed.text}",
    )


ANYTHING: Final = DeclaredType()
