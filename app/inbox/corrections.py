"""Correcting a submitted answer: who has done a task, or holds its role, opens it again with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import grant_for, second_review_barred, visible_tasks
from app.engine import catalogue, correction
from app.engine.models import Case, Snapshot, Task
from app.engine.reopening import reopen
from app.engine.service import Engine, snapshot_columns, snapshot_of
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.policy import permit
from app.inbox import queries, rules
from app.inbox.present import etag_of, task_view
from app.platform.i18n import _
from app.platform.preconditions import require_match
from app.platform.problems import Conflict, NotFound

SHOWN = 5
"""Answers offered for correction on the page of a case: the newest ones."""


def reopen_task(
    session: Session,
    actor: Actor,
    engine: Engine,
    task_id: str,
    reason: str,
    now: datetime,
    if_match: str | None = None,
) -> dict[str, Any]:
    """Open a completed task again; the earlier answers are its draft. What followed from it ends; the history stays.

    Raises NotFound, NotYourTask, FourEyes (403), StaleVersion (412), and 409 where it is too late: see ``correction``.
    """
    row = _load(session, actor, task_id)
    grant = grant_for(actor, row.Task)
    permit(actor, "inbox_api.reopen_task")
    if grant is None:
        raise rules.NotYourTask
    if row.barred:
        raise rules.FourEyes
    require_match(if_match, etag_of(row.Task))
    undone = correction.plan(session, row)
    author = Author(actor.user_id, grant.on_behalf_of)
    reopen(session, engine.settings, row, undone, reason=reason, author=author, assignee_id=actor.user_id, now=now)
    fresh = _load(session, actor, task_id)
    return task_view(fresh, catalogue.load(session, fresh.Case.definition_id), actor, now)


def correction_of(session: Session, actor: Actor, task_id: str) -> dict[str, Any] | None:
    """``{"allowed", "why"}``: whether ``actor`` may open a completed task again, and why not in words; None if that is
    no question: the task is not done, or is not the actor's. Raises NotFound.
    """
    row = _load(session, actor, task_id)
    if row.Task.state != "completed" or row.barred or grant_for(actor, row.Task) is None:
        return None
    return _verdict(session, row)


def corrections_of_case(session: Session, actor: Actor, case_id: str) -> list[dict[str, Any]]:
    """The newest answers of a case that ``actor`` could correct by role: ``{"id", "name", "allowed", "why"}``."""
    newest = (
        sa.select(Task, Case, *snapshot_columns(), second_review_barred(actor.user_id).label("barred"))
        .join(Case, Case.id == Task.case_id)
        .join(Snapshot, snapshot_of())
        .where(Task.case_id == case_id, Task.state == "completed", Task.newest_at.is_not(None), visible_tasks(actor))
        .order_by(Task.completed_seq.desc())
        .limit(SHOWN)
    )
    found = []
    for row in session.execute(newest.execution_options(populate_existing=True)):
        if grant_for(actor, row.Task) is not None and not row.barred:
            definition = catalogue.load(session, row.Case.definition_id)
            name = definition.task_name(row.Task.element, row.Task.name)
            found.append({"id": row.Task.id, "name": name, **_verdict(session, row)})
    return found


def _verdict(session: Session, row: Any) -> dict[str, Any]:
    try:
        correction.plan(session, row)
    except Conflict as problem:
        return {"allowed": False, "why": _(problem.message_id(), **problem.values)}
    return {"allowed": True, "why": None}


def _load(session: Session, actor: Actor, task_id: str) -> Any:
    statement = (
        queries.columns(actor.user_id)
        .add_columns(*snapshot_columns())
        .join(Snapshot, snapshot_of())
        .where(Task.id == task_id, visible_tasks(actor))
    )
    row = session.execute(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    return row
