"""Use cases of whoever administers users: invite, change, give and take roles, close and reopen accounts.

The administration does all of it for everybody; HR invites employees of the own company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.identity import changes, invitations, links, people
from app.identity.actor import Actor
from app.identity.memberships import Role, doubles, give, require_another_administrator, role_errors
from app.identity.models import AccessToken, User
from app.identity.people import administered, describe, load, state_of
from app.identity.policy import permit
from app.identity.problems import NeverSignedIn, OwnAccount
from app.identity.rules import is_login
from app.platform import mail
from app.platform.i18n import _
from app.platform.ids import new_id
from app.platform.problems import FieldError, Unprocessable


@dataclass(frozen=True, slots=True)
class NewUser:
    """Who is to be invited."""

    login: str
    name: str
    email: str
    language: str = "de"
    roles: Sequence[Role] = ()


def invite(session: Session, actor: Actor, wanted: NewUser, now: datetime, site: str) -> dict[str, Any]:
    """A new account that waits for its first password, and the mail with the link; ``site`` is our own address.

    Raises :class:`Forbidden` and :class:`Unprocessable`.
    """
    permit(actor, "users_api.invite_user")
    wanted = replace(wanted, login=wanted.login.strip(), name=wanted.name.strip(), email=wanted.email.strip().lower())
    errors = _entry_errors(wanted.login, wanted.name, wanted.email)
    for number, role in enumerate(wanted.roles):
        errors += role_errors(session, actor, role, f"/memberships/{number}")
    errors += doubles(wanted.roles)
    if errors:
        raise Unprocessable(errors)
    user = create_account(session, wanted, now)
    summary = {"login": user.login, "name": user.name, "email": user.email}
    changes.record(session, now, actor.user_id, user.id, "user.invited", summary)
    for role in wanted.roles:
        give(session, actor, user, role, now)
    invitations.send(session, now, user, actor.user_id, site)
    return describe(session, actor, user, now)


def create_account(session: Session, wanted: NewUser, now: datetime) -> User:
    """The row of an account that nobody can sign in to yet. Raises :class:`Unprocessable` for a taken login."""
    values = {
        **{"id": new_id(), "login": wanted.login, "name": wanted.name, "email": wanted.email},
        **{"language": wanted.language, "password_hash": "", "active": False, "created_at": now},
    }
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(User).values(**values).on_conflict_do_nothing(index_elements=["login"]).returning(User.id)
    if session.scalar(statement) is None:
        raise Unprocessable([FieldError("/login", "taken", _("This login is taken; please choose another one."))])
    return User(**values)


def change_user(
    session: Session, actor: Actor, user_id: str, wanted: dict[str, str], now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Change ``name``, ``email`` or ``language``."""
    user = administered(session, actor, user_id, now, if_match, "users_api.change_user")
    wanted = {key: value.strip() for key, value in wanted.items()}
    if "email" in wanted:
        wanted["email"] = wanted["email"].lower()
    if errors := _entry_errors(user.login, wanted.get("name", user.name), wanted.get("email", user.email)):
        raise Unprocessable(errors)
    changed = {key: [getattr(user, key), value] for key, value in wanted.items() if getattr(user, key) != value}
    if changed:
        session.execute(sa.update(User).where(User.id == user.id).values({key: wanted[key] for key in changed}))
        changes.record(session, now, actor.user_id, user.id, "user.changed", changed)
    if "email" in changed:
        links.revoke(session, now, user.id)  # they went to the old address
    return describe(session, actor, load(session, actor, user_id), now)


def deactivate(
    session: Session, actor: Actor, user_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Close an account: its sessions, tokens and links are worthless at once, its history stays.

    Raises :class:`OwnAccount`, :class:`LastAdministrator` and :class:`NeverSignedIn`.
    """
    user = administered(session, actor, user_id, now, if_match, "users_api.deactivate_user")
    if user.id == actor.user_id:
        raise OwnAccount
    if state_of(user) == people.INVITED:
        raise NeverSignedIn
    if user.active:
        require_another_administrator(session, user.id)
        session.execute(sa.update(User).where(User.id == user.id).values(active=False))
        ended = end_sign_ins(session, now, user.id)
        links.revoke(session, now, user.id)
        changes.record(session, now, actor.user_id, user.id, "user.deactivated", {"sign_ins_ended": ended})
    return describe(session, actor, load(session, actor, user_id), now)


def activate(
    session: Session, actor: Actor, user_id: str, now: datetime, if_match: str | None = None
) -> dict[str, Any]:
    """Reopen a closed account with the password it had. Raises :class:`NeverSignedIn`."""
    user = administered(session, actor, user_id, now, if_match, "users_api.activate_user")
    if state_of(user) == people.INVITED:
        raise NeverSignedIn
    if not user.active:
        session.execute(sa.update(User).where(User.id == user.id).values(active=True))
        changes.record(session, now, actor.user_id, user.id, "user.activated", {})
    return describe(session, actor, load(session, actor, user_id), now)


def end_sign_ins(session: Session, now: datetime, user_id: str, besides: str | None = None) -> int:
    """Make sessions and tokens of a user worthless, all but the one with the hash ``besides``; returns how many."""
    live = [AccessToken.user_id == user_id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now]
    if besides is not None:
        live.append(AccessToken.token_hash != besides)
    ended = sa.update(AccessToken).where(*live).values(revoked_at=now).returning(AccessToken.id)
    return len(session.scalars(ended).all())


def _entry_errors(login: str, name: str, email: str) -> list[FieldError]:
    errors = []
    if not is_login(login):
        text = _("2 to 80 lower-case letters, digits, dots, dashes or underscores; the first is a letter or digit.")
        errors.append(FieldError("/login", "invalid", text))
    if not name or not name.isprintable():
        errors.append(FieldError("/name", "invalid", _("Please enter first and last name on one line.")))
    try:
        mail.check_address(email)
    except mail.Unmailable:
        errors.append(FieldError("/email", "invalid", _("Please enter an e-mail address.")))
    return errors
