"""Use cases of the identity room: sign in, sign out, who am I."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.identity import links, passwords, throttle
from app.identity.actor import Actor
from app.identity.authentication import authenticate
from app.identity.models import AccessToken, Deputy, User
from app.identity.problems import InvalidCredentials, TooManyAttempts
from app.identity.tokens import hash_of, new_secret
from app.platform.db import unit_of_work
from app.platform.ids import new_id

__all__ = ["Deputyship", "authenticate", "deputyships", "forget_expired", "sign_in", "sign_out"]

KEEP_EXPIRED = timedelta(days=7)


def sign_in(
    session: Session,
    login: str,
    password: str,
    kind: str,
    lifetime: timedelta,
    now: datetime,
    address: str = "",
    device: str = "",
) -> tuple[str, datetime]:
    """Check the password outside any writing transaction, then store a new token in a short one of its own.

    Returns the secret, which is shown once and stored nowhere, and when it expires. ``kind`` is ``token`` or
    ``session``; ``address`` is the caller's network address, ``device`` what it calls itself. Raises
    :class:`InvalidCredentials` and :class:`TooManyAttempts`.
    """
    before = throttle.failures(session, login, address, now)
    if before.hard:
        raise TooManyAttempts(before.retry_after(now))
    user = _active_user(session, login)
    if not passwords.check_password(user.password_hash if user else None, password) or user is None:
        with unit_of_work(session):
            throttle.record_failure(session, login, address, now)
        raise TooManyAttempts(before.retry_after(now)) if before.soft else InvalidCredentials
    renewed = passwords.hash_password(password) if passwords.is_outdated(user.password_hash) else None
    secret, expires_at = new_secret(), now + lifetime
    with unit_of_work(session):
        if before.of_both:
            throttle.forgive(session, login, address)
        if renewed is not None:
            session.execute(sa.update(User).where(User.id == user.id).values(password_hash=renewed))
        session.execute(
            sa.insert(AccessToken).values(
                id=new_id(),
                token_hash=hash_of(secret),
                user_id=user.id,
                kind=kind,
                created_at=now,
                expires_at=expires_at,
                device="".join(character for character in device if character.isprintable())[:200],
            )
        )
    return secret, expires_at


def _active_user(session: Session, login: str) -> sa.Row[str, str] | None:
    if not login.isprintable():
        return None  # PostgreSQL cannot look for a NUL
    statement = sa.select(User.id, User.password_hash).where(User.login == login, User.active.is_(True))
    return session.execute(statement).first()


def sign_out(session: Session, token: str, now: datetime) -> None:
    """Make ``token`` worthless at once; an unknown or revoked one stays what it is."""
    session.execute(
        sa.update(AccessToken)
        .where(AccessToken.token_hash == hash_of(token), AccessToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


@dataclass(frozen=True, slots=True)
class Deputyship:
    """Somebody who stands in for me (``direction`` = ``for_me``) or for whom I stand in (``by_me``)."""

    direction: str
    login: str
    name: str
    valid_from: datetime
    valid_until: datetime


def deputyships(session: Session, actor: Actor, now: datetime) -> list[Deputyship]:
    """The actor's deputyships that are valid at ``now`` or later, the earliest first."""
    member, deputy = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(
            Deputy.member_user_id,
            Deputy.valid_from,
            Deputy.valid_until,
            member.login.label("member_login"),
            member.name.label("member_name"),
            deputy.login.label("deputy_login"),
            deputy.name.label("deputy_name"),
        )
        .join(member, member.id == Deputy.member_user_id)
        .join(deputy, deputy.id == Deputy.deputy_user_id)
        .where(
            sa.or_(Deputy.member_user_id == actor.user_id, Deputy.deputy_user_id == actor.user_id),
            Deputy.valid_until > now,
        )
        .order_by(Deputy.valid_from, Deputy.id)
    )
    return [
        Deputyship("for_me", row.deputy_login, row.deputy_name, row.valid_from, row.valid_until)
        if row.member_user_id == actor.user_id
        else Deputyship("by_me", row.member_login, row.member_name, row.valid_from, row.valid_until)
        for row in rows
    ]


def forget_expired(session: Session, now: datetime) -> int:
    """Delete tokens a week, and one-time links a month, after they expired; returns how many."""
    statement = sa.delete(AccessToken).where(AccessToken.expires_at < now - KEEP_EXPIRED).returning(AccessToken.id)
    return len(session.scalars(statement).all()) + links.forget_old(session, now)
