"""When a link is good, and for how long: plain decisions, no database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

PURPOSES = ("consent", "evidence", "withdraw")
CHANNELS = ("mail", "paper")
MAX_ATTEMPTS = 5
"""Wrong codes after which a paper link is revoked."""
GRACE = timedelta(days=7)
"""A task may be done after its deadline; its link is good for a week longer."""

State = Literal["open", "used", "revoked", "expired", "closed"]


def expires_at(now: datetime, days: int, due_at: datetime | None) -> datetime:
    """``days`` from now, never later than :data:`GRACE` after the task's deadline (after now, if that is past)."""
    latest = now + timedelta(days=days)
    return latest if due_at is None else min(latest, max(due_at, now) + GRACE)


def state_of(
    now: datetime,
    *,
    used_at: datetime | None,
    revoked_at: datetime | None,
    expires_at: datetime,
    case_open: bool,
    task_open: bool,
) -> State:
    """What a link still is. ``closed``: what it was for has been done otherwise, or the case has ended."""
    if used_at is not None:
        return "used"
    if revoked_at is not None:
        return "revoked"
    if now >= expires_at:
        return "expired"
    return "open" if case_open and task_open else "closed"


def is_locked(attempts: int) -> bool:
    """Whether a paper link has seen too many wrong codes."""
    return attempts >= MAX_ATTEMPTS
