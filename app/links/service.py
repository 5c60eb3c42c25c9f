"""HR's side of links: hand one out, see what became of it, revoke it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.access import load_visible
from app.cases.scope import grant_in_case, roles_in_case, visible_cases, visible_tasks
from app.cases.shown import record_view
from app.engine import catalogue
from app.engine.models import Case, Task
from app.engine.outcome import Entry
from app.engine.service import CaseEnded, variables_of
from app.engine.store import Author
from app.identity.actor import Actor
from app.identity.models import User
from app.identity.policy import permit_roles
from app.identity.policy_rule import LINK_ISSUERS
from app.identity.roles import EMPLOYEE
from app.links import issuing, letter, store
from app.links.issuing import NewLink, Secrets
from app.links.models import ParticipantLink
from app.links.participation import participants_of
from app.links.present import link_view
from app.links.problems import EmailMissing, LinkOver, NoParticipant
from app.platform import paging
from app.platform.i18n import _
from app.platform.problems import FieldError, NotFound
from app.platform.settings import Settings

LINK = ParticipantLink


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
    task = issuing.open_task(session, actor, case_id, new) if new.purpose == "evidence" else None
    replaced = store.revoke(
        session, now, LINK.case_id == case_id, LINK.employee_id == new.employee, LINK.purpose == new.purpose
    )
    secrets = issuing.new_secrets(new.channel)
    link = issuing.store_link(session, actor, case, new, task, secrets, settings.link_days, now)
    if new.channel == "mail":
        address = letter.address_of(settings.public_url, secrets.token)
        issuing.mail_link(session, row, link, str(person["name"]), address, now)
    entries = [Entry("link.revoked", {"links": replaced, "reason": "replaced"})] if replaced else []
    entries.append(Entry("link.issued", issuing.journalled(link)))
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
    answerable, definition = issuing.answerable(session, case_id), catalogue.load(session, row.Case.definition_id)
    tasks = {key: definition.task_name(task.element, task.name) for key, task in answerable.items()}
    people = participants_of(variables_of(row.blob))
    return [{"id": key, "name": str(person["name"]), "task": tasks.get(key)} for key, person in people.items()]


def subject_of(session: Session, actor: Actor, task_id: str) -> str | None:
    """The employee who could answer an open task by a link, None if nobody could."""
    by_employee = sa.or_(Task.role == EMPLOYEE, Task.second_role == EMPLOYEE)
    wanted = sa.select(Task.subject_id).where(Task.id == task_id, Task.state == "open", by_employee)
    return session.scalar(wanted.where(visible_tasks(actor)))


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
