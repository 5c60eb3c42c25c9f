"""Tasks as the API answers and the pages show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cases.scope import grant_for
from app.engine.catalogue import LoadedDefinition
from app.engine.models import Task
from app.identity.actor import Actor
from app.inbox.rules import is_overdue


def task_view(row: Any, definition: LoadedDefinition, actor: Actor, now: datetime) -> dict[str, Any]:
    """A row of ``queries.columns()`` as plain data; times stay datetimes."""
    task: Task = row.Task
    return {
        "id": task.id,
        "case": {
            "id": row.Case.id,
            "number": row.Case.number,
            "title": row.Case.title,
            "company": {"id": row.Case.company_id, "name": row.company_name},
        },
        "element": task.element,
        "name": definition.task_name(task.element, task.name),
        "phase": task.phase,
        "role": task.role,
        "organisation": None if task.organisation_id is None else {"id": task.organisation_id, "name": row.owner_name},
        "assignee": None if task.assignee_id is None else {"id": task.assignee_id, "name": row.assignee_name},
        "state": task.state,
        "created_at": task.created_at,
        "due_at": task.due_at,
        "follow_up_at": task.follow_up_at,
        "priority": task.priority,
        "may_complete": task.state == "open" and not row.barred and grant_for(actor, task) is not None,
        "overdue": is_overdue(task.state, task.due_at, now),
        "etag": etag_of(task),
    }


def etag_of(task: Task) -> str:
    """The version of a task for ETag and If-Match, without quotes."""
    return f"{task.id[-8:]}-{task.version}"
