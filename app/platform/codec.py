"""JSON in and out, in one place: exact decimals, canonical text for hashing.

Numbers are ``int`` or ``Decimal``; a JSON float is read as ``Decimal`` and written as a JSON number, so money and hours
never pass through binary floating point.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="deterministic")
MAX_EXPONENT = 400
"""Numbers beyond 10^400 are refused on reading: turning them into integers would take minutes."""


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if number and abs(number.adjusted()) > MAX_EXPONENT:
        raise ArithmeticError(f"number out of range: {text[:20]}")
    return number


_decoder = msgspec.json.Decoder(float_hook=_exact)


class MalformedJson(ValueError):
    """The text is not valid JSON."""


def dumps(value: Any) -> bytes:
    """UTF-8 JSON without white space."""
    return _encoder.encode(value)


def canonical(value: Any) -> str:
    """Canonical text for digests: sorted keys, no white space, UTF-8, numbers as written."""
    return _canonical.encode(value).decode()


def loads(data: bytes | str) -> Any:
    """Parse JSON. Raises :class:`MalformedJson`, also for NaN, lone surrogates and nesting deeper than the stack."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError, ArithmeticError) as error:
        raise MalformedJson(str(error)) from error
