"""Whom a document is about, at which task it was added, and who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import roles_in_case, visible_tasks
from app.documents.problems import OutOfYourSight, SubjectUnknown, TaskUnknown
from app.documents.scope import own_ids
from app.engine.models import Case, Task
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.roles import ALLIANCE_ROLES, EMPLOYEE, PROVIDER
from app.platform.i18n import _
from app.platform.problems import FieldError


def subjects(variables: Mapping[str, Any]) -> dict[str, str]:
    """Participants and asked providers of a case: id → name."""
    found: dict[str, str] = {}
    for source, key in (("participants", "employee"), ("quote_requests", "organisation")):
        rows = variables.get(source)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping) and row.get(key):
                found[str(row[key])] = str(row.get("name") or "")
    return found


def open_task(session: Session, actor: Actor, case_id: str, task_id: str | None) -> Task | None:
    """The task a document is added at. Raises :class:`TaskUnknown` unless it is an open one the actor sees."""
    if not task_id:
        return None
    statement = sa.select(Task).where(Task.id == task_id, Task.case_id == case_id, Task.state == "open")
    task = session.scalar(statement.where(visible_tasks(actor)))
    if task is None:
        raise TaskUnknown([FieldError("/task", TaskUnknown.code, _(TaskUnknown.message_id()))])
    return task


def subject_of(
    actor: Actor, case: Case, variables: Mapping[str, Any], wanted: str | None, task: Task | None
) -> str | None:
    """Whom a new document is about: whom the sender names, else whom the task is about. Employees and providers add
    documents about themselves only. Raises :class:`SubjectUnknown`.
    """
    known = set(subjects(variables)) | _of_task(task)
    if not _whole_roles(actor, case):
        known &= own_ids(actor)
        wanted = wanted or min(known, default="")
    if not wanted:
        wanted = min(_of_task(task), default="")
    if wanted and wanted not in known:
        raise SubjectUnknown([FieldError("/subject", SubjectUnknown.code, _(SubjectUnknown.message_id()))])
    if not wanted and not _whole_roles(actor, case):
        raise SubjectUnknown([FieldError("/subject", SubjectUnknown.code, _(SubjectUnknown.message_id()))])
    return wanted or None


def check_class(actor: Actor, case: Case, sensitivity: str, subject: str | None) -> None:
    """Nobody adds what would then be out of their own sight. Raises :class:`OutOfYourSight`."""
    whole = _whole_roles(actor, case)
    seen = actor.visible_classes(*whole) if whole else frozenset({"public"})
    if sensitivity not in seen and subject not in own_ids(actor):
        raise OutOfYourSight


def author_of(actor: Actor, company_id: str, subject: str | None) -> Author:
    """The actor, and whom the actor stands in for; an own grant before a deputised one."""
    fitting = [
        grant
        for grant in actor.grants
        if grant.role in ALLIANCE_ROLES or grant.organisation_id in (company_id, subject)
    ]
    first = min(fitting, key=lambda grant: grant.on_behalf_of is not None, default=None)
    return Author(actor.user_id, first.on_behalf_of if first else None)


def _of_task(task: Task | None) -> set[str]:
    if task is None:
        return set()
    provider = task.organisation_id if task.role == PROVIDER else None
    return {one for one in (task.subject_id, provider) if one is not None}


def _whole_roles(actor: Actor, case: Case) -> frozenset[str]:
    return roles_in_case(actor, case.company_id) - {EMPLOYEE, PROVIDER}
