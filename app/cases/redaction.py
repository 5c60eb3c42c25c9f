"""Which fields of a case an actor sees: by the sensitivity class that the forms give every field.

A key counts wherever it stands in the data; keys no form names are ``case``. Names and classes: domain, § 26 BDSG.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KNOWN: Mapping[str, str] = {
    "name": "personal",
    "first_name": "personal",
    "last_name": "personal",
    "birth_date": "personal",
    "monthly_gross": "personal",
    "age": "personal",
    "age_45_or_disabled": "special",
    "disability_degree": "special",
    "equal_status": "special",
    "sgb2_benefits": "special",
    "has_child": "special",
}
"""Fields that come from the registers and from calculations, not from a form."""

TRANSPARENT = frozenset({"answers", "data", "set", "payload", "inputs", "outputs", "value", "matched", "annotations"})
"""Containers of a journal payload: shown, their content is judged key by key."""


def class_of(key: str, sensitivity: Mapping[str, str]) -> str:
    """The stricter of what the registers and the forms say."""
    order = ("public", "case", "personal", "special")
    return max(
        KNOWN.get(key, "public"), sensitivity.get(key, "case" if key not in KNOWN else "public"), key=order.index
    )


def redact(value: Any, visible: frozenset[str], sensitivity: Mapping[str, str]) -> Any:
    """A copy of ``value`` without the keys whose class is not in ``visible``, at any depth."""
    if isinstance(value, Mapping):
        return {
            key: redact(item, visible, sensitivity)
            for key, item in value.items()
            if key in TRANSPARENT or class_of(str(key), sensitivity) in visible
        }
    if isinstance(value, list):
        return [redact(item, visible, sensitivity) for item in value]
    return value
