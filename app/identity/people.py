"""Users as their administration sees them: who is in sight, lists, one user with roles and invitation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import links
from app.identity.actor import Actor
from app.identity.employees import EMPLOYEE as REGISTER
from app.identity.models import Membership, OneTimeLink, Organisation, User
from app.identity.policy import permit
from app.identity.roles import ADMIN, HR
from app.platform import codec
from app.platform.db import matches
from app.platform.ids import is_id
from app.platform.paging import fetch
from app.platform.preconditions import require_match
from app.platform.problems import NotFound

INVITED, ACTIVE, INACTIVE = "invited", "active", "inactive"
STATES = {
    INVITED: sa.and_(User.active.is_(False), User.password_hash == ""),
    ACTIVE: User.active.is_(True),
    INACTIVE: sa.and_(User.active.is_(False), User.password_hash != ""),
}


@dataclass(frozen=True, slots=True)
class UserQuery:
    """What a list of users is narrowed to."""

    q: str | None = None
    state: str | None = None
    organisation: str | None = None
    role: str | None = None
    cursor: str | None = None
    limit: int | None = None


def state_of(user: User) -> str:
    """``invited``, ``active`` or ``inactive``."""
    return ACTIVE if user.active else INACTIVE if user.password_hash else INVITED


def administers(actor: Actor) -> bool:
    """Whether the actor administers all users, not only those of a company."""
    return actor.has_role(ADMIN)


def in_sight(actor: Actor) -> sa.ColumnElement[bool]:
    """Which users the actor administers: all, or as HR those with a role in the own company."""
    if administers(actor):
        return sa.true()
    companies = actor.organisations(HR)
    return sa.exists().where(Membership.user_id == User.id, Membership.organisation_id.in_(companies))


def list_users(session: Session, actor: Actor, query: UserQuery, now: datetime) -> dict[str, Any]:
    """One page of the users in sight, by name: ``{"items": […], "next": cursor}``."""
    statement = sa.select(User).where(in_sight(actor))
    if query.q:
        statement = statement.where(matches(query.q, User.name, User.login, User.email))
    if query.state:
        statement = statement.where(STATES[query.state])
    wanted = [Membership.user_id == User.id]
    if query.organisation:
        wanted.append(Membership.organisation_id == query.organisation)
    if query.role:
        wanted.append(Membership.role == query.role)
    if not administers(actor):
        wanted.append(Membership.organisation_id.in_(actor.organisations(HR)))
    if len(wanted) > 1:
        statement = statement.where(sa.exists().where(*wanted))
    rows, following = fetch(session, statement, User.name, User.id, cursor=query.cursor, limit=query.limit)
    return {"items": described(session, actor, [row.User for row in rows], now), "next": following}


def load(session: Session, actor: Actor, user_id: str) -> User:
    """The user, if in sight of the actor. Raises :class:`NotFound`."""
    statement = sa.select(User).where(User.id == user_id, in_sight(actor)).execution_options(populate_existing=True)
    user = session.scalar(statement) if is_id(user_id) else None
    if user is None:
        raise NotFound
    return user


def administered(
    session: Session, actor: Actor, user_id: str, now: datetime, if_match: str | None, endpoint: str
) -> User:
    """Scope, then role, then version; the row stays locked until the end of the transaction."""
    user = load(session, actor, user_id)
    permit(actor, endpoint)
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    user = load(session, actor, user_id)
    require_match(if_match, describe(session, actor, user, now)["etag"])
    return user


def described(session: Session, actor: Actor, users: Iterable[User], now: datetime) -> list[dict[str, Any]]:
    """The users with their roles (as HR: those in the own company) and the invitation they wait with."""
    found = list(users)
    roles = _memberships(session, actor, [user.id for user in found])
    waiting = [user.id for user in found if state_of(user) == INVITED]
    invitations = links.latest(session, waiting, links.INVITATION) if waiting else {}
    return [_described(user, roles.get(user.id, []), invitations.get(user.id), now) for user in found]


def describe(session: Session, actor: Actor, user: User, now: datetime) -> dict[str, Any]:
    """One user, as in :func:`described`."""
    return described(session, actor, [user], now)[0]


def _described(user: User, roles: list[dict[str, Any]], link: OneTimeLink | None, now: datetime) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "email": user.email,
        "language": user.language,
        "state": state_of(user),
        "created_at": user.created_at,
        "memberships": roles,
        "invitation": None,
    }
    if link is not None:
        valid = link.revoked_at is None and link.expires_at > now
        shown["invitation"] = {"sent_at": link.created_at, "expires_at": link.expires_at, "valid": valid}
    return {**shown, "etag": hashlib.sha256(codec.canonical(shown).encode()).hexdigest()[:20]}


def _memberships(session: Session, actor: Actor, user_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    statement = (
        sa.select(
            *(Membership.id, Membership.user_id, Membership.role, Membership.employee_id),
            *(Organisation.id.label("organisation_id"), Organisation.name.label("organisation_name")),
            *(Organisation.kind, REGISTER.c.first_name, REGISTER.c.last_name),
        )
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(REGISTER, REGISTER.c.id == Membership.employee_id)
        .where(Membership.user_id.in_(user_ids))
        .order_by(Organisation.name, Membership.role, Membership.id)
    )
    if not administers(actor):
        statement = statement.where(Membership.organisation_id.in_(actor.organisations(HR)))
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.execute(statement):
        employee = None
        if row.employee_id is not None:
            employee = {"id": row.employee_id, "name": f"{row.first_name or ''} {row.last_name or ''}".strip()}
        organisation = {"id": row.organisation_id, "name": row.organisation_name, "kind": row.kind}
        entry = {"id": row.id, "role": row.role, "organisation": organisation, "employee": employee}
        found.setdefault(row.user_id, []).append(entry)
    return found


def organisations(session: Session, actor: Actor) -> list[Organisation]:
    """Organisations in which the actor may give roles, by name."""
    statement = sa.select(Organisation).order_by(Organisation.name, Organisation.id)
    if not administers(actor):
        statement = statement.where(Organisation.id.in_(actor.organisations(HR)))
    return list(session.scalars(statement))
