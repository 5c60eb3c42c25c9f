"""Case data as people read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from app.platform.i18n import _, current_language


def readable(value: object) -> str:
    """Yes and no, numbers with the reader's separators, lists with commas, objects as ``name: value``."""
    if value is None or value == "":
        return _("not given")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | Decimal):
        text = f"{value:,}"
        return text if current_language() == "en" else text.translate(str.maketrans(",.", ".,"))
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {readable(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(readable(item) for item in value) or _("none")
    return str(value)


def pretty(payload: object) -> str:
    """A payload of the journal as indented JSON."""
    return json.dumps(payload, indent=2, ensure_ascii=False, default=str)
