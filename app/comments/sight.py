"""Who may read which comment and who can be mentioned, as conditions for the query."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.cases.scope import visible_cases
from app.comments.models import Comment
from app.comments.rules import ALLIANCE, AUDIENCES_OF, COMPANY, OWN, PARTIES
from app.engine.models import Case, Task
from app.identity.actor import Actor, Grant
from app.identity.models import Membership, User
from app.identity.roles import (
    ALLIANCE_ROLES,
    AUDITOR,
    COORDINATOR,
    EMPLOYEE,
    FUNDING_ADVISER,
    HR,
    PROVIDER,
    WORKS_COUNCIL,
)

Condition = sa.ColumnElement[bool]
_SPEAKERS = (COORDINATOR, HR, WORKS_COUNCIL, FUNDING_ADVISER, PROVIDER, EMPLOYEE)


def readable_comments(actor: Actor) -> Condition:
    """Comments ``actor`` may read, in statements that join the case: those of visible cases whose audience fits."""
    return sa.and_(visible_cases(actor), _audience_fits(actor))


def _audience_fits(actor: Actor) -> Condition:
    if actor.has_role(COORDINATOR, AUDITOR):
        return sa.true()
    ways: list[Condition] = [Comment.author_id == actor.user_id, Comment.audience == PARTIES]
    if actor.has_role(FUNDING_ADVISER):
        own = sa.and_(Comment.audience == OWN, Comment.role == FUNDING_ADVISER)
        ways += [Comment.audience.in_((ALLIANCE, COMPANY)), own]
    if companies := sorted(actor.organisations(HR, WORKS_COUNCIL)):
        ways.append(sa.and_(Comment.audience == COMPANY, Case.company_id.in_(companies)))
    for role in (HR, WORKS_COUNCIL, PROVIDER):
        if organisations := sorted(actor.organisations(role)):
            same_side = sa.and_(Comment.role == role, Comment.organisation_id.in_(organisations))
            ways.append(sa.and_(Comment.audience == OWN, same_side))
    return sa.or_(*ways)


def speaking_grant(actor: Actor, company_id: str) -> Grant | None:
    """The grant by which ``actor`` speaks in a case of ``company_id``: own ones before deputised ones."""
    found = [
        grant
        for grant in actor.grants
        if grant.role in _SPEAKERS
        and (grant.role in ALLIANCE_ROLES or grant.role == PROVIDER or grant.organisation_id == company_id)
    ]
    return min(found, key=lambda grant: (grant.on_behalf_of is not None, _SPEAKERS.index(grant.role)), default=None)


def people(session: Session, case: Case, grant: Grant, author_id: str) -> list[dict[str, Any]]:
    """Everybody whom a comment by ``grant`` can mention: ``{id, login, name, email, roles, audiences}``, by name.

    ``audiences``: those of the speaker's choices that the person reads.
    """
    found: dict[str, dict[str, Any]] = {}
    for audience in AUDIENCES_OF[grant.role]:
        for row in session.execute(_members(case, grant, audience, author_id)):
            person = found.setdefault(
                row.id, {**row._mapping, "roles": dict[str, None](), "audiences": dict[str, None]()}
            )
            person["roles"][row.role] = None
            person["audiences"][audience] = None
    unsorted = (
        {**person, "roles": [*person["roles"]], "audiences": [*person["audiences"]]} for person in found.values()
    )
    return sorted(unsorted, key=lambda person: (person["name"], person["login"]))


def _members(case: Case, grant: Grant, audience: str, author_id: str) -> sa.Select[*tuple[Any, ...]]:
    statement = sa.select(User.id, User.login, User.name, User.email, Membership.role)
    statement = statement.join(Membership, Membership.user_id == User.id)
    return statement.where(User.active, User.id != author_id, sa.or_(*_sides(case, grant, audience)))


def _sides(case: Case, grant: Grant, audience: str) -> list[Condition]:
    """The memberships that read ``audience``; mirrors :func:`readable_comments`."""
    ways: list[Condition] = [Membership.role == COORDINATOR]
    if audience == OWN and grant.role in (HR, WORKS_COUNCIL, PROVIDER):
        ways.append(sa.and_(Membership.role == grant.role, Membership.organisation_id == grant.organisation_id))
    if audience in (ALLIANCE, COMPANY, PARTIES) or grant.role == FUNDING_ADVISER:
        ways.append(Membership.role == FUNDING_ADVISER)
    if audience in (COMPANY, PARTIES):
        ways.append(sa.and_(Membership.role.in_((HR, WORKS_COUNCIL)), Membership.organisation_id == case.company_id))
    if audience == PARTIES:
        tasks = sa.select(Task.id).where(Task.case_id == case.id)
        training = tasks.where(Task.role == PROVIDER, Task.organisation_id == Membership.organisation_id)
        about = tasks.where(Task.subject_id == Membership.employee_id)
        ways.append(sa.and_(Membership.role == PROVIDER, training.exists()))
        ways.append(sa.and_(Membership.role == EMPLOYEE, about.exists()))
    return ways
