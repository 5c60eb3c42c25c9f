"""What one step of a case has changed, as plain data: ``step`` describes it, ``store`` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class OpenTask:
    """A new step for people, as the inbox will list it."""

    id: str
    element: str
    name: str
    phase: str
    role: str
    second_role: str | None
    organisation: str | None
    subject: str | None
    four_eyes: str | None
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None


@dataclass(frozen=True)
class WaitInfo:
    """An event the case now waits for."""

    id: str
    kind: str
    element: str
    name: str
    due_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """A journal entry to be written."""

    kind: str
    payload: dict[str, Any]


@dataclass
class Outcome:
    """What one step changed."""

    entries: list[Entry] = field(default_factory=list)
    opened: list[OpenTask] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    waits_opened: list[WaitInfo] = field(default_factory=list)
    waits_gone: list[WaitInfo] = field(default_factory=list)
    incidents: list[tuple[str, str]] = field(default_factory=list)
    unstuck: list[str] = field(default_factory=list)
    jobs: list[tuple[str, datetime, dict[str, Any]]] = field(default_factory=list)
    phase: str | None = None
    result: str | None = None
    completed: bool = False
    retention_until: str | None = None
    attempt: int = 1
