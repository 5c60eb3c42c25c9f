"""Numbers and days as readers of German and English write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any


def with_signs(number: str, language: str) -> str:
    """A number written with English signs (``1,234.50``) in the reader's: German swaps comma and point."""
    return number if language == "en" else number.translate(str.maketrans(",.", ".,"))


def day(text: str, language: str) -> str:
    """An ISO date as German readers write it (``31.12.2026``); anything else stays as it is."""
    return text if language == "en" or len(text) != 10 else f"{text[8:]}.{text[5:7]}.{text[:4]}"


def number(value: Any, language: str) -> str:
    """A number as readers write it; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) else f"{value:,}"
    return with_signs(text, language)


def euro(value: Any, language: str) -> str:
    """An amount in euro; empty for what is no number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ""
    return f"{with_signs(f'{value:,.2f}', language)} €"
