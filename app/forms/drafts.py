"""What somebody has typed so far: kept as it is, within limits, and never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.forms.answer_fields import MAX_DECIMALS, MAX_NUMBER
from app.forms.levels import MAX_ROWS, Level, Rows

MAX_DRAFT_TEXT: Final = 12_000
"""Characters of one typed text: more than any field takes, so that a text that is too long is not lost."""
MAX_DRAFT_ITEMS: Final = 500

_NEVER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(level: Level, answers: Mapping[Any, Any]) -> dict[str, Any]:
    """The own keys of a level with values that can be stored; everything else is left out."""
    kept: dict[str, Any] = {}
    for member in level.members:
        if member.key not in answers:
            continue
        value = answers[member.key]
        if isinstance(member.content, Rows):
            rows = value[:MAX_ROWS] if isinstance(value, list) else []
            kept[member.key] = [clean(member.content.level, row) for row in rows if isinstance(row, Mapping)]
        elif isinstance(value, list):
            kept[member.key] = [_scalar(item) for item in value[:MAX_DRAFT_ITEMS] if _storable(item)]
        elif _storable(value):
            kept[member.key] = _scalar(value)
    return kept


def _storable(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and (value.is_zero() or -MAX_DECIMALS <= value.adjusted() < 15)
    if isinstance(value, int):
        return abs(value) < MAX_NUMBER
    return value is None or isinstance(value, str)


def _scalar(value: Any) -> Any:
    return _NEVER.sub("", value[:MAX_DRAFT_TEXT]) if isinstance(value, str) else value
