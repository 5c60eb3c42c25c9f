"""Loading cases in somebody's sight: scope before role, one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import roles_in_case, visible_cases, visible_tasks
from app.engine.models import Case, Snapshot, Task
from app.engine.service import snapshot_columns, snapshot_of
from app.identity.actor import Actor
from app.identity.models import Organisation
from app.identity.policy import permit_roles
from app.platform.preconditions import require_match
from app.platform.problems import NotFound


def columns() -> sa.Select[*tuple[Any, ...]]:
    """Cases with the name of their company."""
    return sa.select(Case, Organisation.name.label("company_name")).join(
        Organisation, Organisation.id == Case.company_id
    )


def load_visible(session: Session, actor: Actor, case_id: str, endpoint: str, if_match: str | None = None) -> Any:
    """Case, company and snapshot in the actor's sight (else NotFound), then the role of ``endpoint`` in this very case
    (else Forbidden), then the version (else StaleVersion).
    """
    statement = (
        columns()
        .add_columns(*snapshot_columns())
        .join(Snapshot, snapshot_of())
        .where(Case.id == case_id, visible_cases(actor))
    )
    row = session.execute(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    permit_roles(roles_in_case(actor, row.Case.company_id), endpoint)
    require_match(if_match, str(row.Case.version))
    return row


def open_tasks(session: Session, case_ids: Sequence[str]) -> dict[str, list[Task]]:
    """Open tasks by case, oldest first."""
    found: dict[str, list[Task]] = {}
    if case_ids:
        for task in session.scalars(_open().where(Task.case_id.in_(case_ids))):
            found.setdefault(task.case_id, []).append(task)
    return found


def open_tasks_of(session: Session, actor: Actor, case_id: str) -> list[tuple[Task, bool]]:
    """Open tasks of one case, oldest first, each with whether it is in the actor's sight."""
    statement = _open().where(Task.case_id == case_id).add_columns(visible_tasks(actor).label("seen"))
    return [(row.Task, bool(row.seen)) for row in session.execute(statement)]


def _open() -> sa.Select[Task]:
    opened = sa.select(Task).where(Task.state == "open").order_by(Task.created_at, Task.id)
    return opened.execution_options(populate_existing=True)
