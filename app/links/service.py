"""HR's side of links: hand one out, see what became of it, revoke it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.access import load_visible
from app.cases.scope import grant_in_case, roles_in_case, visible_cases
from app.cases.shown import record_view
from app.engine import catalogue
from app.engine.models import Case, Task
from app.engine.outcome import Entry
from app.engine.service import CaseEnded, variables_of
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.policy import LINK_ISSUERS, permit_roles
from app.identity.roles import EMPLOYEE
from app.inbox import rules as inbox_rules
from app.links import codes, letter, rules, store
from app.links.models import ParticipantLink
from app.links.participation import participants_of
from app.links.present import link_view
from app.links.problems import EmailMissing, LinkOver, NoParticipant, NothingToAnswer
from app.platform import mail, paging
from app.platform.clock import iso
from app.platform.i18n import _
from app.platform.problems import FieldError, NotFound
from app.platform.settings import Settings

LINK = ParticipantLink


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


def issue(
    session: Session, actor: Actor, case_id: str, new: NewLink, settings: Settings, now: datetime
) -> tuple[dict[str, Any], Secrets]:
    """Hand out a link; an earlier one for the same person and purpose ends. Returns the link and its secrets.

    A task that the issuer has claimed goes back to the group, so that the participant can do it. With the channel
    ``mail`` the address leaves by mail alone. Raises NotFound, Forbidden, EmailMissing, Unmailable, CaseEnded,
    NoParticipant, NothingToAnswer, TakenByOther, ChangedMeanwhile.
    """
    row = load_visible(session, actor, case_id, "links_api.issue_link")
    case = row.Case
    if new.channel == "mail" and not new.email:
        raise EmailMissing([FieldError("/email", EmailMissing.code, _(EmailMissing.message_id()))])
    if case.status != "open":
        raise CaseEnded
    person = _participant(variables_of(row.blob), new.employee)
    task = _open_task(session, actor, case_id, new) if new.purpose == "evidence" else None
    replaced = store.revoke(
        session, now, LINK.case_id == case_id, LINK.employee_id == new.employee, LINK.purpose == new.purpose
    )
    secrets = _secrets(new.channel)
    link = _store(session, actor, case, new, task, secrets, settings.link_days, now)
    if new.channel == "mail":
        _mail(session, row, link, str(person["name"]), letter.address_of(settings.public_url, secrets.token), now)
    entries = [Entry("link.revoked", {"links": replaced, "reason": "replaced"})] if replaced else []
    entries.append(Entry("link.issued", _journalled(link)))
    store.note(session, case, entries, _author(actor, case), now)
    definition = catalogue.load(session, case.definition_id)
    return link_view(link, "open", str(person["name"]), actor.name, task, definition), secrets


def list_links(
    session: Session, actor: Actor, case_id: str, now: datetime, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """``{"items": [link…], "next": cursor or None}``, newest first. Raises NotFound, Forbidden."""
    row = load_visible(session, actor, case_id, "links_api.list_links")
    definition = catalogue.load(session, row.Case.definition_id)
    names = {key: str(person["name"]) for key, person in participants_of(variables_of(row.blob)).items()}
    statement = (
        sa.select(LINK, Case, Task, User.name.label("issuer"))
        .join(Case, Case.id == LINK.case_id)
        .outerjoin(Task, Task.id == LINK.task_id)
        .outerjoin(User, User.id == LINK.created_by)
        .where(LINK.case_id == case_id)
        .execution_options(populate_existing=True)
    )
    rows, following = paging.fetch(session, statement, LINK.id, LINK.id, descending=True, cursor=cursor, limit=limit)
    items = [
        link_view(
            link, store.state_in(now, found), names.get(link.employee_id, ""), found.issuer, found.Task, definition
        )
        for found in rows
        for link in (found.ParticipantLink,)
    ]
    record_view(session, now, actor, row.Case, ["personal"] if items else [])
    return {"items": items, "next": following}


def choices(session: Session, actor: Actor, case_id: str) -> list[dict[str, Any]]:
    """The participants of a case with the purposes a link may have for them. Raises NotFound, Forbidden."""
    row = load_visible(session, actor, case_id, "links_api.issue_link")
    if row.Case.status != "open":
        return []
    answerable, definition = _answerable(session, case_id), catalogue.load(session, row.Case.definition_id)
    tasks = {key: definition.task_name(task.element, task.name) for key, task in answerable.items()}
    people = participants_of(variables_of(row.blob))
    return [{"id": key, "name": str(person["name"]), "task": tasks.get(key)} for key, person in people.items()]


def revoke(session: Session, actor: Actor, link_id: str, now: datetime) -> None:
    """Make a link worthless at once; a revoked one stays what it is. Raises NotFound, Forbidden, LinkOver (used)."""
    statement = sa.select(LINK, Case).join(Case, Case.id == LINK.case_id).where(LINK.id == link_id)
    row = session.execute(statement.where(visible_cases(actor)).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound
    permit_roles(roles_in_case(actor, row.Case.company_id), "links_api.revoke_link")
    if row.ParticipantLink.used_at is not None:
        raise LinkOver
    if store.revoke(session, now, LINK.id == link_id):
        entry = Entry("link.revoked", {"links": [link_id], "reason": "by_issuer"})
        store.note(session, row.Case, [entry], _author(actor, row.Case), now)


# -- parts -----------------------------------------------------------------------------------------------------------


def _author(actor: Actor, case: Case) -> Author:
    grant = grant_in_case(actor, case.company_id, LINK_ISSUERS)
    return Author(actor.user_id, grant.on_behalf_of if grant else None)


def _participant(variables: Mapping[str, Any], employee: str) -> Mapping[str, Any]:
    person = participants_of(variables).get(employee)
    if person is None:
        raise NoParticipant([FieldError("/employee", NoParticipant.code, _(NoParticipant.message_id()))])
    return person


def _answerable(session: Session, case_id: str, task_id: str | None = None) -> dict[str, Task]:
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


def _open_task(session: Session, actor: Actor, case_id: str, new: NewLink) -> Task:
    """The participant's open task, free for the participant."""
    task = _answerable(session, case_id, new.task).get(new.employee)
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


def _secrets(channel: str) -> Secrets:
    if channel == "paper":
        return Secrets(codes.new_short_token(), codes.new_code())
    return Secrets(codes.new_token(), None)


def _store(
    session: Session,
    actor: Actor,
    case: Case,
    new: NewLink,
    task: Task | None,
    secrets: Secrets,
    days: int,
    now: datetime,
) -> ParticipantLink:
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


def _mail(session: Session, row: Any, link: ParticipantLink, person: str, address: str, now: datetime) -> None:
    subject, body = letter.to_participant(
        link.purpose,
        person=person,
        company=row.company_name,
        number=row.Case.number,
        address=address,
        expires_at=link.expires_at,
    )
    mail.send(session, now, key=f"link:{link.id}", to=link.email or "", subject=subject, body=body)


def _journalled(link: ParticipantLink) -> dict[str, Any]:
    """What the history says of a new link: neither its secrets nor where it was sent."""
    return {
        "link": link.id,
        "purpose": link.purpose,
        "channel": link.channel,
        "employee": link.employee_id,
        "task": link.task_id,
        "expires_at": iso(link.expires_at),
    }
