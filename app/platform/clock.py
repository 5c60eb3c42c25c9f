"""The only place that reads the clock; everything below transport gets ``now`` as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


def utcnow() -> datetime:
    """Now, timezone-aware, UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The calendar day in Thuringia at ``moment``: legal days are local days."""
    return moment.astimezone(BERLIN).date()


def iso(moment: datetime) -> str:
    """Fixed-width UTC text (``2026-01-31T08:00:00.000000Z``): sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_iso(text: str) -> datetime:
    """Inverse of :func:`iso`; accepts any ISO 8601 text with offset. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return moment.astimezone(UTC)
