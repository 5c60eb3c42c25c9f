"""Giving and taking roles; the last administrator stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import changes, employees, people
from app.identity.actor import Actor
from app.identity.models import Membership, Organisation, User
from app.identity.people import administered, administers, describe
from app.identity.problems import LastAdministrator
from app.identity.roles import ADMIN, EMPLOYEE
from app.identity.rules import fits
from app.platform.i18n import _
from app.platform.ids import is_id, new_id
from app.platform.problems import FieldError, Forbidden, NotFound, Unprocessable


@dataclass(frozen=True, slots=True)
class Role:
    """A role to be given: key, organisation id, and for an employee the row of the register."""

    role: str
    organisation: str
    employee: str | None = None


def add_role(
    session: Session, actor: Actor, user_id: str, role: Role, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Give a user one more role in an organisation."""
    user = administered(session, actor, user_id, now, if_match, "users_api.add_membership")
    errors = role_errors(session, actor, role, "")
    held = sa.select(Membership.id).where(
        Membership.user_id == user.id, Membership.role == role.role, Membership.organisation_id == role.organisation
    )
    if not errors and session.scalar(held) is not None:
        errors = [FieldError("/role", "taken", _("This person has this role there already."))]
    if errors:
        raise Unprocessable(errors)
    give(session, actor, user, role, now)
    return describe(session, actor, user, now)


def remove_role(
    session: Session, actor: Actor, user_id: str, membership_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Take a role from a user at once. Raises :class:`LastAdministrator`."""
    user = administered(session, actor, user_id, now, if_match, "users_api.remove_membership")
    wanted = sa.select(Membership).where(Membership.id == membership_id, Membership.user_id == user.id)
    membership = session.scalar(wanted) if is_id(membership_id) else None
    if membership is None:
        raise NotFound
    if membership.role == ADMIN and user.active:
        require_another_administrator(session, user.id)
    session.execute(sa.delete(Membership).where(Membership.id == membership.id))
    taken = {"role": membership.role, "organisation": membership.organisation_id, "employee": membership.employee_id}
    changes.record(session, now, actor.user_id, user.id, "membership.removed", taken)
    return describe(session, actor, user, now)


def require_another_administrator(session: Session, user_id: str) -> None:
    """Raise :class:`LastAdministrator` if nobody else could administer. Two administrators who remove each other at
    the same moment wait for each other here.
    """
    of_admins = sa.select(Membership.id, Membership.user_id).where(Membership.role == ADMIN).order_by(Membership.id)
    holders = {row.user_id for row in session.execute(of_admins.with_for_update())}
    others = sa.select(User.id).where(User.id.in_(holders - {user_id}), User.active.is_(True)).limit(1)
    if user_id in holders and session.scalar(others) is None:
        raise LastAdministrator


def give(session: Session, actor: Actor, user: User, role: Role, now: datetime) -> None:
    """Store a role that has been checked, and record it."""
    session.execute(
        sa.insert(Membership).values(
            id=new_id(),
            user_id=user.id,
            organisation_id=role.organisation,
            role=role.role,
            employee_id=role.employee,
        )
    )
    given = {"role": role.role, "organisation": role.organisation, "employee": role.employee}
    changes.record(session, now, actor.user_id, user.id, "membership.added", given)


def role_errors(session: Session, actor: Actor, role: Role, pointer: str) -> list[FieldError]:
    """What is wrong with a role to be given. Raises :class:`Forbidden` for one that is not HR's to give."""
    organisation = session.get(Organisation, role.organisation) if is_id(role.organisation) else None
    known = people.organisations(session, actor) if not administers(actor) else [organisation]
    if organisation is None or organisation.id not in {one.id for one in known if one is not None}:
        return [FieldError(f"{pointer}/organisation", "unknown", _("Please choose the organisation."))]
    if not administers(actor) and role.role != EMPLOYEE:
        raise Forbidden
    if not fits(role.role, organisation.kind):
        return [FieldError(f"{pointer}/role", "choice", _("This organisation has no such role."))]
    if role.role != EMPLOYEE:
        fault = role.employee is not None
    else:
        fault = role.employee is None or not employees.is_free(session, organisation.id, role.employee)
    text = _("Please choose a person from the company's register who has no account yet.")
    return [FieldError(f"{pointer}/employee", "unknown", text)] if fault else []


def doubles(roles: Sequence[Role]) -> list[FieldError]:
    """What is wrong with the list of roles as a whole."""
    if not roles:
        return [FieldError("/memberships", "required", _("Please give at least one role."))]
    pairs = [(role.role, role.organisation) for role in roles]
    text = _("This role is named twice.")
    return [
        FieldError(f"/memberships/{number}/role", "taken", text)
        for number, pair in enumerate(pairs)
        if pair in pairs[:number]
    ]
