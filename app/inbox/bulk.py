"""Many tasks at once: claim, release, assign. Each task gets its own answer; what is refused stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import grant_for, second_review_barred, visible_tasks
from app.engine import catalogue
from app.engine.models import Task
from app.identity.actor import Actor
from app.identity.directory import actor_for_login
from app.identity.policy import permit
from app.inbox import queries, rules
from app.inbox.present import task_view
from app.inbox.service import UnknownUser
from app.platform.i18n import _
from app.platform.problems import FieldError, Forbidden, NotFound, Problem

ACTIONS = ("claim", "release", "assign")
MOST = 100
"""Tasks in one call."""


def bulk(
    session: Session, actor: Actor, ids: Sequence[str], action: str, login: str | None, now: datetime
) -> dict[str, Any]:
    """``{"results": [{"id", "status", "code", "detail", "task"}]}`` in the order of ``ids``; statuses as the single
    calls answer them. Three statements, however many tasks. Raises UnknownUser for a login nobody has.
    """
    target = _target(session, actor, action, login)
    rows = {row.Task.id: row for row in _load(session, actor, ids, target)}
    refused: dict[str, Problem] = {}
    for key in dict.fromkeys(ids):
        try:
            _check(actor, rows.get(key), action, target)
        except Problem as problem:
            refused[key] = problem
    changed = [key for key in rows if key not in refused]
    if changed:
        assignee = None if target is None else target.user_id
        change = sa.update(Task).where(Task.id.in_(changed)).values(assignee_id=assignee, version=Task.version + 1)
        session.execute(change, execution_options={"synchronize_session": False})
    fresh = {row.Task.id: row for row in _load(session, actor, changed, target)} if changed else {}
    return {"results": [_answer(session, actor, key, fresh.get(key), refused.get(key), now) for key in ids]}


def _target(session: Session, actor: Actor, action: str, login: str | None) -> Actor | None:
    """Who is to have the tasks: nobody after a release."""
    if action == "release":
        return None
    if action == "claim":
        return actor
    permit(actor, "inbox_api.assign_task")
    found = actor_for_login(session, login or "")
    if found is None:
        raise UnknownUser([FieldError("/user", "unknown_user", _(UnknownUser.message_id()))])
    return found


def _load(session: Session, actor: Actor, ids: Sequence[str], target: Actor | None) -> list[Any]:
    """The visible ones of ``ids``, locked until the end of the transaction."""
    statement = (
        queries.columns(actor.user_id)
        .add_columns(second_review_barred((target or actor).user_id).label("target_barred"))
        .where(Task.id.in_(ids), visible_tasks(actor))
        .order_by(Task.id)
        .with_for_update(of=Task)
    )
    return list(session.execute(statement.execution_options(populate_existing=True)))


def _check(actor: Actor, row: Any | None, action: str, target: Actor | None) -> None:
    """The checks of the single calls, on a row that is loaded already."""
    if row is None:
        raise NotFound
    held = grant_for(actor, row.Task) is not None
    if not held and not (action == "assign" and actor.has_role("coordinator")):
        raise rules.NotYourTask
    if action != "assign" and row.barred:
        raise rules.FourEyes
    rules.check_open(row.Task.state)
    if action != "assign":
        rules.check_free(row.Task.assignee_id, actor.user_id, row.assignee_name or "")
    elif target is None or grant_for(target, row.Task) is None or row.target_barred:
        raise UnknownUser


def _answer(
    session: Session, actor: Actor, key: str, row: Any | None, problem: Problem | None, now: datetime
) -> dict[str, Any]:
    if problem is None and row is not None:
        view = task_view(row, catalogue.load(session, row.Case.definition_id), actor, now)
        return {"id": key, "status": 200, "code": None, "detail": None, "task": view}
    problem = problem or Forbidden()
    detail = _(problem.message_id(), **problem.values)
    return {"id": key, "status": problem.status, "code": problem.code, "detail": detail, "task": None}
