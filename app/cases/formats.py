"""Numbers and days as readers of German and English write them."""

from __future__ import annotations


def with_signs(number: str, language: str) -> str:
    """A number written with English signs (``1,234.50``) in the reader's: German swaps comma and point."""
    return number if language == "en" else number.translate(str.maketrans(",.", ".,"))


def day(text: str, language: str) -> str:
    """An ISO date as German readers write it (``31.12.2026``); anything else stays as it is."""
    return text if language == "en" or len(text) != 10 else f"{text[8:]}.{text[5:7]}.{text[:4]}"
