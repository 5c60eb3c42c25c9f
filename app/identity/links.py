"""One-time links: 256 random bits in a mail, their SHA-256 in the database; used once, for a while, or revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.identity.models import OneTimeLink, User
from app.identity.problems import LinkUnusable
from app.identity.tokens import hash_of, new_secret
from app.platform.ids import new_id

INVITATION, RESET = "invitation", "reset"
LIFETIME = {INVITATION: timedelta(days=7), RESET: timedelta(hours=1)}
KEEP = timedelta(days=30)


def issue(session: Session, now: datetime, user_id: str, purpose: str, created_by: str | None) -> tuple[str, str]:
    """A new link in the caller's transaction: its id and its secret.

    A new invitation replaces the one before. Resets do not: whoever asks for them in somebody else's name must not make
    the link worthless that this person is just opening.
    """
    if purpose == INVITATION:
        revoke(session, now, user_id, purpose)
    link_id, secret = new_id(), new_secret()
    session.execute(
        sa.insert(OneTimeLink).values(
            id=link_id,
            token_hash=hash_of(secret),
            purpose=purpose,
            user_id=user_id,
            created_by=created_by,
            created_at=now,
            expires_at=now + LIFETIME[purpose],
        )
    )
    return link_id, secret


def revoke(session: Session, now: datetime, user_id: str, purpose: str | None = None) -> int:
    """Make the user's links worthless, of one purpose or all; returns how many still had a worth."""
    live = [OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None), OneTimeLink.revoked_at.is_(None)]
    if purpose is not None:
        live.append(OneTimeLink.purpose == purpose)
    statement = sa.update(OneTimeLink).where(*live).values(revoked_at=now).returning(OneTimeLink.expires_at)
    return sum(expires_at > now for expires_at in session.scalars(statement))


def _usable(secret: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        OneTimeLink.token_hash == hash_of(secret),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.revoked_at.is_(None),
        OneTimeLink.expires_at > now,
    )


def holder(session: Session, secret: str, now: datetime) -> Any:
    """Whom a link is for: id, login, name, email, language, purpose. Raises :class:`LinkUnusable`.

    An invitation counts while the account waits for its first password; a reset while the account is active.
    """
    waits = sa.case(
        (OneTimeLink.purpose == INVITATION, sa.and_(User.active.is_(False), User.password_hash == "")),
        else_=User.active.is_(True),
    )
    row = session.execute(
        sa.select(User.id, User.login, User.name, User.email, User.language, OneTimeLink.purpose)
        .join(User, User.id == OneTimeLink.user_id)
        .where(*_usable(secret, now), waits)
    ).first()
    if row is None:
        raise LinkUnusable
    return row


def use(session: Session, secret: str, now: datetime) -> None:
    """Use the link up. Raises :class:`LinkUnusable` if somebody else has, meanwhile."""
    used = sa.update(OneTimeLink).where(*_usable(secret, now)).values(used_at=now).returning(OneTimeLink.id)
    if session.scalar(used) is None:
        raise LinkUnusable


def latest(session: Session, user_ids: Iterable[str], purpose: str) -> dict[str, OneTimeLink]:
    """The newest link of each user, by user id."""
    statement = (
        sa.select(OneTimeLink)
        .where(OneTimeLink.user_id.in_(list(user_ids)), OneTimeLink.purpose == purpose)
        .order_by(OneTimeLink.created_at, OneTimeLink.id)
        .execution_options(populate_existing=True)
    )
    return {link.user_id: link for link in session.scalars(statement)}


def forget_old(session: Session, now: datetime) -> int:
    """Delete links a month after they expired; returns how many."""
    statement = sa.delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP).returning(OneTimeLink.id)
    return len(session.scalars(statement).all())
