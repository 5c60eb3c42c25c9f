"""What people have typed, from an address or a form: without white space around it, without NUL, not endlessly long."""

from __future__ import annotations

from collections.abc import Mapping


def typed_text(source: Mapping[str, str], name: str, most: int | None = None) -> str:
    """The entry ``name``, empty if it is missing; at most ``most`` characters of it."""
    return source.get(name, "").replace("\x00", "").strip()[:most]
