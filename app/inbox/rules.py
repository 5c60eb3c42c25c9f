"""Who may do what with a task: plain decisions, no database."""

from __future__ import annotations

from datetime import datetime

from app.platform.problems import Conflict, Forbidden


class TakenByOther(Conflict):
    """Somebody else has claimed this task: %(name)s."""

    code = "taken"


class TaskNotOpen(Conflict):
    """This task is no longer open: it has been done, or the case has moved on."""

    code = "not_open"


class FourEyes(Forbidden):
    """You did the first of two reviews yourself; the second one must be done by somebody else (four-eyes principle)."""

    code = "four_eyes"


class NotYourTask(Forbidden):
    """This task belongs to another role: you may see it, but not do it."""

    code = "not_your_task"


def check_open(state: str) -> None:
    """Raise :class:`TaskNotOpen` unless the task is open."""
    if state != "open":
        raise TaskNotOpen


def check_free(assignee_id: str | None, user_id: str, assignee_name: str) -> None:
    """Raise :class:`TakenByOther` if another user has claimed the task."""
    if assignee_id is not None and assignee_id != user_id:
        raise TakenByOther(name=assignee_name)


def is_overdue(state: str, due_at: datetime | None, now: datetime) -> bool:
    """Whether an open task's due time has passed."""
    return state == "open" and due_at is not None and due_at < now
