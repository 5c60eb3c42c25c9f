"""Links as list and API show them: never with their token."""

from __future__ import annotations

from typing import Any

from app.engine.catalogue import LoadedDefinition
from app.engine.models import Task
from app.links.models import ParticipantLink


def link_view(
    link: ParticipantLink,
    state: str,
    person: str,
    issuer: str | None,
    task: Task | None,
    definition: LoadedDefinition,
) -> dict[str, Any]:
    """A link as plain data; times stay datetimes."""
    name = "" if task is None else definition.task_name(task.element, task.name)
    return {
        "id": link.id,
        "case": link.case_id,
        "purpose": link.purpose,
        "channel": link.channel,
        "state": state,
        "employee": {"id": link.employee_id, "name": person},
        "task": None if task is None else {"id": task.id, "name": name},
        "email": link.email,
        "issued_by": {"id": link.created_by, "name": issuer or ""},
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "used_at": link.used_at,
        "revoked_at": link.revoked_at,
    }
