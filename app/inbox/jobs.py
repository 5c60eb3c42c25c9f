"""Background work of the inbox."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.engine.models import Task
from app.platform import jobs

HIGHEST = 100


@jobs.handler("inbox.raise_priority")
def raise_priority(session: Session, now: datetime, case_id: str, by: int) -> None:
    """Move a case's open tasks up in every inbox and make them due for follow-up today. 100 is the highest priority."""
    raised = sa.case((Task.priority + by > HIGHEST, HIGHEST), else_=Task.priority + by)
    statement = (
        sa.update(Task)
        .where(Task.case_id == case_id, Task.state == "open")
        .values(priority=raised, follow_up_at=now, version=Task.version + 1)
    )
    session.execute(statement.execution_options(synchronize_session=False))
