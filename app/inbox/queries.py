"""Lists and single tasks as the inbox asks for them: always scoped, one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.cases.scope import Way, second_review_barred, ways_to_complete, ways_to_see
from app.engine.models import Case, Task
from app.identity.actor import Actor
from app.identity.models import Organisation, User
from app.inbox.first import first_of
from app.platform import paging
from app.platform.db import matches

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
    """One page of tasks and the next cursor.

    The page is found first, the first tasks of each way in the order of an index, and only then adorned with names: so
    it costs the same however many tasks there are.
    """
    order, descending = getattr(Task, query.sort.lstrip("-")), query.sort.startswith("-")
    size = paging.size_of(query.limit)
    after = None if query.cursor is None else paging.decode_cursor(query.cursor, paging.kind_of(order))
    conditions = _conditions(actor, query)
    parts = [
        part.limit(size + 1)
        for way in _ways(actor, query)
        for part in first_of(way, order, conditions, after, descending=descending)
    ]
    if not parts:
        return [], None
    page = sa.union(*(sa.select(part.subquery()) for part in parts)).subquery("page")
    direction = (page.c.position.desc(), page.c.id.desc()) if descending else (page.c.position, page.c.id)
    statement = (
        columns(actor.user_id)
        .add_columns(page.c.position.label("_order"), page.c.id.label("_key"))
        .join(page, page.c.id == Task.id)
        .order_by(*direction)
        .limit(size + 1)
    )
    return paging.cut(session.execute(statement).all(), size)


def _ways(actor: Actor, query: TaskQuery) -> list[Way]:
    """By which ways the asked tasks are found, each of them with an index of its own."""
    if query.scope != "visible" and query.state == "completed":
        return [Way(Task.completed_by == actor.user_id)]
    ways = ways_to_see(actor) if query.scope == "visible" else ways_to_complete(actor)
    if len(ways) > 1 and (query.case or query.assignee == "me"):
        return [Way(sa.or_(*(way.condition for way in ways)))]  # one case, one person: these are few
    return ways


def _conditions(actor: Actor, query: TaskQuery) -> list[sa.ColumnElement[bool]]:
    found = [Task.state == query.state]
    if query.scope != "visible" and query.state != "completed":
        found.append(sa.not_(second_review_barred(actor.user_id)))
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
    equal = ((Task.company_id, query.company), (Task.element, query.element), (Task.case_id, query.case))
    found += [column == wanted for column, wanted in equal if wanted]
    if query.process:
        found.append(sa.exists().where(Case.id == Task.case_id, Case.process == query.process))
    if query.q:
        texts = sa.select(Case.id).join(Company, Company.id == Case.company_id).where(Case.id == Task.case_id)
        found.append(texts.where(matches(query.q, Task.name, Case.title, Case.number, Company.name)).exists())
    return found
