"""Identifiers that leave the house: UUIDv7 (RFC 9562), sortable by time, as 36-character text."""

from __future__ import annotations

import re
import secrets
import time
import uuid

_UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


def new_id() -> str:
    """A new UUIDv7: 48 bits of Unix milliseconds, 74 random bits (RFC 9562 § 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    value = (
        (milliseconds & 0xFFFFFFFFFFFF) << 80
        | 0x7 << 76
        | secrets.randbits(12) << 64
        | 0b10 << 62
        | secrets.randbits(62)
    )
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Whether ``text`` is written as an id: lower-case hexadecimal UUID."""
    return _UUID.fullmatch(text) is not None
