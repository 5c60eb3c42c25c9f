"""Lists and single tasks as the inbox asks for them: always scoped, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.scope import completable_tasks, second_review_barred, visible_tasks
from app.engine.models import Case, Task
from app.identity.actor import Actor
from app.identity.models import Organisation, User
from app.platform import paging
from app.platform.db import matches

FAR = datetime(9999, 12, 31, tzinfo=UTC)
SORTS = ("created_at", "due_at", "priority")
Owner = aliased(Organisation, name="owner")
Company = aliased(Organisation, name="company")
Assignee = aliased(User, name="assignee")


@dataclass(frozen=True)
class TaskQuery:
    """What a task list is asked for; every field may stay empty. ``assignee``: me, none, free (none or me) or any."""

    role: str | None = None
    assignee: str = "any"
    state: str = "open"
    company: str | None = None
    process: str | None = None
    element: str | None = None
    case: str | None = None
    due_before: datetime | None = None
    q: str | None = None
    scope: str = "mine"
    sort: str = "created_at"
    cursor: str | None = None
    limit: int | None = None


def columns(user_id: Any) -> sa.Select[*tuple[Any, ...]]:
    """Tasks with case, company, owner and assignee: everything a list shows to ``user_id`` (a value or a parameter)."""
    return (
        sa.select(
            Task,
            Case,
            Company.name.label("company_name"),
            Owner.name.label("owner_name"),
            Assignee.name.label("assignee_name"),
            second_review_barred(user_id).label("barred"),
        )
        .join(Case, Case.id == Task.case_id)
        .join(Company, Company.id == Case.company_id)
        .outerjoin(Owner, Owner.id == Task.organisation_id)
        .outerjoin(Assignee, Assignee.id == Task.assignee_id)
    )


def find_tasks(session: Session, actor: Actor, query: TaskQuery) -> tuple[list[Any], str | None]:
    """One page of tasks and the next cursor."""
    statement = columns(actor.user_id).where(Task.state == query.state, *_conditions(actor, query))
    descending = query.sort.startswith("-")
    name = query.sort.lstrip("-")
    order: sa.ColumnElement[Any] = getattr(Task, name)
    if name == "due_at":
        order = sa.func.coalesce(Task.due_at, sa.literal(FAR, Task.due_at.type))
        order.type = Task.due_at.type
    return paging.fetch(
        session, statement, order, Task.id, descending=descending, cursor=query.cursor, limit=query.limit
    )


def _conditions(actor: Actor, query: TaskQuery) -> list[sa.ColumnElement[bool]]:
    found = [_sight(actor, query)]
    if query.assignee == "me":
        found.append(Task.assignee_id == actor.user_id)
    elif query.assignee == "none":
        found.append(Task.assignee_id.is_(None))
    elif query.assignee == "free":
        found.append(sa.or_(Task.assignee_id.is_(None), Task.assignee_id == actor.user_id))
    if query.role:
        found.append(sa.or_(Task.role == query.role, Task.second_role == query.role))
    if query.due_before:
        found.append(Task.due_at < query.due_before)
    equal = (
        (Case.company_id, query.company),
        (Case.process, query.process),
        (Task.element, query.element),
        (Task.case_id, query.case),
    )
    found += [column == wanted for column, wanted in equal if wanted]
    if query.q:
        found.append(matches(query.q, Task.name, Case.title, Case.number, Company.name))
    return found


def _sight(actor: Actor, query: TaskQuery) -> sa.ColumnElement[bool]:
    if query.scope == "visible":
        return visible_tasks(actor)
    if query.state == "completed":
        return Task.completed_by == actor.user_id
    return completable_tasks(actor)
