"""FEEL in the case: how texts in diagrams become compiled expressions, and what they may see.

Scope of every expression: the case's variables, the local variables of a multi-instance element, ``now``,
``today``, ``case``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from app.decisions.feel import Expression, compile_expression, from_feel
from app.platform.clock import BERLIN, local_date

_ISO_DURATION = re.compile(r"^-?P[0-9YMWDTHS.]+$")
_ISO_DATE = re.compile(r"^\d{4}-\d\d-\d\d")


@lru_cache(maxsize=4096)
def compiled(text: str) -> Expression:
    """The compiled FEEL of an attribute: ``=expression``, or a literal ISO 8601 duration or date. Raises
    FeelSyntaxError.
    """
    stripped = text.strip()
    if _ISO_DURATION.match(stripped):
        return compile_expression(f'duration("{stripped}")')
    if _ISO_DATE.match(stripped):
        return compile_expression(f'"{stripped}"')
    return compile_expression(stripped)


def scope(
    variables: Mapping[str, Any], local: Mapping[str, Any], case: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The names an expression sees; local names win over case variables."""
    return {**variables, **local, "case": dict(case), "now": now, "today": local_date(now)}


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """Evaluate an attribute's FEEL to case data (JSON-able). Raises FeelError."""
    return from_feel(compiled(text).evaluate(names))


def moment(value: Any, now: datetime) -> datetime | None:
    """A FEEL result as a point in time: date and time, date (00:00 in Thuringia), duration from now, or ISO text
    of these.
    """
    if value is None:
        return None
    if isinstance(value, str):
        if _ISO_DURATION.match(value.strip()):
            return moment(compile_expression(f'duration("{value.strip()}")').evaluate({}), now)
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=BERLIN)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), BERLIN).astimezone(UTC)
    later = compile_expression("start + length").evaluate({"start": now, "length": value})
    if not isinstance(later, datetime):
        raise ValueError(f"no point in time: {value!r}")
    return later.astimezone(UTC)


def evaluate_moment(text: str, names: Mapping[str, Any]) -> datetime | None:
    """Evaluate a due date or timer to a point in time, None where it has none (yet). Raises FeelError, ValueError."""
    return moment(compiled(text).evaluate(names), names["now"])
