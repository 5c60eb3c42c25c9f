"""FEEL functions on texts. Positions count from 1, negative ones from the end."""

from __future__ import annotations

from decimal import Decimal

from app.decisions.feel.errors import RefusedError
from app.decisions.feel.functions import feel_function
from app.decisions.feel.functions_numbers import whole


def start_index(position: Decimal, length: int) -> int:
    """FEEL position (1-based, negative from the end) to Python index; raises RefusedError outside."""
    place = whole(position)
    if not place or abs(place) > length:
        raise RefusedError(f"there is no position {place}", f"die Position {place} gibt es nicht")
    return place - 1 if place > 0 else length + place


def count_of(length: Decimal) -> int:
    """A length that is at least 1."""
    size = whole(length)
    if size < 1:
        raise RefusedError("the length is at least 1", "die Länge ist mindestens 1")
    return size


@feel_function("substring", "string", "number", "number", required=2)
def _substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    first = start_index(start, len(text))
    return text[first:] if length is None else text[first : first + count_of(length)]


@feel_function("string length", "string")
def _string_length(text: str) -> Decimal:
    return Decimal(len(text))


@feel_function("upper case", "string")
def _upper_case(text: str) -> str:
    return text.upper()


@feel_function("lower case", "string")
def _lower_case(text: str) -> str:
    return text.lower()


@feel_function("substring before", "string", "string")
def _substring_before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else ""


@feel_function("substring after", "string", "string")
def _substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@feel_function("contains", "string", "string")
def _contains(text: str, match: str) -> bool:
    return match in text


@feel_function("starts with", "string", "string")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@feel_function("ends with", "string", "string")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)
