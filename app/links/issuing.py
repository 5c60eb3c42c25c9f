"""The parts of handing out a link: whom and what it is for, its secrets, its row, its mail, its journal entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.engine.models import Case, Task
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.roles import EMPLOYEE
from app.inbox import rules as inbox_rules
from app.links import codes, letter, rules, store
from app.links.models import ParticipantLink
from app.links.problems import NothingToAnswer
from app.platform import mail
from app.platform.clock import iso


@dataclass(frozen=True)
class NewLink:
    """What HR asks for. ``task`` may stay empty: then the participant's oldest open task is meant."""

    purpose: str
    employee: str
    channel: str
    task: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Secrets:
    """What is known in this moment only: the token of the address and, for paper, the code."""

    token: str
    code: str | None


def answerable(session: Session, case_id: str, task_id: str | None = None) -> dict[str, Task]:
    """The oldest open task (or that very one) of each employee who may do it."""
    which = sa.true() if task_id is None else Task.id == task_id
    statement = (
        sa.select(Task)
        .where(Task.case_id == case_id, Task.state == "open", Task.subject_id.is_not(None), which)
        .where(sa.or_(Task.role == EMPLOYEE, Task.second_role == EMPLOYEE))
        .order_by(Task.created_at.desc(), Task.id.desc())
        .execution_options(populate_existing=True)
    )
    return {str(task.subject_id): task for task in session.scalars(statement)}


def open_task(session: Session, actor: Actor, case_id: str, new: NewLink) -> Task:
    """The participant's open task, free for the participant. Raises NothingToAnswer, TakenByOther."""
    task = answerable(session, case_id, new.task).get(new.employee)
    if task is None:
        raise NothingToAnswer
    if task.assignee_id is None:
        return task
    holder = session.get(User, task.assignee_id)
    inbox_rules.check_free(task.assignee_id, actor.user_id, holder.name if holder else "")
    session.execute(
        sa.update(Task)
        .where(Task.id == task.id, Task.state == "open")
        .values(assignee_id=None, version=Task.version + 1)
        .execution_options(synchronize_session=False)
    )
    return task


def new_secrets(channel: str) -> Secrets:
    """A token nobody has seen yet; for paper a shorter one with a code."""
    if channel == "paper":
        return Secrets(codes.new_short_token(), codes.new_code())
    return Secrets(codes.new_token(), None)


def store_link(
    session: Session,
    actor: Actor,
    case: Case,
    new: NewLink,
    task: Task | None,
    secrets: Secrets,
    days: int,
    now: datetime,
) -> ParticipantLink:
    """Store a new link; its secrets as hashes only."""
    link = ParticipantLink(
        id=store.new_link_id(),
        token_hash=codes.token_hash(secrets.token),
        code_hash=None if secrets.code is None else codes.code_hash(secrets.token, codes.read(secrets.code)),
        purpose=new.purpose,
        channel=new.channel,
        case_id=case.id,
        task_id=None if task is None else task.id,
        employee_id=new.employee,
        email=new.email if new.channel == "mail" else None,
        created_by=actor.user_id,
        created_at=now,
        expires_at=rules.expires_at(now, days, None if task is None else task.due_at),
        attempts=0,
    )
    session.add(link)
    session.flush()
    return link


def mail_link(session: Session, row: Any, link: ParticipantLink, person: str, address: str, now: datetime) -> None:
    """Send a link to its participant, once the transaction is committed. Raises Unmailable."""
    subject, body = letter.to_participant(
        link.purpose,
        person=person,
        company=row.company_name,
        number=row.Case.number,
        address=address,
        expires_at=link.expires_at,
    )
    mail.send(session, now, key=f"link:{link.id}", to=link.email or "", subject=subject, body=body)


def journalled(link: ParticipantLink) -> dict[str, Any]:
    """What the history says of a new link: neither its secrets nor where it was sent."""
    return {
        "link": link.id,
        "purpose": link.purpose,
        "channel": link.channel,
        "employee": link.employee_id,
        "task": link.task_id,
        "expires_at": iso(link.expires_at),
    }
