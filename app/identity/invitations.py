"""Invitations: sent with a new account, sent again, revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity import changes, links, mails
from app.identity.actor import Actor
from app.identity.models import Membership, User
from app.identity.people import INVITED, administers, describe, load, state_of
from app.identity.policy import permit
from app.identity.problems import NotInvited
from app.identity.roles import EMPLOYEE, HR
from app.platform.preconditions import require_match
from app.platform.problems import Forbidden


def address(site: str, secret: str) -> str:
    """Where a one-time link leads: the secret stands in the query, which no log of ours repeats."""
    return f"{site.rstrip('/')}/welcome?token={secret}"


def send(session: Session, now: datetime, user: User, created_by: str | None, site: str) -> str:
    """A new invitation and its mail; earlier ones become worthless. Returns the link, which is stored nowhere else."""
    link_id, secret = links.issue(session, now, user.id, links.INVITATION, created_by)
    to = mails.Recipient(user.login, user.name, user.email, user.language)
    until = now + links.LIFETIME[links.INVITATION]
    link = address(site, secret)
    mails.write(session, now, to, "invitation", f"link:{link_id}", link, until)
    return link


def send_again(
    session: Session, actor: Actor, user_id: str, now: datetime, site: str, if_match: str | None = None
) -> dict[str, Any]:
    """Send a new link to somebody who waits with an invitation, expired and revoked ones included."""
    user = _waiting(session, actor, user_id, now, if_match, "users_api.send_invitation")
    send(session, now, user, actor.user_id, site)
    changes.record(session, now, actor.user_id, user.id, "user.invitation_sent", {"email": user.email})
    return describe(session, actor, user, now)


def revoke(session: Session, actor: Actor, user_id: str, now: datetime, if_match: str | None = None) -> dict[str, Any]:
    """Make the link that was sent worthless."""
    user = _waiting(session, actor, user_id, now, if_match, "users_api.revoke_invitation")
    if links.revoke(session, now, user.id, links.INVITATION):
        changes.record(session, now, actor.user_id, user.id, "user.invitation_revoked", {})
    return describe(session, actor, user, now)


def may_handle(session: Session, actor: Actor, user: User) -> bool:
    """Whether the actor may send and revoke this invitation: HR only if the account is an employee's and nothing else
    anywhere.
    """
    if administers(actor):
        return True
    roles = session.execute(
        sa.select(Membership.role, Membership.organisation_id).where(Membership.user_id == user.id)
    ).all()
    own = actor.organisations(HR)
    return all(role == EMPLOYEE and organisation in own for role, organisation in roles)


def _waiting(session: Session, actor: Actor, user_id: str, now: datetime, if_match: str | None, endpoint: str) -> User:
    user = load(session, actor, user_id)
    permit(actor, endpoint)
    if not may_handle(session, actor, user):
        raise Forbidden
    session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    user = load(session, actor, user_id)
    require_match(if_match, describe(session, actor, user, now)["etag"])
    if state_of(user) != INVITED:
        raise NotInvited
    return user
